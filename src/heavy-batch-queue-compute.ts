import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { refuse } from './common/validation';
import { ComputeBase } from './compute/compute-base';
import type { HeavyBatchQueueAttributes, IHeavyBatchCompute } from './compute/compute-interface';
import { architectureOf } from './instances/architecture';

/** A compute of which only the queue is known. */
export class QueueCompute extends ComputeBase implements IHeavyBatchCompute {
  readonly jobQueue: batch.IJobQueue;
  readonly onDemandJobQueue?: batch.IJobQueue;
  readonly connections: ec2.Connections;
  readonly spot = false;
  readonly fairShare: boolean;
  readonly fargate: boolean;
  readonly assignPublicIp: boolean;
  readonly instanceTypes: ec2.InstanceType[];
  readonly instanceClasses: ec2.InstanceClass[] = [];
  readonly onlyInstanceTypes: boolean;
  readonly maxvCpus?: number;
  readonly scratchSize?: Size;
  readonly architecture?: ec2.InstanceArchitecture;

  constructor(scope: Construct, id: string, attributes: HeavyBatchQueueAttributes) {
    super(scope, id);
    const { fargate = false, assignPublicIp, instanceTypes = [], cpuArchitecture } = attributes;
    if (attributes.scratchSize && !fargate) {
      refuse(this, 'scratchSize', "is given, but 'fargate' is not true; leave it out: instances have the disk that their environment gives");
    }
    if (assignPublicIp !== undefined && !fargate) {
      refuse(this, 'assignPublicIp', `is ${assignPublicIp}, but 'fargate' is not true; leave it out: instances have the addresses that their subnets give`);
    }
    if (fargate && instanceTypes.length > 0) {
      refuse(this, 'instanceTypes', "is given, but 'fargate' is true, where there are no instances; leave one of them out");
    }
    this.jobQueue = attributes.jobQueue;
    this.onDemandJobQueue = attributes.onDemandJobQueue;
    this.connections = new ec2.Connections({ securityGroups: attributes.securityGroups });
    this.fairShare = attributes.fairShare ?? false;
    this.fargate = fargate;
    this.assignPublicIp = assignPublicIp ?? false;
    this.scratchSize = attributes.scratchSize;
    this.instanceTypes = instanceTypes;
    this.onlyInstanceTypes = instanceTypes.length > 0;
    this.maxvCpus = attributes.maxvCpus;
    // Of instances that nobody named nothing is known.
    this.architecture = fargate || cpuArchitecture || instanceTypes.length > 0 ? architectureOf(this, { instanceTypes, cpuArchitecture }) : undefined;
    this._watch(attributes, this.jobQueue, this.onDemandJobQueue);
  }
}
