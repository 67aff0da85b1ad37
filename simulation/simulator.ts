import { Finding, FINDING_KINDS } from './findings';
import { assess } from './oracle';
import { Failure, noFindings, ScenarioResult } from './result';
import type { Scenario } from './scenario';
import { Trace } from './trace';
import { simulateWorld } from './world';
import type { Deployment } from '../emulator/assembly/deployment';
import { VirtualClock } from '../emulator/clock';
import { Emulator } from '../emulator/emulator';
import { NO_FAULTS } from '../emulator/faults';

/** An app in its emulator, in which worlds are simulated one after another. */
export class Simulator {
  static async open(deployment: Deployment): Promise<Simulator> {
    const emulator = new Emulator(deployment, new VirtualClock());
    await emulator.start({ containers: { start: () => Promise.reject(new Error('no world has begun')) }, faults: NO_FAULTS });
    return new Simulator(emulator);
  }

  private constructor(private readonly emulator: Emulator) {}

  close(): Promise<void> {
    return this.emulator.stop();
  }

  /** Simulates seeds of a scenario, and assesses what happened. */
  async simulate(scenario: Scenario, seeds: number[]): Promise<ScenarioResult> {
    const counts = noFindings();
    const failures: Failure[] = [];
    const startedAt = Date.now();
    let [runs, maxDelaySeconds, maxTransitions] = [0, 0, 0];
    for (const seed of worldSeeds(scenario, seeds)) {
      const observations = await simulateWorld(this.emulator, scenario, seed);
      const { findings, ...maxima } = assess(scenario, observations);
      runs += observations.runs.length;
      for (const kind of FINDING_KINDS) counts[kind] += new Set(findings.filter((finding) => finding.kind === kind).map((finding) => finding.run)).size;
      maxDelaySeconds = Math.max(maxDelaySeconds, maxima.maxDelaySeconds);
      maxTransitions = Math.max(maxTransitions, maxima.maxTransitions);
      if (findings.length > 0) failures.push({ seed, findings });
    }
    return { scenario: scenario.name, seeds: seeds.length, runs, counts, maxDelaySeconds, maxTransitions, milliseconds: Date.now() - startedAt, failures };
  }

  /** Simulates a seed and returns its trace. */
  async replay(scenario: Scenario, seed: number): Promise<{ trace: string; findings: Finding[] }> {
    const [worldSeed] = worldSeeds(scenario, [seed]);
    const trace = new Trace();
    const observations = await simulateWorld(this.emulator, scenario, worldSeed, trace);
    return { trace: trace.text(), findings: assess(scenario, observations).findings };
  }
}

/** The seeds of the worlds that stand for these seeds: the first seed of each world. */
function worldSeeds({ seedsPerWorld }: Scenario, seeds: number[]): number[] {
  return [...new Set(seeds.map((seed) => Math.floor(seed / seedsPerWorld) * seedsPerWorld))];
}

/** Some seeds of a scenario, which one worker simulates. */
export interface SeedChunk {
  readonly scenario: string;
  readonly seeds: number[];
}

/** So many seeds from the first one of a world on, in chunks of whole worlds and of about the same size. */
export function chunksOf(scenario: Scenario, seeds: number, sizeGoal: number, from = 0): SeedChunk[] {
  const [first] = worldSeeds(scenario, [from]);
  const size = Math.max(1, Math.round(sizeGoal / scenario.seedsPerWorld)) * scenario.seedsPerWorld;
  return Array.from({ length: Math.ceil(seeds / size) }, (_, index) => ({
    scenario: scenario.name,
    seeds: Array.from({ length: Math.min(size, seeds - index * size) }, (__, offset) => first + index * size + offset),
  }));
}
