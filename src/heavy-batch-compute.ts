import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { architectureOf } from './parts/architecture';
import { checkRange, known, refuse } from './parts/check';
import { EnvironmentAndQueue, instanceTemplate } from './parts/environments';
import { imageTypes } from './parts/machine-image';
import { freeVpc } from './parts/network';
import { RunWatch } from './parts/run-watch';

/**
 * What jobs run on.
 */
export interface HeavyBatchComputeProps {
  /**
   * The instance types that Batch may start.
   *
   * All of one architecture: x86_64, or ARM (Graviton). Those with NVIDIA GPUs start from the ECS GPU-optimized image. Refused are
   * families that Amazon Linux 2023 does not run on (A1), or its image for GPUs (P2, P3, G2, G3, G5g).
   *
   * @default - Batch's own default classes for x86_64, unless `instanceClasses` or `useOptimalInstanceClasses` is given
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
   * The network of the instances. They must reach ECR, ECS, CloudWatch Logs and whatever the job needs.
   *
   * @default - a VPC of its own with public subnets, no NAT gateway and nothing that may connect to it
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the instances.
   *
   * @default - the public subnets of the default VPC; the private subnets of one that is given
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the instances.
   *
   * @default - one that lets everything out and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Run on Spot instances. Batch restarts a job whose instance was reclaimed; after a job's `attempts`, see `onDemandFallback`.
   *
   * @default false
   */
  readonly spot?: boolean;

  /**
   * Run a job that Spot could not finish on on-demand instances, in one more round. Only with `spot`.
   *
   * @default true
   */
  readonly onDemandFallback?: boolean;
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
export class HeavyBatchCompute extends Construct {
  /** The network of the instances. */
  readonly vpc: ec2.IVpc;
  /** The environment that jobs run in first: of Spot instances with `spot`, else of on-demand ones. */
  readonly computeEnvironment: batch.ManagedEc2EcsComputeEnvironment;
  /** The queue that jobs are submitted to first. */
  readonly jobQueue: batch.IJobQueue;
  /** The environment of on-demand instances for what Spot could not finish. */
  readonly onDemandComputeEnvironment?: batch.ManagedEc2EcsComputeEnvironment;
  /** The queue for what Spot could not finish. */
  readonly onDemandJobQueue?: batch.IJobQueue;
  /** The instance types that were given. */
  readonly instanceTypes: ec2.InstanceType[];
  /** The instance classes that were given. */
  readonly instanceClasses: ec2.InstanceClass[];
  /** Whether Batch may start no others than `instanceTypes`. */
  readonly onlyInstanceTypes: boolean;
  /** The most vCPUs that run at once. */
  readonly maxvCpus: number;
  /** The architecture of the instances; undefined where it is not known at synth. */
  readonly architecture?: ec2.InstanceArchitecture;
  /** How instances start: metadata, disk. */
  readonly launchTemplate: ec2.LaunchTemplate;
  /** What the ECS agent on the instances may do. Containers cannot use it. */
  readonly instanceRole: iam.IRole;
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
  /** The role with which the ECS agent pulls images, reads secrets and writes logs for jobs. */
  readonly executionRole: iam.IRole;
  /** The role of the jobs' state machines. */
  readonly workflowRole: iam.IRole;

  constructor(scope: Construct, id: string, props: HeavyBatchComputeProps = {}) {
    super(scope, id);
    this.check(props);
    this.instanceTypes = props.instanceTypes ?? [];
    this.instanceClasses = props.instanceClasses ?? [];
    this.onlyInstanceTypes = this.instanceTypes.length > 0 && this.instanceClasses.length === 0 && !props.useOptimalInstanceClasses;
    this.maxvCpus = props.maxvCpus ?? 256;
    this.architecture = architectureOf(this, this.instanceTypes, this.instanceClasses);
    this.vpc = props.vpc ?? freeVpc(this, 'Vpc');
    this.launchTemplate = instanceTemplate(this, 'LaunchTemplate');
    this.instanceRole = new iam.Role(this, 'InstanceRole', {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role')],
    });

    const environment = {
      vpc: this.vpc,
      vpcSubnets: props.vpcSubnets ?? (props.vpc ? undefined : { subnetType: ec2.SubnetType.PUBLIC }),
      securityGroups: props.securityGroups ?? [new ec2.SecurityGroup(this, 'SecurityGroup', { vpc: this.vpc, description: 'Lets out, not in.' })],
      instanceRole: this.instanceRole,
      instanceTypes: this.instanceTypes,
      instanceClasses: this.instanceClasses,
      useOptimalInstanceClasses: props.useOptimalInstanceClasses ?? false,
      minvCpus: props.minvCpus ?? 0,
      maxvCpus: this.maxvCpus,
      imageTypes: imageTypes(this, this.instanceTypes, this.instanceClasses),
      launchTemplate: this.launchTemplate,
    };
    const spot = props.spot ?? false;
    const first = new EnvironmentAndQueue(this, spot ? 'Spot' : 'OnDemand', { ...environment, spot });
    this.computeEnvironment = first.computeEnvironment;
    this.jobQueue = first.jobQueue;
    if (spot && (props.onDemandFallback ?? true)) {
      const fallback = new EnvironmentAndQueue(this, 'OnDemand', { ...environment, spot: false, minvCpus: 0 });
      this.onDemandComputeEnvironment = fallback.computeEnvironment;
      this.onDemandJobQueue = fallback.jobQueue;
    }

    const watch = new RunWatch(this, 'Watch', {
      jobQueueArns: [this.jobQueue, this.onDemandJobQueue].flatMap((queue) => queue ? [queue.jobQueueArn] : []),
    });
    this.submitFunction = watch.submitFunction;
    this.watchFunction = watch.watchFunction;
    this.watchQueue = watch.watchQueue;
    this.deadLetterQueue = watch.deadLetterQueue;
    this.deadLetterAlarm = watch.deadLetterAlarm;

    this.executionRole = new iam.Role(this, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    this.workflowRole = new iam.Role(this, 'WorkflowRole', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    this.submitFunction.grantInvoke(this.workflowRole);
    this.watchQueue.grant(this.workflowRole, 'sqs:SendMessage');
  }

  private check({ minvCpus, maxvCpus, spot, onDemandFallback }: HeavyBatchComputeProps): void {
    const most = 1_000_000;
    checkRange(this, 'maxvCpus', maxvCpus, { least: 1, most, unit: 'vCPUs' });
    checkRange(this, 'minvCpus', minvCpus, { least: 0, most, unit: 'vCPUs' });
    const max = maxvCpus ?? 256;
    if (known(minvCpus) && known(max) && minvCpus > max) {
      refuse(this, 'minvCpus', `is ${minvCpus}, more than 'maxvCpus', ${max}; use ${max} or less`);
    }
    if (onDemandFallback !== undefined && !spot) {
      refuse(this, 'onDemandFallback', `is ${onDemandFallback}, but 'spot' is not true; leave it out, or set 'spot' to true`);
    }
  }
}
