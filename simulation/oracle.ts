import { actualOutcome, isTerminatedWithoutCause, isUnreachable, nextRoundAfter, roundsOf } from './actual-outcome';
import type { ActualOutcome } from './endings';
import { changedValues } from './exact-input';
import { expectTrueOutput, expectWholeResult } from './expected-output';
import type { Finding, Report } from './findings';
import type { Observations, RunRecord } from './observations';
import { ACTUAL_OUTCOME, Scenario, TIMED_OUT } from './scenario';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { INVALID_INPUT, JOB_NOT_FOUND, SUBMIT_ERRORS } from '../src/contract/errors';

export interface Assessment {
  readonly findings: Finding[];
  readonly maxDelaySeconds: number;
  readonly maxTransitions: number;
}

/** Compares what the runs report with what actually happened. The oracle knows the promises, and not how they are kept. */
export function assess(scenario: Scenario, observations: Observations): Assessment {
  const findings: Finding[] = [];
  const delays = [0];
  for (const run of observations.runs) {
    const report: Report = (kind, message) => findings.push({ kind, run: run.execution.name, message });
    const jobs = jobsOf(run, observations);
    expectOneEnd(scenario, observations, run, report);
    expectOneJobForEachRound(observations, jobs, report);
    expectRightAttempts(observations, jobs, report);
    jobs.flatMap(({ plan }) => changedValues(run.execution.input, plan)).forEach((change) => report('wrong', change));
    if (run.execution.status === 'RUNNING') continue;
    expectNoOrphans(scenario, observations, run, jobs, report);
    expectTrueOutcome(scenario, observations, run, jobs, report);
    delays.push(...expectShortDelays(scenario, run, jobs, report));
  }
  const report: Report = (kind, message) => findings.push({ kind, run: '-', message });
  expectNoCrashes(observations, report);
  expectNoEndlessMessages(observations, report);
  return {
    findings,
    maxDelaySeconds: Math.round(Math.max(...delays) / 1000),
    maxTransitions: Math.max(0, ...observations.runs.map(({ execution }) => execution.transitions)),
  };
}

function jobsOf({ execution }: RunRecord, { jobs, foreignJobs }: Observations): BatchJob[] {
  return jobs.filter(({ jobId, plan }) => plan.environment[CONTAINER_VARIABLES.RUN_ID] === execution.name && !foreignJobs.has(jobId));
}

/** A run ends once (and once more after each redrive), in time, and within the bounds. */
function expectOneEnd({ bounds }: Scenario, { stalled }: Observations, { execution }: RunRecord, report: Report): void {
  const { status, history, redriveCount, transitions } = execution;
  if (status === 'RUNNING') {
    if (stalled) report('lost', 'the run is still running, and nothing is left that could end it');
    else report('hung', `the run is still running after ${seconds(bounds.run[1])}`);
    return;
  }
  const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type)).length;
  if (ends !== redriveCount + 1) report('wrong', `the run ended ${ends} times with ${redriveCount} redrives`);
  if (transitions > bounds.transitions) report('hung', `${transitions} state transitions, more than ${bounds.transitions}`);
  if (history.length > bounds.historyEvents) report('hung', `${history.length} history events, more than ${bounds.historyEvents}`);
}

/** Only one job of a round has a container, and only one job of a run has a container at a time. */
function expectOneJobForEachRound(observations: Observations, jobs: BatchJob[], report: Report): void {
  const started = jobs.map((job) => ({ job, name: job.plan.jobName, times: containerTimes(observations, job) })).filter(({ times }) => times.length > 0);
  started.forEach((first, index) => {
    for (const second of started.slice(index + 1)) {
      const isSimultaneous = first.times.some((a) => second.times.some((b) => a.from < b.to && b.from < a.to));
      if (first.name === second.name) report('doubled', `${first.job.jobId} and ${second.job.jobId} both ran a container for the round ${first.name.slice(-6)}`);
      else if (isSimultaneous) report('doubled', `${first.job.jobId} and ${second.job.jobId} had containers at the same time`);
    }
  });
}

/** Whether another attempt of the same job can end in another way. Where it depends on the job's `retryApplicationErrors`, it is not examined. */
const IS_RETRIED: { readonly [outcome in ActualOutcome]?: boolean } = {
  SpotReclaimed: true,
  HostLost: true,
  DiskFull: true,
  ImagePull: true,
  SecretUnavailable: true,
  FileSystemUnavailable: true,
  RoleUnavailable: true,
  Infrastructure: true,
  OutOfMemory: false,
  InvalidCommand: false,
};

/** Batch starts another attempt after what may pass, and after nothing that would be the same again. */
function expectRightAttempts(observations: Observations, jobs: BatchJob[], report: Report): void {
  for (const job of jobs.flatMap((candidate) => observations.children.get(candidate.jobId) ?? [candidate])) {
    const { jobId, attempts, plan, isCancelled, isTerminated, isOver } = job;
    attempts.forEach((_, index) => {
      const record = observations.attempts.get(`${jobId}/${index + 1}`);
      const isRetried = record && !record.stopped ? IS_RETRIED[record.ending.outcome] : undefined;
      const isLast = index + 1 === attempts.length;
      if (isRetried === false && !isLast) report('wrong', `attempt ${index + 1} of ${jobId} ended with ${record!.ending.outcome}, and another attempt followed`);
      if (!isRetried || !isLast || !isOver || isCancelled || isTerminated || attempts.length >= plan.attempts) return;
      report('wrong', `attempt ${index + 1} of ${jobId} ended with ${record!.ending.outcome}, and no other attempt followed`);
    });
  }
}

function containerTimes({ children, endedAt }: Observations, job: BatchJob): { from: number; to: number }[] {
  return [job, ...children.get(job.jobId) ?? []].flatMap(({ containerTimes: times }) => times.map(({ from, to = endedAt }) => ({ from, to })));
}

