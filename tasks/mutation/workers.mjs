// Spreads mutants over processes. A mutant that ends its process or never ends is killed: a process for the next one is started.
import { fork } from 'node:child_process';
import os from 'node:os';
import { at } from '../project.mjs';

const OBSERVE_LIMIT_MS = 600_000;
/** A slow machine must not look like a mutant that never ends; a loop ends sooner, by the number of times that a mutant is reached. */
const MUTANT_LIMIT_MS = 60_000;

export class Worker {
  constructor(sources) {
    this.sources = sources;
  }

  /** The answer to a message; undefined when there was none within the limit, or when the process ended. */
  async ask(message, limitMs = OBSERVE_LIMIT_MS) {
    if (!this.child) await this.start();
    const answer = await this.answer(message, limitMs);
    if (answer === undefined) this.stop();
    return answer;
  }

  async start() {
    this.child = fork(at('tasks', 'mutation', 'worker.mjs'), {
      cwd: at(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'test', FORCE_COLOR: '0', NODE_NO_WARNINGS: '1' },
      serialization: 'advanced',
    });
    this.errors = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.errors = `${this.errors}${text}`.slice(-4_000); });
    os.setPriority(this.child.pid, 10);
    if (await this.answer({ task: 'load', sources: this.sources }, OBSERVE_LIMIT_MS) === undefined) throw new Error(`the tests cannot be run:\n${this.errors}`);
  }

  answer(message, limitMs) {
    const { child } = this;
    return new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        resolve(answer);
      };
      const timer = setTimeout(done, limitMs, undefined);
      child.once('message', done).once('exit', () => done(undefined));
      child.send(message);
    });
  }

  stop() {
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }
}

/** Tests the mutants, `atOnce` at a time; `onResult` hears of each. */
export async function testMutants(plans, sources, atOnce, onResult) {
  const queue = [...plans];
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, async () => {
    const worker = new Worker(sources);
    try {
      while (queue.length > 0) {
        const { mutant, plan, hits, ms } = queue.shift();
        const answer = await worker.ask({ task: 'mutant', id: mutant.id, plan, hitLimit: hits * 100 + 1_000 }, MUTANT_LIMIT_MS + 20 * ms);
        onResult({ ...mutant, ...answer ?? { status: 'timeout' } });
      }
    } finally {
      worker.stop();
    }
  }));
}
