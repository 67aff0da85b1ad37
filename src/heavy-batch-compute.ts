import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ComputeBase } from './compute/compute-base';
import { HeavyBatchQueueAttributes, IHeavyBatchCompute } from './compute/compute-interface';
import { EnvironmentAndQueue } from './compute/environments';
import { fairSharePolicy } from './compute/fair-share';
import { HeavyBatchFairShare } from './compute/fair-share-options';
import { instanceTemplate } from './compute/instance-template';
import { networkOf } from './compute/network';
import { checkCompute } from './compute/validate-compute';
import { QueueCompute } from './heavy-batch-queue-compute';
import { architectureOf } from './instances/architecture';
import { imageTypes } from './instances/machine-image';

/**
 * What jobs run on.
 */
export interface HeavyBatchComputeProps {
  /**
   * Run on Fargate, where there are no instances to choose or to wait for, and no GPU: a job of up to 16 vCPUs and 120 GiB that starts
   * within a minute. What is about instances is refused together with it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/fargate.html
   * @default false
   */
  readonly fargate?: boolean;

  /**
   * The architecture of what jobs run on, for which their images are built. Refused when `instanceTypes` or `instanceClasses` are of
   * another one.
   *
   * @default - that of the instances; x86_64 where none are named
   */
  readonly cpuArchitecture?: ecs.CpuArchitecture;

  /**
   * The instance types that Batch may start.
   *
   * All of one architecture: x86_64, or ARM (Graviton). Those with NVIDIA GPUs start from the ECS GPU-optimized image. Refused are
   * families that Amazon Linux 2023 does not run on (A1), or its image for GPUs (P2, P3, G2, G3, G5g).
   *
   * @default - Batch's own default classes for `cpuArchitecture`, unless `instanceClasses` or `useOptimalInstanceClasses` is given
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The instance classes from which Batch may choose any size.
   *
   * @default - none
   */
  readonly instanceClasses?: ec2.InstanceClass[];

  /**
   * Let Batch choose from the newest sizes of its "optimal" classes (C4, M4, R4, or later ones by Region).
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/instance-type-compute-table.html
   * @default false
   */
  readonly useOptimalInstanceClasses?: boolean;

  /**
   * vCPUs that are kept running while no job runs. They cost money for as long as the stack exists.
   *
   * @default 0
   */
  readonly minvCpus?: number;

  /**
   * The most vCPUs that run at once. With Spot and its on-demand fallback, the most of each of the two.
   *
   * @default 256
   */
  readonly maxvCpus?: number;

  /**
   * The network of the jobs. They must reach ECR, ECS, CloudWatch Logs and whatever the job needs.
   *
   * @default - a VPC of its own with public subnets, no NAT gateway and nothing that may connect to it; with `vpcEndpoints`, one with
   * isolated subnets in two availability zones
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the instances.
   *
   * @default - the subnets of the default VPC; the private subnets of one that is given, where it has any
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Let instances reach ECR, ECS and CloudWatch Logs (and Secrets Manager or the Parameter Store, where a job has `secrets`) by VPC
   * endpoints, so that they need no way to the internet. The job's own code has none either, but for S3.
   *
   * Each of the six interface endpoints (three with `fargate`) costs about $7.30 a month and availability zone, and $0.01 a GB. Those
   * that the app has made in the VPC are used; where others exist already, leave this out.
   *
   * @see https://aws.amazon.com/privatelink/pricing/
   * @default false
   */
  readonly vpcEndpoints?: boolean;

  /**
   * The security groups of the instances.
   *
   * @default - one that lets everything out and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Run on Spot instances, or on Fargate Spot. Batch restarts a job whose host was reclaimed; after a job's `attempts`, see
   * `onDemandFallback`.
   *
   * @default false
   */
  readonly spot?: boolean;

  /**
   * Run a job that Spot could not finish once more where nobody reclaims it, in one more round. Only with `spot`.
   *
   * @default true
   */
  readonly onDemandFallback?: boolean;

  /**
   * Divide the queue fairly between shares: a run names its share in its input. A queue that has this cannot lose it, nor get it
   * later, so that a change makes another queue.
   *
   * @default - jobs are served in the order in which they were submitted
   */
  readonly fairShare?: HeavyBatchFairShare;

  /**
   * The bucket of inputs that are too long for Batch and of what containers write to `HEAVY_BATCH_RESULT`. In the compute's own
   * Region. Its lifecycle is yours.
   *
   * @default - one of its own, encrypted, without public access, which stays when the stack is deleted
   */
  readonly payloadBucket?: s3.IBucket;

  /**
   * How long payloads and results are kept in the compute's own bucket, in whole days.
   *
   * @default Duration.days(90) - as long as Step Functions keeps the history of a run
   */
  readonly payloadRetention?: Duration;

  /**
   * Room on the disk of each instance for what containers write, beside 30 GiB for the system and the first images: 1 to 65,506 GiB, in
   * whole GiB, gp3, encrypted. The containers of an instance share it. On Fargate each container has room of its own, beside 20 GiB: 1 to
   * 180 GiB. A token is the size of the whole disk.
   *
   * Containers may write wherever they like; `$HEAVY_BATCH_SCRATCH` names a directory. What they wrote is removed when they have ended.
   *
   * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
   * @default - none beside that
   */
  readonly scratchSize?: Size;

  /**
   * Operations a second of that disk, 3,000 to 80,000. Refused when they are more than 500 for each of its GiB.
   *
   * @default 3000
   */
  readonly scratchIops?: number;

