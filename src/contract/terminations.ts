/** The reasons with which the functions terminate jobs. Batch keeps them as the job's `statusReason`, where the check function reads them again. */

/** A second job of one round. */
export const DUPLICATE_PREFIX = 'heavy-batch: duplicate of ';
/** A job that waited for its place longer than its `queueTimeout`. */
export const QUEUE_TIMEOUT_PREFIX = 'heavy-batch: queued too long';

export const RUN_ENDED = 'heavy-batch: its run ended';
export const RUN_REDRIVEN = 'heavy-batch: its run was redriven';

export function duplicateOf(jobId: string | undefined): string {
  return `${DUPLICATE_PREFIX}${jobId}`;
}

/** The older job of the same round in whose favour this one was terminated. */
export function originalOf(statusReason: string | undefined): string | undefined {
  return statusReason?.startsWith(DUPLICATE_PREFIX) ? statusReason.slice(DUPLICATE_PREFIX.length) : undefined;
}

export function queuedTooLong(seconds: number, why: string): string {
  return `${QUEUE_TIMEOUT_PREFIX} (${seconds} s): ${why}`;
}

export function unknownStatus(status: string | undefined): string {
  return `heavy-batch: unknown status ${status}`;
}
