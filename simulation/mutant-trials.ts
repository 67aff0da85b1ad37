import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Mutant, mutate } from './mutants';
import { inProcesses } from './processes';
import type { Failure } from './result';
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
/** Milliseconds of real time, far more than so many seeds take. A mutant may have an endless loop. */
const LONGEST_SILENCE = 300_000;

/** Runs the trials in several processes. The results are in the order of the trials. */
export async function runTrials(trials: Trial[], setup: TrialSetup, { script, workers, longestSilence = LONGEST_SILENCE, onResult }: {
  readonly script: string;
  readonly workers: number;
  readonly longestSilence?: number;
  readonly onResult: (result: TrialResult) => void;
}): Promise<TrialResult[]> {
  const known = new Set(setup.scenarios.map(({ name }) => name));
  for (const { mutant: { breaks }, scenarios } of trials) {
    const unknown = scenarios.find((name) => !known.has(name));
    if (unknown !== undefined) throw new ScenarioError(`the mutant '${breaks}' is to be caught by '${unknown}', which is not a scenario`);
  }
  const results = new Map<string, TrialResult>();
  const error = `no seeds were simulated within ${longestSilence / 1000} s`;
  const silence = {
    milliseconds: longestSilence,
    resultOf: ({ mutant, scenarios }: Trial): TrialResult => (
      { mutant, sightings: scenarios.map((scenario) => ({ scenario, error })), milliseconds: longestSilence }
    ),
  };
  await inProcesses<TrialSetup, Trial, TrialResult>(trials, { script, argument: '--mutant-worker', workers, setup, silence }, (result) => {
    results.set(result.mutant.breaks, result);
    onResult(result);
  });
  return trials.map(({ mutant: { breaks } }) => results.get(breaks)!);
}

/** Breaks a copy of the app, and simulates seeds of each scenario until one of them fails. */
export async function runTrial({ mutant, scenarios }: Trial, setup: TrialSetup, onProgress: () => void): Promise<TrialResult> {
  const startedAt = Date.now();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-mutant-'));
  try {
    const simulator = await Simulator.open(await mutate(mutant, setup.deployment, directory));
    try {
      const sightings: Sighting[] = [];
      for (const name of scenarios) {
        const scenario = setup.scenarios.find((candidate) => candidate.name === name)!;
        sightings.push(await tryScenario(simulator, scenario, { mutant, seeds: setup.seeds, onProgress }));
      }
      return { mutant, sightings, milliseconds: Date.now() - startedAt };
    } finally {
      await simulator.close();
    }
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

interface Try {
  readonly mutant: Mutant;
  readonly seeds: number;
  readonly onProgress: () => void;
}

async function tryScenario(simulator: Simulator, scenario: Scenario, { mutant, seeds, onProgress }: Try): Promise<Sighting> {
  let error: string | undefined;
  try {
    for (const chunk of chunksOf(scenario, seeds, CHUNK_SEEDS)) {
      const { failures } = await simulator.simulate(scenario, chunk.seeds);
      onProgress();
      for (const failure of failures) {
        const seen = sightedIn(failure, mutant);
        if (seen.finding !== undefined) return { scenario: scenario.name, seed: failure.seed, finding: seen.finding };
        error ??= seen.error;
      }
    }
  } catch (thrown) {
    error = String((thrown as Error).stack ?? thrown);
  }
  return { scenario: scenario.name, error };
}

/** An error by which JavaScript says that code is not right. A mutant with a misspelt name is no broken promise: any scenario sees it. */
const CODE_ERROR = /\b(ReferenceError|SyntaxError|TypeError): /;

/** What the findings of a seed say of a mutant: the finding by which it is seen, or why none of them counts. */
export function sightedIn({ findings }: Failure, mutant: Pick<Mutant, 'finding'>): Pick<Sighting, 'finding' | 'error'> {
  const texts = findings.map(({ kind, message }) => `${kind}: ${message}`);
  const crash = texts.find((text) => CODE_ERROR.test(text));
  if (crash !== undefined) return { error: `the mutant is broken code: ${crash}` };
  const wanted = mutant.finding === undefined ? texts[0] : texts.find((text) => new RegExp(mutant.finding!).test(text));
  return wanted === undefined ? { error: `other findings than /${mutant.finding}/: ${texts[0]}` } : { finding: wanted };
}
