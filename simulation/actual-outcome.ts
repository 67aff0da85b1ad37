import type { ActualOutcome } from './endings';
import type { Observations } from './observations';
import { roundOf } from './rules';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';
import type { JobSpec } from '../src/contract/job-spec';

/** The actual outcome of a job. It follows from what users and functions did to the job, and from what its containers were to do. */
export function actualOutcome(observations: Observations, job: BatchJob): ActualOutcome {
  const children = observations.children.get(job.jobId);
  if (children) return actualOutcomeOfArray(observations, job, children);
  if (job.status === 'SUCCEEDED') return 'SUCCEEDED';
  const lastAttempt = job.attempts.at(-1);
  const record = observations.attempts.get(`${job.jobId}/${job.attempts.length}`);
  const wasEnded = job.isCancelled || job.isTerminated;
  if (lastAttempt && record && !record.stopped && !wasEnded) return record.ending.outcome;
  const termination = terminationOf(observations, job);
  if (termination?.by === 'user') return 'Cancelled';
  if (lastAttempt?.startedAt !== undefined && record?.stopped && !termination) return 'AttemptTimeout';
  // A job that never started was ended because it had waited too long: by its queue or by the check function.
  return job.blockedBy !== undefined || job.containerTimes.length === 0 ? 'Stuck' : 'Cancelled';
}

/** The outcome of an array job that failed is the outcome of its first failed child, by index. */
function actualOutcomeOfArray(observations: Observations, job: BatchJob, children: BatchJob[]): ActualOutcome {
  if (terminationOf(observations, job)?.by === 'user') return 'Cancelled';
  const firstFailed = children.find((child) => child.status !== 'SUCCEEDED');
  return firstFailed ? actualOutcome(observations, firstFailed) : 'SUCCEEDED';
}

/** The call that ended the job, or the array job that it is a child of. */
function terminationOf({ terminations }: Observations, job: BatchJob) {
  const [jobId] = job.jobId.split(':');
  return terminations.find((termination) => termination.jobId === jobId && termination.at <= job.stoppedAt!);
}

/** Whether the functions ended a job that had started, or that had waited less than its `queueTimeout`. */
export function isTerminatedWithoutCause({ terminations }: Observations, job: BatchJob, { queueTimeout }: JobSpec): boolean {
  const termination = terminations.find(({ jobId, at, by }) => jobId === job.jobId && by === 'function' && at <= job.stoppedAt!);
  if (!termination) return false;
  const waitedSince = job.attempts.at(-1)?.stoppedAt ?? job.createdAt;
  return waitedSince >= termination.at || termination.at - waitedSince < queueTimeout * 1000;
}

type NextRound = 'on demand' | 'with more memory' | undefined;

const noRound = () => undefined;

/** The round that has to follow a round with this outcome. */
const NEXT_ROUND: { readonly [outcome in ActualOutcome]: (job: BatchJob, spec: JobSpec) => NextRound } = {
  SUCCEEDED: noRound,
  SpotReclaimed: ({ plan }, { onDemandQueue }) => onDemandQueue !== undefined && onDemandQueue !== plan.queue.arn ? 'on demand' : undefined,
  OutOfMemory: ({ plan }, { maxMemory }) => maxMemory !== undefined && plan.memory < maxMemory ? 'with more memory' : undefined,
  HostLost: noRound,
  DiskFull: noRound,
  ImagePull: noRound,
  InvalidCommand: noRound,
  SecretUnavailable: noRound,
  FileSystemUnavailable: noRound,
  RoleUnavailable: noRound,
  Infrastructure: noRound,
  AttemptTimeout: noRound,
  Stuck: noRound,
  Cancelled: noRound,
  ExitCode: noRound,
  Unknown: noRound,
};

export function nextRoundAfter(outcome: ActualOutcome, job: BatchJob, spec: JobSpec): NextRound {
  return NEXT_ROUND[outcome](job, spec);
}

/**
 * The job of each round, in order; of duplicate jobs, the one whose container ran. After a redrive these are the rounds since that
 * redrive and the rounds that the state machine had passed before it: a redrive continues at the state that failed.
 */
export function roundsOf(jobs: BatchJob[], { redriveCount, history }: Execution): BatchJob[] {
  const byName = new Map<string, BatchJob>();
  for (const job of jobs) {
    const duplicate = byName.get(job.plan.jobName);
    if (!duplicate || (duplicate.containerTimes.length === 0 && job.containerTimes.length > 0)) byName.set(job.plan.jobName, job);
  }
  const all = [...byName.values()].sort((a, b) => a.createdAt - b.createdAt);
  if (redriveCount === 0) return all;
  const passed = history.filter(({ type }) => type === 'TaskSucceeded').length;
  const named = all.map((job) => ({ job, ...roundOf(job.plan.jobName) }));
  return named.filter(({ redrive, round }) => redrive === redriveCount
    || (round <= passed && !named.some((other) => other.round === round && other.redrive > redrive))).map(({ job }) => job);
}
