import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Job } from './jobs';
import type { Emulator } from '../emulator/emulator';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

/** Puts a file of this machine where a state machine looks for its list; answers the input that names it. */
export function putList(emulator: Emulator, { list }: Job, file: string, input: unknown): unknown {
  const { key: given } = input as { key?: unknown };
  const key = list!.key ?? (typeof given === 'string' ? given : path.basename(file));
  emulator.s3.put(list!.bucket, key, fs.readFileSync(file));
  return list!.key === undefined ? { ...input as object, key } : input;
}

/** What the runs over a list came to, item for item: the lines of the result files. */
export function resultsOf(emulator: Emulator, { output, cause }: Execution): unknown[] {
  const { results } = (output ?? JSON.parse(cause ?? '{}')) as { results?: { Bucket: string; Key: string } };
  const manifest = results && emulator.s3.get(results.Bucket, results.Key);
  if (!manifest) return [];
  const { ResultFiles } = JSON.parse(manifest.toString()) as { ResultFiles: Record<string, { Key: string }[]> };
  return Object.values(ResultFiles).flat().flatMap(({ Key }) => (
    emulator.s3.get(results.Bucket, Key)!.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line))
  ));
}

/** The item of a list whose run a job is, by the name that the map gave it. */
export function itemOf({ plan }: BatchJob): number | undefined {
  const [, index] = /-(\d{5})-\d+$/.exec(plan.environment.HEAVY_BATCH_RUN_ID ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}
