import { Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkRange, known, refuse } from '../common/validation';
import { FARGATE_VCPUS, fargateMemory, fargateMismatch } from '../contract/fargate-sizes';

export interface FargateSize {
  readonly vcpus: number;
  readonly memory: Size;
  readonly maxMemory?: Size;
}

/** The memory of a job on Fargate that does not say: the least that goes with its vCPUs. */
export function leastFargateMemory(scope: IConstruct, vcpus: number): Size {
  if (Token.isUnresolved(vcpus)) {
    refuse(scope, 'memory', "is missing, and what goes with 'vcpus' on Fargate is not known before it is deployed; set both");
  }
  return Size.mebibytes(fargateMemory(vcpus)[0] ?? 1024);
}

/** What a task has in any case, for its image and what its container writes, and the most: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const DISK_GIB = { least: 20, most: 200 };

/** The disk of a task: room for what its container writes beside that. */
export function fargateDisk(scope: IConstruct, scratch: Size): Size {
  const wanted = Math.ceil(scratch.toGibibytes({ rounding: SizeRoundingBehavior.NONE }));
  checkRange(scope, 'scratchSize', wanted, { least: 1, most: DISK_GIB.most - DISK_GIB.least, unit: 'GiB' });
  return Size.gibibytes(DISK_GIB.least + wanted);
}

/** Refuses what Fargate does not have; what a token hides is checked when a job is submitted. */
export function checkFargateSize(scope: IConstruct, { vcpus, memory, maxMemory }: FargateSize): void {
  if (known(vcpus) && !FARGATE_VCPUS.includes(vcpus)) {
    refuse(scope, 'vcpus', `is ${vcpus}, which Fargate does not have; use ${FARGATE_VCPUS.join(', ')}`);
  }
  for (const [prop, size] of [['memory', memory], ['maxMemory', maxMemory]] as const) {
    if (size === undefined || size.isUnresolved()) continue;
    const wanted = size.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
    if (!known(vcpus)) {
      if (!FARGATE_VCPUS.some((one) => fargateMemory(one).includes(wanted))) {
        refuse(scope, prop, `is ${wanted} MiB, which Fargate has for no number of vCPUs; use a whole number of GiB`);
      }
      continue;
    }
    const mismatch = fargateMismatch(vcpus, wanted);
    if (mismatch) refuse(scope, prop, `is ${mismatch}; use one of them, or other 'vcpus'`);
  }
}
