import { inProcesses } from './processes';
import { mergeResults, ScenarioResult } from './result';
import type { Scenario } from './scenario';
import type { SeedChunk } from './simulator';
import type { Deployment } from '../emulator/assembly/deployment';

export interface PoolOptions {
  /** The script that each worker runs. */
  readonly script: string;
  readonly workers: number;
  readonly deployment: Deployment;
  readonly scenarios: Scenario[];
  readonly onProgress: (done: number, total: number, failed: number) => void;
}

/** What a worker receives before its first chunk. */
export type WorkerSetup = Pick<PoolOptions, 'deployment' | 'scenarios'>;

/** Simulates all chunks in several processes, and returns the result of each scenario by its name. */
export async function simulateAll(chunks: SeedChunk[], options: PoolOptions): Promise<Map<string, ScenarioResult>> {
  const { script, workers, deployment, scenarios, onProgress } = options;
  const results = new Map<string, ScenarioResult>();
  const total = chunks.reduce((sum, chunk) => sum + chunk.seeds.length, 0);
  let [done, failed] = [0, 0];
  const setup: WorkerSetup = { deployment, scenarios };
  await inProcesses<WorkerSetup, SeedChunk, ScenarioResult>(chunks, { script, argument: '--worker', workers, setup }, (result) => {
    const before = results.get(result.scenario);
    results.set(result.scenario, before ? mergeResults(before, result) : result);
    done += result.seeds;
    failed += result.failures.length;
    onProgress(done, total, failed);
  });
  return results;
}
