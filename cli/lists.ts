import * as fs from 'node:fs';
import * as path from 'node:path';
import { UsageError } from './errors';
import type { Job } from './jobs';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import { readResultFiles } from '../emulator/states/result-files';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** Puts a file with a list into the bucket where the state machine reads its list. Returns the input, which names the list where it has to. */
export function putList(emulator: Emulator, { list }: Job, file: string, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new UsageError('--input is not an object; give the fields of the map, or leave --input out');
  const { key: keyInInput } = input as { key?: unknown };
  const key = list!.key ?? (typeof keyInInput === 'string' ? keyInInput : path.basename(file));
  emulator.s3.put(list!.bucket, key, fs.readFileSync(file));
  return list!.key === undefined ? { ...input as object, key } : input;
}

/** The outcomes of the runs of a list, one for each item: the lines of the result files. */
export function itemResultsOf(emulator: Emulator, execution: Execution): unknown[] {
  return Object.values(readResultFiles(emulator.s3, execution) ?? {}).flat();
}

/** The index of the item that a job belongs to; undefined for a job that does not belong to a list. The id of its run ends with `-<index>-<redrive>`. */
export function itemIndexOf({ plan }: BatchJob): number | undefined {
  const [, index] = /-(\d{5})-\d+$/.exec(plan.environment[CONTAINER_VARIABLES.RUN_ID] ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}
