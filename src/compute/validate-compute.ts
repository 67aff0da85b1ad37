import { Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { IConstruct } from 'constructs';
import type { IHeavyBatchCompute } from './compute-interface';
import { ComputePlan, DEFAULT_MAX_VCPUS } from './compute-plan';
import { INSTANCE_PROP_TYPES } from './compute-prop-types';
import type { HeavyBatchComputeProps } from './compute-props';
import type { HeavyBatchInstanceProps } from './instance-props';
import type { HeavyBatchQueueComputeProps } from './queue-compute-props';
import { validateInstances } from './validate-instances';
import { placeOfArn, placeText, refuseElsewhere } from '../common/elsewhere';
import { isKnown, refuse, validateRange } from '../common/validation';
import { validateInstanceStore } from '../instances/instance-disk';
import { validateInstanceNames } from '../instances/instance-names';
import { validateFamilies } from '../instances/unsupported-families';

/** The props that are about instances. Fargate has none. */
const INSTANCE_PROPS: (keyof HeavyBatchComputeProps)[] = [
  'instanceTypes', 'instanceClasses', 'useOptimalInstanceClasses', 'minvCpus', 'scratchIops', 'scratchThroughput', 'instanceStore',
  ...Object.keys(INSTANCE_PROP_TYPES) as (keyof HeavyBatchInstanceProps)[],
];

export function validateCompute(scope: IConstruct, props: HeavyBatchComputeProps): void {
  const { minvCpus, maxvCpus, spot, onDemandFallback, fargate, instanceTypes = [], instanceClasses = [] } = props;
  const most = 1_000_000;
  validateRange(scope, 'maxvCpus', maxvCpus, { least: 1, most, unit: 'vCPUs' });
  validateRange(scope, 'minvCpus', minvCpus, { least: 0, most, unit: 'vCPUs' });
  const max = maxvCpus ?? DEFAULT_MAX_VCPUS;
  if (isKnown(minvCpus) && isKnown(max) && minvCpus > max) {
    refuse(scope, 'minvCpus', `is ${minvCpus}, but 'maxvCpus' is ${max}; use ${max} or less`);
  }
  if (onDemandFallback !== undefined && !spot) {
    refuse(scope, 'onDemandFallback', `is ${onDemandFallback}, but 'spot' is not true; leave it out, or set 'spot' to true`);
  }
  const { payloadRetention, payloadBucket } = props;
  if (payloadRetention && payloadBucket) {
    refuse(scope, 'payloadRetention', "is given together with 'payloadBucket', whose lifecycle rules stay yours; leave 'payloadRetention' out");
  }
  validateRegulated(scope, props);
  if (payloadRetention && !payloadRetention.isUnresolved()) {
    validateRange(scope, 'payloadRetention', payloadRetention.toDays({ integral: false }), { least: 1, most: 3_650, unit: 'days' });
  }
  const instanceProp = fargate ? INSTANCE_PROPS.find((prop) => props[prop] !== undefined) : undefined;
  if (instanceProp) refuse(scope, instanceProp, "is given, but 'fargate' is true, and Fargate has no instances; leave one of them out");
  validateInstanceNames(scope, instanceTypes, instanceClasses);
  validateFamilies(scope, instanceTypes, instanceClasses, props.machineImage !== undefined);
  validateInstanceStore(scope, props);
  validateInstances(scope, props);
}

function validateRegulated(scope: IConstruct, { regulated, payloadBucket }: Pick<HeavyBatchComputeProps, 'regulated' | 'payloadBucket'>): void {
  if (regulated?.accessLogsBucket && payloadBucket) {
    refuse(scope, 'regulated.accessLogsBucket', "is given together with 'payloadBucket', whose access logs stay yours; leave one of them out");
  }
}

export function validateQueueCompute(scope: IConstruct, props: HeavyBatchQueueComputeProps): void {
  const { fargate, scratchSize, assignPublicIp, instanceTypes = [] } = props;
  validateQueue(scope, 'jobQueue', props.jobQueue);
  validateQueue(scope, 'onDemandJobQueue', props.onDemandJobQueue);
  if (scratchSize && !fargate) {
    refuse(scope, 'scratchSize', "is given, but 'fargate' is not true; leave it out, because the compute environment decides about the disks of its instances");
  }
  if (assignPublicIp !== undefined && !fargate) {
    refuse(scope, 'assignPublicIp', `is ${assignPublicIp}, but 'fargate' is not true; leave it out, because the subnets decide about the addresses of instances`);
  }
  if (fargate && instanceTypes.length > 0) {
    refuse(scope, 'instanceTypes', "is given, but 'fargate' is true, and Fargate has no instances; leave one of them out");
  }
  validateInstanceNames(scope, instanceTypes, []);
  validateRegulated(scope, props);
}

/** The functions of a compute reach only the job queues of their own account and Region. */
function validateQueue(scope: IConstruct, prop: string, queue?: batch.IJobQueue): void {
  if (queue) refuseElsewhere(scope, prop, placeOfArn(queue.jobQueueArn) ?? queue.env, { here: 'the compute', there: 'a job queue' });
}

/** The plan of a compute. Refuses a compute that is not of this library, since nothing is known about it, and one in another account or Region. */
export function planOf(scope: IConstruct, compute: IHeavyBatchCompute): ComputePlan {
  const plan = compute._plan as ComputePlan | undefined;
  if (!plan) refuse(scope, 'compute', 'is not a compute of cdk-heavy-batch; use a HeavyBatchCompute or a HeavyBatchQueueCompute');
  const [here, there] = [Stack.of(scope), Stack.of(compute)];
  // What the CDK compares too, before it lets one stack refer to another.
  if (here.environment !== there.environment) {
    refuse(scope, 'compute', `is in ${placeText(there)}, but the job is in ${placeText(here)}, and AWS Batch runs jobs only in their own account and Region; ` +
      "use a compute of this account and Region, or the same 'env' for both stacks");
  }
  return plan;
}
