import type { FailureReason } from '../../contract/errors';
import { OUT_OF_MEMORY, SPOT_RECLAIMED } from '../../contract/host-texts';
import { QUEUE_TIMEOUT_PREFIX } from '../../contract/terminations';

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
