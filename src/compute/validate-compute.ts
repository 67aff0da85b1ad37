import { IConstruct } from 'constructs';
import { checkRange, known, refuse } from '../common/validation';
import type { HeavyBatchComputeProps } from '../heavy-batch-compute';
import { checkInstanceStore } from '../instances/instance-disk';

/** What is about instances, of which Fargate has none that anybody chooses. */
const OF_INSTANCES: (keyof HeavyBatchComputeProps)[] = [
  'instanceTypes', 'instanceClasses', 'useOptimalInstanceClasses', 'minvCpus', 'scratchIops', 'scratchThroughput', 'instanceStore',
];

export function checkCompute(scope: IConstruct, props: HeavyBatchComputeProps): void {
  const { minvCpus, maxvCpus, spot, onDemandFallback, fargate } = props;
  const most = 1_000_000;
  checkRange(scope, 'maxvCpus', maxvCpus, { least: 1, most, unit: 'vCPUs' });
  checkRange(scope, 'minvCpus', minvCpus, { least: 0, most, unit: 'vCPUs' });
  const max = maxvCpus ?? 256;
  if (known(minvCpus) && known(max) && minvCpus > max) {
    refuse(scope, 'minvCpus', `is ${minvCpus}, more than 'maxvCpus', ${max}; use ${max} or less`);
  }
  if (onDemandFallback !== undefined && !spot) {
    refuse(scope, 'onDemandFallback', `is ${onDemandFallback}, but 'spot' is not true; leave it out, or set 'spot' to true`);
  }
  const { payloadRetention } = props;
  if (payloadRetention && props.payloadBucket) refuse(scope, 'payloadRetention', "is given together with 'payloadBucket', whose lifecycle is yours; leave it out");
  if (payloadRetention && !payloadRetention.isUnresolved()) {
    checkRange(scope, 'payloadRetention', payloadRetention.toDays({ integral: false }), { least: 1, most: 3_650, unit: 'days' });
  }
  const meaningless = fargate ? OF_INSTANCES.find((prop) => props[prop] !== undefined) : undefined;
  if (meaningless) refuse(scope, meaningless, "is given, but 'fargate' is true, where there are no instances; leave one of them out");
  checkInstanceStore(scope, props);
}
