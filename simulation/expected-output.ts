import { actualOutcome, firstFailedWorker } from './actual-outcome';
import type { Asked } from './asked';
import type { MemoryOfRounds } from './container-input';
import { differences } from './differences';
import { expectTellingMessage, missingInChild } from './expected-message';
import { expectWholeResult } from './expected-result';
import type { Report } from './findings';
import type { FixtureJob } from './jobs';
import { attemptOf, Observations } from './observations';
import { roundOf } from './rules';
import type { Scenario } from './scenario';
import type { BatchJob } from '../emulator/services/batch/batch';
import { Execution, parsedCause } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

export interface ReportedRun {
  readonly execution: Execution;
  /** `SUCCEEDED`, or the name of the error. */
  readonly reported: string;
  /** What the author of the job asked for, and the caller of the run. */
  readonly job: FixtureJob;
  readonly asked: Asked;
  readonly memory: MemoryOfRounds;
  /** The job of each round, in order. */
  readonly rounds: BatchJob[];
}

/** The whole output, or the cause of a failed run, is true: each field, no other field, and none is missing. */
export function expectTrueOutput(scenario: Scenario, observations: Observations, run: ReportedRun, report: Report): void {
  const { execution, reported, rounds } = run;
  const last = rounds.at(-1)!;
  const output = (reported === 'SUCCEEDED' ? execution.output : parsedCause(execution.cause)) as Record<string, any> | undefined;
  if (typeof output !== 'object' || output === null) {
    report('wrong', `the output is ${JSON.stringify(output)}`);
    return;
  }
  const { message, logsUrl, logsHint, result, resultUri, resultError, array, ...exact } = output;
  differences('', exact, expectedFields(observations, run)).forEach((difference) => report('wrong', `the output's ${difference}`));
  expectTrueArray(observations, run, array, report);
  expectLogs(observations, run, { logsUrl, logsHint }, report);
  if (reported === 'SUCCEEDED') {
    if (message !== null) report('wrong', `the output's message is ${message}, and the run succeeded`);
  } else {
    expectTellingMessage(observations, run.job, last, reported, message, report);
  }
  const record = attemptOf(observations, last.jobId, last.attempts.length);
  expectWholeResult(scenario, { result, resultUri, resultError }, {
    isArray: observations.children.has(last.jobId),
    isPrinted: run.job.resultSource === 'LOG',
    isSuccess: reported === 'SUCCEEDED',
    uri: reported === 'SUCCEEDED' ? last.plan.environment[CONTAINER_VARIABLES.RESULT] : undefined,
    written: reported === 'SUCCEEDED' ? record?.result : undefined,
  }, report);
}

function expectedFields(observations: Observations, { execution, reported, asked, memory, rounds }: ReportedRun): Record<string, unknown> {
  const last = rounds.at(-1)!;
  const { jobId, plan: { jobName, nodes } } = last;
  const isArray = observations.children.has(jobId);
  const { submitted, started, stopped } = timesOf(observations, last, execution.stoppedAt!);
  const attempts = endedAttempts(last, execution);
  return {
    runId: execution.name,
    jobId,
    jobName,
    status: reported === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
    // The children of an array job have exit codes of their own.
    exitCode: isArray ? null : attemptOf(observations, jobId, attempts)?.exit?.exitCode ?? null,
    attempts: rounds.reduce((sum, job) => sum + endedAttempts(job, execution), 0),
    rounds: rounds.length,
    reason: reported === 'SUCCEEDED' ? null : reported,
    submittedAt: isoTime(submitted),
    startedAt: isoTime(started),
    stoppedAt: isoTime(stopped),
    queuedSeconds: secondsBetween(submitted, started),
    ranSeconds: secondsBetween(started, stopped),
    logGroup: observations.app.logGroup,
    logStreams: logStreamsOf(observations, last),
    vcpus: asked.vcpus,
    memory: memory.get(roundOf(jobName).round),
    earlierRounds: rounds.slice(0, -1).map((job) => (
      { jobId: job.jobId, reason: actualOutcome(observations, job), memory: memory.get(roundOf(job.plan.jobName).round) }
    )),
    ...(nodes === undefined ? {} : { nodes: { count: nodes, main: 0 } }),
  };
}

/** AWS Batch counts the attempts of an array job at its children only. */
function endedAttempts({ attempts }: BatchJob, { stoppedAt }: Execution): number {
  return attempts.filter((attempt) => attempt.stoppedAt! <= stoppedAt!).length;
}

