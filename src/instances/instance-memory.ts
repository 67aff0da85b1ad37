import { INSTANCE_TYPES } from './instance-types';

/** What is known of an instance type. */
export interface InstanceFacts {
  /** `large` */
  readonly size: string;
  readonly vcpus: number;
  /** What EC2 says that it has. */
  readonly memoryMiB: number;
  /** What it leaves to containers: measured, or by a rule of thumb that is on the safe side. */
  readonly fitsMiB: number;
  /** What is more than this fits certainly not. */
  readonly certainMiB: number;
  /** NVIDIA's. */
  readonly gpus: number;
  /** NVMe instance store. */
  readonly storeGB: number;
}

/**
 * What instances registered with ECS. An m4.large of 8192 MiB has 7985:
 * https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html#ecs-reserved-memory
 */
const MEASURED: { readonly [name: string]: number } = { 'm4.large': 7985 };

/**
 * The share of its memory that the firmware and the kernel of an instance may take before ECS sees it. Karpenter, which meets all
 * instance types, plans with it: https://karpenter.sh/docs/reference/settings/ (`VM_MEMORY_OVERHEAD_PERCENT`)
 */
export const SYSTEM_SHARE = 0.075;

/** The ECS agent's share on instances of Batch: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html */
export const AGENT_MIB = 32;

/** What is known of an instance type by its name, such as `c6i.large`; undefined when nothing is. */
export function instanceTypeFacts(name: string): InstanceFacts | undefined {
  const [family, size] = name.split('.');
  return familyFacts(family).find((facts) => facts.size === size);
}

/** What is known of all types of a family, such as `c6i`. */
export function familyFacts(family: string): InstanceFacts[] {
  return INSTANCE_TYPES[family]?.split(', ').map((line) => factsOf(family, line)) ?? [];
}

function factsOf(family: string, line: string): InstanceFacts {
  const [size, vcpus, memory, ...more] = line.split(' ');
  const memoryMiB = Number(memory);
  const measured = MEASURED[`${family}.${size}`];
  const amount = (letter: string) => Number(more.find((word) => word.startsWith(letter))?.slice(1) ?? 0);
  return {
    size,
    vcpus: Number(vcpus),
    memoryMiB,
    fitsMiB: measured ?? roughlyFits(memoryMiB),
    certainMiB: measured ?? memoryMiB - AGENT_MIB,
    gpus: amount('g'),
    storeGB: amount('d'),
  };
}

export function roughlyFits(memoryMiB: number): number {
  return Math.floor(memoryMiB * (1 - SYSTEM_SHARE)) - AGENT_MIB;
}
