import { Duration, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchInstanceProps } from './instance-props';
import { HeavyBatchRegulatedOptions } from './regulated-props';

/**
 * How jobs of different shares (teams, customers, kinds of work) divide one job queue. Without it Batch starts jobs in the order in which
 * they were submitted, so one caller with ten thousand jobs delays all others.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html
 */
export interface HeavyBatchFairShareOptions {
  /**
   * The weight of each share, 0.0001 to 999.9999, by share identifier. The lower the weight, the more vCPUs a share gets: a share with
   * weight 0.5 gets twice as many as a share with weight 1.
   *
   * An identifier has up to 255 letters and digits. With a `*` at its end it is a prefix, and stands for all shares that begin with it.
   * Two identifiers that stand for the same share are refused.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
   * @default - 1 for each share
   */
  readonly weights?: { [shareIdentifier: string]: number };

  /**
   * The time for which the past usage of a share counts against it, up to 7 days.
   *
   * @default Duration.seconds(0) - only the current usage counts
   */
  readonly shareDecay?: Duration;

  /**
   * The percentage of vCPUs, 0 to 99, that stays reserved for shares without a running job. With n active shares, Batch reserves the n-th
   * power of this fraction.
   *
   * @default 0
   */
  readonly computeReservation?: number;
}

/**
 * Properties of a `HeavyBatchCompute`: the network, the instances and the queues on which jobs run.
 */
export interface HeavyBatchComputeProps extends HeavyBatchInstanceProps {
  /**
   * Whether jobs run on Fargate. There are then no instances to choose and no GPUs, and a job has at most 32 vCPUs and 244 GiB of memory.
   * Props that are about instances are refused together with it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/fargate.html
   * @default false
   */
  readonly fargate?: boolean;

  /**
   * The CPU architecture of the jobs. Images are built for it. Refused when `instanceTypes` or `instanceClasses` have another one.
   *
   * @default - the architecture of the instances; x86_64 without `instanceTypes` and `instanceClasses`
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The instance types that Batch may start.
   *
   * All have one architecture: x86_64, or ARM (Graviton). Instances with NVIDIA GPUs start from the ECS GPU-optimized image, and those with
   * Inferentia or Trainium from the image with the Neuron driver. Refused are families that AWS Batch does not accept (T1 to T4g), that do
   * not support Amazon Linux 2023 (A1), or its image for GPUs (P2, P3, G2, G3, G5g), and Macs.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html
   * @default - Batch's default instance classes for `cpuArchitecture`, unless there are `instanceClasses` or `useOptimalInstanceClasses`
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The instance classes from which Batch may start any size.
   *
   * @default - none
   */
  readonly instanceClasses?: ec2.InstanceClass[];

  /**
   * Whether Batch also chooses from its "optimal" instance classes, beside `instanceTypes` and `instanceClasses`. Since November 2025 these
   * are the default classes for x86_64 (M6i, C6i, R6i and C7i, or newer ones, depending on the Region), so they are refused together with ARM.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/optimal-default-instance-troubleshooting.html
   * @default false
   */
  readonly useOptimalInstanceClasses?: boolean;

  /**
   * The number of vCPUs that run even while there is no job, 0 to `maxvCpus`. They cost money as long as the stack exists.
   *
   * @default 0
   */
  readonly minvCpus?: number;

  /**
   * The most vCPUs that run at once, 1 to 1,000,000. With Spot and its on-demand fallback, each of the two has this limit.
   *
   * @default 256
   */
  readonly maxvCpus?: number;

  /**
   * The VPC of the jobs. They must reach ECR, ECS, CloudWatch Logs and whatever their own code needs.
   *
   * @default - a new VPC with public subnets, no NAT gateway and no inbound access; with `vpcEndpoints`, a new VPC with isolated subnets in
   * two Availability Zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the jobs.
   *
   * @default - all subnets of the new VPC; the private subnets of `vpc`, or its other subnets where it has no private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Whether jobs reach ECR, ECS and CloudWatch Logs through VPC endpoints, so that they need no access to the internet. The code of the jobs
   * then has no access to the internet either. It reaches S3.
   *
   * There are six interface endpoints (three with `fargate`), and further ones where a job needs them: Secrets Manager or the Parameter Store
   * for `secrets`, Secrets Manager for the credentials of a registry, and Session Manager for `enableExecuteCommand`. Each of them costs about
   * $7.30 a month for each Availability Zone, and $0.01 for each GB.
   * Endpoints that the app has created in the VPC are used. Leave this prop out if the VPC has endpoints that were created elsewhere.
   *
   * @see https://aws.amazon.com/privatelink/pricing/
   * @default false
   */
  readonly vpcEndpoints?: boolean;

