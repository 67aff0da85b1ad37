import { Annotations } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { familyFacts, instanceTypeFacts } from './instance-memory';
import { NamedInstances, namedInstances } from './named-instances';
import { checkRange, known, refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';

/** Whether a family has NVIDIA GPUs, of which ECS can give some to a container. G4ad has AMD's. */
export function hasGpus(family: string): boolean {
  return /^(g(?!4ad)|gr|p)\d/.test(family);
}

/** The most GPUs that one of the instances has; undefined where it is not known. */
function gpusOf({ prop, name, family }: NamedInstances): number | undefined {
  if (!hasGpus(family)) return 0;
  const facts = prop === 'instanceTypes' ? [instanceTypeFacts(name)] : familyFacts(family);
  return Math.max(0, ...facts.map((one) => one?.gpus ?? 0)) || undefined;
}

/** Refuses GPUs that would leave a job RUNNABLE for ever, and warns of those that nobody uses. */
export function checkGpus(scope: IConstruct, gpus: number | undefined, compute: IHeavyBatchCompute): void {
  const { instanceTypes, instanceClasses, fargate, computeEnvironment } = compute;
  if (gpus !== undefined && fargate) refuse(scope, 'gpus', `is ${gpus}, but there are none on Fargate; leave it out, or use instances that have them`);
  checkRange(scope, 'gpus', gpus, { least: 1, most: 16 });
  if (!computeEnvironment && instanceTypes.length === 0) return; // of a queue alone nothing is known
  const named = namedInstances(instanceTypes, instanceClasses).map((instances) => ({ ...instances, gpus: gpusOf(instances) }));
  if (named.length < instanceTypes.length + instanceClasses.length) return;
  if (gpus === undefined) {
    if (named.length > 0 && named.every((instances) => instances.gpus !== 0)) {
      Annotations.of(scope).addWarningV2('cdk-heavy-batch:gpusNotUsed',
        `the instances have GPUs, and the job asks for none, so that its container sees none; set 'gpus', or leave ${named[0].name} out`);
    }
    return;
  }
  if (!known(gpus)) return;
  const largest = named.reduce((a, b) => (b.gpus ?? Infinity) > (a.gpus ?? Infinity) ? b : a, { name: "Batch's choice of instances", gpus: 0 as number | undefined });
  if (largest.gpus === 0) {
    refuse(scope, 'gpus', `is ${gpus}, but ${named.length > 0 ? named.map(({ name }) => name).join(', ') : largest.name} has no NVIDIA GPU; ` +
      "use 'instanceTypes' that have, such as g6.xlarge, or leave it out");
  }
  if (largest.gpus !== undefined && gpus > largest.gpus) {
    refuse(scope, 'gpus', `is ${gpus}, but ${largest.name} has ${largest.gpus}; use ${largest.gpus} or less, or a larger instance type`);
  }
}
