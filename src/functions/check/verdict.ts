import type { JobDetail } from '@aws-sdk/client-batch';
import { nextFargateMemory } from '../../contract/fargate-sizes';
import type { NextRound, RunContext } from '../shared/run-context';

/** Why a round failed: the error name of the failed run, for `Catch` in a parent workflow and for people. */
export type FailureReason =
  | 'SpotReclaimed' | 'OutOfMemory' | 'DiskFull' | 'ImagePull' | 'Infrastructure' | 'AttemptTimeout' | 'Stuck' | 'Cancelled' | 'ExitCode' | 'Unknown';

export type Verdict =
  | { readonly status: 'SUCCEEDED' }
  | { readonly status: 'FAILED'; readonly reason: FailureReason; readonly message: string };

/** What of a job a verdict looks at. */
export type JudgedJob = Pick<JobDetail, 'status' | 'statusReason' | 'container' | 'attempts' | 'isCancelled' | 'isTerminated'>;

/** The `reason` with which the watch function terminates a job that queued for too long. */
export const STUCK_PREFIX = 'heavy-batch: queued too long';

const LIVE = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];

export function isLive(status: string | undefined): boolean {
  return LIVE.includes(status ?? '');
}

export function isOver(status: string | undefined): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/**
 * What a job that is over came to. Reasons come before exit codes: a container that was killed for its memory has been seen to
 * exit with 137, with 2 and with 0, and one that Docker lost had exited with 0.
 * A job that succeeded is never looked at twice; what is not known is a failure.
 */
export function verdictOf(job: JudgedJob): Verdict {
  if (job.status === 'SUCCEEDED') return { status: 'SUCCEEDED' };
  if (job.status !== 'FAILED') return failed('Unknown', `Batch reports the status ${job.status}, which is not known here`);

  const last = job.attempts?.at(-1);
  const statusReason = job.statusReason ?? last?.statusReason ?? '';
  const reason = job.container?.reason ?? last?.container?.reason ?? '';
  const exitCode = job.container?.exitCode ?? last?.container?.exitCode;

  for (const { told, by, verdict } of REASONS) {
    const words = by === 'statusReason' ? statusReason : reason;
    if (told.test(words)) return failed(verdict, words);
  }
  if (job.isTerminated || job.isCancelled) return failed('Cancelled', statusReason);
  if (exitCode !== undefined && exitCode !== 0 && !(exitCode === 137 && reason === '')) {
    return failed('ExitCode', `the container exited with ${exitCode}${reason ? `: ${reason}` : ''}`);
  }
  return failed('Unknown', exitCode === 137
    ? 'the container was killed (exit code 137) and nobody says why'
    : [statusReason, reason].filter(Boolean).join('; ') || 'Batch gives no reason');
}

// In this order. Wording: https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html,
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
const REASONS: { told: RegExp; by: 'statusReason' | 'reason'; verdict: FailureReason }[] = [
  { told: /^Host EC2/, by: 'statusReason', verdict: 'SpotReclaimed' },
  // On Fargate: https://repost.aws/knowledge-center/fargate-spot-termination-notice
  { told: /^Your Spot Task was interrupted/, by: 'statusReason', verdict: 'SpotReclaimed' },
  { told: /^OutOfMemoryError/, by: 'reason', verdict: 'OutOfMemory' },
  // As Docker says it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
  { told: /^Cannot(Pull|Create|Start)[^]*no space left on device/i, by: 'reason', verdict: 'DiskFull' },
  { told: /^Cannot(Pull|Create|Start)[^]*no space left on device/i, by: 'statusReason', verdict: 'DiskFull' },
  { told: /^CannotPull/, by: 'reason', verdict: 'ImagePull' },
  { told: /^CannotPull/, by: 'statusReason', verdict: 'ImagePull' },
  { told: /^(DockerTimeoutError|CannotInspectContainer|CannotStartContainer|CannotCreateContainer|ResourceInitializationError)/, by: 'reason', verdict: 'Infrastructure' },
  { told: /^(CannotStartContainer|CannotCreateContainer|ResourceInitializationError|Task failed to start|Timeout waiting for)/, by: 'statusReason', verdict: 'Infrastructure' },
  { told: /^Job attempt duration exceeded timeout/, by: 'statusReason', verdict: 'AttemptTimeout' },
  { told: /^Canceled by JobStateTimeLimit action/, by: 'statusReason', verdict: 'Stuck' },
  { told: new RegExp(`^${STUCK_PREFIX}`), by: 'statusReason', verdict: 'Stuck' },
];

function failed(reason: FailureReason, message: string): Verdict {
  return { status: 'FAILED', reason, message };
}

/** The round that a verdict asks for, or undefined when the run ends here. */
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
