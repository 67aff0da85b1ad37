import type { FailureReason } from './errors';
import { QUEUE_TIMEOUT_PREFIX } from './terminations';

/** What Batch says of an attempt whose host was reclaimed. Both the retry rules and the verdict go by it. */
export const SPOT_RECLAIMED = {
  /** On an instance: https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html */
  instance: 'Host EC2',
  /** On Fargate: https://repost.aws/knowledge-center/fargate-spot-termination-notice */
  fargate: 'Your Spot Task was interrupted',
} as const;

/** What the ECS agent says of a container that was killed for its memory. */
export const OUT_OF_MEMORY = 'OutOfMemoryError';

/** One row of the reason table: a failed job whose `field` matches `pattern` failed for `reason`. */
export interface ReasonRow {
  readonly pattern: RegExp;
  /** `statusReason` is of the job or the attempt; `reason` is of the container. */
  readonly field: 'statusReason' | 'reason';
  readonly reason: FailureReason;
}

/**
 * The first row that matches gives the reason. Wording: https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export const REASONS: readonly ReasonRow[] = [
  { pattern: new RegExp(`^${SPOT_RECLAIMED.instance}`), field: 'statusReason', reason: 'SpotReclaimed' },
  { pattern: new RegExp(`^${SPOT_RECLAIMED.fargate}`), field: 'statusReason', reason: 'SpotReclaimed' },
  { pattern: new RegExp(`^${OUT_OF_MEMORY}`), field: 'reason', reason: 'OutOfMemory' },
  // In Docker's words: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
  { pattern: /^Cannot(Pull|Create|Start)[^]*no space left on device/i, field: 'reason', reason: 'DiskFull' },
  { pattern: /^Cannot(Pull|Create|Start)[^]*no space left on device/i, field: 'statusReason', reason: 'DiskFull' },
  { pattern: /^CannotPull/, field: 'reason', reason: 'ImagePull' },
  { pattern: /^CannotPull/, field: 'statusReason', reason: 'ImagePull' },
  { pattern: /^(DockerTimeoutError|CannotInspectContainer|CannotStartContainer|CannotCreateContainer|ResourceInitializationError)/, field: 'reason', reason: 'Infrastructure' },
  { pattern: /^(CannotStartContainer|CannotCreateContainer|ResourceInitializationError|Task failed to start|Timeout waiting for)/, field: 'statusReason', reason: 'Infrastructure' },
  { pattern: /^Job attempt duration exceeded timeout/, field: 'statusReason', reason: 'AttemptTimeout' },
  { pattern: /^Canceled by JobStateTimeLimit action/, field: 'statusReason', reason: 'Stuck' },
  { pattern: new RegExp(`^${QUEUE_TIMEOUT_PREFIX}`), field: 'statusReason', reason: 'Stuck' },
];
