import type { JobDetail, JobStatus } from '@aws-sdk/client-batch';
import { RUN_GRACE, START_TIMEOUT } from '../../contract/timings';
import type { RunContext } from '../shared/run-context';

/** How long a job may stay in its state. Nothing waits, starts or runs for ever. */
export interface TimeLimit {
  readonly kind: 'queue' | 'start' | 'run';
  /** The status of the job, or of the children of an array job, that the limit is about. */
  readonly status: JobStatus;
  /** When the state began, in milliseconds since the epoch. */
  readonly since: number;
  readonly seconds: number;
}

/**
 * The state of a live job, as a text that changes whenever the job gets on. An array job gets on when one of its children does: AWS Batch
 * counts the children by their statuses.
 */
export function stateOf(job: JobDetail): string {
  if (!isArray(job)) return `${job.status} ${job.attempts?.length ?? 0}`;
  const counts = job.arrayProperties!.statusSummary!;
  return statusesOf(job).map((status) => `${status} ${counts[status]}`).join(', ');
}

/**
 * The time limit of a job's state. DescribeJobs does not say when a job began to start, or when a child got on, so the check function
 * remembers since when it has seen the state: `unchangedSince`. That is later than the truth by the time between two checks.
 *
 * Children of an array job take turns: while some run, others may wait. So the most advanced children decide. An array can take a finite
 * number of steps only, so the limits of its states are a limit for the array too. Undefined for a running job whose `attemptTimeout` is
 * not known.
 */
export function timeLimitOf(job: JobDetail, context: RunContext, unchangedSince: number): TimeLimit | undefined {
  const statuses = statusesOf(job);
  if (statuses.includes('RUNNING')) {
    // AWS Batch itself ends the attempt at `attemptTimeout`. It cannot do so when nothing answers on the instance.
    const { attemptTimeout } = context;
    return attemptTimeout === undefined ? undefined
      : { kind: 'run', status: 'RUNNING', since: Math.max(unchangedSince, job.startedAt ?? 0), seconds: attemptTimeout + RUN_GRACE };
  }
  if (statuses.includes('STARTING')) return { kind: 'start', status: 'STARTING', since: unchangedSince, seconds: context.startTimeout ?? START_TIMEOUT };
  return { kind: 'queue', status: 'RUNNABLE', since: startOfWait(job) ?? unchangedSince, seconds: context.queueTimeout };
}

/**
 * When a job began to wait for its place. Undefined for an array job, and for a job whose last attempt is not listed: Batch lists no attempt
 * whose end nobody reported.
 */
function startOfWait(job: JobDetail): number | undefined {
  if (isArray(job)) return undefined;
  const { startedAt = 0 } = job;
  const endedAt = job.attempts?.at(-1)?.stoppedAt ?? 0;
  return startedAt > endedAt ? undefined : endedAt || job.createdAt!;
}

export function isArray(job: JobDetail): boolean {
  return Object.keys(job.arrayProperties?.statusSummary ?? {}).length > 0;
}

/** The status of a job, or the statuses that the children of an array job have, in a fixed order. */
function statusesOf(job: JobDetail): string[] {
  if (!isArray(job)) return [job.status!];
  return Object.entries(job.arrayProperties!.statusSummary!).filter(([, count]) => count > 0).map(([status]) => status).sort();
}
