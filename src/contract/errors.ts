/**
 * Why a round failed. The reason is the error name of the failed run, and a parent workflow finds it in its cause. The state machine
 * retries none of them. A type that is made of the list keeps the two equal.
 */
export const FAILURE_REASONS = [
  'SpotReclaimed', 'HostLost', 'OutOfMemory', 'DiskFull', 'ImagePull', 'InvalidCommand', 'SecretUnavailable', 'FileSystemUnavailable', 'RoleUnavailable', 'Infrastructure',
  'AttemptTimeout', 'Stuck', 'Cancelled', 'ExitCode', 'Unknown',
] as const;

export type FailureReason = typeof FAILURE_REASONS[number];

/** The run's input is wrong. Nothing was submitted, and a retry would change nothing. */
export const INVALID_INPUT = 'InvalidInput';

/**
 * A job was submitted long ago, and AWS Batch does not know it any more. Its work may be done, so it is not submitted again. A redrive
 * submits it again.
 */
export const JOB_NOT_FOUND = 'JobNotFound';

/** The errors of the submit function. */
export const SUBMIT_ERRORS = {
  /** AWS asks for fewer calls. Nothing was submitted: the call may be retried soon. */
  THROTTLED: 'SubmitThrottled',
  /** It is not known whether a job was submitted. The call may be retried when ListJobs would show the job. */
  UNCERTAIN: 'SubmitUncertain',
  /** Batch, or IAM, refused the call. A retry would change nothing. */
  REFUSED: 'SubmitRefused',
} as const;

/** The run could not submit its job, or lost it. */
export const ORCHESTRATION_FAILED = 'OrchestrationFailed';

/** Some runs of a map failed. */
export const RUNS_FAILED = 'RunsFailed';
