import { Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { alternatives, isKnown, refuse, validateRange } from '../common/validation';
import { FARGATE_VCPUS, fargateMemory, fargateMismatch } from '../contract/fargate-sizes';

export interface FargateSize {
  readonly vcpus: number;
  readonly memory: Size;
  readonly maxMemory?: Size;
}

/** The default memory of a job on Fargate: the least that Fargate offers for its vCPUs. */
export function leastFargateMemory(scope: IConstruct, vcpus: number): Size {
  if (Token.isUnresolved(vcpus)) {
    refuse(scope, 'memory', "is missing, and 'vcpus' is a token, so the memory that Fargate offers for it is not known at synth; use both props");
  }
  return Size.mebibytes(fargateMemory(vcpus)[0] ?? 1024);
}

/** The disk of a Fargate task without any setting, and the largest one: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const DISK_GIB = { least: 20, most: 200 };

/** The disk of a Fargate task: the default disk and the scratch space. */
export function fargateDisk(scope: IConstruct, scratch: Size): Size {
  const wanted = Math.ceil(scratch.toGibibytes({ rounding: SizeRoundingBehavior.NONE }));
  validateRange(scope, 'scratchSize', wanted, { least: 1, most: DISK_GIB.most - DISK_GIB.least, unit: 'GiB' });
  return Size.gibibytes(DISK_GIB.least + wanted);
}

/** Refuses vCPUs and memory that Fargate does not offer. The submit function validates tokens, when a run starts. */
export function validateFargateSize(scope: IConstruct, { vcpus, memory, maxMemory }: FargateSize): void {
  if (isKnown(vcpus) && !FARGATE_VCPUS.includes(vcpus)) {
    refuse(scope, 'vcpus', `is ${vcpus}, which Fargate does not offer; use ${alternatives(FARGATE_VCPUS)}`);
  }
  for (const [prop, size] of [['memory', memory], ['maxMemory', maxMemory]] as const) {
    if (size === undefined || size.isUnresolved()) continue;
    const wanted = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
    if (!isKnown(vcpus)) {
      if (!FARGATE_VCPUS.some((number) => fargateMemory(number).includes(wanted))) {
        refuse(scope, prop, `is ${wanted} MiB, which Fargate offers for no number of vCPUs; use a whole number of GiB`);
      }
      continue;
    }
    const mismatch = fargateMismatch(vcpus, wanted);
    if (mismatch) refuse(scope, prop, `is ${mismatch}; use one of these amounts, or other 'vcpus'`);
  }
}
