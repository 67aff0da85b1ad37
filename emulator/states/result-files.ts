import { Execution, parsedCause } from './execution';
import type { S3 } from '../services/s3/s3';

/** Where a map says that its results are: the manifest of its result files. */
interface ResultLocation {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * The lines of the result files of a map that writes lines of JSON, by the status of their items. Undefined where there are none, as of an
 * execution that failed before its first item.
 */
export function readResultFiles(s3: S3, { output, cause }: Execution): Record<string, any[]> | undefined {
  const { results } = (output ?? parsedCause(cause) ?? {}) as { readonly results?: ResultLocation };
  const manifest = results && s3.get(results.Bucket, results.Key);
  if (!manifest) return undefined;
  const { ResultFiles } = JSON.parse(manifest.toString()) as { readonly ResultFiles: Record<string, { readonly Key: string }[]> };
  const linesOf = (key: string) => s3.get(results.Bucket, key)!.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return Object.fromEntries(Object.entries(ResultFiles).map(([status, files]) => [status, files.flatMap(({ Key }) => linesOf(Key))]));
}