/** No job of a run continues for long after the run has ended. A job that nothing can end was at least ordered to end. */
function expectNoOrphans({ bounds }: Scenario, observations: Observations, { execution }: RunRecord, jobs: BatchJob[], report: Report): void {
  const [, bound] = bounds.orphans;
  const { endedAt, terminations } = observations;
  for (const job of jobs) {
    const { jobId, isOver, status, stoppedAt } = job;
    if (isUnreachable(observations, job) && terminations.some((termination) => termination.jobId === jobId)) continue;
    const late = (isOver ? stoppedAt! : endedAt) - execution.stoppedAt!;
    if (isOver && late > bound) report('leaked', `${jobId} ended ${seconds(late)} after its run`);
    if (!isOver && late >= bound) report('leaked', `${jobId} was still ${status} ${seconds(late)} after its run had ended`);
  }
}

/** The outcome that a run reports is what actually happened. */
function expectTrueOutcome(scenario: Scenario, observations: Observations, run: RunRecord, jobs: BatchJob[], report: Report): void {
  const { execution, stops, timeoutSeconds = 0 } = run;
  const { expects } = scenario;
  const reported = reportedOutcome(execution);
  if (reported === 'ABORTED') {
    if (!stops.includes(execution.stoppedAt!)) report('wrong', 'the run was aborted, and no user had stopped it');
    return;
  }
  const expected: readonly string[] = expects;
  if (reported === TIMED_OUT && expected.includes(TIMED_OUT)) {
    const ran = execution.stoppedAt! - (execution.redrivenAt ?? execution.startedAt);
    if (ran !== timeoutSeconds * 1000) report('wrong', `the run timed out after ${seconds(ran)}, and not after ${timeoutSeconds} s`);
    return;
  }
  if (expected.includes(reported) || !expected.includes(ACTUAL_OUTCOME)) {
    if (!expected.includes(reported)) report('wrong', `the run's outcome is ${reported}, not ${expected.join(' or ')}`);
    if (reported === INVALID_INPUT && jobs.length > 0) report('wrong', 'a job was submitted for an invalid input');
    return;
  }
  const rounds = roundsOf(jobs, execution);
  const last = rounds.at(-1);
  if (!last) {
    report('wrong', `the run's outcome is ${reported}, and it has no job`);
    return;
  }
  const actual = actualOutcome(observations, last);
  if (reported !== actual) report('wrong', `the run's outcome is ${reported}, and the actual outcome is ${actual}`);
  if (isTerminatedWithoutCause(observations, last, run.job)) report('wrong', `${last.jobId} was terminated without a cause while its run was running`);
  expectRightRounds(observations, run, rounds, reported === actual, report);
  expectTrueOutput(observations, execution, reported, rounds, report);
  if (reported === 'SUCCEEDED') expectWholeResult(scenario, execution.output as Record<string, unknown>, observations.attempts.get(`${last.jobId}/${last.attempts.length}`)?.result, report);
}

function reportedOutcome({ status, error }: Execution): string {
  return status === 'FAILED' ? error ?? 'FAILED' : status;
}

/** Another round follows where it is promised, and nowhere else. An array job has one round. */
function expectRightRounds(observations: Observations, run: RunRecord, rounds: BatchJob[], isOutcomeTrue: boolean, report: Report): void {
  rounds.forEach((job, index) => {
    const outcome: ActualOutcome = actualOutcome(observations, job);
    const promised = observations.children.has(job.jobId) ? undefined : nextRoundAfter(outcome, job, run.job);
    const hasNext = index + 1 < rounds.length;
    if (promised && !hasNext && isOutcomeTrue) report('wrong', `there is no round ${promised} after the outcome ${outcome}`);
    if (hasNext && !promised) report('wrong', `round ${index + 2} follows a round with the outcome ${outcome}`);
  });
}

/** From the end of each job to the submission of the next one, or to the end of the run. Returns the delays. */
function expectShortDelays({ bounds }: Scenario, { execution }: RunRecord, jobs: BatchJob[], report: Report): number[] {
  if (execution.status === 'ABORTED' || execution.status === 'TIMED_OUT') return [];
  const rounds = roundsOf(jobs, execution);
  const delays = rounds.flatMap((job, index) => job.isOver ? [Math.max(0, (rounds[index + 1]?.createdAt ?? execution.stoppedAt!) - job.stoppedAt!)] : []);
  // Before a redrive the run waits for a user, which is no delay.
  const measured = execution.redriveCount > 0 ? delays.slice(-1) : delays;
  for (const delay of measured) {
    if (delay > bounds.delay[1]) report('hung', `${seconds(delay)} from the end of a job to the next job or the end of the run, more than ${seconds(bounds.delay[1])}`);
  }
  return measured;
}

/** Errors of the functions that the state machine handles. Any other error is a crash. */
const HANDLED_ERRORS: readonly string[] = ['Sandbox.Timedout', INVALID_INPUT, JOB_NOT_FOUND, ...Object.values(SUBMIT_ERRORS)];

function expectNoCrashes({ crashes }: Observations, report: Report): void {
  for (const { error, functionPath } of crashes) {
    const { errorType, errorMessage } = error!;
    if (!HANDLED_ERRORS.includes(errorType)) report('wrong', `${functionPath} crashed: ${errorType}: ${errorMessage}`);
  }
}

function expectNoEndlessMessages({ endlessMessages }: Observations, report: Report): void {
  if (endlessMessages > 0) report('hung', `${endlessMessages} message(s) are still sent to the watch queue more than an hour after everything has ended`);
}

/** For example `12.3 s`. */
function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toFixed(1))} s`;
}
