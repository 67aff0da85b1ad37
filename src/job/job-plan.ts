/** The facts of a job that a map needs at synth. They are not known of an imported job. */
export interface JobPlan {
  /** The vCPUs of the container, or of each node. May be a token. */
  readonly vcpus: number;
  readonly nodes: number;
  /** The most vCPUs of the compute. Undefined where it is not known. */
  readonly maxvCpus?: number;
  /** Whether the job queue has a fair-share policy. */
  readonly fairShare: boolean;
}
