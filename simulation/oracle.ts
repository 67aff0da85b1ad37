import { actualOutcome, isTerminatedWithoutCause, isUnreachable, memoryOfRounds, nextRoundAfter, roundsOf } from './actual-outcome';
import { Asked, askedOf } from './asked';
import { expectTellingCause } from './causes';
import { expectRightContainers, expectRightSubmissions, MemoryOfRounds } from './container-input';
import type { ActualOutcome } from './endings';
import { expectTrueApi, isCancelledByOwner } from './expected-api';
import { expectRightCompute } from './expected-compute';
import { expectTrueMap, isStoppedByMap } from './expected-map';
import { expectTrueOutput } from './expected-output';
import { Finding, formatSeconds as seconds, Report } from './findings';
import { expectNoLeaks } from './leaks';
import { expectRightLog } from './log-lines';
import type { Observations, RunRecord } from './observations';
import { expectRightPayloads } from './payloads';
import { expectRightAttempts } from './right-attempts';
import { ACTUAL_OUTCOME, Scenario, TIMED_OUT } from './scenario';
import { expectNoTheftOf, expectNoThefts } from './thefts';
import { expectRightLimits } from './time-limits';
import { expectBoundedWork } from './work-bounds';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';
import { FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, SUBMIT_ERRORS } from '../src/contract/errors';

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
    expectRightAttempts(observations, run.job, jobs, report);
    expectRightLimits(scenario, observations, run, jobs, report);
    expectNoTheftOf(observations, run, jobs, report);
    if (run.execution.status !== 'RUNNING') {
      expectNoOrphans(scenario, observations, run, jobs, report);
      expectTrueEnd(scenario, observations, run, jobs, report);
      delays.push(...expectShortDelays(scenario, run, jobs, report));
    }
  }
  for (const map of observations.maps) expectTrueMap(scenario, observations, map, (kind, message) => findings.push({ kind, run: map.execution.name, message }));
  const report: Report = (kind, message) => findings.push({ kind, run: '-', message });
  if (observations.api) expectTrueApi(scenario, observations, observations.api, (kind, run, message) => findings.push({ kind, run, message }));
  if (observations.runs.length > 0) expectRightCompute(observations.app, observations.runs[0].job, report);
  expectNoCrashes(observations, report);
  expectNoEndlessMessages(observations, report);
  expectBoundedWork(scenario, observations, report);
  expectRightLog(observations, report);
  expectNoLeaks(observations, report);
  expectNoThefts(observations, report);
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
  const { status, history, redriveCount, transitions, startedAt, stoppedAt } = execution;
  if (status === 'RUNNING') {
    if (stalled) report('lost', 'the run is still running, and nothing is left that could end it');
    else report('hung', `the run is still running after ${seconds(bounds.run[1])}`);
    return;
  }
  const took = stoppedAt! - startedAt;
  // The world still has time for messages after this bound.
  if (took > bounds.run[1]) report('hung', `the run ended after ${seconds(took)}, more than ${seconds(bounds.run[1])}`);
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

/** What a run asked for is what its containers got, and what it reports is what actually happened. */
function expectTrueEnd(scenario: Scenario, observations: Observations, run: RunRecord, jobs: BatchJob[], report: Report): void {
  const { execution } = run;
  const reported = reportedOutcome(execution);
  const rounds = roundsOf(jobs, execution);
  if (rounds.length === 0) {
    expectExpectedOutcome(scenario, observations, run, undefined, report);
  } else {
    const asked = askedOf(execution.input, run.job);
    const memory = memoryOfRounds(observations, rounds, asked.memory, run.job.maxMemory);
    expectRightContainers(observations, run, { asked, memory, jobs }, report);
    expectRightSubmissions(observations, run, asked, jobs, report);
    expectRightPayloads(observations, run, asked, jobs, report);
    expectExpectedOutcome(scenario, observations, run, rounds.at(-1), report);
    expectTrueRounds(scenario, observations, run, { reported, rounds, asked, memory }, report);
  }
  expectTellingCause(run, report);
}

interface Rounds {
  readonly reported: string;
  readonly rounds: BatchJob[];
  readonly asked: Asked;
  readonly memory: MemoryOfRounds;
}

