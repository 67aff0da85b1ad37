import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Mutant, mutate } from './mutants';
import { inProcesses } from './processes';
import { Scenario, ScenarioError } from './scenario';
import { chunksOf, Simulator } from './simulator';
import type { Deployment } from '../emulator/assembly/deployment';

/** What is tried: a mutant against scenarios. */
export interface Trial {
  readonly mutant: Mutant;
  readonly scenarios: string[];
}

/** What a scenario made of a mutant. */
export interface Sighting {
  readonly scenario: string;
  /** The first seed that failed, and its first finding. Undefined when no seed failed. */
  readonly seed?: number;
  readonly finding?: string;
  /** Why a world could not be simulated or assessed. Then it is not known whether the scenario sees the mutant. */
  readonly error?: string;
}

export interface TrialResult {
  readonly mutant: Mutant;
  readonly sightings: Sighting[];
  /** Real time. */
  readonly milliseconds: number;
}

/** What the processes need for all trials. */
export interface TrialSetup {
  readonly deployment: Deployment;
  readonly scenarios: Scenario[];
  /** How many seeds of a scenario are simulated before a mutant counts as not seen. */
  readonly seeds: number;
}

/** How many seeds are simulated at once. */
const CHUNK_SEEDS = 4;

/** Runs the trials in several processes. The results are in the order of the trials. */
export async function runTrials(trials: Trial[], setup: TrialSetup, { script, workers, onResult }: {
  readonly script: string;
  readonly workers: number;
  readonly onResult: (result: TrialResult) => void;
}): Promise<TrialResult[]> {
  const known = new Set(setup.scenarios.map(({ name }) => name));
  for (const { mutant: { breaks }, scenarios } of trials) {
    const unknown = scenarios.find((name) => !known.has(name));
    if (unknown !== undefined) throw new ScenarioError(`the mutant '${breaks}' is to be caught by '${unknown}', which is not a scenario`);
  }
  const results = new Map<string, TrialResult>();
  await inProcesses<TrialSetup, Trial, TrialResult>(trials, { script, argument: '--mutant-worker', workers, setup }, (result) => {
    results.set(result.mutant.breaks, result);
    onResult(result);
  });
  return trials.map(({ mutant: { breaks } }) => results.get(breaks)!);
}

/** Breaks a copy of the app, and simulates seeds of each scenario until one of them fails. */
export async function runTrial({ mutant, scenarios }: Trial, setup: TrialSetup): Promise<TrialResult> {
  const startedAt = Date.now();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-mutant-'));
  try {
    const simulator = await Simulator.open(await mutate(mutant, setup.deployment, directory));
    try {
      const sightings: Sighting[] = [];
      for (const name of scenarios) sightings.push(await look(simulator, setup.scenarios.find((scenario) => scenario.name === name)!, setup.seeds));
      return { mutant, sightings, milliseconds: Date.now() - startedAt };
    } finally {
      await simulator.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function look(simulator: Simulator, scenario: Scenario, seeds: number): Promise<Sighting> {
  try {
    for (const chunk of chunksOf(scenario, seeds, CHUNK_SEEDS)) {
      const { failures: [failure] } = await simulator.simulate(scenario, chunk.seeds);
      if (failure) return { scenario: scenario.name, seed: failure.seed, finding: `${failure.findings[0].kind}: ${failure.findings[0].message}` };
    }
  } catch (error) {
    return { scenario: scenario.name, error: String((error as Error).stack ?? error) };
  }
  return { scenario: scenario.name };
}
