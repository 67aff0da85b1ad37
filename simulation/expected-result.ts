import { isDeepStrictEqual } from 'node:util';
import type { Report } from './findings';
import type { Scenario } from './scenario';

/** A result of fewer characters has to be in the run's output itself. The oracle has its own figure, a little below the library's. */
const CARRIED_CHARACTERS = 190_000;
/** Milliseconds. A line that is shown later may be missed. */
const LONGEST_LAG = 60_000;
/** Milliseconds. While reads of a log are refused, it is read again for so long. */
const LONGEST_OUTAGE = 1_200_000;
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
  /** Whether the result is a line of the log. */
  readonly isPrinted: boolean;
  readonly isSuccess: boolean;
  /** Where it may write its result. Undefined for a run that failed. */
  readonly uri?: string;
  readonly written?: string | Buffer;
}

/** The output has the JSON that the container wrote, or says why it does not have it; and where it is. */
export function expectWholeResult(scenario: Scenario, reported: ReportedResult, container: WrittenResult, report: Report): void {
  const { calls, revokes } = scenario;
  const { isArray, isPrinted, uri, written } = container;
  const { result, resultUri, resultError } = reported;
  const mayFail = revokes !== undefined || (isPrinted
    ? (scenario.logsAfter?.[1] ?? 0) > LONGEST_LAG || calls.some(({ of, until, atMost }) => of.includes('GetLogEvents') && atMost === undefined && (until === undefined || until[1] > LONGEST_OUTAGE))
    : calls.some(({ of }) => of.includes('GetObject')));
  const finding = (message: string) => report('wrong', `the output's ${message}`);
  if (result === undefined || resultUri === undefined) finding('result or resultUri is missing');
  if (isPrinted && container.isSuccess && (isArray || written === undefined)) {
    if (result !== null || resultUri !== null) finding('result is one that no container printed');
    if (typeof resultError !== 'string' || resultError.length < 10) finding(`resultError is ${JSON.stringify(resultError)}, and no container printed the result that is expected`);
    return;
  }
  if (isArray || written === undefined) {
    if (result !== null) finding('result is one that no container wrote');
    // Where the bucket does not answer, it is not known whether there is a result.
    const expected = uri !== undefined && (isArray || resultError !== undefined) ? uri : null;
    if (resultUri !== expected) finding(`resultUri is ${JSON.stringify(resultUri)}, not ${JSON.stringify(expected)}`);
    if (resultError !== undefined && (isArray || uri === undefined || !mayFail)) finding(`resultError is ${resultError}, and no container wrote a result`);
    return;
  }
  const text = String(written);
  if (resultUri !== (uri ?? null)) finding(`resultUri is ${JSON.stringify(resultUri)}, and the container wrote to ${uri}`);
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