/** In whole milliseconds. Those of an array job are the first start and the last end of its children. */
function timesOf(observations: Observations, job: BatchJob, now: number): { submitted?: number; started?: number; stopped?: number } {
  const { submissions, children } = observations;
  const lastStart = ({ jobId, attempts: { length } }: BatchJob) => (
    Math.max(...Array.from({ length: length + 1 }, (_, index) => attemptOf(observations, jobId, index + 1)?.startedAt ?? -Infinity))
  );
  const isOver = job.isOver && job.stoppedAt! <= now;
  const starts = (children.get(job.jobId) ?? [job]).map(lastStart).filter(Number.isFinite);
  const known = (time: number | undefined) => time === undefined || !Number.isFinite(time) ? undefined : Math.floor(time);
  // While its children run, an array job has no start.
  const isShown = !children.has(job.jobId) || isOver;
  return {
    submitted: known(submissions.find(({ jobId }) => jobId === job.jobId)?.at),
    started: isShown ? known(starts.length > 0 ? Math.min(...starts) : undefined) : undefined,
    stopped: isOver ? known(job.stoppedAt) : undefined,
  };
}

function isoTime(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

function secondsBetween(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round((to - from) / 100) / 10;
}

/** Of the attempts whose container started; and of the worker of a multi-node job that failed first, the last one. */
function logStreamsOf(observations: Observations, job: BatchJob): string[] {
  if (observations.children.has(job.jobId)) return [];
  const worker = job.status === 'FAILED' ? firstFailedWorker(observations, job) : undefined;
  return [...startedStreams(observations, job), ...worker ? startedStreams(observations, worker).slice(-1) : []];
}

function startedStreams(observations: Observations, { jobId, attempts: ended, current }: BatchJob): string[] {
  const streams = [...ended.map(({ logStreamName }) => logStreamName), ...current && !ended.includes(current) ? [current.logStreamName] : []];
  return streams.filter((_, index) => attemptOf(observations, jobId, index + 1)?.startedAt !== undefined);
}

function expectLogs(observations: Observations, { rounds }: ReportedRun, { logsUrl, logsHint }: { logsUrl: unknown; logsHint: unknown }, report: Report): void {
  const last = rounds.at(-1)!;
  const { app: { region, logGroup }, children } = observations;
  const stream = logStreamsOf(observations, last).at(-1);
  const shown = /^https:\/\/([\w-]+)\.console\.aws\.amazon\.com\/cloudwatch\/home\?region=([\w-]+)#logsV2:log-groups\/log-group\/([^/]+)\/log-events\/([^/]+)$/.exec(String(logsUrl));
  const found = shown ? [shown[1], shown[2], unescaped(shown[3]), unescaped(shown[4])] : logsUrl;
  const expected = stream === undefined ? null : [region, region, logGroup, stream];
  if (JSON.stringify(found) !== JSON.stringify(expected)) report('wrong', `the output's logsUrl shows ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  const hasStarted = last.attempts.length === 0 || attemptOf(observations, last.jobId, last.attempts.length)?.startedAt !== undefined;
  const hasOwnLog = !children.has(last.jobId) && stream !== undefined && hasStarted;
  if (hasOwnLog !== (logsHint === null) || (logsHint !== null && (typeof logsHint !== 'string' || logsHint.length < 20))) {
    report('wrong', `the output's logsHint is ${JSON.stringify(logsHint)}, and there is ${hasOwnLog ? 'a' : 'no'} log of the last attempt`);
  }
}

/** The console escapes a name twice, with `$` in the place of `%`. */
function unescaped(name: string): string {
  return decodeURIComponent(decodeURIComponent(name.replace(/\$/g, '%')));
}

/** How many failed children an output names at least. */
const NAMED_CHILDREN = 10;

/** The children by their status, and the first failed children with their reasons and the words of AWS. */
function expectTrueArray(observations: Observations, { execution, job, rounds }: ReportedRun, found: Record<string, any> | undefined, report: Report): void {
  const children = observations.children.get(rounds.at(-1)!.jobId);
  if (!children) {
    if (found !== undefined) report('wrong', 'the output has an array, and the job is no array job');
    return;
  }
  const statuses = children.map(({ jobId }) => observations.changes.get(jobId)!.filter(({ at }) => at <= execution.stoppedAt!).at(-1)!.status);
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  const failed = children.filter((_, index) => statuses[index] === 'FAILED').slice(0, NAMED_CHILDREN);
  const { firstFailed: list, ...others } = found ?? {};
  if (!Array.isArray(list)) report('wrong', `the output's array.firstFailed is ${JSON.stringify(list)}`);
  const firstFailed = Array.isArray(list) ? list : [];
  const expected = failed.map((child) => ({ index: child.arrayIndex, reason: actualOutcome(observations, child) }));
  for (const difference of [
    ...differences("the output's array", others, { size: children.length, children: counts }),
    ...differences("the output's array.firstFailed", { ...firstFailed.map(({ index, reason }) => ({ index, reason })) }, { ...expected }),
  ]) report('wrong', difference);
  for (const child of failed) {
    const { message = '' } = firstFailed.find(({ index }) => index === child.arrayIndex) ?? {};
    const missing = missingInChild(observations, job, child, actualOutcome(observations, child), message);
    if (message === '' || missing.length > 0) report('wrong', `the message of child ${child.arrayIndex} is '${message}', without '${missing}'`);
  }
}
