import type { Report } from './findings';
import { functionKind } from './function-kind';
import type { Notice } from './log-lines';
import type { Invocation, Observations } from './observations';
import { roundOf } from './rules';
import { parsedCause } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { SUBMIT_ERRORS } from '../src/contract/errors';

/** Milliseconds. A function ends after so long, and with it what it has to say of a call. */
export const LONGEST_INVOCATION = 35_000;
/** A duplicate job, and a job from before a redrive, are ended while another job goes on. They are no end of a job of the run. */
const NOT_LOGGED = /^heavy-batch: (duplicate of |its run was redriven)/;
/** The notices that say in which round the job is. */
const OF_A_ROUND: readonly unknown[] = ['submitted', 'adopted', 'handed over', 'another round', 'over'];

/** The log says what happened, all of it, and nothing else. */
export function expectTrueLog(observations: Observations, notices: readonly Notice[], report: Report): void {
  for (const notice of notices) expectTrueJob(observations, notice, report);
  expectSubmissions(observations, notices, report);
  expectTerminations(observations, notices, report);
  expectOutcomes(observations, notices, report);
  expectFailures(observations, notices, report);
  expectIgnored(observations, notices, report);
}

/** The run, the round and the state of the job that a line is about. */
function expectTrueJob({ jobs, changes, foreignJobs }: Observations, { notice, runId, jobId, round, status, at }: Notice, report: Report): void {
  if (runId === undefined || foreignJobs.has(String(jobId))) return;
  const job = jobs.find((candidate) => candidate.jobId === jobId);
  const actual = job && { runId: job.plan.environment[CONTAINER_VARIABLES.RUN_ID], round: roundOf(job.plan.jobName).round };
  if (actual?.runId !== runId) report('wrong', `the log says '${notice}' of ${jobId}, and of the run ${runId}, and the job is of the run ${actual?.runId}`);
  else if ((round !== undefined || OF_A_ROUND.includes(notice)) && round !== actual?.round) report('wrong', `the log says '${notice}' of ${jobId}, and of round ${round}, not ${actual?.round}`);
  const hadNoSuchStatus = notice === 'handed over' && !changes.get(String(jobId))?.some((change) => change.status === status && change.at <= at);
  if (hadNoSuchStatus) report('wrong', `the log says '${notice}' of ${jobId} with the status ${status}, which it has not had`);
}

/** A function that times out may not come to its log line. */
function mayBeMissing({ invocations }: Observations, at: number): boolean {
  return invocations.some((invocation) => invocation.error?.errorType === 'Sandbox.Timedout' && invocation.at <= at && at <= invocation.endedAt);
}

/** A job is submitted once, and each answer of the submit function is told. */
function expectSubmissions(observations: Observations, notices: readonly Notice[], report: Report): void {
  const { submissions, invocations } = observations;
  const submitted = notices.filter(({ notice }) => notice === 'submitted');
  for (const { jobId, isAnswered, at } of submissions) {
    const lines = submitted.filter((line) => line.jobId === jobId).length;
    if (isAnswered && lines === 0 && !mayBeMissing(observations, at)) report('wrong', `no log line says that ${jobId} was submitted`);
    if (lines > (isAnswered ? 1 : 0)) report('wrong', `${lines} log lines say that ${jobId} was submitted`);
  }
  for (const { answer, at, endedAt } of invocations) {
    const { jobId } = (answer as { body?: { jobId?: string } } | undefined)?.body ?? {};
    const isLogged = notices.some((line) => (line.notice === 'submitted' || line.notice === 'adopted') && line.jobId === jobId && line.at >= at && line.at <= endedAt);
    if (jobId !== undefined && !isLogged) report('wrong', `no log line says that ${jobId} was adopted`);
  }
}

/** Each termination of which a function knows is told once, with its reason. */
function expectTerminations(observations: Observations, notices: readonly Notice[], report: Report): void {
  const ended = observations.terminations.filter(({ by, reason, isAnswered }) => by === 'function' && isAnswered === true && !NOT_LOGGED.test(reason));
  const lines = notices.filter(({ notice }) => notice === 'terminated');
  const keyOf = (jobId: unknown, reason: unknown) => `${jobId} was terminated: ${reason}`;
  for (const key of new Set([...ended.map(({ jobId, reason }) => keyOf(jobId, reason)), ...lines.map(({ jobId, message }) => keyOf(jobId, message))])) {
    const calls = ended.filter(({ jobId, reason }) => keyOf(jobId, reason) === key);
    const told = lines.filter(({ jobId, message }) => keyOf(jobId, message) === key).length;
    const missing = calls.filter(({ at }) => !mayBeMissing(observations, at)).length;
    if (told < missing || told > calls.length) report('wrong', `${told} log lines, not ${calls.length}, say that ${key}`);
  }
}

interface ToldOutcome {
  readonly notice: 'over' | 'another round';
  readonly jobId?: string;
  readonly status?: string;
  readonly reason?: string | null;
  readonly resultError?: string;
}

