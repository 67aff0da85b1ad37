/**
 * The messages of the watch queue, which the check function reads. Besides these, EventBridge puts its events there: that a job ended,
 * and that a run ended.
 */

/** A check of a job that is due. The submit function sends the first one, and the check function sends the next one. */
export interface JobCheck {
  readonly jobId: string;
  /** The newest task token of the job's run. */
  readonly token: string;
  /** Milliseconds since the epoch at which the job was submitted or adopted. */
  readonly since: number;
  /** The job's state at the last check. */
  readonly unchanged?: UnchangedState;
  /** How often an event said that the job is over while DescribeJobs did not show it yet. Only set on a check that follows such an event. */
  readonly early?: number;
  /** Milliseconds since the epoch at which the result of the ended job was first looked for in its log. Only set while the result may be late. */
  readonly readSince?: number;
}

/** A state in which a job was found, and since when it has not changed. Times are milliseconds since the epoch. */
export interface UnchangedState {
  readonly state: string;
  readonly since: number;
  /** When the check function first found that the job has been in this state for too long. Then it terminates the job. */
  readonly terminatedAt?: number;
  /** Whether somebody else had terminated or cancelled it before. */
  readonly endedByOthers?: boolean;
}

/** An order to end all jobs of an execution, up to a redrive. Jobs of later redrives are left alone. */
export interface CleanUp {
  /** The execution's ARN. */
  readonly execution: string;
  readonly redrive: number;
}

/** A message with its delay in seconds. */
export interface DelayedMessage {
  readonly body: string;
  readonly delay: number;
}

export function checkJobMessage(check: JobCheck): string {
  return JSON.stringify({ checkJob: check });
}

/** The submit function sends it when it does not know whether it submitted a job. */
export function checkRunMessage(execution: string): string {
  return JSON.stringify({ checkRun: { execution } });
}

/** The state machine sends it when it gives up, and the check function sends it to itself. */
export function cleanUpMessage(cleanUp: CleanUp): string {
  return JSON.stringify({ cleanUp });
}
