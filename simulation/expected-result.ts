import { isDeepStrictEqual } from 'node:util';
import type { Report } from './findings';
import type { Scenario } from './scenario';

/** A result of fewer characters has to be in the run's output itself. The oracle has its own figure, a little below the library's. */
const CARRIED_CHARACTERS = 190_000;
/** More characters than a state's output may have. */
const TOO_LONG = 262_144;

interface ReportedResult {
  readonly result?: unknown;
  readonly resultUri?: unknown;
  readonly resultError?: unknown;
}

/** What the container of a successful run did. */
interface WrittenResult {
  readonly isArray: boolean;
  /** Where it may write its result. Undefined for a run that failed. */
  readonly uri?: string;
  readonly written?: string | Buffer;
}

/** The output has the JSON that the container wrote, or says why it does not have it; and where it is. */
export function expectWholeResult({ calls, revokes }: Scenario, reported: ReportedResult, { isArray, uri, written }: WrittenResult, report: Report): void {
  const { result, resultUri, resultError } = reported;
  const mayFail = revokes !== undefined || calls.some(({ of }) => of.includes('GetObject'));
  const finding = (message: string) => report('wrong', `the output's ${message}`);
  if (result === undefined || resultUri === undefined) finding('result or resultUri is missing');
  if (isArray || written === undefined) {
    if (result !== null) finding('result is one that no container wrote');
    // Where the bucket does not answer, it is not known whether there is a result.
    const expected = uri !== undefined && (isArray || resultError !== undefined) ? uri : null;
    if (resultUri !== expected) finding(`resultUri is ${JSON.stringify(resultUri)}, not ${JSON.stringify(expected)}`);
    if (resultError !== undefined && (isArray || uri === undefined || !mayFail)) finding(`resultError is ${resultError}, and no container wrote a result`);
    return;
  }
  const text = String(written);
  if (resultUri !== uri) finding(`resultUri is ${JSON.stringify(resultUri)}, and the container wrote to ${uri}`);
  if (resultError === undefined) {
    if (text.length > TOO_LONG || !isExact(text) || !isDeepStrictEqual(result, JSON.parse(text))) finding(`result is not the ${text.length} characters that the container wrote`);
    return;
  }
  if (result !== null) finding('result is there, and resultError too');
  if (typeof resultError !== 'string' || resultError.length < 10) finding(`resultError is ${JSON.stringify(resultError)}`);
  if (!mayFail && text.length < CARRIED_CHARACTERS && isExact(text)) finding(`result is not the ${text.length} characters that the container wrote: ${resultError}`);
}

/** Whether a text is JSON whose value can be read and written without a change. One that is nested very deeply cannot, and a long number loses digits. */
function isExact(text: string): boolean {
  try {
    const wholeNumbers = [...text.matchAll(/"(?:[^"\\]|\\.)*"|(-?\d+)(?![\d.eE])/g)].flatMap(([, number]) => number ?? []);
    return JSON.stringify(JSON.parse(text)) !== undefined && wholeNumbers.every((number) => BigInt(Number(number)) === BigInt(number));
  } catch {
    return false;
  }
}
