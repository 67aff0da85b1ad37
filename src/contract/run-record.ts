/**
 * What the submit function writes down about the job of a round, in the bucket of the compute. Whoever may submit jobs can give a job any
 * name and any parameters, and can copy them from another job. A record says which jobs this library has submitted itself.
 */
export interface RunRecord {
  /** The ids of the tries to submit the job. Each id is written before its try, and is in the context of the job that the try submits. */
  readonly submissionIds: readonly string[];
  /** The job of the round. Undefined before its submission is known to have succeeded. */
  readonly jobId?: string;
  /** The newest task token of the round's run. Undefined together with `jobId`. */
  readonly token?: string;
}
