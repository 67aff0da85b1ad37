import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';

/**
 * What the processes of a container get from Linux, and what they may do there.
 */
export interface HeavyBatchLinuxProps {
  /**
   * The size of `/dev/shm`, in whole MiB, at least 1. What is written there is a part of the memory of the container. Data loaders of PyTorch, for
   * example, exchange batches there.
   *
   * Refused on Fargate, where AWS Batch does not support it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html
   * @default - 64 MiB, the default of Docker
   */
  readonly sharedMemorySize?: Size;

  /**
   * File systems in the memory of the container, each with an absolute path, and a size in whole MiB, at least 1. What is written there is a part
   * of the memory of the container.
   *
   * Refused on Fargate, where AWS Batch does not support it. Two file systems or volumes with the same path are refused.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_Tmpfs.html
   * @default - none
   */
  readonly tmpfs?: batch.Tmpfs[];

  /**
   * Devices of the instance that the container may use, such as `/dev/kvm`. GPUs are not needed here: see `gpus`.
   *
   * Refused on Fargate, where AWS Batch does not support it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_Device.html
   * @default - none
   */
  readonly devices?: batch.Device[];

  /**
   * Limits for the processes of the container, such as the number of open files (`UlimitName.NOFILE`). -1 stands for no limit. A soft limit above
   * its hard limit is refused.
   *
   * Refused on Fargate, where AWS Batch does not support it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_Ulimit.html
   * @default - the limits of the Docker daemon on the instance, or of Fargate
   */
  readonly ulimits?: batch.Ulimit[];

  /**
   * Whether the first process of the container is a small `init`, which hands signals on to the command and removes processes that have ended. A
   * command that is a shell script does neither.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_LinuxParameters.html
   * @default - true with `enableExecuteCommand`, as Amazon ECS advises; otherwise false
   */
  readonly initProcessEnabled?: boolean;

  /**
   * Whether the container may do on the instance what root may do there. Use `devices` instead where they are enough: a privileged
   * container can read the files of all other containers of the instance, and use the permissions of the instance.
   *
   * Refused on Fargate, where AWS Batch does not support it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
   * @default false
   */
  readonly privileged?: boolean;

  /**
   * Whether the files of the image are read-only for the container. It can then write only to its volumes, and to `tmpfs`.
   *
   * On instances `/tmp`, the directory in HEAVY_BATCH_SCRATCH, stays writable: it is an empty volume on the disk of the instance, unless a volume of yours
   * is mounted there. On Fargate AWS Batch offers no such volume, so HEAVY_BATCH_SCRATCH is not set there unless a volume of yours is mounted at
   * `/tmp`.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerProperties.html
   * @default false
   */
  readonly readonlyRootFilesystem?: boolean;

  /**
   * The user as whom the container executes its command: a name or a number, and after a colon possibly a group: `1000:1000`.
   *
   * @see https://docs.docker.com/reference/dockerfile/#user
   * @default - the user of the image, which is root unless its Dockerfile has a `USER`
   */
  readonly user?: string;
}
