import { Hardware, namedInstances } from './hardware';
import { familyFacts, InstanceFacts, instanceTypeFacts } from './instance-memory';
import { covers } from '../contract/container-size';
import type { ContainerSize } from '../contract/job-spec';

/**
 * The largest containers that instances may hold, the one with the most vCPUs first. Sizes that another one covers are left out. Undefined
 * where Batch may start an instance of which nothing is known.
 */
export function containerSizes({ fargate, onlyNamedInstances, instanceTypes, instanceClasses }: Hardware): ContainerSize[] | undefined {
  const named = namedInstances(instanceTypes, instanceClasses);
  if (fargate || !onlyNamedInstances || named.length < instanceTypes.length + instanceClasses.length) return undefined; // some are tokens
  const facts = named.map(({ prop, name }) => prop === 'instanceClasses' ? familyFacts(name) : [instanceTypeFacts(name)].filter((type) => type !== undefined));
  if (facts.some((types) => types.length === 0)) return undefined; // this version does not know the name
  const sizes = facts.flat().map(sizeOf);
  return sizes
    .filter((size, index) => !sizes.some((other, otherIndex) => covers(other, size) && (otherIndex < index || !covers(size, other))))
    .sort((a, b) => b.vcpus - a.vcpus || b.memory - a.memory);
}

/** With the most memory that can be free, so that only what surely does not fit is refused. */
function sizeOf({ vcpus, mostMiB, gpus }: InstanceFacts): ContainerSize {
  return { vcpus, memory: mostMiB, ...(gpus > 0 ? { gpus } : {}) };
}
