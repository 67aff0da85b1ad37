import { parseCsv } from './csv';
import type { MapCall } from './map-run';
import { numberIn } from './number-fields';
import { fill, Scope } from './paths';
import { RuntimeError, TaskError } from './task-error';

/** Items. https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html */
const MOST_ITEMS = 100_000_000;

/** The number of items that are read. Zero means all. Evaluated before the map run begins: a path that finds no number ends the execution. */
export function itemLimit(reader: Record<string, any>, scope: Scope): number {
  return numberIn(reader.ReaderConfig ?? {}, 'MaxItems', 'integer', scope) ?? 0;
}

/** Reads the list of a distributed map from S3: an object, or the names of the objects in a bucket. */
export async function readItems(reader: Record<string, any>, limit: number, scope: Scope, call: MapCall): Promise<unknown[]> {
  if (limit < 0) throw readerError('field MaxItems must be positive');
  const items = parseItems(await read(reader, scope, call), reader.ReaderConfig ?? {});
  if (!Array.isArray(items)) throw readerError('Attempting to map over non-iterable node.');
  return items.slice(0, limit === 0 ? MOST_ITEMS : Math.min(limit, MOST_ITEMS));
}

async function read(reader: Record<string, any>, scope: Scope, call: MapCall): Promise<unknown> {
  const parameters = fill(reader.Parameters, scope);
  try {
    return await call(reader.Resource, parameters);
  } catch (error) {
    throw error instanceof TaskError && !(error instanceof RuntimeError) ? readerError(error.cause) : error;
  }
}

function parseItems(answer: unknown, { InputType, CSVHeaderLocation, CSVHeaders }: Record<string, any>): unknown {
  if (InputType === undefined) return answer; // ListObjectsV2 answers with a list
  const body = String(answer);
  try {
    if (InputType === 'JSON') return JSON.parse(body);
    if (InputType === 'JSONL') return body.split(/\r?\n/).filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
  } catch (error) {
    throw readerError(`The list cannot be read: ${(error as Error).message}`);
  }
  const rows = parseCsv(body);
  const headers: string[] = CSVHeaderLocation === 'GIVEN' ? CSVHeaders : rows.shift() ?? [];
  if (new Set(headers).size < headers.length) throw readerError('CSV headers cannot contain duplicates.');
  return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
}

function readerError(cause: string | null): TaskError {
  return new TaskError('States.ItemReaderFailed', cause);
}
