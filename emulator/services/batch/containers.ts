import { DeployedImage } from '../../assembly/deployment';

/** Runs the containers of jobs: as local processes, in a container engine, or as a script of a test. */
export interface ContainerRuntime {
  /** Rejects with a `ContainerStartError` when the container cannot start. */
  start(request: ContainerRequest): Promise<Container>;
}

export interface ContainerRequest {
  readonly jobId: string;
  readonly jobName: string;
  /** From 1. */
  readonly attempt: number;
  /** The index of a child of an array job. */
  readonly arrayIndex?: number;
  /** The index of a node of a multi-node job besides the main node. */
  readonly nodeIndex?: number;
  /** As in the job definition. */
  readonly imageUri: string;
  readonly image?: DeployedImage;
  /** With the values of the parameters in the place of `Ref::`. Undefined for the command of the image. */
  readonly command?: string[];
  readonly environment: Record<string, string>;
  /** The container properties of the job definition, resolved, in the spelling of CloudFormation: `LinuxParameters`, `Ulimits`, `User`, ... */
  readonly properties: Readonly<Record<string, any>>;
  /** The volumes that the job definition mounts. */
  readonly mounts: readonly Mount[];
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** 0 for a container without GPUs. */
  readonly gpus?: number;
  /** The role with the permissions of the container. Undefined for a container without permissions. */
  readonly jobRoleArn?: string;
  /** With it, a script can tell Spot and on-demand capacity apart. */
  readonly jobQueueArn: string;
  /** Receives each line of the container's standard output and standard error. A promise that it returns asks for no further line until it is resolved. */
  readonly onOutput: (line: string) => unknown;
}

/** A volume of the job: a file system, a directory of the instance, or an empty directory of the container. */
export interface Mount {
  readonly containerPath: string;
  readonly readOnly: boolean;
  /** Whether the volume is an empty directory that is deleted with its container. */
  readonly isEmpty?: boolean;
}

export interface Container {
  readonly exited: Promise<ContainerExit>;
  /** Sends SIGTERM, and SIGKILL when `grace` milliseconds of the shared clock have passed. */
  stop(grace: number): void;
}

export interface ContainerExit {
  /** 137 after SIGKILL, 143 after SIGTERM. Undefined when the ECS agent does not know it. */
  readonly exitCode?: number;
  /** The `reason` of the container, for example `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason?: string;
  /** The `statusReason` of the attempt, for example `Host EC2 (instance i-0abc) terminated.` Undefined for `Essential container in task exited`. */
  readonly statusReason?: string;
}

/**
 * The container did not start. The `reason` is the container's, worded as by the ECS agent: `CannotPullContainerError: ...`. Where a
 * resource of the task failed, such as a secret or a file system, the container has no reason, and the `statusReason` of the task has it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export class ContainerStartError extends Error {
  constructor(readonly reason?: string, readonly statusReason = 'Task failed to start') {
    super(reason ?? statusReason);
  }
}
