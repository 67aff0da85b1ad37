import type { Report } from './findings';
import { functionKind } from './function-kind';
import type { LogLine, Observations } from './observations';
import type { Scenario } from './scenario';

/** What the functions may log, written here a second time on purpose. */
const NOTICES = ['submitted', 'adopted', 'terminated', 'handed over', 'not found', 'ignored', 'another round', 'over', 'failed'];
const FIELDS: Readonly<Record<string, string>> = {
  notice: 'string', runId: 'string', jobId: 'string', round: 'number', status: 'string', verdict: 'string', error: 'string', message: 'string', count: 'number', seconds: 'number',
};
/** The notices about the job of a run, which name both. */
const OF_A_JOB = ['submitted', 'adopted', 'terminated', 'handed over', 'another round', 'over'];

export type Notice = Readonly<Record<string, unknown>>;

/** The log has what happened, in the form that the documentation promises. */
export function expectRightLog({ functions }: Scenario, observations: Observations, report: Report): void {
  const notices = observations.logs.map((line) => readNotice(line, report));
  const has = (notice: string, jobId: unknown) => notices.some((candidate) => candidate.notice === notice && candidate.jobId === jobId);
  // A function that times out may not come to its log line.
  const mayBeMissing = (kind: string) => functions.some(({ of, fails }) => of === kind && fails === 'times out');
  if (!mayBeMissing('submit')) {
    for (const { jobId, isAnswered } of observations.submissions) {
      if (isAnswered && !has('submitted', jobId)) report('wrong', `no log line says that ${jobId} was submitted`);
    }
  }
  if (mayBeMissing('check')) return;
  for (const { jobId, reason } of observations.terminations) {
    if (/^heavy-batch: \w+ too long/.test(reason) && !has('terminated', jobId)) report('wrong', `no log line says that ${jobId} was terminated: ${reason}`);
  }
  const told = observations.calls.filter(({ action, isAnswered }) => isAnswered && (action === 'SendTaskSuccess' || action === 'SendTaskFailure'));
  const ends = notices.filter(({ notice }) => notice === 'over' || notice === 'another round').length;
  if (ends < told.length) report('wrong', `${told.length} outcomes were reported, and ${ends} log lines say so`);
}

/** One JSON object in a line, with a notice of the closed set, and with known fields only. */
function readNotice({ line, functionPath }: LogLine, report: Report): Notice {
  let notice: unknown;
  try {
    notice = JSON.parse(line);
  } catch {
    report('wrong', `the ${functionKind(functionPath)} function logs what is no JSON: ${line.slice(0, 100)}`);
    return {};
  }
  const fields = notice as Notice;
  const odd = line.includes('\n') ? 'a line break' : Object.keys(fields).find((name) => fields[name] !== undefined && typeof fields[name] !== FIELDS[name]);
  if (odd !== undefined) report('wrong', `a log line has ${odd}: ${line.slice(0, 100)}`);
  if (!NOTICES.includes(String(fields.notice))) report('wrong', `a log line has no known notice: ${line.slice(0, 100)}`);
  else if (OF_A_JOB.includes(String(fields.notice)) && (!fields.runId || !fields.jobId)) report('wrong', `a log line names no run or no job: ${line.slice(0, 100)}`);
  return fields;
}
