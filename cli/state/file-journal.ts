import { createHash } from 'node:crypto';
import type { LogLine, LogStreamHead, ObjectFile } from './kept-state';
import { fileNameOf, StateDirectory } from './state-directory';
import type { Journal } from '../../emulator/emulator-state';
import type { LogStreamState } from '../../emulator/services/cloudwatch-logs/cloudwatch-logs';
import type { StoredObject } from '../../emulator/services/s3/objects';
import { stateOf } from '../../emulator/states/execution-state';

/** Milliseconds: what changes often is written less often. A process that is killed loses as much. */
const DELAY = 200;

/** Writes what changes in the services to the files of a directory, a little later. */
export class FileJournal implements Journal {
  /** What is to be written, by the name of the file. */
  private readonly pending = new Map<string, () => void>();
  private timer?: NodeJS.Timeout;
  /** How many events there were in the log streams that were written, and how many of them were dropped. */
  private readonly written = new Map<string, { readonly dropped: number; readonly end: number }>();
  /** The bodies of the objects, by the file of the object. */
  private readonly bodies: Map<string, string>;
  private hasFailed = false;

  /** @param tell is told that the files cannot be written, once until they can be again */
  constructor(private readonly files: StateDirectory, bodies: ReadonlyMap<string, string>, private readonly tell: (error: Error) => void) {
    this.bodies = new Map(bodies);
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
    this.later(name, () => state === undefined ? this.removeLogStream(name) : this.writeLogStream(name, state));
  };

  readonly onObject: Journal['onObject'] = (bucket, key, object) => {
    const name = fileNameOf('objects', bucket, key);
    this.later(name, () => object === undefined ? this.removeObject(name) : this.writeObject(name, bucket, key, object));
  };

  /** Writes what is not written yet. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    try {
      for (const [name, write] of this.pending) {
        write();
        this.pending.delete(name);
      }
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed) this.tell(error as Error);
      this.hasFailed = true; // it is tried again with the next change
    }
  }

  private later(name: string, write: () => void): void {
    this.pending.set(name, write);
    this.timer ??= setTimeout(() => this.flush(), DELAY);
  }

  /** Adds the new lines. The file is written as a whole the first time, and when lines were dropped. */
  private writeLogStream(name: string, { group, stream, dropped, events }: LogStreamState): void {
    const written = this.written.get(name);
    const textOf = (from: number) => events.slice(from).map(({ timestamp, ingestionTime, message }) => `${JSON.stringify([timestamp, ingestionTime, message] satisfies LogLine)}\n`).join('');
    if (written?.dropped === dropped) this.files.append(name, textOf(written.end - dropped));
    else this.files.write(name, `${JSON.stringify({ group, stream, dropped } satisfies LogStreamHead)}\n${textOf(0)}`);
    this.written.set(name, { dropped, end: dropped + events.length });
  }

  private removeLogStream(name: string): void {
    this.written.delete(name);
    this.files.remove(name);
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
    if (body === undefined) this.bodies.delete(name);
    else this.bodies.set(name, body);
    if (former !== undefined && former !== body && ![...this.bodies.values()].includes(former)) this.files.remove(`bodies/${former}`);
  }
}
