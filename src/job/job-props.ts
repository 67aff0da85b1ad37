import { Duration, Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchAllowedOverrides } from './allowed-overrides';
import { HeavyBatchConsumableResource } from './consumable-resource';
import { HeavyBatchContainerProps } from './container-props';
import { HeavyBatchResultSource } from './result-source';
import { IHeavyBatchCompute } from '../compute/compute-interface';
import { HeavyBatchComputeProps } from '../compute/compute-props';

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

  /**
   * The key of the job's compute: `job.compute.encryptionKey`. Whoever starts or reads runs needs it, and so does a map.
   *
   * @default - none: the compute of the job is not `regulated`
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * A heavy job: what it runs, with which resources, and for how long.
 *
 * The props of `HeavyBatchComputeProps` describe a new compute for this job only. They are refused together with `compute`.
 */
export interface HeavyBatchJobProps extends HeavyBatchContainerProps, HeavyBatchComputeProps {
  /**
   * What the input of a run may set, besides the values of `parameters`. Whoever may start a run may set it, so let a run set no more than its
   * callers may decide.
   *
   * @default - vCPUs, memory, GPUs, the size of an array, the share and the priority; neither the command nor environment variables
   */
  readonly allowedOverrides?: HeavyBatchAllowedOverrides;

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
   * Where the result of a run comes from. With `LOG`, neither `logDriver` nor a `logMode` of `NON_BLOCKING` is allowed, since the line with the result must
   * arrive in `logGroup`.
   *
   * @default HeavyBatchResultSource.BUCKET
   */
  readonly resultSource?: HeavyBatchResultSource;

  /**
   * How long the logs of the containers are kept. The log group is deleted with the stack, unless the compute is `regulated`.
   *
   * @default logs.RetentionDays.ONE_MONTH - on a compute that is `regulated`, its `logRetention`
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens when a container writes to its log faster than CloudWatch Logs accepts it, or when CloudWatch Logs does not answer. With
   * `BLOCKING` the container waits, and no line is lost. With `NON_BLOCKING` it goes on, and what `logMaxBufferSize` cannot hold is lost.
   *
   * It is always set, since the default of Amazon ECS has been non-blocking since June 25, 2025.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
   * @default ecs.AwsLogDriverMode.BLOCKING
   */
  readonly logMode?: ecs.AwsLogDriverMode;

  /**
   * How much of its log the container may be ahead of CloudWatch Logs, in whole MiB, at least 1. It is memory of the instance. Refused unless
   * `logMode` is `NON_BLOCKING`.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
   * @default - 10 MiB with `NON_BLOCKING`, the default of Amazon ECS
   */
  readonly logMaxBufferSize?: Size;

  /**
   * Another log driver: for example `ecs.LogDrivers.splunk`, or `ecs.LogDrivers.awsLogs` with a log group of your own. Refused together with `logMode` and
   * `logMaxBufferSize`, which are options of the job's own driver.
   *
   * With a driver that does not write to CloudWatch Logs, `logGroup` stays empty: the output of a run has no `logStreams` and no `logsUrl`, and a
   * failed run says nothing of what its container wrote.
   *
   * On instances AWS Batch supports awslogs, fluentd, gelf, journald, json-file, splunk and syslog; an existing queue's instances offer the drivers that their
   * ECS agent is set to.
   *
   * On Fargate AWS Batch supports `awslogs` and `splunk`, and others are refused. `firelens` is refused everywhere: it needs a second container, and
   * a job has one.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_LogConfiguration.html
   * @default - awslogs, to `logGroup`
   */
  readonly logDriver?: ecs.LogDriver;

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

  /**
   * What the job needs besides vCPUs and memory, such as licences. AWS Batch starts it when all of it is available, and the run waits for at
   * most `queueTimeout`. Local runs do not wait.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/resource-aware-scheduling.html
   * @default - nothing
   */
  readonly consumableResources?: HeavyBatchConsumableResource[];
}
