import { INSTANCE_TYPES } from '../contract/instance-types';

/** What is known of an instance type. */
export interface InstanceFacts {
  /** `large` */
  readonly size: string;
  readonly vcpus: number;
  /** The memory of the instance, as EC2 reports it. */
  readonly memoryMiB: number;
  /** The memory that is free for containers: a measured value, or an estimate on the safe side. A container of this size fits. */
  readonly fitsMiB: number;
  /** The most memory that can be free for containers. A container that needs more does not fit. */
  readonly mostMiB: number;
  /** The number of NVIDIA GPUs. */
  readonly gpus: number;
  /** The size of the NVMe instance store. */
  readonly storeGB: number;
}

/**
 * The memory that instances registered with ECS. An m4.large has 8192 MiB and registered 7985:
 * https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html#ecs-reserved-memory
 */
const MEASURED: { readonly [name: string]: number } = { 'm4.large': 7985 };

/**
 * The part of an instance's memory that its firmware and kernel may use, so that ECS does not see it. Karpenter, which starts instances
 * of all types, uses the same estimate: https://karpenter.sh/docs/reference/settings/ (`VM_MEMORY_OVERHEAD_PERCENT`)
 */
export const SYSTEM_SHARE = 0.075;

/** The memory that the ECS agent keeps on an instance of Batch: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html */
export const AGENT_MIB = 32;

/** The facts of an instance type, such as `c6i.large`. Undefined for an unknown name. */
export function instanceTypeFacts(name: string): InstanceFacts | undefined {
  const [family, size] = name.split('.');
  return familyFacts(family).find((facts) => facts.size === size);
}

/** The facts of all instance types of a family, such as `c6i`. */
export function familyFacts(family: string): InstanceFacts[] {
  return INSTANCE_TYPES[family]?.split(', ').map((entry) => parseEntry(family, entry)) ?? [];
}

function parseEntry(family: string, entry: string): InstanceFacts {
  const [size, vcpus, memory, ...amounts] = entry.split(' ');
  const memoryMiB = Number(memory);
  const measured = MEASURED[`${family}.${size}`];
  const amount = (letter: string) => Number(amounts.find((word) => word.startsWith(letter))?.slice(1) ?? 0);
  return {
    size,
    vcpus: Number(vcpus),
    memoryMiB,
    fitsMiB: measured ?? Math.floor(memoryMiB * (1 - SYSTEM_SHARE)) - AGENT_MIB,
    mostMiB: measured ?? memoryMiB - AGENT_MIB,
    gpus: amount('g'),
    storeGB: amount('d'),
  };
}
