import { IConstruct } from 'constructs';
import type { IHeavyBatchCompute } from './compute-interface';
import { ComputePlan, DEFAULT_MAX_VCPUS } from './compute-plan';
import type { HeavyBatchComputeProps } from './compute-props';
import type { HeavyBatchQueueComputeProps } from './queue-compute-props';
import { isKnown, refuse, validateRange } from '../common/validation';
import { validateInstanceStore } from '../instances/instance-disk';
import { validateInstanceNames } from '../instances/instance-names';
import { validateFamilies } from '../instances/unsupported-families';

/** The props that are about instances. Fargate has none. */
const INSTANCE_PROPS: (keyof HeavyBatchComputeProps)[] = [
  'instanceTypes', 'instanceClasses', 'useOptimalInstanceClasses', 'minvCpus', 'scratchIops', 'scratchThroughput', 'instanceStore',
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
  if (payloadRetention && !payloadRetention.isUnresolved()) {
    validateRange(scope, 'payloadRetention', payloadRetention.toDays({ integral: false }), { least: 1, most: 3_650, unit: 'days' });
  }
  const instanceProp = fargate ? INSTANCE_PROPS.find((prop) => props[prop] !== undefined) : undefined;
  if (instanceProp) refuse(scope, instanceProp, "is given, but 'fargate' is true, and Fargate has no instances; leave one of them out");
  validateInstanceNames(scope, instanceTypes, instanceClasses);
  validateFamilies(scope, instanceTypes, instanceClasses);
  validateInstanceStore(scope, props);
}

export function validateQueueCompute(scope: IConstruct, { fargate, scratchSize, assignPublicIp, instanceTypes = [] }: HeavyBatchQueueComputeProps): void {
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
}

/** The plan of a compute. Refuses a compute that is not of this library: nothing is known about it. */
export function planOf(scope: IConstruct, compute: IHeavyBatchCompute): ComputePlan {
  const plan = compute._plan as ComputePlan | undefined;
  return plan ?? refuse(scope, 'compute', 'is not a compute of cdk-heavy-batch; use a HeavyBatchCompute or a HeavyBatchQueueCompute');
}
