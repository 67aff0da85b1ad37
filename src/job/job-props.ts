import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchFileSystem } from './file-system';
import { IHeavyBatchCompute } from '../compute/compute-interface';
import { HeavyBatchComputeProps } from '../compute/compute-props';

/**
 * How the image of a job is built from `imageDirectory`.
 */
export interface HeavyBatchImageBuildOptions {
  /**
   * The path of the Dockerfile, relative to the directory.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * Values for the `ARG` instructions of the Dockerfile.
   *
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * The stage of a multi-stage Dockerfile that becomes the image.
   *
   * @default - the last stage
   */
  readonly target?: string;

  /**
   * The platform that the image is built for. Refused when the instances have another architecture.
   *
   * @default - the platform of the instances
   */
  readonly platform?: ecrAssets.Platform;
}

/**
 * The attributes of a job that was created elsewhere.
 */
export interface HeavyBatchJobAttributes {
  /**
   * The ARN of the job's state machine: `job.stateMachine.stateMachineArn`. It may be a token. An ARN with a version or an alias is refused.
   */
  readonly stateMachineArn: string;

  /**
   * The bucket of the job's compute for inputs and results: `job.compute.payloadBucket`. A map writes its result files there, unless it
   * has a `resultBucket`.
   *
   * @default - not known: a map over the job needs a `resultBucket`
   */
  readonly payloadBucket?: s3.IBucket;
}

/**
 * A heavy job: what it runs, with which resources, and for how long.
 *
 * The props of `HeavyBatchComputeProps` describe a new compute for this job only. They are refused together with `compute`.
 */
export interface HeavyBatchJobProps extends HeavyBatchComputeProps {
  /**
   * The directory with the Dockerfile of the job's image. The CDK CLI builds and pushes the image when the app is deployed.
   *
   * Give either `imageDirectory` or `image`. A directory without a Dockerfile is refused.
   *
   * @default - `image`
   */
  readonly imageDirectory?: string;

  /**
   * An image that exists already, for example in an ECR repository.
   *
   * @default - `imageDirectory`
   */
  readonly image?: ecs.ContainerImage;

  /**
   * How the image is built from `imageDirectory`.
   *
   * @default - with the Dockerfile of the directory, for the platform of the instances
   */
  readonly imageBuild?: HeavyBatchImageBuildOptions;

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
   * The number of instances on which one run executes at once, 2 to 1,000: a multi-node parallel job, whose nodes communicate with each
   * other. All nodes execute `command`. Node 0 is the main node, and its end is the end of the job. `vcpus` and `memory` apply to each node.
   *
   * Batch does not support multi-node jobs on Spot instances and on Fargate, so they are refused there. They are also refused when all
   * nodes together have more than `maxvCpus`. The security groups allow connections between the nodes. The nodes have no public IP address:
   * in public subnets they can reach only each other and S3.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/mnp-ce.html
   * @default - one
   */
  readonly nodes?: number;

  /**
   * The share of the runs whose input has no `shareIdentifier`: 1 to 255 letters and digits. Refused when the compute has no `fairShare`.
   *
   * @default 'default'
   */
  readonly shareIdentifier?: string;

  /**
   * The priority of the job within its share, 0 to 9,999. Batch starts jobs with a higher priority first. The input of a run may set another
   * one. Refused when the compute has no `fairShare`.
   *
   * @default 0
   */
  readonly schedulingPriority?: number;

  /**
   * How often Batch starts the container in one round, 1 to 10. Batch starts it again when the container did not end by itself: its
   * host was lost, its image could not be pulled, a secret, a role or a file system was not available, or Docker failed.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
   * @default 3
   */
  readonly attempts?: number;

  /**
   * Whether Batch also starts the container again after a non-zero exit code. It does not do so for a container that ran out of memory,
   * because the next attempt would have the same memory (see `maxMemory`), and for a command that is not in the image.
   *
   * @default false
   */
  readonly retryApplicationErrors?: boolean;

  /**
   * How long one attempt may take, 60 seconds to one year. After that the container gets SIGTERM, and 30 seconds later SIGKILL. The run then
   * fails with `AttemptTimeout`.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
   * @default Duration.days(1)
   */
  readonly attemptTimeout?: Duration;

  /**
   * How long a job may wait for capacity before each attempt, 60 seconds to one year. After that the run fails with `Stuck`, and its message
   * has the reason that Batch reports. On a queue that this library creates, Batch cancels a job that no instance can hold after one hour.
   *
   * @default Duration.days(1)
   */
  readonly queueTimeout?: Duration;

  /**
   * How long an attempt that has its place on an instance may take to start its container, 60 seconds to one year: Batch shows it as
   * STARTING while the image is pulled. After that its job is terminated, and the run fails with `Stuck`. The time is measured by checks, which
   * come up to 15 minutes late.
   *
   * The ECS agent itself gives up the pull of an image after two hours.
   *
   * @see https://github.com/aws/amazon-ecs-agent/blob/master/agent/config/config.go
   * @default Duration.hours(3)
   */
  readonly startTimeout?: Duration;

  /**
   * How long a run may take as a whole, 60 seconds to one year. After that its job is terminated, and the status of the execution is
   * TIMED_OUT.
   *
   * The default never ends a run that stays within the other props. `queueTimeout`, `startTimeout` and `attemptTimeout` end what hangs much
   * earlier.
   *
   * @default - with `nodes`: the longest time that its rounds can take, and at most one year: for each of the `attempts` of a round
   * `queueTimeout`, `startTimeout`, `attemptTimeout` and 30 minutes, and for each round 12 hours; one year if one of them is a token. Without
   * `nodes`: the same for each of the 10,000 children that an array job may have, which is in general one year
   */
  readonly runTimeout?: Duration;

  /**
   * How long the logs of the containers are kept. The log group is deleted with the stack.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The compute that this job shares with other jobs.
   *
   * @default - a new one for this job only
   */
  readonly compute?: IHeavyBatchCompute;

  /**
   * The name of the state machine. CloudFormation cannot replace a state machine that has a name. A change of the name replaces the state
   * machine, and runs of the old one can no longer be reported.
   *
   * @default - generated by CloudFormation
   */
  readonly stateMachineName?: string;

  /**
   * Whether runs are traced with AWS X-Ray. Traces cost money for each run.
   *
   * @default false
   */
  readonly tracing?: boolean;
}