  /**
   * The security groups of the jobs.
   *
   * @default - a new one that allows all outbound traffic and no inbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether jobs run on Spot Instances, or on Fargate Spot. Batch starts a job again when its host was reclaimed, up to its `attempts`.
   * After the last attempt `onDemandFallback` decides.
   *
   * @default false
   */
  readonly spot?: boolean;

  /**
   * Whether a run whose Spot capacity was reclaimed too often gets another round on on-demand capacity. Refused without `spot`.
   *
   * @default true
   */
  readonly onDemandFallback?: boolean;

  /**
   * How shares divide the job queue. The input of a run names its share.
   *
   * Batch can neither add a fair-share policy to a job queue nor remove it. A deployment that adds or removes this prop therefore replaces
   * the job queue.
   *
   * @default - jobs start in the order in which they were submitted
   */
  readonly fairShare?: HeavyBatchFairShareOptions;

  /**
   * The bucket for inputs that are too long for AWS Batch, and for the results that containers write to `HEAVY_BATCH_RESULT`. It must be in
   * the Region of the compute. Its lifecycle rules stay yours; keep objects under `runs/` for as long as runs last, because the functions know their own
   * jobs by them.
   *
   * @default - a new encrypted bucket without public access, which stays when the stack is deleted
   */
  readonly payloadBucket?: s3.IBucket;

  /**
   * How long payloads and results stay in the new bucket, in whole days, 1 to 3,650. Refused together with `payloadBucket`.
   *
   * @default Duration.days(90) - as long as Step Functions keeps the history of a run
   */
  readonly payloadRetention?: Duration;

  /**
   * The disk space for the files that containers write, rounded up to whole GiB. A token is the size of the whole disk instead.
   *
   * On an instance: 1 to 65,506 GiB, in addition to 30 GiB for the system and the first images. The containers of an instance share it. The
   * disk is gp3 and encrypted. On Fargate: 1 to 180 GiB for each container, in addition to 20 GiB.
   *
   * Containers may write to any path. `HEAVY_BATCH_SCRATCH` names a directory for it. Files are deleted after the container has ended.
   *
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   * @default - no additional disk space
   */
  readonly scratchSize?: Size;

  /**
   * The I/O operations each second of the instance's disk (see `scratchSize`), 3,000 to 80,000, and at most 500 for each GiB of the disk.
   * Refused with `fargate` and with `instanceStore`.
   *
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   * @default 3000
   */
  readonly scratchIops?: number;

  /**
   * The throughput of the instance's disk (see `scratchSize`) in MiB/s, 125 to 2,000, and at most a quarter of `scratchIops`. Refused with
   * `fargate` and with `instanceStore`.
   *
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   * @default 125
   */
  readonly scratchThroughput?: number;

  /**
   * Whether images, and the files that containers write, are on the NVMe instance store of the instances. It is fast, encrypted by the
   * hardware, and included in the price of the instance. Several disks become one (RAID 0).
   *
   * Refused when an instance has no NVMe instance store, and together with `scratchSize`, `scratchIops` or `scratchThroughput`.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
   * @default false
   */
  readonly instanceStore?: boolean;

  /**
   * Whether CloudWatch collects the CPU, memory, disk and network usage of the compute environments and their jobs. CloudWatch charges for the
   * metrics and for the log events that they are made from.
   *
   * To turn it off again, set `ecs.ContainerInsights.DISABLED`: leaving it out may keep it on. A token must be ENABLED, ENHANCED or DISABLED.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/cloudwatch-container-insights.html
   * @default - the setting of the account for ECS, which is disabled unless you have changed it
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * How data is protected and recorded where rules such as NIST 800-53, HIPAA or PCI DSS apply: encryption with a key of yours, access logs, versions,
   * flow logs. `{}` turns all of it on with defaults. It costs money, mainly $1 a month for the key. A deployment that adds it replaces nothing.
   *
   * @default - encryption with keys of AWS, and no such logs
   */
  readonly regulated?: HeavyBatchRegulatedOptions;
}
