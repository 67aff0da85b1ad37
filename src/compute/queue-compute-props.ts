import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchRegulatedOptions } from './regulated-props';

/**
 * A job queue that exists already, and the facts about it that are not known otherwise.
 */
export interface HeavyBatchQueueComputeProps {
  /**
   * The job queue. It must be in the account and Region of the stack. The queue and its compute environments stay as they are.
   */
  readonly jobQueue: batch.IJobQueue;

  /**
   * The job queue for another round of a run whose Spot capacity was reclaimed.
   *
   * @default - none: such a run fails with `SpotReclaimed`
   */
  readonly onDemandJobQueue?: batch.IJobQueue;

  /**
   * Whether the compute environments of the queue are Fargate compute environments. A job definition is valid either for Fargate or for instances.
   *
   * @default false
   */
  readonly fargate?: boolean;

  /**
   * Whether jobs get a public IP address. They need one when the subnets of the compute environment are public. Only with `fargate`.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * The disk space for the files that the container of each job writes, 1 to 180 GiB, in addition to 20 GiB. Only with `fargate`.
   *
   * @default - no additional disk space
   */
  readonly scratchSize?: Size;

  /**
   * The instance types of the compute environments. They must be complete: a job that fits on none of them is refused at synth. Not with
   * `fargate`.
   *
   * @default - not known: it is not validated that jobs fit
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The CPU architecture of the compute environments. Images are built for it.
   *
   * @default - the architecture of `instanceTypes`; x86_64 with `fargate`; without both, images are built for the machine that builds them
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The security groups of the compute environments. They are needed to allow connections from the jobs.
   *
   * @default - not known: no connection is allowed for the jobs, neither to a `fileSystem` nor with `connections`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The most vCPUs of the compute environments. A job that needs more is refused at synth.
   *
   * @default - not known, and not validated
   */
  readonly maxvCpus?: number;

  /**
   * Whether the queue has a fair-share policy. Jobs on such a queue must have a share identifier, and jobs on other queues must have none.
   *
   * @default false
   */
  readonly fairShare?: boolean;

  /**
   * The bucket for inputs that are too long for AWS Batch, and for the results that containers write to `HEAVY_BATCH_RESULT`. Keep objects under `runs/`
   * for as long as runs last, because the functions know their own jobs by them.
   *
   * @default - a new one
   */
  readonly payloadBucket?: s3.IBucket;

  /**
   * How data is protected and recorded where rules such as NIST 800-53, HIPAA or PCI DSS apply: encryption with a key of yours, access logs, versions,
   * flow logs. `{}` turns all of it on with defaults. It costs money, mainly $1 a month for the key. A deployment that adds it replaces nothing.
   *
   * @default - encryption with keys of AWS, and no such logs
   */
  readonly regulated?: HeavyBatchRegulatedOptions;
}
