import type { Definition, State } from './definition';
import type { Execution, Machine } from './execution';
import { fill, Scope } from './paths';
import { TaskError } from './task-error';

/** What a map run came to, as DescribeMapRun has it. */
export interface MapRun {
  readonly mapRunArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly counts: { total: number; succeeded: number; failed: number; aborted: number };
}

export interface MapContext {
  readonly machine: Machine;
  readonly execution: Execution;
  readonly name: string;
  readonly state: State;
  readonly scope: Scope;
  /** Starts the execution of an item. */
  readonly startChild: (definition: Definition, arn: string, name: string, input: unknown) => Execution;
}

/**
 * A Map state in distributed mode: reads its items, runs a child execution for each, so many at once, and writes what they came to.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export function startMap(context: MapContext): { readonly result: Promise<unknown>; readonly abandon: () => void } {
  const children: Execution[] = [];
  let abandoned = false;
  const abandon = () => {
    abandoned = true;
    children.forEach((child) => child.stop('States.Aborted', 'the map run was stopped'));
  };
  return { result: runMap(context, children, () => abandoned, abandon), abandon };
}

async function runMap(context: MapContext, children: Execution[], isAbandoned: () => boolean, abandon: () => void): Promise<unknown> {
  const { machine, execution, name, state, scope } = context;
  const call = (resource: string, parameters: unknown) => machine.integration({
    resource, parameters, roleArn: machine.roleArn, executionArn: execution.arn, onAbandon: () => undefined,
  });
  const items = await readItems(state, scope, call);
  const id = `${execution.name}-${execution.history.length}`;
  const label = state.Label ?? name;
  const mapRun: MapRun = {
    mapRunArn: `${machine.arn.replace(':stateMachine:', ':mapRun:')}/${label}:${id}`,
    status: 'RUNNING',
    counts: { total: items.length, succeeded: 0, failed: 0, aborted: 0 },
  };
  machine.onMapRun(mapRun);

  const tolerated = items.length * (state.ToleratedFailurePercentage ?? 0) / 100;
  let next = 0;
  const work = async () => {
    while (next < items.length && !isAbandoned()) {
      const index = next++;
      await call('map:startExecution', { StateMachineArn: machine.arn });
      if (isAbandoned()) return;
      const item = { ...scope, context: { ...scope.context as object, Map: { Item: { Index: index, Value: items[index] } } } };
      const input = state.ItemSelector === undefined ? items[index] : fill(state.ItemSelector, item);
      const childName = `${id}-${String(index).padStart(5, '0')}`;
      const child = context.startChild(state.ItemProcessor, `${execution.stateMachineArn.replace(':stateMachine:', ':execution:')}/${label}:${childName}`, childName, input);
      children[index] = child;
      await child.done();
      if (child.status === 'SUCCEEDED') mapRun.counts.succeeded++;
      else if (child.status === 'ABORTED') mapRun.counts.aborted++;
      else if (++mapRun.counts.failed > tolerated) abandon();
    }
  };
  const atOnce = Math.min(state.MaxConcurrency || 10_000, 10_000, items.length);
  await Promise.all(Array.from({ length: atOnce }, work));
  const details = await writeResults(state, scope, id, children, call);
  const over = { ...mapRun, status: mapRun.counts.failed > tolerated ? 'FAILED' as const : 'SUCCEEDED' as const };
  machine.onMapRun(over);
  if (over.status === 'FAILED') throw new TaskError('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded');
  return { MapRunArn: mapRun.mapRunArn, ResultWriterDetails: details };
}

type Call = (resource: string, parameters: unknown) => Promise<unknown>;

async function readItems({ ItemReader: reader }: State, scope: Scope, call: Call): Promise<unknown[]> {
  let body: string;
  try {
    body = String(await call(reader.Resource, fill(reader.Parameters, scope)));
  } catch (error) {
    if (error instanceof TaskError && error.error !== 'States.Runtime') throw new TaskError('States.ItemReaderFailed', error.cause);
    throw error;
  }
  const items = parse(body, reader.ReaderConfig);
  if (!Array.isArray(items)) throw new TaskError('States.ItemReaderFailed', 'The list is not a JSON array');
  return items;
}

function parse(body: string, { InputType, CSVHeaderLocation, CSVHeaders }: Record<string, any>): unknown {
  try {
    if (InputType === 'JSON') return JSON.parse(body);
    const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '');
    if (InputType === 'JSONL') return lines.map((line) => JSON.parse(line));
    const rows = rowsOf(body);
    const headers: string[] = CSVHeaderLocation === 'GIVEN' ? CSVHeaders : rows.shift() ?? [];
    return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
  } catch (error) {
    throw new TaskError('States.ItemReaderFailed', `The list cannot be read: ${(error as Error).message}`);
  }
}

/** The rows of a CSV file: https://www.rfc-editor.org/rfc/rfc4180 */
export function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A value, with or without quotes, and what ends it.
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
async function writeResults({ ResultWriter: writer }: State, scope: Scope, id: string, children: Execution[], call: Call): Promise<unknown> {
  const { Bucket, Prefix } = fill(writer.Parameters, scope) as { Bucket: string; Prefix: string };
  const files = Object.fromEntries(['SUCCEEDED', 'FAILED', 'PENDING'].map((status) => [status, [] as { Key: string; Size: number }[]]));
  const put = async (Key: string, Body: string) => {
    try {
      await call(writer.Resource, { Bucket, Key, Body });
    } catch (error) {
      throw error instanceof TaskError ? new TaskError('States.ResultWriterFailed', error.cause) : error;
    }
    return { Key, Size: Buffer.byteLength(Body) };
  };
  const over = children.filter((child) => child !== undefined);
  // What failed is written as it is, whatever the transformation.
  const succeeded = over.filter((child) => child.status === 'SUCCEEDED').map((child) => child.output);
  const failed = over.filter((child) => child.status !== 'SUCCEEDED').map(({ arn, name, status, input, error, cause }) => ({
    ExecutionArn: arn, Input: JSON.stringify(input), InputDetails: { Included: true }, Name: name, Status: status, Error: error, Cause: cause,
  }));
  for (const [status, records] of [['SUCCEEDED', succeeded], ['FAILED', failed]] as const) {
    if (records.length > 0) files[status].push(await put(`${Prefix}/${id}/${status}_0.jsonl`, records.map((record) => `${JSON.stringify(record)}\n`).join('')));
  }
  const manifest = await put(`${Prefix}/${id}/manifest.json`, JSON.stringify({ DestinationBucket: Bucket, MapRunArn: id, ResultFiles: files }));
  return { Bucket, Key: manifest.Key };
}
