/**
 * Whether Fargate has a task of this size. The table is the emulator's own, apart from the one in src/contract: a mistake in one of
 * them is found by a test.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-batch-jobdefinition-resourcerequirement.html
 */
export function hasSize(vcpus: number, memory: number): boolean {
  const size = SIZES.find((candidate) => candidate.vcpus === vcpus);
  return size !== undefined && memory >= size.from && memory <= size.to && (size.only?.includes(memory) ?? memory % size.step === 0);
}

const GIB = 1024;
const SIZES: { vcpus: number; from: number; to: number; step: number; only?: number[] }[] = [
  { vcpus: 0.25, from: 512, to: 2 * GIB, step: 512, only: [512, GIB, 2 * GIB] },
  { vcpus: 0.5, from: GIB, to: 4 * GIB, step: GIB },
  { vcpus: 1, from: 2 * GIB, to: 8 * GIB, step: GIB },
  { vcpus: 2, from: 4 * GIB, to: 16 * GIB, step: GIB },
  { vcpus: 4, from: 8 * GIB, to: 30 * GIB, step: GIB },
  { vcpus: 8, from: 16 * GIB, to: 60 * GIB, step: 4 * GIB },
  { vcpus: 16, from: 32 * GIB, to: 120 * GIB, step: 8 * GIB },
  { vcpus: 32, from: 60 * GIB, to: 244 * GIB, step: GIB, only: [60 * GIB, 120 * GIB, 244 * GIB] },
];

/** Whether a compute environment is of the type FARGATE or FARGATE_SPOT. */
export function isFargate(environmentType: string): boolean {
  return environmentType.startsWith('FARGATE');
}
