/**
 * What the input of a run may set, besides the values of the job's parameters. Whoever may start a run may set it.
 */
export interface HeavyBatchAllowedOverrides {
  /**
   * Whether a run may have another command than the job. With a command of its own, a run can do all that the image and the job role can do.
   *
   * @default false
   */
  readonly command?: boolean;

  /**
   * The names of the environment variables that a run may set. Names are refused that are the name of a secret of the job, that begin with `AWS_`
   * or `HEAVY_BATCH_`, or that decide which code a program loads, such as `LD_PRELOAD`, `PATH` and `NODE_OPTIONS`. A name that is a token
   * is compared when a run sets it: the run fails with `InvalidInput`.
   *
   * @default - none
   */
  readonly environment?: string[];

  /**
   * Whether a run may have other vCPUs, memory and GPUs than the job, within `maxMemory` and the instances of the compute.
   *
   * @default true
   */
  readonly resources?: boolean;

  /**
   * Whether a run may be an array job.
   *
   * @default true
   */
  readonly arraySize?: boolean;

  /**
   * Whether a run may name its share of a fair-share queue, and its priority there.
   *
   * @default true
   */
  readonly share?: boolean;
}
