import { Ending, readEnding } from './endings';
import type { StoredObject } from './observations';
import { resultOf } from './results';
import { attemptKey, findRule } from './rules';
import type { Scenario } from './scenario';
import type { Seeded } from './seeded';
import { Clock } from '../emulator/clock';
import { ServiceError } from '../emulator/service';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** How an attempt was to end, and whether it was stopped before that. */
export interface AttemptRecord {
  readonly ending: Ending;
  /** What the container got. */
  readonly request: KnownRequest;
  stopped: boolean;
  /** When the container started. Undefined when it did not. */
  startedAt?: number;
  /** When it was told to stop, and when it ended. */
  stoppedAt?: number;
  endedAt?: number;
  /** What its end was. */
  exit?: ContainerExit;
  /** Whether the ECS agent of the instance is gone, so that nothing ends the container. */
  readonly agentIsGone: boolean;
  /** What the container wrote as its result. */
  result?: string | Buffer;
  /** The objects that the container read: those that its command and its variables name. */
  objects: readonly StoredObject[];
  /** What S3 said when the container was not allowed to read or to write. */
  refusal?: string;
}

/** The bucket as a container sees it, with the permissions of its role. Both throw what S3 refuses. */
export interface ContainerObjects {
  read(request: KnownRequest): StoredObject[];
  /** Writes the result of the container. False where it has no place in the bucket. */
  write(request: KnownRequest, body: string | Buffer): boolean;
}

/** The request of a container is kept, but not its listener. */
type KnownRequest = Omit<ContainerRequest, 'onOutput' | 'properties'>;

/** Containers that do what the scenario says. What they did is recorded for the oracle. */
export class ScriptedContainers implements ContainerRuntime {
  /** By job id and attempt. */
  readonly attempts = new Map<string, AttemptRecord>();

  constructor(
    private readonly scenario: Scenario,
    private readonly seeded: Seeded,
    private readonly clock: Clock,
    private readonly objects: ContainerObjects,
  ) {}

  async start(request: ContainerRequest): Promise<Container> {
    const key = attemptKey(request);
    const rule = findRule(this.scenario.container, request, this.seeded);
    const ending = readEnding(rule ? this.seeded.pick(rule.ends, `ends ${key}`) : 'exit 0')!;
    const agentIsGone = rule?.agent === 'gone';
    const { onOutput: _, properties: __, ...known } = request;
    const record: AttemptRecord = { ending, request: known, stopped: false, agentIsGone, objects: [] };
    this.attempts.set(`${request.jobId}/${request.attempt}`, record);
    if (ending.startError !== undefined) throw new ContainerStartError(ending.startError.reason, ending.startError.statusReason);

    record.startedAt = this.clock.now();
    // For the API, which shows lines and progress to the owner of the run only.
    if (this.scenario.requests) request.onOutput(`::progress 5/10 ${request.environment[CONTAINER_VARIABLES.RUN_ID]}`);
    this.attempt(record, () => { record.objects = this.objects.read(request); });
    let exit!: (exit: ContainerExit) => void;
    let hasExited = false;
    const exited = new Promise<ContainerExit>((resolve) => {
      exit = (containerExit) => {
        hasExited = true;
        record.endedAt = this.clock.now();
        record.exit = containerExit;
        resolve(containerExit);
      };
    });
    const takes = this.seeded.between(rule?.takes ?? [10_000, 600_000], `takes ${key}`);
    const end = ending.exit && Number.isFinite(takes) && !agentIsGone ? this.clock.after(takes, () => {
      if (rule?.writes && ending.outcome === 'SUCCEEDED') {
        const result = resultOf(this.seeded.pick(rule.writes, `writes ${key}`));
        this.attempt(record, () => {
          if (!this.objects.write(request, result)) this.print(request, result);
          record.result = result;
        });
      }
      exit(ending.exit!);
    }) : undefined;
    return {
      exited,
      stop: (gracePeriod) => {
        if (hasExited || record.stopped) return;
        record.stopped = true;
        record.stoppedAt = this.clock.now();
        // ECS keeps the stop for an agent that is not connected: https://github.com/aws/amazon-ecs-agent/issues/618
        if (agentIsGone) return;
        end?.cancel();
        const planned = rule?.endsWhenStopped && readEnding(this.seeded.pick(rule.endsWhenStopped, `stopped ${key}`))?.exit;
        // 137 is SIGKILL, 143 is SIGTERM.
        if (rule?.ignoresSigterm) this.clock.after(gracePeriod, () => exit(planned ?? { exitCode: 137 }));
        else this.clock.after(this.seeded.between([0, gracePeriod / 2], `term ${key}`), () => exit(planned ?? { exitCode: 143 }));
      },
    };
  }

  /** Prints a result, with what programs print before and after it. */
  private print({ onOutput, jobName }: ContainerRequest, result: string | Buffer): void {
    // Where lines come late, an earlier result could be taken for the last one: programs have to print one only.
    if (!this.scenario.logsAfter) onOutput('::result {"of": "a step before the last one"}');
    if (this.seeded.chance(0.5, `colours ${jobName}`)) onOutput(`\u001b[32m::result ${result}\u001b[0m\r`);
    else onOutput(`::result ${result}`);
    onOutput('::progress 100 done');
    onOutput('no ::result {"of": "another program"}');
    onOutput(' 99 %\r::result {"of": "words of others"}');
  }

  /** Does what a container does with the bucket. A refusal is kept, and is no end of the container. It says nothing where an action was taken away. */
  private attempt(record: AttemptRecord, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (!this.scenario.revokes) record.refusal = error.message;
    }
  }
}
