import { fileNameOf, StateDirectory } from './state-directory';
import type { EmulatorState } from '../../emulator/emulator-state';
import type { LogEvent, LogStreamState } from '../../emulator/services/cloudwatch-logs/cloudwatch-logs';
import type { StoredItem } from '../../emulator/services/dynamodb/dynamodb';
import type { ObjectState, StoredObject } from '../../emulator/services/s3/objects';
import type { ExecutionState } from '../../emulator/states/execution-state';
import { isObject } from '../../src/contract/json-text';

/** What is kept at most. Step Functions keeps executions for 90 days, as the table of an API keeps its records. */
const MOST = { executions: 1_000, logStreams: 2_000 };
const LONGEST = 90 * 24 * 3_600_000;

/** An object as its file has it. The body is a file of its own, which objects with the same content share. */
export interface ObjectFile extends Omit<StoredObject, 'body'> {
  readonly bucket: string;
  readonly key: string;
  /** The name of the file with the body, and its length. */
  readonly body: string;
  readonly size: number;
}

/** The first line of the file of a log stream. Each further line is an event. */
export type LogStreamHead = Omit<LogStreamState, 'events'>;
export type LogLine = readonly [timestamp: number, ingestionTime: number, message: string];

/** Reads what a directory keeps. What is too old, or too much, is removed from it. Throws a `UsageError` for a file that is damaged. */
export function readState(files: StateDirectory): EmulatorState & { readonly bodies: ReadonlyMap<string, string> } {
  const objects = files.list('objects').map((name) => files.readJson(name, isObjectFile) as ObjectFile);
  const used = new Set(objects.map(({ body }) => `bodies/${body}`));
  files.list('bodies').filter((name) => !used.has(name)).forEach((name) => files.remove(name));
  const executions = files.list('executions').map((name) => files.readJson(name, isExecution) as ExecutionState);
  const logStreams = files.list('log-streams').map((name) => readLogStream(files, name));
  return {
    items: files.list('items').map((name) => files.readJson(name, isItem) as StoredItem),
    executions: newest(executions, MOST.executions, startOf, endOf, ({ arn }) => files.remove(fileNameOf('executions', arn))),
    logStreams: newest(logStreams, MOST.logStreams, lastWritten, lastWritten, ({ group, stream }) => files.remove(fileNameOf('log-streams', group, stream))),
    objects: objects.map((object) => readObject(files, object)),
    bodies: new Map(objects.map(({ bucket, key, body }) => [fileNameOf('objects', bucket, key), body])),
  };
}

/** The newest ones, the oldest first. */
function newest<T>(all: readonly T[], most: number, orderOf: (each: T) => number, ageOf: (each: T) => number, remove: (each: T) => void): T[] {
  const sorted = [...all].sort((a, b) => orderOf(a) - orderOf(b));
  const kept = sorted.slice(-most).filter((each) => ageOf(each) > Date.now() - LONGEST);
  const isKept = new Set(kept);
  sorted.filter((each) => !isKept.has(each)).forEach(remove);
  return kept;
}

/** The newest time that a state tells of. 0 for one without any. */
export function newestTimeIn({ executions, logStreams, objects }: EmulatorState): number {
  let newestTime = 0;
  const see = (time = 0) => { newestTime = Math.max(newestTime, time); };
  for (const { startedAt, stoppedAt, redrivenAt, history } of executions) [startedAt, stoppedAt, redrivenAt, history.at(-1)?.timestamp].forEach(see);
  for (const { events } of logStreams) see(events.at(-1)?.timestamp);
  for (const { at } of objects) see(at);
  return newestTime;
}

const startOf = ({ startedAt }: ExecutionState) => startedAt;
const endOf = ({ startedAt, stoppedAt }: ExecutionState) => stoppedAt ?? startedAt;
/** A stream without lines is one of a container that has just started. */
const lastWritten = ({ events }: LogStreamState) => events.at(-1)?.timestamp ?? Date.now();

function readObject(files: StateDirectory, { body, size, ...object }: ObjectFile): ObjectState {
  const content = files.read(`bodies/${body}`);
  if (content.length !== size) throw files.damaged(`bodies/${body}`, `it has ${content.length} bytes, and the object ${object.bucket}/${object.key} has ${size}`);
  return { ...object, body: content };
}

/** A process that died may have written a part of the last line. */
function readLogStream(files: StateDirectory, name: string): LogStreamState {
  try {
    const [head, ...lines] = files.read(name).toString().split('\n').slice(0, -1).map((line) => JSON.parse(line) as unknown);
    if (isHead(head) && lines.every(isLogLine)) {
      return { ...head, events: lines.map(([timestamp, ingestionTime, message]): LogEvent => ({ timestamp, ingestionTime, message })) };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw files.damaged(name, 'it is not what heavy-batch wrote');
}

const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => typeof value === 'number';

function isHead(value: unknown): value is LogStreamHead {
  return isObject(value) && isText(value.group) && isText(value.stream) && isNumber(value.dropped);
}

function isLogLine(value: unknown): value is LogLine {
  return Array.isArray(value) && isNumber(value[0]) && isNumber(value[1]) && isText(value[2]);
}

function isItem({ table, key, item }: Record<string, unknown>): boolean {
  return isText(table) && isText(key) && isObject(item);
}

function isObjectFile({ bucket, key, etag, at, body, size }: Record<string, unknown>): boolean {
  return [bucket, key, etag].every(isText) && isNumber(at) && isNumber(size) && /^[\da-f]{64}$/.test(String(body));
}

function isExecution({ arn, stateMachineArn, name, status, startedAt, redriveCount, history }: Record<string, unknown>): boolean {
  return [arn, stateMachineArn, name, status].every(isText) && isNumber(startedAt) && isNumber(redriveCount) && Array.isArray(history);
}
