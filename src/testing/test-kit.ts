import { HeavyBatchAttempt } from './attempt';
import { HeavyBatchDuration, millisecondsOf } from './duration';
import { KitProcess } from './kit-process';

export interface HeavyBatchTestKitOptions {
  /**
   * The output directory of the synthesized app.
   *
   * @default 'cdk.out'
   */
  readonly app?: string;
  /**
   * What the token of a request without a token would say, by the name of the claim.
   *
   * @default those of a person named developer
   */
  readonly claims?: Readonly<Record<string, string>>;
  /**
   * The names of variables of this process that the programs of jobs without a script get.
   *
   * @default none
   */
  readonly passEnv?: readonly string[];
  /**
   * Whether the programs of jobs without a script run in containers.
   *
   * @default false
   */
  readonly docker?: boolean;
  /**
   * Is told what the functions of the app log, and other notes. Without it, an error shows the last of these notes.
   *
   * @default none
   */
  readonly onLog?: (line: string) => void;
}

/** A container that a job has started, as AWS Batch would start it. */
export interface HeavyBatchTestContainer {
  /** The construct path of the job. */
  readonly job: string;
  /** The name of the job of AWS Batch. */
  readonly jobName: string;
  /** Of its job of AWS Batch, from 1. */
  readonly attempt: number;
  /** Undefined for the command of the image. */
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly vcpus: number;
  /** MiB. */
  readonly memory: number;
  /** The index of a child of an array. */
  readonly arrayIndex?: number;
  /** The index of a node besides the main node. */
  readonly nodeIndex?: number;
}

interface Ready {
  readonly apis: readonly { readonly path: string; readonly url: string }[];
  readonly jobs: readonly { readonly path: string; readonly stateMachineArn: string }[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A synthesized app for a test, without an AWS account: its APIs, state machines and functions in the emulator, on virtual time. What the containers
 * of a job do is scripted; those of a job without a script are its program.
 */
export class HeavyBatchTestKit {
  /** Starts the app. Call `stop()` after the tests. */
  static async start({ app = 'cdk.out', claims = {}, passEnv = [], docker = false, onLog }: HeavyBatchTestKitOptions = {}): Promise<HeavyBatchTestKit> {
    const process = new KitProcess([
      '--app', app,
      ...Object.entries(claims).flatMap(([name, value]) => ['--claim', `${name}=${value}`]),
      ...passEnv.flatMap((name) => ['--pass-env', name]),
      ...docker ? ['--docker'] : [],
      ...onLog ? ['--verbose'] : [],
    ], onLog);
    return new HeavyBatchTestKit(process, await process.ready() as unknown as Ready);
  }

  /** The APIs of the app. */
  readonly apis: Ready['apis'];
  /** The jobs of the app. */
  readonly jobs: Ready['jobs'];
  /** What an AWS SDK reads to call the services of the app: the endpoint, the Region and keys. */
  readonly environment: Ready['environment'];

  private constructor(private readonly process: KitProcess, { apis, jobs, environment }: Ready) {
    this.apis = apis;
    this.jobs = jobs;
    this.environment = environment;
  }

  /**
   * The URL of an API.
   *
   * @param api its construct path; it can be left out where the app has one API
   */
  url(api?: string): string {
    const found = api === undefined ? this.apis : this.apis.filter(({ path }) => path === api || path.endsWith(`/${api}`));
    if (found.length === 1) return found[0].url;
    const paths = this.apis.map(({ path }) => path).join(', ');
    if (this.apis.length === 0) throw new Error('the app has no API');
    throw new Error(api === undefined ? `the app has ${found.length} APIs; name one of them: ${paths}` : `the app has ${found.length === 0 ? 'no API' : `${found.length} APIs`} '${api}'; use ${paths}`);
  }

  /**
   * Sets what the containers of a job do: the first one that the job starts from now on is the first attempt, and so on. The last attempt stands for
   * all further ones. Without attempts, the job runs its program.
   *
   * @param job its construct path
   */
  async script(job: string, ...attempts: HeavyBatchAttempt[]): Promise<void> {
    await this.process.send('script', { job, attempts });
  }

  /** Lets virtual time pass. All that is due meanwhile happens. */
  async advance(duration: HeavyBatchDuration): Promise<void> {
    await this.process.send('advance', { milliseconds: millisecondsOf(duration) });
  }

  /** Lets virtual time pass until no run is in progress. Rejects when a run cannot go on. */
  async untilRunsEnd(): Promise<void> {
    await this.process.send('untilRunsEnd');
  }

  /** The containers that were started, in this order. */
  async containers(): Promise<readonly HeavyBatchTestContainer[]> {
    return (await this.process.send('containers')).containers as HeavyBatchTestContainer[];
  }

  /** The virtual time. */
  async now(): Promise<Date> {
    return new Date((await this.process.send('now')).now as number);
  }

  /** Starts over: there are no runs and no scripts, and the time is that of the start. The URLs stay. */
  async reset(): Promise<void> {
    await this.process.send('reset');
  }

  /** Ends the app. */
  async stop(): Promise<void> {
    await this.process.stop();
  }
}
