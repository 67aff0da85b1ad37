/** The reasons with which the functions terminate jobs. Batch keeps them as the job's `statusReason`, where the check function reads them again. */

/** What each of these reasons begins with. */
const PREFIX = 'heavy-batch: ';
/** A job that waited for its place longer than its `queueTimeout`. */
export const QUEUE_TIMEOUT_PREFIX = `${PREFIX}queued too long`;

/** A job whose container did not start within its `startTimeout`. */
export const START_TIMEOUT_PREFIX = `${PREFIX}starting too long`;
/** A job that ran longer than its `attemptTimeout`, and that Batch did not end. */
export const ATTEMPT_TIMEOUT_PREFIX = `${PREFIX}running too long`;

export const RUN_ENDED = `${PREFIX}its run ended`;
export const RUN_REDRIVEN = `${PREFIX}its run was redriven`;

/** The reason for a second job of one round. */
export function duplicateOf(jobId: string | undefined): string {
  return `${PREFIX}duplicate of ${jobId}`;
}

/** Whether the functions of this library terminated a job with this reason. */
export function isOwnTermination(statusReason = ''): boolean {
  return statusReason.startsWith(PREFIX);
}

export function queuedTooLong(seconds: number, why: string): string {
  return `${QUEUE_TIMEOUT_PREFIX} (${seconds} s): ${why}`;
}

export function startingTooLong(seconds: number, why: string): string {
  return `${START_TIMEOUT_PREFIX} (${seconds} s): ${why}`;
}

export function runningTooLong(seconds: number, why: string): string {
  return `${ATTEMPT_TIMEOUT_PREFIX} (${seconds} s): ${why}`;
}

export function unknownStatus(status: string | undefined): string {
  return `${PREFIX}unknown status ${status}`;
}
