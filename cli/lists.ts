import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { UsageError } from './errors';
import type { Job } from './jobs';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';
import { Execution, parsedCause } from '../emulator/states/execution';
import { readResultFiles } from '../emulator/states/result-files';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { isObject } from '../src/contract/json-text';

/** What became of an item of a list. */
export interface ItemResult {
  readonly index?: number;
  readonly parameters?: unknown;
  readonly status: string;
  /** The reason of the failure, such as `ExitCode`. */
  readonly error?: string;
  /** What happened, in a sentence. */
  readonly message?: string;
  /** The outcome of the run: also of one that failed, as far as it had one. */
  readonly run?: { readonly output: unknown };
}

/** Puts a file with a list into the bucket where the state machine reads its list. Returns the input, which names the list where it has to. */
export function putList(emulator: Emulator, { list }: Job, file: string, input: unknown): unknown {
  if (!isObject(input)) throw new UsageError('--input is not an object; give the fields of the map, or leave --input out');
  const { key: keyInInput } = input;
  const key = list!.key ?? (typeof keyInInput === 'string' ? keyInInput : path.basename(file));
  emulator.s3.put(list!.bucket, key, readList(file));
  return list!.key === undefined ? { ...input, key } : input;
}

/**
 * AWS does not document whether Step Functions reads a byte order mark as a part of the first value, so a list that has one might run here
 * and fail there.
 */
function readList(file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    throw new UsageError(`--list ${file} cannot be read: ${(error as Error).message}`);
  }
  if (!isUtf8(bytes)) throw new UsageError(`--list ${file} is not text in UTF-8; save it as UTF-8`);
  if (bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
    throw new UsageError(`--list ${file} begins with a byte order mark, which Step Functions may take for a part of the first value; save it as UTF-8 without BOM`);
  }
  return bytes;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What became of the items of a list, in the order of the list: the lines of the result files. */
export function itemResultsOf(emulator: Emulator, execution: Execution): ItemResult[] {
  const results = Object.entries(readResultFiles(emulator.s3, execution) ?? {}).flatMap(([status, lines]) => (
    lines.map((line) => status === 'SUCCEEDED' ? { ...line, status } : failedItem(line))
  ));
  return results.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}

/**
 * A result file has the execution of an item that failed, and the cause of its failure is the execution of the run, as a text of JSON in a
 * text of JSON: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
function failedItem({ Input, Status, Error: error, Cause: cause }: Record<string, any>): ItemResult {
  const input = parsedCause(Input) as Pick<ItemResult, 'index' | 'parameters'>;
  const run = parsedCause(cause);
  const [reason, text] = isObject(run) && 'Status' in run ? [run.Error, run.Cause] as string[] : [error, cause];
  const output = parsedCause(text);
  if (!isObject(output)) return { ...input, status: Status, error: reason, message: text };
  return { ...input, status: Status, error: reason, message: typeof output.message === 'string' ? output.message : text, run: { output } };
}

/** The index of the item that a job belongs to; undefined for a job that does not belong to a list. The id of its run ends with `-<index>-<redrive>`. */
export function itemIndexOf({ plan }: BatchJob): number | undefined {
  const [, index] = /-(\d{5})-\d+$/.exec(plan.environment[CONTAINER_VARIABLES.RUN_ID] ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}
