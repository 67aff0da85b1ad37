import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { leaveUntagged } from '../common/tags';
import type { ImageType } from '../instances/machine-image';

export interface EnvironmentProps {
  readonly spot: boolean;
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SelectedSubnets;
  /** What instances must be able to reach before they start. */
  readonly endpoints?: IDependable;
  readonly securityGroups: ec2.ISecurityGroup[];
  readonly maxvCpus: number;
  readonly schedulingPolicy?: batch.ISchedulingPolicy;
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
  readonly launchTemplate: ec2.LaunchTemplate;
  readonly minvCpus: number;
}

/** A managed compute environment and its queue. */
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
      // What changes is changed in place. With `true`, CloudFormation's default, most changes would replace the environment, and a queue
      // cannot be without one: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
      replaceComputeEnvironment: false,
      // A deploy that changes instances lets what runs finish, for as long as Batch allows:
      // https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdatePolicy.html
      terminateOnUpdate: false,
      updateTimeout: Duration.minutes(360),
    };
    this.computeEnvironment = props.instances
      ? this.ofInstances({ ...managed, ...props.instances })
      : new batch.FargateComputeEnvironment(this, 'ComputeEnvironment', managed);
    // Deleted in turn: while there are instances, their addresses keep the network from going, and the agent needs its role.
    const resource = this.computeEnvironment.node.defaultChild!;
    resource.node.addDependency(props.subnets.internetConnectivityEstablished);
    if (props.endpoints) resource.node.addDependency(props.endpoints);
    if (props.instances) resource.node.addDependency(props.instances.instanceRole);

    // A policy can be replaced, but neither removed nor added: with and without are two queues.
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html
    this.jobQueue = new batch.JobQueue(this, props.schedulingPolicy ? 'FairShareJobQueue' : 'JobQueue', {
      priority: 1,
      schedulingPolicy: props.schedulingPolicy,
      computeEnvironments: [{ computeEnvironment: this.computeEnvironment, order: 1 }],
      // A job that can never be placed blocks all that are behind it: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
      jobStateTimeLimitActions: [
        batch.JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE,
        batch.JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT,
      ].map((reason) => ({ reason, maxTime: Duration.hours(1), action: batch.JobStateTimeLimitActionsAction.CANCEL })),
    });
    [this.computeEnvironment, this.jobQueue].forEach(leaveUntagged); // the instances are tagged by the environment's own tags
  }

  private ofInstances(props: batch.ManagedComputeEnvironmentProps & InstanceProps): batch.ManagedEc2EcsComputeEnvironment {
    const { instanceTypes, instanceClasses, useOptimalInstanceClasses, architecture, imageTypes, launchTemplate, ...rest } = props;
    const anyInstance = instanceTypes.length === 0 && instanceClasses.length === 0 && !useOptimalInstanceClasses;
    const anyClass = architecture === ec2.InstanceArchitecture.ARM_64 ? batch.DefaultInstanceClass.ARM64 : batch.DefaultInstanceClass.X86_64;
    const environment = new batch.ManagedEc2EcsComputeEnvironment(this, 'ComputeEnvironment', {
      ...rest,
      launchTemplate,
      instanceTypes,
      instanceClasses,
      // Left open beside the default classes, which then win: aws-batch validates as if they had not been given.
      useOptimalInstanceClasses: anyInstance ? undefined : useOptimalInstanceClasses,
      defaultInstanceClasses: anyInstance ? [anyClass] : undefined,
      images: imageTypes.map((imageType) => ({ imageType: imageType as batch.EcsMachineImageType })), // older CDKs do not know all
      allocationStrategy: props.spot
        ? batch.AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
        : batch.AllocationStrategy.BEST_FIT_PROGRESSIVE,
    });
    // Without it Batch stays with the template's first version, whatever is deployed later.
    (environment.node.defaultChild as batch.CfnComputeEnvironment)
      .addPropertyOverride('ComputeResources.LaunchTemplate.Version', launchTemplate.latestVersionNumber);
    return environment;
  }
}
