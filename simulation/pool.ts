import { ChildProcess, fork } from 'node:child_process';
import { mergeResults, ScenarioResult } from './result';
import type { Scenario } from './scenario';
import type { SeedChunk } from './simulator';
import type { FromWorker, ToWorker } from './worker';
import type { Deployment } from '../emulator/assembly/deployment';

export interface PoolOptions {
  /** The script that each worker runs. */
  readonly script: string;
  readonly workers: number;
  readonly deployment: Deployment;
  readonly scenarios: Scenario[];
  readonly onProgress: (done: number, total: number, failed: number) => void;
}

/** Simulates all chunks in several processes, and returns the result of each scenario by its name. */
export async function simulateAll(chunks: SeedChunk[], options: PoolOptions): Promise<Map<string, ScenarioResult>> {
  const { script, workers, deployment, scenarios, onProgress } = options;
  const waiting = [...chunks];
  const results = new Map<string, ScenarioResult>();
  const total = chunks.reduce((sum, chunk) => sum + chunk.seeds.length, 0);
  const children: ChildProcess[] = [];
  let [done, failed] = [0, 0];

  const startWorker = () => new Promise<void>((resolve, reject) => {
    // An API call makes much garbage, nearly all of it short-lived. A large young generation saves a tenth of the time.
    const child = fork(script, ['--worker'], { execArgv: ['--max-semi-space-size=128'], serialization: 'advanced' });
    const send = (message: ToWorker) => child.send(message);
    const sendNext = () => {
      const chunk = waiting.shift();
      if (chunk) send(chunk);
      else end(child, resolve);
    };
    children.push(child);
    child.on('exit', (code) => reject(new Error(`a worker exited with ${code}`)));
    child.on('message', (message: FromWorker) => {
      if ('error' in message) {
        waiting.length = 0;
        end(child, () => reject(new Error(message.error)));
        return;
      }
      if ('result' in message) {
        const { result } = message;
        const before = results.get(result.scenario);
        results.set(result.scenario, before ? mergeResults(before, result) : result);
        done += result.seeds;
        failed += result.failures.length;
        onProgress(done, total, failed);
      }
      sendNext();
    });
    send({ deployment, scenarios });
  });
  try {
    await Promise.all(Array.from({ length: Math.min(workers, chunks.length) }, startWorker));
  } finally {
    children.forEach((child) => child.kill());
  }
  return results;
}

function end(child: ChildProcess, onExit: () => void): void {
  child.removeAllListeners('exit');
  child.once('exit', onExit);
  child.disconnect();
}
