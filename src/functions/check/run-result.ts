import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { numbersIn } from '../../contract/json-text';
import { RESULT_BYTES } from '../../contract/limits';
import { objectAt } from '../../contract/object-store';
import { expectedOwner } from '../shared/bucket-owner';
import { withinTime } from '../shared/time-limit';

/** What a container wrote for its caller. */
export interface RunResult {
  readonly result: unknown;
  readonly resultUri: string | null;
  readonly resultError?: string;
}

export const NO_RESULT: RunResult = { result: null, resultUri: null };

/**
 * The most levels of arrays and objects in a result. JSONata in Step Functions was seen to fail near a hundred:
 * https://github.com/floci-io/floci/issues/2737
 */
export const RESULT_LEVELS = 100;
const AT_URI = 'read it at resultUri';
/** Milliseconds. The job did its work: its run does not wait longer for what it wrote. */
const READ_TIME = 10_000;

/** A result that the output of a run cannot carry. */
export class UnusableResult extends Error {}

/**
 * Reads what a container wrote. The job did its work, so nothing here fails or delays its run: a result that cannot be read gives
 * `resultError`, and the object stays where it is.
 */
export async function runResult(s3: S3Client, uri: string | undefined): Promise<RunResult> {
  if (uri === undefined) return NO_RESULT;
  if (uri.endsWith('/')) return { result: null, resultUri: uri };
  try {
    return { result: readResult(await readObject(s3, uri)), resultUri: uri };
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'NoSuchKey') return NO_RESULT;
    return withoutResult(error instanceof UnusableResult ? message : `the result could not be read: ${name}: ${message}`, uri);
  }
}

export function withoutResult(resultError: string, resultUri: string | null = null): RunResult {
  return { result: null, resultUri, resultError };
}

async function readObject(s3: S3Client, uri: string): Promise<Uint8Array> {
  return withinTime(READ_TIME, async (abortSignal) => {
    const { Body, ContentLength = 0 } = await s3.send(new GetObjectCommand({ ...objectAt(uri), ...expectedOwner() }), { abortSignal });
    if (ContentLength <= RESULT_BYTES) return Body!.transformToByteArray();
    (Body as unknown as { destroy?: () => void } | undefined)?.destroy?.();
    throw tooLarge('the result', ContentLength);
  }, () => new UnusableResult(`the result could not be read within ${READ_TIME / 1000} s`));
}

/**
 * The value of a JSON text. Throws an `UnusableResult` when the text is not JSON, or when the output of a run cannot carry the value.
 *
 * @param remedy what to do with a result that is too large
 */
export function readResult(bytes: Uint8Array, remedy = AT_URI): unknown {
  const text = decode(bytes);
  const value = parse(text);
  if (levelsOf(value) > RESULT_LEVELS) throw new UnusableResult(`the result is nested more than ${RESULT_LEVELS} levels deep`);
  const changed = numbersIn(text).find((number) => !isExact(number));
  if (changed !== undefined) throw new UnusableResult(`the number ${changed.slice(0, 40)} in the result cannot be passed on exactly: write it as a string`);
  const length = Buffer.byteLength(JSON.stringify(value));
  if (length > RESULT_BYTES) throw tooLarge('the result, as the output would have it,', length, remedy);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnusableResult('the result is not UTF-8 text: write JSON');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnusableResult(`the result is not JSON: ${(error as Error).message}`);
  }
}

export function tooLarge(what: string, bytes: number, remedy = AT_URI): UnusableResult {
  return new UnusableResult(`${what} has ${bytes} bytes, and the output of a run carries ${RESULT_BYTES} at most: ${remedy}`);
}

/** How many arrays and objects a value has within each other. At most one more than `RESULT_LEVELS`: a deeper value is not walked through. */
function levelsOf(value: unknown): number {
  let levels = 0;
  for (let level = [value].filter(isNested); level.length > 0 && levels <= RESULT_LEVELS; levels++) {
    level = level.flatMap((nested) => Object.values(nested)).filter(isNested);
  }
  return levels;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Whether JavaScript keeps a number. It rounds whole numbers beyond 2^53, has none beyond 1.8e308 or nearer to 0 than 5e-324, and writes -0
 * as 0. A fraction is rounded by every reader.
 */
function isExact(number: string): boolean {
  const value = Number(number);
  const whole = /^(-?\d+)(?:\.0+)?$/.exec(number)?.[1];
  if (value === 0 && /^[^eE]*[1-9]/.test(number)) return false;
  return Number.isFinite(value) && !Object.is(value, -0) && (whole === undefined || BigInt(value) === BigInt(whole));
}