/** Of a run that reports its job: its rounds and its output. */
function expectTrueRounds(scenario: Scenario, observations: Observations, run: RunRecord, rounds: Rounds, report: Report): void {
  const { reported } = rounds;
  if (reported !== 'SUCCEEDED' && !(FAILURE_REASONS as readonly string[]).includes(reported)) return;
  if (scenario.expects.includes(ACTUAL_OUTCOME)) {
    const { jobId } = rounds.rounds.at(-1)!;
    if (isTerminatedWithoutCause(observations, rounds.rounds.at(-1)!, run.job)) report('forged', `${jobId} was terminated without a cause while its run was running`);
    expectRightRounds(observations, run, rounds, report);
  }
  expectTrueOutput(scenario, observations, { execution: run.execution, job: run.job, ...rounds }, report);
}

function expectExpectedOutcome({ expects }: Scenario, observations: Observations, run: RunRecord, last: BatchJob | undefined, report: Report): void {
  const { execution: { stoppedAt, redrivenAt, startedAt, error }, stops, job } = run;
  const reported = reportedOutcome(run.execution);
  const expected: readonly string[] = expects;
  if (reported === 'ABORTED') {
    if (!isStoppedByMap(observations, run) && !isCancelledByOwner(observations, run) && (!stops.includes(stoppedAt!) || error !== 'Stopped')) report('wrong', `the run was aborted, and no user had stopped it then: ${error}`);
    return;
  }
  if (reported === TIMED_OUT && expected.includes(TIMED_OUT)) {
    const ran = stoppedAt! - (redrivenAt ?? startedAt);
    if (ran !== (job.runTimeout ?? 0) * 1000) report('wrong', `the run timed out after ${seconds(ran)}, and not after ${job.runTimeout} s`);
    return;
  }
  if (reported === INVALID_INPUT && last) report('wrong', 'a job was submitted for an invalid input');
  if (expected.includes(reported)) return;
  if (!expected.includes(ACTUAL_OUTCOME)) {
    report('wrong', `the run's outcome is ${reported}, not ${expected.join(' or ')}`);
    return;
  }
  const actual = last && actualOutcome(observations, last);
  if (actual === undefined) report('wrong', `the run's outcome is ${reported}, and it has no job`);
  else if (reported !== actual) report('wrong', `the run's outcome is ${reported}, and the actual outcome is ${actual}`);
}

function reportedOutcome({ status, error }: Execution): string {
  return status === 'FAILED' ? error ?? 'FAILED' : status;
}

/** Another round follows where it is promised, and nowhere else. An array job has one round. */
function expectRightRounds(observations: Observations, { job: { maxMemory } }: RunRecord, { reported, rounds, memory }: Rounds, report: Report): void {
  rounds.forEach((job, index) => {
    const outcome: ActualOutcome = actualOutcome(observations, job);
    const isOnSpot = observations.spotQueues.has(job.plan.queue.arn);
    const promised = observations.children.has(job.jobId) ? undefined : nextRoundAfter(outcome, { isOnSpot, memory: [...memory.values()][index], maxMemory });
    const next = rounds[index + 1];
    if (promised && !next && reported === outcome) report('wrong', `there is no round ${promised} after the outcome ${outcome}`);
    if (next && !promised) report('wrong', `round ${index + 2} follows a round with the outcome ${outcome}`);
    if (next && promised === 'on demand' && observations.spotQueues.has(next.plan.queue.arn)) report('wrong', `round ${index + 2} is on Spot capacity again`);
    if (next && promised === 'with more memory' && next.plan.queue.arn !== job.plan.queue.arn) report('wrong', `round ${index + 2} is on another queue`);
  });
}

/** From the start of a run to its first job, and from the end of each job to the submission of the next one, or to the end of the run. Returns the latter. */
function expectShortDelays({ bounds }: Scenario, { execution }: RunRecord, jobs: BatchJob[], report: Report): number[] {
  const submission = Math.min(...jobs.map(({ createdAt }) => createdAt)) - execution.startedAt;
  if (jobs.length > 0 && submission > bounds.submission[1]) report('hung', `${seconds(submission)} from the start of the run to its first job, more than ${seconds(bounds.submission[1])}`);
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
