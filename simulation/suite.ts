import { Finding, judge, Kind, KINDS } from './oracle';
import type { Scenario } from './scenario';
import { Story } from './trace';
import { playWorld } from './world';
import type { Deployment } from '../emulator/assembly/deployment';
import { VirtualClock } from '../emulator/clock';
import { Emulator } from '../emulator/emulator';
import { NO_FAULTS } from '../emulator/faults';

/** Some seeds of a scenario. A world with many runs stands for several. */
export interface Portion {
  readonly scenario: string;
  readonly seeds: number[];
}

/** What a portion came to; also what a scenario did, when its portions are put together. */
export interface Tally {
  readonly scenario: string;
  readonly seeds: number;
  /** Runs that were played. */
  readonly runs: number;
  /** Runs, not findings: one that is wrong in two ways is one that is wrong. */
  readonly counts: Record<Kind, number>;
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
  /** Of this machine's time. */
  readonly milliseconds: number;
  readonly failures: Failure[];
}

export interface Failure {
  readonly seed: number;
  readonly findings: Finding[];
}

/** An app in its emulator, in which worlds are played one after the other. */
export class Stage {
  static async open(deployment: Deployment): Promise<Stage> {
    const emulator = new Emulator(deployment, new VirtualClock());
    await emulator.start({ containers: { start: () => Promise.reject(new Error('nothing runs yet')) }, faults: NO_FAULTS });
    return new Stage(emulator);
  }

  private constructor(private readonly emulator: Emulator) {}

  close(): Promise<void> {
    return this.emulator.stop();
  }

  async play(scenario: Scenario, seeds: number[]): Promise<Tally> {
    const counts = zero();
    const failures: Failure[] = [];
    const started = Date.now();
    let [runs, maxDelaySeconds, maxTransitions] = [0, 0, 0];
    for (const seed of worldsOf(scenario, seeds)) {
      const ledger = await playWorld(this.emulator, scenario, seed);
      const judgement = judge(scenario, ledger);
      runs += ledger.runs.length;
      for (const kind of KINDS) counts[kind] += new Set(judgement.findings.filter((finding) => finding.kind === kind).map((finding) => finding.run)).size;
      maxDelaySeconds = Math.max(maxDelaySeconds, judgement.maxDelaySeconds);
      maxTransitions = Math.max(maxTransitions, judgement.maxTransitions);
      if (judgement.findings.length > 0) failures.push({ seed, findings: judgement.findings });
    }
    return { scenario: scenario.name, seeds: seeds.length, runs, counts, maxDelaySeconds, maxTransitions, milliseconds: Date.now() - started, failures };
  }

  /** Plays a seed once more, and tells its story. */
  async replay(scenario: Scenario, seed: number): Promise<{ story: string; findings: Finding[] }> {
    const [world] = worldsOf(scenario, [seed]);
    const story = new Story();
    const ledger = await playWorld(this.emulator, scenario, world, story);
    return { story: story.text(), findings: judge(scenario, ledger).findings };
  }
}

/** The worlds that some seeds are in. */
function worldsOf({ seedsPerWorld }: Scenario, seeds: number[]): number[] {
  return [...new Set(seeds.map((seed) => Math.floor(seed / seedsPerWorld) * seedsPerWorld))];
}

/** Seeds from 0, in portions that end with a world. */
export function portionsOf(scenario: Scenario, seeds: number, about: number): Portion[] {
  const size = Math.max(1, Math.round(about / scenario.seedsPerWorld)) * scenario.seedsPerWorld;
  return Array.from({ length: Math.ceil(seeds / size) }, (_, index) => ({
    scenario: scenario.name,
    seeds: Array.from({ length: Math.min(size, seeds - index * size) }, (__, seed) => index * size + seed),
  }));
}

export function together(a: Tally, b: Tally): Tally {
  return {
    scenario: a.scenario,
    seeds: a.seeds + b.seeds,
    runs: a.runs + b.runs,
    counts: Object.fromEntries(KINDS.map((kind) => [kind, a.counts[kind] + b.counts[kind]])) as Record<Kind, number>,
    maxDelaySeconds: Math.max(a.maxDelaySeconds, b.maxDelaySeconds),
    maxTransitions: Math.max(a.maxTransitions, b.maxTransitions),
    milliseconds: a.milliseconds + b.milliseconds,
    failures: [...a.failures, ...b.failures],
  };
}

function zero(): Record<Kind, number> {
  return { lost: 0, doubled: 0, leaked: 0, hung: 0, wrong: 0 };
}
