import type { Definition, State } from './definition';
import { fill, Scope } from './paths';
import type { StateWork, TaskIntegration } from './task';
import { TaskError } from './task-error';

/** A map run, as DescribeMapRun shows it. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly counts: { total: number; succeeded: number; failed: number; aborted: number };
}

/** What a map needs from its state machine. */
export interface MapHost {
  readonly arn: string;
  readonly roleArn: string;
  readonly integration: TaskIntegration;
  readonly onMapRun: (mapRun: MapRun) => void;
}

/** The execution of an item. */
export interface ChildExecution {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  done(): Promise<void>;
  stop(error?: string, cause?: string): void;
}

export interface MapContext {
  readonly host: MapHost;
  /** The execution that the map state belongs to. */
  readonly execution: { readonly name: string; readonly stateMachineArn: string; readonly history: readonly unknown[] };
  /** The name of the map state. */
  readonly name: string;
  readonly state: State;
  readonly scope: Scope;
  /** Starts the execution of an item. */
  readonly startChild: (definition: Definition, arn: string, name: string, input: unknown) => ChildExecution;
}

/** The most child executions of a map that run at the same time: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_CONCURRENT_CHILDREN = 10_000;

/**
 * Runs a Map state in distributed mode: reads the items, runs a child execution for each of them, and writes their results to S3.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function startMap(context: MapContext): StateWork {
  const children: ChildExecution[] = [];
  let isAbandoned = false;
  const abandon = () => {
    isAbandoned = true;
    children.forEach((child) => child.stop('States.Aborted', 'the map run was stopped'));
  };
  return { result: runMap(context, children, () => isAbandoned, abandon), abandon };
}

async function runMap(context: MapContext, children: ChildExecution[], isAbandoned: () => boolean, abandon: () => void): Promise<unknown> {
  const { host, execution, name, state, scope } = context;
  const call = (resource: string, parameters: unknown) => host.integration({ resource, parameters, roleArn: host.roleArn, onAbandon: () => undefined });
  const items = await readItems(state, scope, call);
  const mapRunId = `${execution.name}-${execution.history.length}`;
  const label = state.Label ?? name;
  const mapRun: MapRun = {
    mapRunArn: `${host.arn.replace(':stateMachine:', ':mapRun:')}/${label}:${mapRunId}`,
    status: 'RUNNING',
    counts: { total: items.length, succeeded: 0, failed: 0, aborted: 0 },
  };
  host.onMapRun(mapRun);

  const toleratedFailures = items.length * (state.ToleratedFailurePercentage ?? 0) / 100;
  let nextIndex = 0;
  const runNextItems = async () => {
    while (nextIndex < items.length && !isAbandoned()) {
      const index = nextIndex++;
      await call('map:startExecution', { StateMachineArn: host.arn });
      if (isAbandoned()) return;
      const itemScope = { ...scope, context: { ...scope.context as object, Map: { Item: { Index: index, Value: items[index] } } } };
      const input = state.ItemSelector === undefined ? items[index] : fill(state.ItemSelector, itemScope);
      const childName = `${mapRunId}-${String(index).padStart(5, '0')}`;
      const childArn = `${execution.stateMachineArn.replace(':stateMachine:', ':execution:')}/${label}:${childName}`;
      const child = context.startChild(state.ItemProcessor, childArn, childName, input);
      children[index] = child;
      await child.done();
      if (child.status === 'SUCCEEDED') mapRun.counts.succeeded++;
      else if (child.status === 'ABORTED') mapRun.counts.aborted++;
      else if (++mapRun.counts.failed > toleratedFailures) abandon();
    }
  };
  const concurrency = Math.min(state.MaxConcurrency || MOST_CONCURRENT_CHILDREN, MOST_CONCURRENT_CHILDREN, items.length);
  await Promise.all(Array.from({ length: concurrency }, runNextItems));
  const details = await writeResults(state, scope, mapRunId, children, call);
  const status = mapRun.counts.failed > toleratedFailures ? 'FAILED' as const : 'SUCCEEDED' as const;
  host.onMapRun({ ...mapRun, status });
  if (status === 'FAILED') throw new TaskError('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
  return { MapRunArn: mapRun.mapRunArn, ResultWriterDetails: details };
}

type Call = (resource: string, parameters: unknown) => Promise<unknown>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
async function readItems({ ItemReader: reader }: State, scope: Scope, call: Call): Promise<unknown[]> {
  let body: string;
  try {
    body = String(await call(reader.Resource, fill(reader.Parameters, scope)));
  } catch (error) {
    if (error instanceof TaskError && error.error !== 'States.Runtime') throw new TaskError('States.ItemReaderFailed', error.cause);
    throw error;
  }
  const items = parseItems(body, reader.ReaderConfig);
  if (!Array.isArray(items)) throw new TaskError('States.ItemReaderFailed', 'The list is not a JSON array');
  return items;
}

function parseItems(body: string, { InputType, CSVHeaderLocation, CSVHeaders }: Record<string, any>): unknown {
  try {
    if (InputType === 'JSON') return JSON.parse(body);
    const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (InputType === 'JSONL') return lines.map((line) => JSON.parse(line));
    const rows = parseCsv(body);
    const headers: string[] = CSVHeaderLocation === 'GIVEN' ? CSVHeaders : rows.shift() ?? [];
    return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
  } catch (error) {
    throw new TaskError('States.ItemReaderFailed', `The list cannot be read: ${(error as Error).message}`);
  }
}

/** The rows of a CSV file, without its empty lines. https://www.rfc-editor.org/rfc/rfc4180 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A value, with or without quotes, and the comma or line break behind it.
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break;
    row.push(quoted === undefined ? plain : quoted.replace(/""/g, '"'));
    if (end !== ',') {
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
    }
    if (end === '') break;
  }
  return rows;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html */
async function writeResults({ ResultWriter: writer }: State, scope: Scope, mapRunId: string, children: ChildExecution[], call: Call): Promise<unknown> {
  const { Bucket, Prefix } = fill(writer.Parameters, scope) as { Bucket: string; Prefix: string };
  const put = async (Key: string, Body: string) => {
    try {
      await call(writer.Resource, { Bucket, Key, Body });
    } catch (error) {
      throw error instanceof TaskError ? new TaskError('States.ResultWriterFailed', error.cause) : error;
    }
    return { Key, Size: Buffer.byteLength(Body) };
  };
  const started = children.filter((child) => child !== undefined);
  const succeeded = started.filter((child) => child.status === 'SUCCEEDED').map((child) => child.output);
  // The transformation of the writer changes only the records of executions that succeeded.
  const failed = started.filter((child) => child.status !== 'SUCCEEDED').map(({ arn, name, status, input, error, cause }) => ({
    ExecutionArn: arn, Input: JSON.stringify(input), InputDetails: { Included: true }, Name: name, Status: status, Error: error, Cause: cause,
  }));
  const files = Object.fromEntries(['SUCCEEDED', 'FAILED', 'PENDING'].map((status) => [status, [] as { Key: string; Size: number }[]]));
  for (const [status, records] of [['SUCCEEDED', succeeded], ['FAILED', failed]] as const) {
    if (records.length > 0) files[status].push(await put(`${Prefix}/${mapRunId}/${status}_0.jsonl`, records.map((record) => `${JSON.stringify(record)}\n`).join('')));
  }
  const manifest = await put(`${Prefix}/${mapRunId}/manifest.json`, JSON.stringify({ DestinationBucket: Bucket, MapRunArn: mapRunId, ResultFiles: files }));
  return { Bucket, Key: manifest.Key };
}
