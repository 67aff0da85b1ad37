import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { HeavyBatchFileSystem } from './file-system';
import { HeavyBatchImageBuild } from './image-build-options';
import { IHeavyBatchCompute } from '../compute/compute-interface';
import { HeavyBatchComputeProps } from '../heavy-batch-compute';

/**
 * A heavy job: what runs, with how much, and for how long.
 *
 * The props of `HeavyBatchComputeProps` describe a compute of the job's own; they are refused together with `compute`.
 */
export interface HeavyBatchJobProps extends HeavyBatchComputeProps {
  /**
   * The directory with the Dockerfile of the job's image. It is built and pushed by the CDK CLI when the app is deployed.
   *
   * Exactly one of `imageDirectory` and `image` is given. Refused when there is no Dockerfile in it.
   *
   * @default - `image`
   */
  readonly imageDirectory?: string;

  /**
   * An image that exists already, for example from an ECR repository.
   *
   * @default - `imageDirectory`
   */
  readonly image?: ecs.ContainerImage;

  /**
   * How the image is built from `imageDirectory`.
   *
   * @default - its Dockerfile, for the platform of the instances
   */
  readonly imageBuild?: HeavyBatchImageBuild;

  /**
   * vCPUs of the container. A run may ask for others.
   *
   * Refused when it is more than `maxvCpus`, or than any of `instanceTypes` has. Fargate has 0.25, 0.5, 1, 2, 4, 8 and 16; instances give
   * whole ones.
   *
   * @default 1
   */
  readonly vcpus?: number;

  /**
   * Memory of the container, in whole MiB. A run may ask for another amount.
   *
   * An instance keeps some of its own: an m4.large of 8192 MiB leaves 7985. Refused when none of `instanceTypes` can hold it. On Fargate
   * some amounts go with each number of vCPUs, and others are refused: with one vCPU 2 to 8 GiB, whole ones.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
   * @default - where Batch may start nothing but `instanceTypes`, the part of their memory that goes with the job's vCPUs or GPUs: with one of
   * an m4.large's two vCPUs, 3992 MiB, at the most `maxMemory`; on Fargate the least that goes with the vCPUs, 2048 MiB with one; else 1024 MiB
   */
  readonly memory?: Size;

  /**
   * NVIDIA GPUs of the container, 1 to 16. A run may ask for another number. The container gets them to itself.
   *
   * Refused when none of `instanceTypes` and `instanceClasses` has a GPU, or none has so many.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html
   * @default - none
   */
  readonly gpus?: number;

  /**
   * The most memory that a run may have. A round that ran out of memory is followed by one with twice as much, up to this.
   * On Fargate it is an amount that goes with `vcpus`, and so is each on the way to it.
   *
   * @default - the memory stays as it is, and the run fails with `OutOfMemory`
   */
  readonly maxMemory?: Size;

  /**
   * The command of the container. `Ref::name` stands for a parameter, whose default is in `parameters`.
   *
   * @default - the image's own
   */
  readonly command?: string[];

  /**
   * The parameters that `command` refers to, with their defaults. A run gives others in its input.
   *
   * Refused when the command does not refer to one, or refers to one that is not here.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Environment variables of the container. Not for secrets. Names that begin with `AWS_BATCH` are Batch's own, and refused.
   *
   * @default - none but Batch's own, HEAVY_BATCH_RUN_ID, HEAVY_BATCH_ROUND, HEAVY_BATCH_RESULT, where the container may leave what its
   * caller gets, and HEAVY_BATCH_SCRATCH: a directory for what is of use only while the container runs
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables of the container that come from Secrets Manager or the Parameter Store when it starts.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: batch.Secret };

  /**
   * A file system that the container mounts, at the path that HEAVY_BATCH_FILE_SYSTEM names.
   *
   * @default - none
   */
  readonly fileSystem?: HeavyBatchFileSystem;

  /**
   * Further volumes: directories of the instance, or file systems whose network and permissions are yours to arrange. Two at the same path
   * are refused, and so is a path that is not from the root.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#ContainerProperties-volumes
   * @default - none
   */
  readonly volumes?: batch.EcsVolume[];

  /**
   * The role of the container: what the job's own code may do. It is let read what the job's runs were given, and write their
   * results, in the compute's `payloadBucket`.
   *
   * @default - a role that may do no more than that; `bucket.grantRead(job)` adds to it
   */
  readonly jobRole?: iam.IRole;

  /**
   * Run on so many instances at once, 2 to 1,000, that talk to each other: a multi-node parallel job. All run `command`;
   * node 0 is the main node, whose end is the job's. `vcpus` and `memory` are each node's.
   *
   * Refused on Spot instances and on Fargate, which Batch does not take for this, and when all nodes together have more than
   * `maxvCpus`. The nodes' security groups are opened to each other. Their network interfaces have no public address: in public subnets
   * they reach each other and S3, and nothing else.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
   * @default - one
   */
  readonly nodes?: number;

  /**
   * The share of runs whose input has no `shareIdentifier`: 1 to 255 letters and digits. Refused when the compute has no `fairShare`.
   *
   * @default 'default'
   */
  readonly shareIdentifier?: string;

  /**
   * What comes first within a share, 0 to 9,999: the higher. A run's input may say otherwise. Refused when the compute has no
   * `fairShare`.
   *
   * @default 0
   */
  readonly schedulingPriority?: number;

  /**
   * How often Batch starts the container at the most, 1 to 10, when its host is reclaimed, its image cannot be pulled or Docker fails.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
   * @default 3
   */
  readonly attempts?: number;

  /**
   * Whether a non-zero exit code is a reason for a further attempt too. A container that ran out of memory is not started again
   * with the same memory, see `maxMemory`.
   *
   * @default false
   */
  readonly retryApplicationErrors?: boolean;

  /**
   * How long the container may run, from 60 seconds. Then it gets SIGTERM, and 30 seconds later SIGKILL.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
   * @default Duration.days(1)
   */
  readonly attemptTimeout?: Duration;

  /**
   * How long a job may wait for its place on an instance, from 60 seconds. Then the run fails with `Stuck`, and says what Batch knows
   * about it.
   *
   * @default Duration.days(1)
   */
  readonly queueTimeout?: Duration;

  /**
   * How long a run may take as a whole, from 60 seconds to one year. Then its job is terminated, and the execution's status is TIMED_OUT.
   *
   * @default - what its rounds can take at the most: `queueTimeout` and `attempts` times `attemptTimeout` for each
   */
  readonly runTimeout?: Duration;

  /**
   * How long the container's log is kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The compute that this job shares with others.
   *
   * @default - one of its own
   */
  readonly compute?: IHeavyBatchCompute;

  /**
   * The name of the state machine. A name keeps CloudFormation from replacing it.
   *
   * @default - CloudFormation makes one
   */
  readonly stateMachineName?: string;

  /**
   * Whether runs are traced with X-Ray.
   *
   * @default false
   */
  readonly tracing?: boolean;
}
