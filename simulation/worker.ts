import { runTrial, Trial, TrialResult, TrialSetup } from './mutant-trials';
import type { WorkerSetup } from './pool';
import { performTasks } from './processes';
import type { ScenarioResult } from './result';
import { SeedChunk, Simulator } from './simulator';

/** Simulates the chunks that it receives, in a process of its own. */
export function work(): void {
  performTasks<WorkerSetup, SeedChunk, ScenarioResult>(async ({ deployment, scenarios }) => {
    const simulator = await Simulator.open(deployment);
    return ({ scenario, seeds }) => simulator.simulate(scenarios.find(({ name }) => name === scenario)!, seeds);
  });
}

/** Tries the mutants that it receives, in a process of its own. */
export function workOnMutants(): void {
  performTasks<TrialSetup, Trial, TrialResult>(async (setup) => (trial, onProgress) => runTrial(trial, setup, onProgress));
}
