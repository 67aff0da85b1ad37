import type { JobDetail } from '@aws-sdk/client-batch';
import { AttemptEnd, lastAttempt, textsOf } from './last-attempt';
import type { FailureReason } from '../../contract/errors';
import { FailureFamily, FAILURES, PULL_ERROR, STATEMENTS } from '../../contract/failures';
import { nextFargateMemory } from '../../contract/fargate-sizes';
import type { NextRound } from '../../contract/job-spec';
import type { RunContext } from '../shared/run-context';

export type Verdict = { readonly status: 'SUCCEEDED' } | FailedVerdict;

export interface FailedVerdict {
  readonly status: 'FAILED';
  readonly reason: FailureReason;
  readonly message: string;
}

/** The fields of a job that a verdict depends on. */
export type JudgedJob = Pick<JobDetail, 'status' | 'statusReason' | 'container' | 'attempts' | 'isCancelled' | 'isTerminated'> & Partial<Pick<JobDetail, 'startedAt'>>;

/** Where the job ran. */
export type Capacity = Pick<RunContext, 'spot' | 'queue' | 'onDemandQueue'>;

/**
 * The verdict on a job that has ended. What Batch says of the whole job comes first: what a container left behind beside it is no cause.
 * Then the reasons of the last attempt come before its exit code: a container that was killed for its memory has been seen to exit with
 * 137, with 2 and with 0, and a container that Docker lost had exited with 0.
 * A job that succeeded is not examined further. Whatever is not known is a failure.
 */
export function verdictOf(job: JudgedJob, capacity: Capacity): Verdict {
  if (job.status === 'SUCCEEDED') return { status: 'SUCCEEDED' };
  if (job.status !== 'FAILED') return failed('Unknown', `AWS Batch reports the status ${job.status}, which this version does not know`);
  return statementOfBatch(job) ?? verdictOnAttempt(lastAttempt(job), capacity);
}

/** What Batch says of the whole job; undefined when the job ended with its last attempt. */
export function statementOfBatch(job: JudgedJob): FailedVerdict | undefined {
  const { statusReason } = lastAttempt(job);
  const statement = STATEMENTS.find(({ pattern }) => pattern.test(statusReason));
  if (statement) return failed(statement.reason, statusReason);
  if (!job.isTerminated && !job.isCancelled) return undefined;
  return failed('Cancelled', job.statusReason || 'the job was terminated, and AWS Batch reports no reason');
}

const TASK_FAILED = /^Task failed to start/i;

function familyOf(text: string): FailureFamily | undefined {
  return FAILURES.find(({ pattern }) => pattern.test(text));
}

function verdictOnAttempt(end: AttemptEnd, capacity: Capacity): FailedVerdict {
  const { statusReason, exitCode } = end;
  const texts = textsOf(end);
  const containerReason = exitCode !== undefined && PULL_ERROR.test(end.containerReason) ? '' : end.containerReason;
  // What is said of the task comes before what is said of its container, unless it says nothing but that the task failed.
  const said = TASK_FAILED.test(statusReason) ? [containerReason, statusReason] : [statusReason, containerReason];
  const family = said.map(familyOf).find((found) => found !== undefined);
  if (family) return failed(family.reason === 'HostLost' && isSpot(capacity) ? 'SpotReclaimed' : family.reason, texts.join('; '));

  if (exitCode === 137 && containerReason === '') {
    return failed('Unknown', ['the container was killed (exit code 137), and AWS Batch reported no reason. It may have run out of memory', ...texts].join('; '));
  }
  if (exitCode !== undefined && exitCode !== 0) return failed('ExitCode', [`the container exited with ${exitCode}${EXIT_CODE_HINTS[exitCode] ?? ''}`, ...texts].join(': '));
  return failed('Unknown', texts.join('; ') || statusReason || 'AWS Batch reported no reason');
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_08_02 */
const EXIT_CODE_HINTS: { readonly [exitCode: number]: string } = {
  126: ' (a shell could not execute the command)',
  127: ' (a shell did not find the command)',
};

/**
 * Whether a lost host was reclaimed. Of older runs and of existing queues it is not known: there an on-demand queue to fall back on says
 * that this one has Spot capacity.
 */
function isSpot({ spot, queue, onDemandQueue }: Capacity): boolean {
  return spot ?? (onDemandQueue !== undefined && onDemandQueue !== queue);
}

function failed(reason: FailureReason, message: string): FailedVerdict {
  return { status: 'FAILED', reason, message };
}

/** The round that follows a verdict; undefined when the run ends with it. */
export function nextRoundAfter(verdict: Verdict, context: RunContext, job: { jobId: string; attempts: number }): NextRound | undefined {
  if (verdict.status !== 'FAILED') return undefined;
  const { round, memory, queue, maxMemory = 0, onDemandQueue } = context;
  const earlier = [...context.earlier, { jobId: job.jobId, reason: verdict.reason, memory, queue, attempts: job.attempts }];
  if (verdict.reason === 'SpotReclaimed' && onDemandQueue && onDemandQueue !== queue) {
    return { round: round + 1, memory, queue: onDemandQueue, earlier };
  }
  if (verdict.reason === 'OutOfMemory') {
    const more = context.fargate ? nextFargateMemory(context.vcpus, memory, maxMemory) : Math.min(2 * memory, maxMemory);
    return more !== undefined && more > memory ? { round: round + 1, memory: more, queue, earlier } : undefined;
  }
  return undefined;
}
