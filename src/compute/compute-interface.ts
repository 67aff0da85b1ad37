import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';

/**
 * What jobs share: a `HeavyBatchCompute`, or a queue that exists already (`HeavyBatchCompute.fromQueue`).
 */
export interface IHeavyBatchCompute extends IConstruct, ec2.IConnectable {
  /** The queue that jobs are submitted to first. */
  readonly jobQueue: batch.IJobQueue;
  /** The queue for what Spot could not finish. */
  readonly onDemandJobQueue?: batch.IJobQueue;
  /** The environment that jobs run in first: of Spot with `spot`, else on-demand. Undefined where only the queue is known. */
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  /** The on-demand environment for what Spot could not finish. */
  readonly onDemandComputeEnvironment?: batch.IManagedComputeEnvironment;
  /** The network of the jobs. Undefined where only the queue is known. */
  readonly vpc?: ec2.IVpc;
  /** How instances start: metadata, disk. Undefined on Fargate, and where only the queue is known. */
  readonly launchTemplate?: ec2.LaunchTemplate;
  /** What the ECS agent on the instances may do. Containers cannot use it. Undefined on Fargate, and where only the queue is known. */
  readonly instanceRole?: iam.IRole;
  /** Whether jobs run on Spot first; false where only the queue is known. */
  readonly spot: boolean;
  /** Whether the queue is divided between shares. */
  readonly fairShare: boolean;
  /** What is too long for Batch, and what containers leave for their callers. */
  readonly payloadBucket: s3.IBucket;
  /** Whether jobs run on Fargate. */
  readonly fargate: boolean;
  /** Whether jobs on Fargate get a public address, which they need in public subnets. */
  readonly assignPublicIp: boolean;
  /** The instance types that were given. */
  readonly instanceTypes: ec2.InstanceType[];
  /** The instance classes that were given. */
  readonly instanceClasses: ec2.InstanceClass[];
  /** Whether Batch may start no others than `instanceTypes`. */
  readonly onlyInstanceTypes: boolean;
  /** The most vCPUs that run at once; undefined where that is not known. */
  readonly maxvCpus?: number;
  /** The room for what containers write, as it was given. */
  readonly scratchSize?: Size;
  /** The architecture of what jobs run on; undefined where it is not known at synth. */
  readonly architecture?: ec2.InstanceArchitecture;
  /** Submits the jobs of all runs. */
  readonly submitFunction: lambda.Function;
  /** Watches the jobs of all runs. */
  readonly watchFunction: lambda.Function;
  /** What the watch function is to look at. */
  readonly watchQueue: sqs.Queue;
  /** What the watch function could not handle. */
  readonly deadLetterQueue: sqs.Queue;
  /** Rings when there is something in the dead-letter queue. Has no action of its own. */
  readonly deadLetterAlarm: cloudwatch.Alarm;
  /** The role with which ECS pulls images, reads secrets and writes logs for jobs. */
  readonly executionRole: iam.IRole;
  /** The role of the jobs' state machines. */
  readonly workflowRole: iam.IRole;
}

/**
 * A queue that exists already, and what is known of it.
 */
export interface HeavyBatchQueueAttributes {
  /**
   * The queue, in the account and Region of the stack. Nothing about it, nor about its environments, is changed.
   */
  readonly jobQueue: batch.IJobQueue;

  /**
   * The queue for one more round of a job that Spot could not finish.
   *
   * @default - none: such a run fails with `SpotReclaimed`
   */
  readonly onDemandJobQueue?: batch.IJobQueue;

  /**
   * Whether the environments of the queue are Fargate's. Batch refuses to run a job definition for the one on the other.
   *
   * @default false
   */
  readonly fargate?: boolean;

  /**
   * Whether jobs get a public address, which they need where the environment's subnets are public. Only with `fargate`.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Room for what the container of each job writes, beside 20 GiB: 1 to 180 GiB. Only with `fargate`.
   *
   * @default - none beside that
   */
  readonly scratchSize?: Size;

  /**
   * The only instance types of the environments, so that a job that no instance can hold is an error at synth. Not with `fargate`.
   *
   * @default - not known, and not checked
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The architecture of the environments, for which images are built.
   *
   * @default - that of `instanceTypes`; x86_64 on Fargate; else whatever the machine is that builds the image
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The security groups of the environments, so that what jobs connect to can be told.
   *
   * @default - not known: nothing is opened for the jobs, neither a `fileSystem` nor with `connections`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The most vCPUs of the environments, so that a job that wants more is an error at synth.
   *
   * @default - not known, and not checked
   */
  readonly maxvCpus?: number;

  /**
   * Whether the queue has a fair-share policy. Such a queue takes no job without a share identifier, and any other none with one.
   *
   * @default false
   */
  readonly fairShare?: boolean;

  /**
   * The bucket of inputs that are too long for Batch and of what containers write to `HEAVY_BATCH_RESULT`.
   *
   * @default - one that is created
   */
  readonly payloadBucket?: s3.IBucket;
}
