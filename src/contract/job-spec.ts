import type { FailureReason } from './errors';
import type { CleanUp } from './messages';
import type { ObjectStore } from './object-store';

/** What the state machine knows about its job. It is written into the definition of the state machine at synth. */
export interface JobSpec {
  readonly definition: string;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** MiB */
  readonly maxMemory?: number;
  readonly gpus?: number;
  /** Fargate has some amounts of memory for each number of vCPUs, and no others. */
  readonly fargate?: boolean;
  /** Whether the jobs of the compute's first queue run on Spot capacity. Undefined where it is not known. */
  readonly spot?: boolean;
  /** The most vCPUs of the compute. Undefined where it is not known. */
  readonly maxvCpus?: number;
  /** The largest containers that the instances can hold. Undefined where it is not known which instances Batch starts. */
  readonly sizes?: ContainerSize[];
  /** Seconds */
  readonly queueTimeout: number;
  /** Seconds. Undefined in definitions from before there was one. */
  readonly startTimeout?: number;
  /** Seconds. Undefined in definitions from before it was here. */
  readonly attemptTimeout?: number;
  readonly logGroup: string;
  /** The names of the parameters that a run may set. */
  readonly parameters: string[];
  /** The default values of the parameters, as far as they are known at synth. */
  readonly defaults?: { readonly [name: string]: string };
  /** Of each job and its task. */
  readonly tags?: Record<string, string>;
  /** The container's command, with references to parameters. Undefined for the image's own. */
  readonly command?: string[];
  /** Where long values and results go. Undefined in definitions from before there was one. */
  readonly store?: ObjectStore;
  /** Where the result of a run comes from: `LOG` or `BUCKET`. Undefined for the bucket. */
  readonly resultSource?: string;
  /** How many nodes a multi-node job has. */
  readonly nodes?: number;
  /** What a run's input may set besides parameters. Undefined in definitions from before there was a choice: everything. */
  readonly allowedOverrides?: AllowedOverrides;
  /**
   * Whether each try to submit a job is recorded. Undefined in definitions from before: an earlier version of the submit function may have
   * submitted the job of such a run, without a record.
   */
  readonly recorded?: boolean;
  /** The share of a run whose input names none. Undefined where the queue has no fair-share policy. */
  readonly shareIdentifier?: string;
}

/** What a run's input may set besides parameters. */
export interface AllowedOverrides {
  /** False by default. */
  readonly command?: boolean;
  /** The names of environment variables. None by default. */
  readonly environment?: readonly string[];
  /** The names of the job's secrets, which no run may set. Only where `environment` has names that were not known at synth. */
  readonly secrets?: readonly string[];
  /** vCPUs, memory and GPUs. True by default. */
  readonly resources?: boolean;
  /** True by default. */
  readonly arraySize?: boolean;
  /** The share, and the priority in it. True by default. */
  readonly share?: boolean;
}

/** The largest container that fits on an instance of some type. */
export interface ContainerSize {
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  readonly gpus?: number;
}

/** A round after the first. */
export interface NextRound {
  readonly round: number;
  /** MiB */
  readonly memory: number;
  /** ARN of the job queue. */
  readonly queue: string;
  readonly earlier: EarlierRound[];
}

/** The outcome of a round that was followed by another one. */
export interface EarlierRound {
  readonly jobId: string;
  readonly reason: FailureReason;
  /** MiB */
  readonly memory: number;
  /** ARN of the job queue. */
  readonly queue: string;
  readonly attempts: number;
}

/** `$$.Execution`: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
export interface ExecutionContext {
  readonly Id: string;
  readonly Input: unknown;
  readonly RedriveCount: number;
  /** Only of an execution that was redriven. */
  readonly RedriveTime?: string;
}

/** What the state machine invokes the submit function with, to submit the job of a round. */
export interface SubmitRequest {
  readonly job: JobSpec;
  readonly execution: ExecutionContext;
  /** When the state was entered, as an ISO 8601 time. A retry does not change it. */
  readonly enteredAt?: string;
  /** How often Step Functions has retried this state. */
  readonly retryCount: number;
  readonly token: string;
  /** From the second round on. */
  readonly nextRound?: NextRound;
}

/** What the state machine invokes the submit function with when it gives up. */
export interface CleanUpRequest {
  readonly cleanUp: CleanUp;
}

/** The job in the definition of a run's state machine; undefined when the definition is not a run's. */
export function jobSpecOf(definition: { readonly States?: unknown }): JobSpec | undefined {
  const states = Object.values((definition.States ?? {}) as { [name: string]: { Parameters?: { Payload?: { job?: JobSpec } } } });
  return states.map((state) => state?.Parameters?.Payload?.job).find((job) => job?.definition !== undefined);
}
