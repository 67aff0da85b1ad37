import type { Report } from './findings';
import { functionKind } from './function-kind';
import { expectTrueLog } from './log-truth';
import type { LogLine, Observations } from './observations';

/** What the functions may log, written here a second time on purpose. */
const NOTICES = ['submitted', 'adopted', 'terminated', 'handed over', 'not found', 'ignored', 'another round', 'over', 'failed'];
const FIELDS: Readonly<Record<string, string>> = {
  notice: 'string', runId: 'string', jobId: 'string', round: 'number', status: 'string', verdict: 'string', error: 'string', message: 'string', count: 'number', seconds: 'number',
};
/** The notices about the job of a run, which name both. */
const OF_A_JOB = ['submitted', 'adopted', 'terminated', 'handed over', 'another round', 'over'];

/** A log line that was read, with when and by which function it was written. */
export interface Notice extends Readonly<Record<string, unknown>> {
  readonly at: number;
  readonly functionPath: string;
}

/** The log has what has happened, in the form that the documentation promises. */
export function expectRightLog(observations: Observations, report: Report): void {
  expectTrueLog(observations, observations.logs.map((line) => ({ ...readNotice(line, report), at: line.at, functionPath: line.functionPath })), report);
}

/** One JSON object in a line, with a notice of the closed set, and with known fields only. */
function readNotice({ line, functionPath }: LogLine, report: Report): Readonly<Record<string, unknown>> {
  let notice: unknown;
  try {
    notice = JSON.parse(line);
  } catch {
    report('wrong', `the ${functionKind(functionPath)} function logs what is no JSON: ${line.slice(0, 100)}`);
    return {};
  }
  const fields = notice as Readonly<Record<string, unknown>>;
  const odd = line.includes('\n') ? 'a line break' : Object.keys(fields).find((name) => fields[name] !== undefined && typeof fields[name] !== FIELDS[name]);
  if (odd !== undefined) report('wrong', `a log line has ${odd}: ${line.slice(0, 100)}`);
  if (!NOTICES.includes(String(fields.notice))) report('wrong', `a log line has no known notice: ${line.slice(0, 100)}`);
  else if (OF_A_JOB.includes(String(fields.notice)) && (!fields.runId || !fields.jobId)) report('wrong', `a log line names no run or no job: ${line.slice(0, 100)}`);
  return fields;
}