/** What a function told a run. A text that is not JSON is found elsewhere. */
function toldOutcome({ output, cause }: Record<string, any>): ToldOutcome {
  const { nextRound, ...outcome } = (parsedCause(output ?? cause) ?? {}) as Record<string, any>;
  return nextRound === undefined ? { notice: 'over', ...outcome } : { notice: 'another round', status: 'FAILED', ...nextRound.earlier.at(-1) };
}

/** Each outcome that a run was told is in the log, as the run was told. */
function expectOutcomes(observations: Observations, notices: readonly Notice[], report: Report): void {
  const answers = observations.calls.filter(({ action }) => action === 'SendTaskSuccess' || action === 'SendTaskFailure');
  const calls = answers.map((call) => ({ ...call, outcome: toldOutcome(call.input) }));
  const lines = notices.filter(({ notice }) => notice === 'over' || notice === 'another round');
  for (const { notice, jobId, status, verdict, error } of lines) {
    const isTrue = calls.some(({ outcome }) => outcome.notice === notice && outcome.jobId === jobId && outcome.status === status
      && (outcome.reason ?? undefined) === verdict && (outcome.resultError === undefined) === (error === undefined));
    if (!isTrue) report('wrong', `the log says '${notice}' of ${jobId}, ${status} ${verdict ?? ''}, and no run was told so`);
  }
  const answered = calls.filter(({ isAnswered, at }) => isAnswered && !mayBeMissing(observations, at)).map(({ outcome }) => outcome);
  for (const { notice, jobId } of answered) {
    const times = answered.filter((outcome) => outcome.jobId === jobId && outcome.notice === notice).length;
    const found = lines.filter((line) => line.jobId === jobId && line.notice === notice).length;
    if (found < times) report('wrong', `a run was told ${times} times that ${jobId} has ended, and ${found} log lines say '${notice}'`);
  }
}

/** What failed is in the log, with its error; and nothing is there that did not fail. */
function expectFailures({ calls, invocations }: Observations, notices: readonly Notice[], report: Report): void {
  const failures = notices.filter(({ notice }) => notice === 'failed');
  for (const { at, functionPath, error, message } of failures) {
    if (/^(Reference|Syntax|Type)Error$/.test(String(error))) report('wrong', `${functionPath} crashed: ${error}: ${message}`);
    else if (!error || !message) report('wrong', `a log line does not say what failed: ${error}: ${message}`);
    const hasFailed = calls.some((call) => !call.isAnswered && call.at <= at && call.at >= at - LONGEST_INVOCATION);
    if (!hasFailed) report('wrong', `the log says that a call failed, and none did: ${error}: ${message}`);
  }
  // Such a call is not tried again. A result that a function may not read is told in the output.
  for (const { action, at, refusedWith = '' } of calls.filter((call) => /^AccessDenied/.test(call.refusedWith ?? '') && call.action !== 'GetObject')) {
    const isLogged = failures.some((line) => line.error === refusedWith && line.at >= at && line.at <= at + LONGEST_INVOCATION);
    if (!isLogged) report('wrong', `no log line says that ${action} failed with ${refusedWith}`);
  }
  for (const invocation of invocations) expectFailedInvocation(invocation, failures, report);
}

/** The submit function logs the error of AWS with which it ends, and the check function what it will try again. */
function expectFailedInvocation({ answer, error, functionPath, at, endedAt }: Invocation, failures: readonly Notice[], report: Report): void {
  const within = failures.filter((line) => line.at >= at && line.at <= endedAt && line.functionPath === functionPath);
  const { batchItemFailures = [] } = (answer ?? {}) as { batchItemFailures?: unknown[] };
  if (batchItemFailures.length > 0 && within.length === 0) report('wrong', `no log line says why the check function returned ${batchItemFailures.length} message(s)`);
  const isOfAws = error !== undefined && (Object.values(SUBMIT_ERRORS) as string[]).includes(error.errorType) && /^\w+: \w+: /.test(error.errorMessage);
  if (isOfAws && !within.some(({ message }) => message === error.errorMessage)) report('wrong', `no log line says that the ${functionKind(functionPath)} function failed: ${error.errorMessage}`);
}

/** A message that is not JSON is told as one that is ignored. */
function expectIgnored({ invocations }: Observations, notices: readonly Notice[], report: Report): void {
  for (const { event, answer, at, endedAt, functionPath } of invocations) {
    const { Records = [] } = event as { Records?: { body: string }[] };
    const unknown = answer === undefined ? 0 : Records.filter(({ body }) => !body.startsWith('{')).length;
    const told = notices.filter((line) => line.notice === 'ignored' && line.jobId === undefined && line.functionPath === functionPath && line.at >= at && line.at <= endedAt).length;
    if (told < unknown) report('wrong', `the check function ignored ${unknown} message(s) of no known form, and ${told} log lines say so`);
  }
}
