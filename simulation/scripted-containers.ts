import { Ending, readEnding } from './endings';
import { aboutOf, ruleFor } from './rules';
import type { Scenario } from './scenario';
import type { Seeded } from './seeded';
import { Clock } from '../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../emulator/services/batch/containers';

/** What an attempt was to do, and whether it was stopped before that. */
export interface Played {
  readonly ending: Ending;
  stopped: boolean;
  /** What it left in `HEAVY_BATCH_RESULT`. */
  result?: string;
}

/** Containers that do what the scenario says. What they truly did is written down for the oracle. */
export class ScriptedContainers implements ContainerRuntime {
  /** By job id and attempt. */
  readonly played = new Map<string, Played>();

  constructor(
    private readonly scenario: Scenario,
    private readonly seeded: Seeded,
    private readonly clock: Clock,
    private readonly write: (uri: string, body: string) => void,
  ) {}

  async start(request: ContainerRequest): Promise<Container> {
    const about = aboutOf(request);
    const rule = ruleFor(this.scenario.container, request, this.seeded);
    const ending = readEnding(rule ? this.seeded.pick(rule.ends, `ends ${about}`) : 'exit 0')!;
    const played: Played = { ending, stopped: false };
    this.played.set(`${request.jobId}/${request.attempt}`, played);
    if (ending.refused !== undefined) throw new ContainerStartError(ending.refused);

    let end!: (exit: ContainerExit) => void;
    let over = false;
    const exited = new Promise<ContainerExit>((resolve) => {
      end = (exit) => {
        over = true;
        resolve(exit);
      };
    });
    const takes = this.seeded.between(rule?.takes ?? [10_000, 600_000], `takes ${about}`);
    const natural = ending.exit && Number.isFinite(takes) ? this.clock.after(takes, () => {
      if (rule?.writes && ending.truth === 'SUCCEEDED') {
        played.result = 'r'.repeat(this.seeded.pick(rule.writes, `writes ${about}`));
        this.write(request.environment.HEAVY_BATCH_RESULT, played.result);
      }
      end(ending.exit!);
    }) : undefined;
    return {
      exited,
      stop: (grace) => {
        if (over || played.stopped) return;
        played.stopped = true;
        natural?.cancel();
        if (rule?.ignoresSigterm) this.clock.after(grace, () => end({ exitCode: 137 }));
        else this.clock.after(this.seeded.between([0, grace / 2], `term ${about}`), () => end({ exitCode: 143 }));
      },
    };
  }
}
