import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { HeavyBatchFileSystem } from './file-system';
import { HeavyBatchImageProps } from './image-props';
import { HeavyBatchLinuxProps } from './linux-props';

/**
 * The container of a job: its image, its size, what it executes, and what it can read, write and do.
 */
export interface HeavyBatchContainerProps extends HeavyBatchImageProps, HeavyBatchLinuxProps {
  /**
   * The vCPUs of the container. A run may ask for another number.
   *
   * A number is refused when it is larger than `maxvCpus`, or when none of `instanceTypes` has so many. Instances offer whole numbers
   * from 1 to 1,024, Fargate offers 0.25, 0.5, 1, 2, 4, 8, 16 and 32.
   *
   * @default 1
   */
  readonly vcpus?: number;

  /**
   * The memory of the container, in whole MiB, at least 4. A run may ask for another amount.
   *
   * A part of an instance's memory is not free for containers: an m4.large with 8192 MiB leaves 7985. An amount that fits on none of
   * `instanceTypes` is refused. Fargate offers certain amounts for each number of vCPUs, and others are refused: with one vCPU it offers
   * 2 to 8 GiB in steps of 1 GiB.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
   * @default - if Batch starts only `instanceTypes`: the part of their memory that matches the job's part of their vCPUs or GPUs, and at most
   * `maxMemory` (3992 MiB for one of the two vCPUs of an m4.large); on Fargate: the least for `vcpus` (2048 MiB for one); else 1024 MiB
   */
  readonly memory?: Size;

  /**
   * The NVIDIA GPUs of the container, 1 to 16. A run may ask for another number. No other container uses these GPUs at the same time.
   *
   * A number is refused when none of `instanceTypes` and `instanceClasses` has so many GPUs.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html
   * @default - none
   */
  readonly gpus?: number;

  /**
   * The most memory that a run may get, in whole MiB, at least `memory`. When a round runs out of memory, another round follows with twice as much memory, up to this
   * amount. On Fargate this amount, and each amount before it, is one that Fargate offers for `vcpus`.
   *
   * @default - the memory does not grow, and the run fails with `OutOfMemory`
   */
  readonly maxMemory?: Size;

  /**
   * The command of the container. `Ref::name` is replaced by the value of the parameter `name`. Empty words are refused, and so is a command that
   * is too long for Amazon ECS: about 7,000 characters with the default values of its parameters.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#parameters
   * @default - the command of the image
   */
  readonly command?: string[];

  /**
   * The parameters that `command` refers to, each with its default value. The input of a run sets other values.
   *
   * Refused when `command` does not refer to a parameter, or refers to a parameter that is missing here, and when an empty value would make
   * a word of `command` empty.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Environment variables of the container. Do not use them for secrets. Names that begin with `AWS_BATCH` or `HEAVY_BATCH_` are refused, and so
   * are empty values, which Batch ignores.
   *
   * @default - only the variables of Batch, and HEAVY_BATCH_RUN_ID, HEAVY_BATCH_ROUND, HEAVY_BATCH_RESULT (the S3 URI to which the container
   * may write its result), HEAVY_BATCH_SCRATCH (a directory for temporary files), HEAVY_BATCH_INPUT (with an input that is too long for Batch) and
   * HEAVY_BATCH_FILE_SYSTEM (with `fileSystem`)
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables of the container whose values are read from Secrets Manager or the Parameter Store when the container starts. Names that begin with `AWS_BATCH` or `HEAVY_BATCH_`, and names that `environment` has too, are refused.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: batch.Secret };

  /**
   * A file system that the container mounts. The environment variable HEAVY_BATCH_FILE_SYSTEM has its path.
   *
   * @default - none
   */
  readonly fileSystem?: HeavyBatchFileSystem;

  /**
   * Further volumes: directories of the instance, or file systems whose connections and permissions you set up yourself. Two
   * volumes with the same path are refused, and so is a relative path.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#ContainerProperties-volumes
   * @default - none
   */
  readonly volumes?: batch.EcsVolume[];

  /**
   * The role of the container: the permissions of the job's own code. In the compute's `payloadBucket` it gets permission to read the inputs
   * of the job's runs and to write their results.
   *
   * @default - a new role with these permissions only; `bucket.grantRead(job)` adds others
   */
  readonly jobRole?: iam.IRole;

  /**
   * Whether you can open a shell in a running container (ECS Exec). The job role gets permission for the four actions of Session Manager that it
   * needs. Whoever opens a shell needs `ecs:ExecuteCommand`, and can do what the container can do.
   *
   * Refused with `readonlyRootFilesystem`, since the agent of Session Manager writes files in the container.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
}
