import { Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import type { IHeavyBatchCompute } from './compute-interface';
import { ComputePlan, DEFAULT_MAX_VCPUS } from './compute-plan';
import { INSTANCE_PROP_TYPES } from './compute-prop-types';
import type { HeavyBatchComputeProps } from './compute-props';
import type { HeavyBatchInstanceProps } from './instance-props';
import type { HeavyBatchQueueComputeProps } from './queue-compute-props';
import { validateInstances } from './validate-instances';
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
  if (payloadRetention && !payloadRetention.isUnresolved()) {
    validateRange(scope, 'payloadRetention', payloadRetention.toDays({ integral: false }), { least: 1, most: 3_650, unit: 'days' });
  }
  const instanceProp = fargate ? INSTANCE_PROPS.find((prop) => props[prop] !== undefined) : undefined;
  if (instanceProp) refuse(scope, instanceProp, "is given, but 'fargate' is true, and Fargate has no instances; leave one of them out");
  validateInstanceNames(scope, instanceTypes, instanceClasses);
  validateFamilies(scope, instanceTypes, instanceClasses, props.machineImage !== undefined);
  validateInstanceStore(scope, props);
  validateInstances(scope, props);
  validateInsights(scope, props.containerInsights);
}

function validateInsights(scope: IConstruct, insights?: ecs.ContainerInsights): void {
  const known = Object.values(ecs.ContainerInsights);
  if (insights === undefined || Token.isUnresolved(insights) || known.includes(insights)) return;
  refuse(scope, 'containerInsights', `is ${insights}; use ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`);
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
}

/** Refuses a job queue of another account or Region: the functions of the compute reach only those of their own. */
function validateQueue(scope: IConstruct, prop: string, queue?: batch.IJobQueue): void {
  if (!queue) return;
  const arn = /^arn:[^:]+:batch:([^:]+):([^:]+):/.exec(queue.jobQueueArn);
  const there = arn ? { region: arn[1], account: arn[2] } : queue.env;
  const here = Stack.of(scope);
  const differs = (['region', 'account'] as const).some((part) => !Token.isUnresolved(here[part]) && !Token.isUnresolved(there[part]) && here[part] !== there[part]);
  if (differs) {
    refuse(scope, prop, `is in ${placeOf(there)}, but the compute is in ${placeOf(here)}; use a job queue of the same account and Region, or another 'env' for the stack`);
  }
}

/** The plan of a compute. Refuses a compute that is not of this library, since nothing is known about it, and one in another account or Region. */
export function planOf(scope: IConstruct, compute: IHeavyBatchCompute): ComputePlan {
  const plan = compute._plan as ComputePlan | undefined;
  if (!plan) refuse(scope, 'compute', 'is not a compute of cdk-heavy-batch; use a HeavyBatchCompute or a HeavyBatchQueueCompute');
  const [here, there] = [Stack.of(scope), Stack.of(compute)];
  // What the CDK compares too, before it lets one stack refer to another.
  if (here.environment !== there.environment) {
    refuse(scope, 'compute', `is in ${placeOf(there)}, but the job is in ${placeOf(here)}, and AWS Batch runs jobs only in their own account and Region; ` +
      "use a compute of this account and Region, or the same 'env' for both stacks");
  }
  return plan;
}

function placeOf({ region, account }: { readonly region: string; readonly account: string }): string {
  const [knownRegion, knownAccount] = [region, account].map((part) => Token.isUnresolved(part) ? undefined : part);
  if (!knownRegion && !knownAccount) return "a stack without 'env'";
  return `${knownRegion ?? 'a Region that is not known'} of ${knownAccount ? `account ${knownAccount}` : 'an account that is not known'}`;
}
