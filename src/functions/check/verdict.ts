import type { JobDetail } from '@aws-sdk/client-batch';
import type { FailureReason } from '../../contract/errors';
import { nextFargateMemory } from '../../contract/fargate-sizes';
import type { NextRound } from '../../contract/job-spec';
import { REASONS } from '../../contract/reasons';
import type { RunContext } from '../shared/run-context';

export type Verdict =
  | { readonly status: 'SUCCEEDED' }
  | { readonly status: 'FAILED'; readonly reason: FailureReason; readonly message: string };

/** The fields of a job that a verdict depends on. */
export type JudgedJob = Pick<JobDetail, 'status' | 'statusReason' | 'container' | 'attempts' | 'isCancelled' | 'isTerminated'>;

/**
 * The verdict on a job that has ended. Reasons come before exit codes: a container that was killed for its memory has been seen to exit
 * with 137, with 2 and with 0, and a container that Docker lost had exited with 0.
 * A job that succeeded is not examined further. Whatever is not known is a failure.
 */
export function verdictOf(job: JudgedJob): Verdict {
  if (job.status === 'SUCCEEDED') return { status: 'SUCCEEDED' };
  if (job.status !== 'FAILED') return failed('Unknown', `AWS Batch reports the status ${job.status}, which this version does not know`);

  const last = job.attempts?.at(-1);
  const statusReason = job.statusReason ?? last?.statusReason ?? '';
  const containerReason = job.container?.reason ?? last?.container?.reason ?? '';
  const exitCode = job.container?.exitCode ?? last?.container?.exitCode;

  for (const { pattern, field, reason } of REASONS) {
    const text = field === 'statusReason' ? statusReason : containerReason;
    if (pattern.test(text)) return failed(reason, text);
  }
  if (job.isTerminated || job.isCancelled) return failed('Cancelled', statusReason);
  const killedWithoutReason = exitCode === 137 && containerReason === '';
  if (exitCode !== undefined && exitCode !== 0 && !killedWithoutReason) {
    return failed('ExitCode', `the container exited with ${exitCode}${containerReason ? `: ${containerReason}` : ''}`);
  }
  return failed('Unknown', killedWithoutReason
    ? 'the container was killed (exit code 137), and AWS Batch reported no reason'
    : [statusReason, containerReason].filter(Boolean).join('; ') || 'AWS Batch reported no reason');
}

function failed(reason: FailureReason, message: string): Verdict {
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
