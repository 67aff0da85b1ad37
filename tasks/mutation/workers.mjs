// Spreads mutants over processes. A mutant counts as found only by an answer: a process that ends without one may as well have met an
// error of this tool, or a machine without memory, so that its mutant is tried again in a new process.
import { fork } from 'node:child_process';
import os from 'node:os';
import { at } from '../project.mjs';

const OBSERVE_LIMIT_MS = 600_000;
/** Many times what the tests need: a slow machine must not look like a mutant that never ends. A loop ends sooner, by the number of times that a mutant is reached. */
const mutantLimitMs = (ms) => 120_000 + 50 * ms;

export class Worker {
  constructor(sources) {
    this.sources = sources;
  }

  /** The answer to a message; `noAnswer` says why there is none: the process ended, or did not answer within the limit. */
  async ask(message, limitMs = OBSERVE_LIMIT_MS) {
    if (!this.child) await this.start();
    const answer = await this.answer(message, limitMs);
    if (answer.noAnswer) this.stop();
    return answer;
  }

  async start() {
    this.child = fork(at('tasks', 'mutation', 'worker.mjs'), {
      cwd: at(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'test', FORCE_COLOR: '0', NODE_NO_WARNINGS: '1' },
      serialization: 'advanced',
    });
    this.errors = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.errors = `${this.errors}${text}`.slice(-4_000); });
    os.setPriority(this.child.pid, 10);
    const { noAnswer } = await this.answer({ task: 'load', sources: this.sources }, OBSERVE_LIMIT_MS);
    if (noAnswer) throw new Error(`the tests cannot be run: ${noAnswer}`);
  }

  answer(message, limitMs) {
    const { child } = this;
    return new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('close');
        resolve(answer);
      };
      const timer = setTimeout(() => done({ noAnswer: `no answer within ${limitMs / 1000} s`, isLate: true }), limitMs);
      child.once('message', done);
      // After the last of its standard error.
      child.once('close', (code, signal) => done({ noAnswer: `the process ended with ${signal ?? code}\n${this.errors}`.trim() }));
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
      while (queue.length > 0) onResult(await testMutant(worker, queue.shift()));
    } finally {
      worker.stop();
    }
  }));
}

/** What is neither killed nor alive for certain is tried once more, in a new process. */
export async function testMutant(worker, { mutant, plan, hits, ms }) {
  const ask = () => worker.ask({ task: 'mutant', id: mutant.id, plan, hitLimit: hits * 100 + 1_000 }, mutantLimitMs(ms));
  let answer = await ask();
  if (answer.noAnswer || answer.isLate || answer.status === 'error') {
    worker.stop();
    answer = await ask();
  }
  if (answer.noAnswer) return { ...mutant, status: answer.isLate ? 'timeout' : 'error', by: answer.noAnswer };
  return { ...mutant, ...answer };
}
