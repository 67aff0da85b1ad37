import { createHash } from 'node:crypto';
import type { LogLine, LogStreamHead, ObjectFile } from './kept-state';
import { fileNameOf, StateDirectory } from './state-directory';
import type { Journal } from '../../emulator/emulator-state';
import type { LogStreamState } from '../../emulator/services/cloudwatch-logs/cloudwatch-logs';
import type { StoredObject } from '../../emulator/services/s3/objects';
import { stateOf } from '../../emulator/states/execution-state';

/** Milliseconds: what changes often is written less often. A process that is killed loses as much. */
const DELAY = 200;
/** How much longer than writing the pause after it is at least: a large execution is written as a whole at each change. */
const PAUSE = 10;
/** Milliseconds of writing after which requests have their turn. */
const SLICE = 20;
/** Milliseconds after which what could not be written is tried again: each time twice as many, up to the last. */
const RETRY = { first: 400, last: 5_000 };

type Write = () => void;

/** Writes what changes in the services to the files of a directory, a little later. */
export class FileJournal implements Journal {
  /** What is to be written, by the name of the file. */
  private readonly pending = new Map<string, Write>();
  private delay = DELAY;
  private timer?: NodeJS.Timeout;
  private rest?: NodeJS.Immediate;
  /** What could not be written. */
  private readonly failed = new Map<string, { readonly write: Write; readonly error: Error }>();
  private retryDelay = RETRY.first;
  private retryTimer?: NodeJS.Timeout;
  private isTold = false;
  private isClosed = false;
  /** How many events there were in the log streams that were written, and how many of them were dropped. */
  private readonly written = new Map<string, { readonly dropped: number; readonly end: number }>();
  /** The bodies of the objects, by the file of the object, and how many objects have each. */
  private readonly bodies = new Map<string, string>();
  private readonly uses = new Map<string, number>();

  /** @param tell is told why files cannot be written, once until all of them can be again, and what is lost at the end */
  constructor(private readonly files: StateDirectory, bodies: ReadonlyMap<string, string>, private readonly tell: (line: string) => void) {
    bodies.forEach((body, name) => this.setBody(name, body));
  }

  readonly onExecution: Journal['onExecution'] = (execution) => {
    const name = fileNameOf('executions', execution.arn);
    this.later(name, () => this.files.write(name, JSON.stringify(stateOf(execution))));
  };

  readonly onItem: Journal['onItem'] = (table, key, item) => {
    const name = fileNameOf('items', table, key);
    this.later(name, () => item === undefined ? this.files.remove(name) : this.files.write(name, JSON.stringify({ table, key, item })));
  };

  readonly onLogStream: Journal['onLogStream'] = (group, stream, state) => {
    const name = fileNameOf('log-streams', group, stream);
    if (state === undefined) this.written.delete(name); // at once: one with the same name may be made before anything is written
    this.later(name, () => state === undefined ? this.files.remove(name) : this.writeLogStream(name, state));
  };

  readonly onObject: Journal['onObject'] = (bucket, key, object) => {
    const name = fileNameOf('objects', bucket, key);
    this.later(name, () => object === undefined ? this.removeObject(name) : this.writeObject(name, bucket, key, object));
  };

  /** Writes all that is not written yet. */
  flush(): void {
    clearImmediate(this.rest!);
    this.retry();
    this.write([...this.pending.keys()]);
    this.afterWriting();
  }

  /** Writes all that is not written yet, and nothing later. Tells what could not be written. Returns whether there was nothing of that. */
  close(): boolean {
    if (!this.isClosed) {
      this.isTold = true; // below, with all the rest
      this.flush();
      this.isClosed = true;
      [this.timer, this.retryTimer].forEach(clearTimeout);
      const [lost] = this.failed;
      if (lost) this.tell(`${this.failed.size} ${this.failed.size === 1 ? 'file' : 'files'} of the state could not be written, such as ${lost[0]}: ${lost[1].error.message}`);
    }
    return this.failed.size === 0;
  }

