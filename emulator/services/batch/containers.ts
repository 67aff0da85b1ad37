import { DeployedImage } from '../../assembly/deployment';

/** What starts a job's containers: local processes, an engine's containers, or a scenario's script. */
export interface ContainerRuntime {
  /** Rejects with `ContainerStartError` when there is no container to wait for. */
  start(request: ContainerRequest): Promise<Container>;
}

export interface ContainerRequest {
  readonly jobId: string;
  readonly jobName: string;
  /** From 1. */
  readonly attempt: number;
  /** Index of an array job's child. */
  readonly arrayIndex?: number;
  /** As in the job definition. */
  readonly imageUri: string;
  readonly image?: DeployedImage;
  /** With every `Ref::` replaced. Undefined: the image's own. */
  readonly command?: string[];
  readonly environment: Record<string, string>;
  /** What the job's definition mounts. */
  readonly mounts: readonly Mount[];
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** What the container may do; undefined for nothing. */
  readonly jobRoleArn?: string;
  /** A directory of this machine with what S3 would hold for the container, seen there at the same path. */
  readonly payloadDirectory?: string;
  /** The job queue, so that a scenario can treat Spot and on-demand differently. */
  readonly jobQueueArn: string;
  /** A line of the container's standard output or error. */
  readonly onOutput: (line: string) => void;
}

/** A volume, at the path where the container sees it: a file system, or a directory of the instance. */
export interface Mount {
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface Container {
  readonly exited: Promise<ContainerExit>;
  /** SIGTERM; then SIGKILL when `grace` milliseconds of the shared clock have passed. Resolves with `exited`. */
  stop(grace: number): void;
}

export interface ContainerExit {
  /** Left out when the agent never learnt it. 137 after SIGKILL, 143 after SIGTERM. */
  readonly exitCode?: number;
  /** The container's `reason`, for example `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason?: string;
  /** The attempt's `statusReason` where it is not `Essential container in task exited`, for example `Host EC2 (instance i-0abc) terminated.` */
  readonly statusReason?: string;
}

/** The container never ran: `CannotPullContainerError: ...`, `ResourceInitializationError: ...`. */
export class ContainerStartError extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}
