import { Duration, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { leaveUntagged } from '../common/tags';
import { className, typeName } from '../instances/instance-names';
import type { ImageType } from '../instances/machine-image';

export interface EnvironmentProps {
  readonly spot: boolean;
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SelectedSubnets;
  /** The VPC endpoints that must exist before instances start. */
  readonly endpoints?: IDependable;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly maxvCpus: number;
  readonly schedulingPolicy?: batch.ISchedulingPolicy;
  readonly containerInsights?: ecs.ContainerInsights;
  /** Undefined on Fargate. */
  readonly instances?: InstanceProps;
}

export interface InstanceProps {
  readonly instanceRole: iam.IRole;
  readonly instanceTypes: ec2.InstanceType[];
  readonly instanceClasses: ec2.InstanceClass[];
  readonly useOptimalInstanceClasses: boolean;
  readonly architecture?: ec2.InstanceArchitecture;
  readonly imageTypes: ImageType[];
  /** The image of instances without NVIDIA GPUs, where it is another than AWS Batch's own. */
  readonly neuronImage?: ec2.IMachineImage;
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly minvCpus: number;
  readonly machineImage?: ec2.IMachineImage;
  readonly placementGroup?: ec2.IPlacementGroup;
  readonly scaleDownMinutes?: number;
}

/** A managed compute environment and its job queue. */
export class EnvironmentAndQueue extends Construct {
  readonly computeEnvironment: batch.IManagedComputeEnvironment;
  readonly jobQueue: batch.JobQueue;

  constructor(scope: Construct, id: string, props: EnvironmentProps) {
    super(scope, id);
    const managed = {
      vpc: props.vpc,
      vpcSubnets: { subnets: props.subnets.subnets },
      securityGroups: props.securityGroups,
      maxvCpus: props.maxvCpus,
      spot: props.spot,
      // Changes update the environment in place. With `true`, CloudFormation's default, most changes would replace it, and a job queue
      // always needs one: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
      replaceComputeEnvironment: false,
    };
    this.computeEnvironment = props.instances
      ? this.instanceEnvironment({ ...managed, ...props.instances })
      : new batch.FargateComputeEnvironment(this, 'ComputeEnvironment', managed);
    // The environment must be deleted first. Its instances use network interfaces, which would block the deletion of the network, and
    // the ECS agent on them needs its role.
    const resource = this.computeEnvironment.node.defaultChild as batch.CfnComputeEnvironment;
    resource.node.addDependency(props.subnets.internetConnectivityEstablished);
    if (props.endpoints) resource.node.addDependency(props.endpoints);
    if (props.instances) resource.node.addDependency(props.instances.instanceRole);
    // Batch refuses every update of a Fargate environment that has an update policy, and aws-batch always writes one:
    // https://github.com/aws/aws-cdk/issues/27054
    else resource.addPropertyDeletionOverride('UpdatePolicy');
    const { containerInsights: insights } = props;
    if (insights) resource.addPropertyOverride('EcsSettings.ContainerInsights', Token.isUnresolved(insights) ? insights : insights.toUpperCase());

    // A queue can change its scheduling policy, but can neither add nor remove one. A queue with a policy is therefore another resource.
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html
    this.jobQueue = new batch.JobQueue(this, props.schedulingPolicy ? 'FairShareJobQueue' : 'JobQueue', {
      priority: 1,
      schedulingPolicy: props.schedulingPolicy,
      computeEnvironments: [{ computeEnvironment: this.computeEnvironment, order: 1 }],
      // A job that no instance can hold blocks all jobs behind it: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
      jobStateTimeLimitActions: [
        batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
        batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT,
      ].map((reason) => ({ reason, maxTime: Duration.hours(1), action: batch.JobStateTimeLimitActionsAction.CANCEL })),
    });
    [this.computeEnvironment, this.jobQueue].forEach(leaveUntagged); // instances get their tags from the environment's `ComputeResources`
  }

  private instanceEnvironment(props: batch.ManagedComputeEnvironmentProps & InstanceProps): batch.ManagedEc2EcsComputeEnvironment {
    const { instanceTypes, instanceClasses, useOptimalInstanceClasses, architecture, ...others } = props;
    const { imageTypes, machineImage, neuronImage, launchTemplate, scaleDownMinutes, ...rest } = others;
    const anyInstance = instanceTypes.length === 0 && instanceClasses.length === 0 && !useOptimalInstanceClasses;
    const anyClass = architecture === ec2.InstanceArchitecture.ARM_64 ? batch.DefaultInstanceClass.ARM64 : batch.DefaultInstanceClass.X86_64;
    const environment = new batch.ManagedEc2EcsComputeEnvironment(this, 'ComputeEnvironment', {
      ...rest,
      // A deployment that changes the instances waits for running jobs, as long as Batch allows:
      // https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html
      terminateOnUpdate: false,
      updateTimeout: Duration.minutes(360),
      launchTemplate,
      // All as classes, whose names aws-batch passes on. It would take apart the name of a type, and fail at a token and at a hyphen.
      instanceClasses: [...new Set([...instanceTypes.map(typeName), ...instanceClasses.map(className)])] as ec2.InstanceClass[],
      // Undefined together with the default classes: aws-batch refuses `false` without instance types or classes.
      useOptimalInstanceClasses: anyInstance ? undefined : useOptimalInstanceClasses,
      defaultInstanceClasses: anyInstance ? [anyClass] : undefined,
      images: imageTypes.map((imageType) => ({
        imageType: imageType as batch.EcsMachineImageType, // not all are in the enum of older CDKs
        image: machineImage ?? (imageType === 'ECS_AL2023' ? neuronImage : undefined),
      })),
      allocationStrategy: props.spot
        ? batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
        : batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
    });
    // Without this, Batch keeps the first version of the launch template after later deployments.
    const resource = environment.node.defaultChild as batch.CfnComputeEnvironment;
    resource.addPropertyOverride('ComputeResources.LaunchTemplate.Version', launchTemplate.latestVersionNumber);
    if (scaleDownMinutes !== undefined) resource.addPropertyOverride('ComputeResources.ScalingPolicy.MinScaleDownDelayMinutes', scaleDownMinutes);
    return environment;
  }
}
