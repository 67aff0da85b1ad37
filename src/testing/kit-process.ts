import { ChildProcess, spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

/** The command line of this package, from `lib/testing` as from `src/testing`. */
const PROGRAM = path.join(__dirname, '..', '..', 'bin', 'heavy-batch.js');

/** Milliseconds that the process has to end, before it is killed. */
const LONGEST_END = 10_000;
/** How many lines of its standard error an error shows. */
const MOST_LINES = 20;

interface Answer {
  readonly id?: number;
  readonly error?: string;
  readonly [field: string]: unknown;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** The process `heavy-batch test-kit`: commands and answers, a line of JSON each. */
export class KitProcess {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly notes: string[] = [];
  private readonly closed: Promise<void>;
  private failure?: Error;
  private lastId = 0;

  constructor(args: readonly string[], onLog?: (line: string) => void) {
    const child = this.child = spawn(process.execPath, [PROGRAM, 'test-kit', ...args]);
    createInterface({ input: child.stdout! }).on('line', (line) => this.receive(line));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      this.notes.push(line);
      if (this.notes.length > MOST_LINES) this.notes.shift();
      onLog?.(line);
    });
    child.stdin!.on('error', () => undefined); // the process has ended, which is told below
    this.closed = new Promise((resolve) => {
      const end = (why: string) => {
        this.failure = new Error([`heavy-batch test-kit ${why}`, ...this.notes].join('\n'));
        this.waiting.forEach(({ reject }) => reject(this.failure!));
        this.waiting.clear();
        resolve();
      };
      child.once('error', (error) => end(`cannot be started: ${error.message}`));
      child.once('close', (code, signal) => end(`has ended with ${signal ?? `the exit code ${code}`}`));
    });
  }

  /** The first line. */
  ready(): Promise<Answer> {
    return this.wait(0);
  }

  /** Sends a command. Rejects with the error that the process answers. */
  send(command: string, fields: object = {}): Promise<Answer> {
    const id = ++this.lastId;
    const answer = this.wait(id);
    if (!this.failure) this.child.stdin!.write(`${JSON.stringify({ id, command, ...fields })}\n`);
    return answer;
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    this.keepsAlive(true);
    this.child.stdin!.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LONGEST_END);
    await this.closed;
    clearTimeout(timer);
  }

  private wait(id: number): Promise<Answer> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.keepsAlive(true);
    });
  }

  private receive(line: string): void {
    const answer = JSON.parse(line) as Answer;
    const waiting = this.waiting.get(answer.id ?? 0);
    this.waiting.delete(answer.id ?? 0);
    this.keepsAlive(this.waiting.size > 0);
    if (answer.error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(answer.error));
  }

  /** A test that forgets `stop()` ends all the same, and so does this process then. */
  private keepsAlive(isNeeded: boolean): void {
    const { child, child: { stdin, stdout, stderr } } = this;
    const handles = [child, stdin, stdout, stderr] as unknown as { ref(): void; unref(): void }[];
    handles.forEach((handle) => isNeeded ? handle.ref() : handle.unref());
  }
}