  /**
   * Throughput of that disk in MiB/s, 125 to 2,000. Refused when it is more than a quarter of `scratchIops`.
   *
   * @default 125
   */
  readonly scratchThroughput?: number;

  /**
   * Put images, and whatever containers write, on the instances' own NVMe disks: fast, encrypted by the hardware, and in the instance's
   * price. Several disks are one (RAID 0).
   *
   * Refused when one of the instances has no NVMe instance store, and together with `scratchSize`, `scratchIops` and
   * `scratchThroughput`.
   *
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html
   * @default false
   */
  readonly instanceStore?: boolean;
}

/**
 * What many jobs share: network, compute environments, queues, and the functions that submit and watch their jobs. A further job
 * on it adds five resources.
 *
 * @example
 * const compute = new HeavyBatchCompute(this, 'Compute', {
 *   instanceTypes: [new ec2.InstanceType('c7g.4xlarge')],
 *   spot: true,
 * });
 */
export class HeavyBatchCompute extends ComputeBase implements IHeavyBatchCompute {
  /**
   * A queue that exists already, made by whomever: jobs are submitted to it. It is left as it is, and so are its environments; what
   * submits and watches the jobs is created here.
   *
   * @param scope      where that is created
   * @param id         its id
   * @param attributes the queue, and what is known of it
   */
  static fromQueue(scope: Construct, id: string, attributes: HeavyBatchQueueAttributes): IHeavyBatchCompute {
    return new QueueCompute(scope, id, attributes);
  }

  readonly vpc?: ec2.IVpc;
  readonly connections: ec2.Connections;
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  readonly jobQueue: batch.IJobQueue;
  readonly onDemandComputeEnvironment?: batch.IManagedComputeEnvironment;
  readonly onDemandJobQueue?: batch.IJobQueue;
  readonly spot: boolean;
  /** How the queues are divided between shares; undefined where jobs are served in their order. */
  readonly schedulingPolicy?: batch.IFairshareSchedulingPolicy;
  readonly fairShare: boolean;
  readonly fargate: boolean;
  readonly assignPublicIp: boolean;
  readonly instanceTypes: ec2.InstanceType[];
  readonly instanceClasses: ec2.InstanceClass[];
  readonly onlyInstanceTypes: boolean;
  readonly maxvCpus?: number;
  readonly architecture?: ec2.InstanceArchitecture;
  readonly scratchSize?: Size;
  readonly launchTemplate?: ec2.LaunchTemplate;
  readonly instanceRole?: iam.IRole;

  constructor(scope: Construct, id: string, props: HeavyBatchComputeProps = {}) {
    super(scope, id);
    checkCompute(this, props);
    const { spot = false, onDemandFallback = true, useOptimalInstanceClasses = false } = props;
    this.fargate = props.fargate ?? false;
    this.instanceTypes = props.instanceTypes ?? [];
    this.instanceClasses = props.instanceClasses ?? [];
    this.onlyInstanceTypes = this.instanceTypes.length > 0 && this.instanceClasses.length === 0 && !useOptimalInstanceClasses;
    this.maxvCpus = props.maxvCpus ?? 256;
    this.spot = spot;
    this.fairShare = props.fairShare !== undefined;
    this.schedulingPolicy = props.fairShare && fairSharePolicy(this, 'FairShare', props.fairShare);
    this.architecture = architectureOf(this, props);
    const { vpc, subnets, securityGroups, connections, endpoints } = networkOf(this, props);
    this.vpc = vpc;
    this.connections = connections;
    this.scratchSize = props.scratchSize;
    this.assignPublicIp = this.fargate && subnets.hasPublic;
    if (!this.fargate) {
      this.launchTemplate = instanceTemplate(this, 'LaunchTemplate', props);
      this.instanceRole = new iam.Role(this, 'InstanceRole', {
        assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
        managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role')],
      });
    }

    const environment = {
      vpc,
      subnets,
      endpoints,
      securityGroups,
      maxvCpus: this.maxvCpus,
      schedulingPolicy: this.schedulingPolicy,
      instances: this.launchTemplate && this.instanceRole && {
        instanceRole: this.instanceRole,
        instanceTypes: this.instanceTypes,
        instanceClasses: this.instanceClasses,
        useOptimalInstanceClasses,
        architecture: this.architecture,
        imageTypes: imageTypes(this, this.instanceTypes, this.instanceClasses),
        launchTemplate: this.launchTemplate,
        minvCpus: props.minvCpus ?? 0,
      },
    };
    const first = new EnvironmentAndQueue(this, environmentId(this.fargate, spot), { ...environment, spot });
    this.computeEnvironment = first.computeEnvironment;
    this.jobQueue = first.jobQueue;
    if (spot && onDemandFallback) {
      const instances = environment.instances && { ...environment.instances, minvCpus: 0 };
      const fallback = new EnvironmentAndQueue(this, this.fargate ? 'Fargate' : 'OnDemandInstances', { ...environment, instances, spot: false });
      this.onDemandComputeEnvironment = fallback.computeEnvironment;
      this.onDemandJobQueue = fallback.jobQueue;
    }
    this._watch(props, this.jobQueue, this.onDemandJobQueue);
  }
}

/**
 * Batch changes instances between Spot and on-demand in place, but neither between instances and Fargate, nor on Fargate: those are
 * other environments, with queues of their own.
 * https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
 */
function environmentId(fargate: boolean, spot: boolean): string {
  return fargate ? (spot ? 'FargateSpot' : 'Fargate') : 'Instances';
}
