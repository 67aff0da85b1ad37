import type { ContainerSize } from './job-spec';

/** Whether one of the sizes has all that a container asks for. */
export function isHeld(wanted: ContainerSize, sizes: readonly ContainerSize[]): boolean {
  return sizes.some((size) => covers(size, wanted));
}

/** Whether a size has at least as much of everything as another one. */
export function covers(size: ContainerSize, other: ContainerSize): boolean {
  return size.vcpus >= other.vcpus && size.memory >= other.memory && (size.gpus ?? 0) >= (other.gpus ?? 0);
}

/** `4 vCPUs with 15872 MiB and 1 GPU` */
export function describeSize({ vcpus, memory, gpus = 0 }: ContainerSize): string {
  return `${vcpus} ${vcpus === 1 ? 'vCPU' : 'vCPUs'} with ${memory} MiB${gpus === 0 ? '' : ` and ${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}`}`;
}
