import { Ending, readEnding } from './endings';
import { attemptKey, findRule } from './rules';
import type { Scenario } from './scenario';
import type { Seeded } from './seeded';
import { Clock } from '../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** How an attempt was to end, and whether it was stopped before that. */
export interface AttemptRecord {
  readonly ending: Ending;
  stopped: boolean;
  /** What the container wrote as its result. */
  result?: string;
}

/** Containers that do what the scenario says. What they did is recorded for the oracle. */
export class ScriptedContainers implements ContainerRuntime {
  /** By job id and attempt. */
  readonly attempts = new Map<string, AttemptRecord>();

  constructor(
    private readonly scenario: Scenario,
    private readonly seeded: Seeded,
    private readonly clock: Clock,
    private readonly writeObject: (uri: string, body: string) => void,
  ) {}

  async start(request: ContainerRequest): Promise<Container> {
    const key = attemptKey(request);
    const rule = findRule(this.scenario.container, request, this.seeded);
    const ending = readEnding(rule ? this.seeded.pick(rule.ends, `ends ${key}`) : 'exit 0')!;
    const record: AttemptRecord = { ending, stopped: false };
    this.attempts.set(`${request.jobId}/${request.attempt}`, record);
    if (ending.startError !== undefined) throw new ContainerStartError(ending.startError);

    let exit!: (exit: ContainerExit) => void;
    let hasExited = false;
    const exited = new Promise<ContainerExit>((resolve) => {
      exit = (containerExit) => {
        hasExited = true;
        resolve(containerExit);
      };
    });
    const takes = this.seeded.between(rule?.takes ?? [10_000, 600_000], `takes ${key}`);
    const end = ending.exit && Number.isFinite(takes) ? this.clock.after(takes, () => {
      if (rule?.writes && ending.outcome === 'SUCCEEDED') {
        record.result = 'r'.repeat(this.seeded.pick(rule.writes, `writes ${key}`));
        this.writeObject(request.environment[CONTAINER_VARIABLES.RESULT], record.result);
      }
      exit(ending.exit!);
    }) : undefined;
    return {
      exited,
      stop: (gracePeriod) => {
        if (hasExited || record.stopped) return;
        record.stopped = true;
        end?.cancel();
        // 137 is SIGKILL, 143 is SIGTERM.
        if (rule?.ignoresSigterm) this.clock.after(gracePeriod, () => exit({ exitCode: 137 }));
        else this.clock.after(this.seeded.between([0, gracePeriod / 2], `term ${key}`), () => exit({ exitCode: 143 }));
      },
    };
  }
}