  private later(name: string, write: Write): void {
    if (this.isClosed) return;
    this.failed.delete(name);
    this.pending.set(name, write);
    this.timer ??= setTimeout(() => this.writeInSlices(), this.delay);
  }

  /** The timer counts as set until all is written, so that what changes meanwhile has its own delay. */
  private writeInSlices(): void {
    const names = [...this.pending.keys()];
    let spent = 0;
    const goOn = () => {
      spent += this.write(names, SLICE);
      if (names.length > 0) {
        this.rest = setImmediate(goOn);
        return;
      }
      this.delay = Math.max(DELAY, PAUSE * spent);
      this.afterWriting();
    };
    goOn();
  }

  /** Writes from the end of a list of names, until that has taken so many milliseconds. Returns how many it has taken. One that fails does not stop the others. */
  private write(names: string[], most = Infinity): number {
    const start = performance.now();
    const spent = () => performance.now() - start;
    while (names.length > 0 && spent() < most) {
      const name = names.pop()!;
      const write = this.pending.get(name)!;
      this.pending.delete(name);
      try {
        write();
      } catch (error) {
        this.failed.set(name, { write, error: error as Error });
        if (!this.isTold) this.tell(`the state cannot be kept: ${name}: ${(error as Error).message}`);
        this.isTold = true;
      }
    }
    return spent();
  }

  private afterWriting(): void {
    clearTimeout(this.timer);
    this.timer = this.pending.size > 0 ? setTimeout(() => this.writeInSlices(), this.delay) : undefined;
    if (this.failed.size === 0) {
      this.isTold = false;
      this.retryDelay = RETRY.first;
    } else if (!this.retryTimer) {
      this.retryTimer = setTimeout(() => this.retry(), this.retryDelay);
      this.retryDelay = Math.min(2 * this.retryDelay, RETRY.last);
    }
  }

  private retry(): void {
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    for (const [name, { write }] of [...this.failed]) this.later(name, write);
  }

  /** Adds the new lines. The file is written as a whole the first time, when lines were dropped, and when it may end with a part of a line. */
  private writeLogStream(name: string, { group, stream, dropped, events }: LogStreamState): void {
    const written = this.written.get(name);
    this.written.delete(name); // until the file has all lines
    const textOf = (from: number) => events.slice(from).map(({ timestamp, ingestionTime, message }) => `${JSON.stringify([timestamp, ingestionTime, message] satisfies LogLine)}\n`).join('');
    if (written?.dropped === dropped) this.files.append(name, textOf(written.end - dropped));
    else this.files.write(name, `${JSON.stringify({ group, stream, dropped } satisfies LogStreamHead)}\n${textOf(0)}`);
    this.written.set(name, { dropped, end: dropped + events.length });
  }

  /** The body comes first: a process that dies leaves no object without its body. */
  private writeObject(name: string, bucket: string, key: string, { body: content, ...object }: StoredObject): void {
    const body = createHash('sha256').update(content).digest('hex');
    if (!this.files.has(`bodies/${body}`)) this.files.write(`bodies/${body}`, content);
    this.files.write(name, JSON.stringify({ ...object, bucket, key, body, size: content.length } satisfies ObjectFile));
    this.setBody(name, body);
  }

  private removeObject(name: string): void {
    this.files.remove(name);
    this.setBody(name, undefined);
  }

  /** Removes the former body, unless another object has the same. */
  private setBody(name: string, body: string | undefined): void {
    const former = this.bodies.get(name);
    if (former === body) return;
    if (body === undefined) this.bodies.delete(name);
    else this.bodies.set(name, body);
    if (body !== undefined) this.uses.set(body, (this.uses.get(body) ?? 0) + 1);
    if (former === undefined) return;
    const left = this.uses.get(former)! - 1;
    if (left > 0) {
      this.uses.set(former, left);
    } else {
      this.uses.delete(former);
      this.files.remove(`bodies/${former}`);
    }
  }
}
