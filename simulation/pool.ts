import { ChildProcess, fork } from 'node:child_process';
import type { Scenario } from './scenario';
import { Portion, Tally, together } from './suite';
import type { FromWorker, ToWorker } from './worker';
import type { Deployment } from '../emulator/assembly/deployment';

export interface PoolOptions {
  /** The bundle that the workers run, this one. */
  readonly script: string;
  readonly workers: number;
  readonly deployment: Deployment;
  readonly scenarios: Scenario[];
  readonly onProgress: (done: number, of: number, failed: number) => void;
}

/** Plays all portions on so many processes, and answers a tally for each scenario. Seeds that share a number are far apart: each worker has one. */
export async function playAll(portions: Portion[], { script, workers, deployment, scenarios, onProgress }: PoolOptions): Promise<Map<string, Tally>> {
  const waiting = [...portions];
  const tallies = new Map<string, Tally>();
  const all = portions.reduce((sum, portion) => sum + portion.seeds.length, 0);
  const children: ChildProcess[] = [];
  let [done, failed] = [0, 0];

  const one = () => new Promise<void>((resolve, reject) => {
    // A call leaves much garbage, and nearly all of it at once: a large young generation spares a tenth of the time.
    const child = fork(script, ['--worker'], { execArgv: ['--max-semi-space-size=128'], serialization: 'advanced' });
    const send = (message: ToWorker) => child.send(message);
    const next = () => {
      const portion = waiting.shift();
      if (portion) send(portion);
      else end(child, resolve);
    };
    children.push(child);
    child.on('exit', (code) => reject(new Error(`a worker exited with ${code}`)));
    child.on('message', (message: FromWorker) => {
      if ('broken' in message) {
        waiting.length = 0;
        end(child, () => reject(new Error(message.broken)));
        return;
      }
      if ('tally' in message) {
        const { tally } = message;
        const before = tallies.get(tally.scenario);
        tallies.set(tally.scenario, before ? together(before, tally) : tally);
        done += tally.seeds;
        failed += tally.failures.length;
        onProgress(done, all, failed);
      }
      next();
    });
    send({ deployment, scenarios });
  });
  try {
    await Promise.all(Array.from({ length: Math.min(workers, portions.length) }, one));
  } finally {
    children.forEach((child) => child.kill());
  }
  return tallies;
}

function end(child: ChildProcess, then: () => void): void {
  child.removeAllListeners('exit');
  child.once('exit', then);
  child.disconnect();
}
