import { IConstruct } from 'constructs';
import { Hardware, NamedInstances, namedInstances } from './hardware';
import { familyFacts, instanceTypeFacts } from './instance-memory';
import { isKnown, refuse, validateRange, warn } from '../common/validation';
import { GPUS } from '../contract/limits';

/** Whether a family has NVIDIA GPUs, which ECS can assign to containers. The GPUs of G4ad are from AMD. */
export function hasGpus(family: string): boolean {
  return /^(g(?!4ad)|gr|p)\d/.test(family);
}

/** The number of GPUs of an instance type, or of the largest instance of a class. Undefined where it is not known. */
function gpusOf({ prop, name, family }: NamedInstances): number | undefined {
  if (!hasGpus(family)) return 0;
  const facts = prop === 'instanceTypes' ? [instanceTypeFacts(name)] : familyFacts(family);
  return Math.max(0, ...facts.map((type) => type?.gpus ?? 0)) || undefined;
}

/** Refuses GPUs that no instance has: such a job would stay RUNNABLE forever. Warns of instances whose GPUs the job does not use. */
export function validateGpus(scope: IConstruct, gpus: number | undefined, { instanceTypes, instanceClasses, ...hardware }: Hardware): void {
  if (gpus !== undefined && hardware.fargate) refuse(scope, 'gpus', `is ${gpus}, but Fargate has no GPUs; leave it out, or use instances with GPUs`);
  validateRange(scope, 'gpus', gpus, GPUS);
  if (!hardware.instancesKnown) return;
  const named = namedInstances(instanceTypes, instanceClasses).map((instances) => ({ ...instances, gpus: gpusOf(instances) }));
  if (named.length < instanceTypes.length + instanceClasses.length) return; // some are tokens
  if (gpus === undefined) {
    if (named.length > 0 && named.every((instances) => instances.gpus !== 0)) {
      warn(scope, 'gpusNotUsed', `the instances have GPUs, but the job has no 'gpus', so its container cannot use them; set 'gpus', or use other instances than ${named[0].name}`);
    }
    return;
  }
  if (!isKnown(gpus)) return;
  const largest = named.reduce((a, b) => (b.gpus ?? Infinity) > (a.gpus ?? Infinity) ? b : a, { name: '', gpus: 0 as number | undefined });
  if (largest.gpus === 0) {
    const instances = named.length > 0 ? named.map(({ name }) => name).join(', ') : "Batch's choice of instances";
    refuse(scope, 'gpus', `is ${gpus}, but ${instances} ${named.length > 1 ? 'have' : 'has'} no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out`);
  }
  if (largest.gpus !== undefined && gpus > largest.gpus) {
    refuse(scope, 'gpus', `is ${gpus}, but ${largest.name} has ${largest.gpus}; use ${largest.gpus} or less, or a larger instance type`);
  }
}
