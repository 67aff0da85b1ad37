import { CsvError, parseCsv } from './csv';
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
  if (InputType === 'JSON') return parseJson(body);
  if (InputType === 'JSONL') return body.split(/\r?\n/).flatMap((line, index) => line.trim() === '' ? [] : [parseJson(line, index + 1)]);
  const rows = readCsv(body);
  const headers: string[] = CSVHeaderLocation === 'GIVEN' ? CSVHeaders : rows.shift() ?? [];
  if (new Set(headers).size < headers.length) throw readerError('CSV headers cannot contain duplicates.');
  return rows.map((row) => Object.fromEntries(headers.map((header, index) => [header, row[index] ?? ''])));
}

/** @param line the number of a line that is a JSON text of its own */
function parseJson(text: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message.replace(/\s*\n\s*/g, ' ');
    throw readerError(`The list cannot be read: ${line === undefined ? message : `line ${line}: ${message.replace(/ \(line \d+ column \d+\)/, '')}`}`);
  }
}

function readCsv(text: string): string[][] {
  try {
    return parseCsv(text);
  } catch (error) {
    throw error instanceof CsvError ? readerError(`The list cannot be read: ${error.message}`) : error;
  }
}

function readerError(cause: string | null): TaskError {
  return new TaskError('States.ItemReaderFailed', cause);
}
