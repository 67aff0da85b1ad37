import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { validateTypes } from './common/prop-types';
import { ComputeBase } from './compute/compute-base';
import { IHeavyBatchCompute } from './compute/compute-interface';
import { QUEUE_COMPUTE_PROP_TYPES } from './compute/compute-prop-types';
import { HeavyBatchQueueComputeProps } from './compute/queue-compute-props';
import { regulatedOf } from './compute/regulated';
import { validateQueueCompute } from './compute/validate-compute';
import { architectureOf } from './instances/architecture';

/**
 * A compute on a job queue that exists already, such as a queue that another team operates. The queue and its compute environments stay as
 * they are. Only the functions that submit and check the jobs are created, with their queues, roles and bucket.
 *
 * @example
 * const compute = new HeavyBatchQueueCompute(this, 'Compute', {
 *   jobQueue: batch.JobQueue.fromJobQueueArn(this, 'Queue', 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy'),
 *   instanceTypes: [new ec2.InstanceType('m6i.xlarge')],
 *   maxvCpus: 128,
 * });
 */
export class HeavyBatchQueueCompute extends ComputeBase implements IHeavyBatchCompute {
  readonly jobQueue: batch.IJobQueue;
  readonly onDemandJobQueue?: batch.IJobQueue;
  /** Always undefined: only the job queue is known. */
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  /** Always undefined: only the job queue is known. */
  readonly onDemandComputeEnvironment?: batch.IManagedComputeEnvironment;
  /** Always undefined: only the job queue is known. */
  readonly vpc?: ec2.IVpc;
  readonly connections: ec2.Connections;

  constructor(scope: Construct, id: string, props: HeavyBatchQueueComputeProps) {
    super(scope, id);
    validateTypes(this, props, QUEUE_COMPUTE_PROP_TYPES);
    validateQueueCompute(this, props);
    const { fargate = false, instanceTypes = [], cpuArchitecture } = props;
    const regulated = props.regulated && regulatedOf(this, props.regulated, { instances: false }); // the disks are those of the compute environments
    const instancesKnown = instanceTypes.length > 0;
    this.jobQueue = props.jobQueue;
    this.onDemandJobQueue = props.onDemandJobQueue;
    this.connections = new ec2.Connections({ securityGroups: props.securityGroups });
    this._complete({
      fargate,
      instanceTypes,
      instanceClasses: [],
      onlyNamedInstances: instancesKnown,
      instancesKnown,
      architecture: fargate || cpuArchitecture || instancesKnown ? architectureOf(this, { instanceTypes, cpuArchitecture }) : undefined,
      maxvCpus: props.maxvCpus,
      fairShare: props.fairShare ?? false,
      assignPublicIp: props.assignPublicIp ?? false,
      scratchSize: props.scratchSize,
    }, { ...props, regulated }, this.jobQueue, this.onDemandJobQueue);
  }
}
