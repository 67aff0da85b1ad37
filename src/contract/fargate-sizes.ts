/** Amounts in MiB: from one to another in equal steps. */
const steps = (from: number, to: number, step: number) => Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/**
 * The amounts of memory, in MiB, that Fargate offers for each number of vCPUs.
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
  [32, [61_440, 122_880, 249_856]],
]);

export const FARGATE_VCPUS: readonly number[] = [...SIZES.keys()];

/** The amounts of memory that Fargate offers for a number of vCPUs, in ascending order. Empty for a number of vCPUs that it does not offer. */
export function fargateMemory(vcpus: number): readonly number[] {
  return SIZES.get(vcpus) ?? [];
}

/** Why Fargate does not offer this size, as a text that continues "is ...". Undefined for a size that it offers. */
export function fargateMismatch(vcpus: number, memory: number): string | undefined {
  const amounts = fargateMemory(vcpus);
  if (amounts.length === 0) return `${vcpus} vCPUs, and Fargate has ${FARGATE_VCPUS.join(', ')}`;
  return amounts.includes(memory) ? undefined : `${memory} MiB, but with ${vcpus} vCPU${vcpus === 1 ? '' : 's'} Fargate has ${describeAmounts(amounts)}`;
}

/**
 * The memory of the round that follows a round with too little memory: twice as much, or the next amount above that. Without such an
 * amount it is the largest one that is left. Undefined where there is none.
 */
export function nextFargateMemory(vcpus: number, memory: number, most: number): number | undefined {
  const larger = fargateMemory(vcpus).filter((amount) => amount > memory && amount <= most);
  return larger.find((amount) => amount >= 2 * memory) ?? larger.at(-1);
}

function describeAmounts(amounts: readonly number[]): string {
  const [first, second] = amounts;
  const equalSteps = amounts.every((amount, index) => amount === first + index * (second - first));
  return equalSteps ? `${first} to ${amounts.at(-1)} MiB in steps of ${second - first}` : `${amounts.join(', ')} MiB`;
}
