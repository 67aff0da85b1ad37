import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { validateTypes } from './common/prop-types';
import { warnOfStackTags } from './common/tags';
import { ComputeBase } from './compute/compute-base';
import { IHeavyBatchCompute } from './compute/compute-interface';
import { DEFAULT_MAX_VCPUS } from './compute/compute-plan';
import { COMPUTE_PROP_TYPES } from './compute/compute-prop-types';
import { HeavyBatchComputeProps } from './compute/compute-props';
import { EnvironmentAndQueue } from './compute/environments';
import { fairSharePolicy } from './compute/fair-share';
import { instanceRole } from './compute/instance-role';
import { instanceTemplate } from './compute/instance-template';
import { networkOf } from './compute/network';
import { regulatedOf } from './compute/regulated';
import { validateCompute } from './compute/validate-compute';
import { machineImageOf, scaleDownMinutes, warnOfClusterZones } from './compute/validate-instances';
import { architectureOf } from './instances/architecture';
import { imageTypes, neuronImage } from './instances/machine-image';

/**
 * What jobs run on, and what they share: a network, compute environments, job queues, and the functions that submit and check their jobs.
 * Each further job on a compute adds six resources.
 *
 * @example
 * const compute = new HeavyBatchCompute(this, 'Compute', {
 *   instanceTypes: [new ec2.InstanceType('c7g.4xlarge')],
 *   spot: true,
 * });
 */
export class HeavyBatchCompute extends ComputeBase implements IHeavyBatchCompute {
  readonly vpc?: ec2.IVpc;
  readonly connections: ec2.Connections;
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  readonly jobQueue: batch.IJobQueue;
  readonly onDemandComputeEnvironment?: batch.IManagedComputeEnvironment;
  readonly onDemandJobQueue?: batch.IJobQueue;
  /** The fair-share policy of the job queues. Undefined without `fairShare`. */
  readonly schedulingPolicy?: batch.IFairshareSchedulingPolicy;
  /** The launch template of the instances: their disks, metadata options, key pair and scripts. Undefined on Fargate. */
  readonly launchTemplate?: ec2.LaunchTemplate;
  /**
   * The role of the instances, which the ECS agent uses. It does not pull images or write logs: each job has an execution role for that. Containers
   * cannot use it, unless `canContainersAccessInstanceRole` is true. Undefined on Fargate.
   */
  readonly instanceRole?: iam.IRole;

  constructor(scope: Construct, id: string, props: HeavyBatchComputeProps = {}) {
    super(scope, id);
    validateTypes(this, props, COMPUTE_PROP_TYPES);
    validateCompute(this, props);
    warnOfStackTags(this);
    const { fargate = false, spot = false, onDemandFallback = true, useOptimalInstanceClasses = false } = props;
    const { instanceTypes = [], instanceClasses = [], maxvCpus = DEFAULT_MAX_VCPUS } = props;
    this.schedulingPolicy = props.fairShare && fairSharePolicy(this, 'FairShare', props.fairShare);
    const architecture = architectureOf(this, props);
    const regulated = props.regulated && regulatedOf(this, props.regulated, { instances: !fargate });
    const { vpc, subnets, securityGroups, connections, endpoints } = networkOf(this, { ...props, regulated });
    this.vpc = vpc;
    warnOfClusterZones(this, props.placementGroup, subnets);
    this.connections = connections;
    if (!fargate) {
      this.launchTemplate = instanceTemplate(this, 'LaunchTemplate', { ...props, encryptionKey: regulated?.encryptionKey });
      this.instanceRole = instanceRole(this, 'InstanceRole');
    }

    const environment = {
      vpc,
      subnets,
      endpoints,
      securityGroups,
      maxvCpus,
      schedulingPolicy: this.schedulingPolicy,
      containerInsights: props.containerInsights,
      instances: this.launchTemplate && this.instanceRole && {
        instanceRole: this.instanceRole,
        instanceTypes,
        instanceClasses,
        useOptimalInstanceClasses,
        architecture,
        imageTypes: imageTypes(instanceTypes, instanceClasses, useOptimalInstanceClasses),
        neuronImage: props.machineImage ? undefined : neuronImage(this, instanceTypes, instanceClasses, useOptimalInstanceClasses),
        launchTemplate: this.launchTemplate,
        minvCpus: props.minvCpus ?? 0,
        machineImage: props.machineImage && machineImageOf(this, props.machineImage),
        placementGroup: props.placementGroup,
        scaleDownMinutes: scaleDownMinutes(this, props.minScaleDownDelay),
      },
    };
    const first = new EnvironmentAndQueue(this, environmentId(fargate, spot), { ...environment, spot });
    this.computeEnvironment = first.computeEnvironment;
    this.jobQueue = first.jobQueue;
    if (spot && onDemandFallback) {
      const instances = environment.instances && { ...environment.instances, minvCpus: 0 };
      const fallback = new EnvironmentAndQueue(this, fargate ? 'Fargate' : 'OnDemandInstances', { ...environment, instances, spot: false });
      this.onDemandComputeEnvironment = fallback.computeEnvironment;
      this.onDemandJobQueue = fallback.jobQueue;
    }
    this._complete({
      fargate,
      instanceTypes,
      instanceClasses,
      onlyNamedInstances: instanceTypes.length + instanceClasses.length > 0 && !useOptimalInstanceClasses,
      instancesKnown: true,
      architecture,
      maxvCpus,
      spot,
      fairShare: props.fairShare !== undefined,
      assignPublicIp: fargate && subnets.hasPublic,
      scratchSize: props.scratchSize,
    }, { ...props, regulated }, this.jobQueue, this.onDemandJobQueue);
  }
}

/**
 * Batch updates a compute environment of instances in place from Spot to on-demand and back. It updates no environment from instances to
 * Fargate, and no environment of Fargate between the two: these are separate resources with job queues of their own.
 * https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
 */
function environmentId(fargate: boolean, spot: boolean): string {
  return fargate ? (spot ? 'FargateSpot' : 'Fargate') : 'Instances';
}
