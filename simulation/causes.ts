import type { Report } from './findings';
import type { RunRecord } from './observations';
import { HistoryEvent, parsedCause } from '../emulator/states/execution';
import { INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED } from '../src/contract/errors';

/** The least characters of a message that says what to do. */
const TELLING_CHARACTERS = 30;
/** Of two causes: what they begin with. */
const COMPARED_CHARACTERS = 10_000;
/** An input with fewer characters makes no job that is too long. */
const LONG_INPUT = 7_000;

/** What a run says that has no job to report: why its input is wrong, or why its job could not be submitted or found. */
export function expectTellingCause({ execution }: RunRecord, report: Report): void {
  const { error, cause = '', input } = execution;
  if (error === INVALID_INPUT || error === JOB_NOT_FOUND) {
    const { errorType, errorMessage = '', trace = [], ...others } = (parsedCause(cause) ?? {}) as Record<string, any>;
    if (errorType !== error || errorMessage.length < TELLING_CHARACTERS || trace.some((line: string) => /^\s+at /.test(line)) || Object.keys(others).length > 0) {
      report('wrong', `the cause of ${error} does not say why: ${cause.slice(0, 300)}`);
    }
    if (error === INVALID_INPUT) expectField(errorMessage, input, report);
    if (error === JOB_NOT_FOUND && !/redrive/.test(errorMessage)) report('wrong', `the cause of ${error} does not say what to do: ${errorMessage}`);
  }
  if (error === ORCHESTRATION_FAILED) expectLastFailure(cause, execution.history, report);
}

/** A run that gave up says the error of its last try, and its words. A time-out has none. */
function expectLastFailure(found: string, history: readonly HistoryEvent[], report: Report): void {
  const lastFirst = [...history].reverse();
  const cleanUp = lastFirst.findIndex(({ type, details }) => type === 'TaskStateEntered' && details.name === 'CleanUp');
  const failure = lastFirst.slice(cleanUp + 1).find(({ type }) => type === 'TaskFailed' || type === 'TaskTimedOut');
  const expected = failure && `${failure.details.error}: ${failure.details.cause ?? ''}`;
  if (expected === undefined || found.slice(0, COMPARED_CHARACTERS) !== expected.slice(0, COMPARED_CHARACTERS)) {
    report('wrong', `the cause of ${ORCHESTRATION_FAILED} does not say why: ${found.slice(0, 300)}, and the last try failed with ${expected?.slice(0, 300)}`);
  }
}

/** The message names a field that the input has, or says what is wrong with the input as a whole, where that is wrong. */
function expectField(message: string, input: unknown, report: Report): void {
  const field = /^'([^'.]*)/.exec(message)?.[1];
  const [item] = [input].flat() as unknown[];
  const fields = typeof item === 'object' && item !== null ? Object.keys(item) : [];
  if (field === undefined ? !saysTrueFault(message, input) : !fields.includes(field)) report('wrong', `the cause of ${INVALID_INPUT} names no field of the input: ${message.slice(0, 300)}`);
}

/** Whether a message that names no field is about the form of the input, about all that it has together, or about a size that two fields make. */
function saysTrueFault(message: string, input: unknown): boolean {
  if (Array.isArray(input) && input.length !== 1) return message.includes(`${input.length} items`);
  const [item] = [input].flat() as unknown[];
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return /input is .*not an object/.test(message);
  if ('containerOverrides' in item && message.startsWith("the container's size is")) return true;
  return JSON.stringify(item).length > LONG_INPUT && /\d+ bytes/.test(message);
}
