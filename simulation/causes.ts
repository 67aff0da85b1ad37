import type { Report } from './findings';
import type { RunRecord } from './observations';
import { INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED } from '../src/contract/errors';

/** The least characters of a message that says what to do. */
const TELLING_CHARACTERS = 30;

/** What a run says that has no job to report: why its input is wrong, or why its job could not be submitted or found. */
export function expectTellingCause({ execution: { error, cause = '', input } }: RunRecord, report: Report): void {
  if (error === INVALID_INPUT || error === JOB_NOT_FOUND) {
    const { errorType, errorMessage = '', trace = [], ...others } = parsed(cause);
    if (errorType !== error || errorMessage.length < TELLING_CHARACTERS || trace.some((line: string) => /^\s+at /.test(line)) || Object.keys(others).length > 0) {
      report('wrong', `the cause of ${error} does not say why: ${cause.slice(0, 300)}`);
    }
    if (error === INVALID_INPUT) expectField(errorMessage, input, report);
    if (error === JOB_NOT_FOUND && !/redrive/.test(errorMessage)) report('wrong', `the cause of ${error} does not say what to do: ${errorMessage}`);
  }
  // The error of the last try, and its words. A time-out has none.
  if (error === ORCHESTRATION_FAILED && !/^[\w.]+: ./.test(cause) && !/^States\.(Heartbeat)?Timeout: /.test(cause)) report('wrong', `the cause of ${error} does not say why: ${cause.slice(0, 300)}`);
}

/** The message names a field that the input has, or speaks of the input as a whole. */
function expectField(message: string, input: unknown, report: Report): void {
  const field = /^'([^'.]*)/.exec(message)?.[1];
  const [item] = [input].flat() as unknown[];
  const fields = typeof item === 'object' && item !== null ? Object.keys(item) : [];
  const isNamed = field === undefined ? /input|container's size/.test(message) : fields.includes(field);
  if (!isNamed) report('wrong', `the cause of ${INVALID_INPUT} names no field of the input: ${message.slice(0, 300)}`);
}

function parsed(json: string): Record<string, any> {
  try {
    return JSON.parse(json) ?? {};
  } catch {
    return {};
  }
}
