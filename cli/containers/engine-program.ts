import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { UsageError } from '../errors';

const execute = promisify(execFile);

/** The engines that have the commands of Docker. Where they differ, it matters which one it is. */
export type EngineKind = 'docker' | 'podman' | 'finch' | 'nerdctl';

const KINDS = ['podman', 'finch', 'nerdctl', 'docker'] as const satisfies EngineKind[];

/** The environment variable with the program of the container engine. The CDK reads it, too: https://docs.aws.amazon.com/cdk/v2/guide/build-containers.html */
const ENGINE_VARIABLE = 'CDK_DOCKER';

/** The program that the user has chosen. */
export function chosenEngine(): string {
  return process.env[ENGINE_VARIABLE] || 'docker';
}

/** Milliseconds that the containers of a run have to be killed and removed when this process ends. */
const REMOVAL_TIME = 20_000;

/** What a command of the engine printed when it failed. */
export class EngineError extends Error {}

/** The program of a container engine: `docker`, or what has the same commands. */
export class EngineProgram {
  private foundKind?: Promise<EngineKind>;

  constructor(readonly name: string) {}

  /** Runs a command of the engine, and returns what it prints. Rejects with an `EngineError`. */
  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
    try {
      const { stdout } = await execute(this.name, args, { env: { ...process.env, ...environment }, maxBuffer: LARGEST_ANSWER });
      return stdout;
    } catch (error) {
      const { stderr, message, code } = error as Error & { readonly stderr?: string; readonly code?: unknown };
      throw new EngineError(stderr?.trim() || (typeof code === 'number' ? `exit code ${code}` : message));
    }
  }

  /** As `run()`, for what is done before this process ends. What fails is left as it is. */
  runNow(args: readonly string[]): void {
    spawnSync(this.name, args, { stdio: 'ignore', timeout: REMOVAL_TIME });
  }

  /** Throws a `UsageError` when the engine does not answer. No field of its answer is read, since each engine has others. */
  async requireAnswer(): Promise<void> {
    try {
      await this.run(['info']);
    } catch (error) {
      const [firstLine] = (error as Error).message.split('\n');
      throw new UsageError(`--docker needs a container engine, but '${this.name} info' fails (${firstLine}); start it, name another program such as podman, finch or nerdctl `
        + `in the environment variable ${ENGINE_VARIABLE}, or leave out --docker to run the command as a process`);
    }
  }

  /** Which engine it is, as its version says: a program named `docker` may be Podman. */
  kind(): Promise<EngineKind> {
    this.foundKind ??= this.run(['--version']).catch(() => '').then((version) => KINDS.find((kind) => version.toLowerCase().includes(kind)) ?? 'docker');
    return this.foundKind;
  }
}

/** Bytes. The answer about a container contains its environment, which has no limit here. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
