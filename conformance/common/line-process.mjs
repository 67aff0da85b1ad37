// A program that answers questions: JSON on one line of its standard input, the answer as JSON on one line of its standard output.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class LineProcess {
  #child;
  #lines;
  #errors = '';

  constructor(command, args, options = {}) {
    this.#child = spawn(command, args, { stdio: 'pipe', ...options });
    this.#child.on('error', (error) => { this.#errors += error.message; });
    this.#child.stdin.on('error', () => undefined); // the program has ended, and ask() says why
    this.#child.stderr.setEncoding('utf8').on('data', (text) => { this.#errors = (this.#errors + text).slice(-100_000); });
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]();
  }

  /** What the program wrote to standard error. */
  get errors() {
    return this.#errors;
  }

  async ask(question) {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.next();
  }

  async next() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnfile} ended: ${this.#errors}`);
    return JSON.parse(value);
  }

  /** The program ends when its standard input does. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
  }
}
