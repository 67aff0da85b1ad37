/** MiB, from and to in steps. */
const steps = (from: number, to: number, step: number) => Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/**
 * The amounts of memory, in MiB, that Fargate gives to each number of vCPUs.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html
 */
const SIZES = new Map<number, readonly number[]>([
  [0.25, [512, 1024, 2048]],
  [0.5, steps(1024, 4096, 1024)],
  [1, steps(2048, 8192, 1024)],
  [2, steps(4096, 16_384, 1024)],
  [4, steps(8192, 30_720, 1024)],
  [8, steps(16_384, 61_440, 4096)],
  [16, steps(32_768, 122_880, 8192)],
]);

export const FARGATE_VCPUS: readonly number[] = [...SIZES.keys()];

/** The amounts of memory that go with a number of vCPUs, the least first; none for a number that Fargate does not have. */
export function fargateMemory(vcpus: number): readonly number[] {
  return SIZES.get(vcpus) ?? [];
}

/** What is wrong with the two together, in words that go on from "is ..."; undefined when nothing is. */
export function fargateMismatch(vcpus: number, memory: number): string | undefined {
  const fits = fargateMemory(vcpus);
  if (fits.length === 0) return `${vcpus} vCPUs, and Fargate has ${FARGATE_VCPUS.join(', ')}`;
  return fits.includes(memory) ? undefined : `${memory} MiB, but with ${vcpus} vCPU${vcpus === 1 ? '' : 's'} Fargate has ${inWords(fits)}`;
}

/** The memory of the round after one that ran out of it: twice as much, or what comes next to it; undefined when there is no more. */
export function nextFargateMemory(vcpus: number, memory: number, most: number): number | undefined {
  const more = fargateMemory(vcpus).filter((size) => size > memory && size <= most);
  return more.find((size) => size >= 2 * memory) ?? more.at(-1);
}

function inWords(fits: readonly number[]): string {
  const [first, second] = fits;
  const even = fits.every((size, index) => size === first + index * (second - first));
  return even ? `${first} to ${fits.at(-1)} MiB in steps of ${second - first}` : `${fits.join(', ')} MiB`;
}
