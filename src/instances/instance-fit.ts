import { Annotations, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { InstanceFacts, instanceTypeFacts, SYSTEM_SHARE } from './instance-memory';
import { checkRange, known, refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';

interface NamedFacts extends InstanceFacts {
  readonly name: string;
}

/** The given instance types, of which Batch starts no others; undefined where it may, so that nothing is certain. */
function onlyTypes(compute: IHeavyBatchCompute): string[] | undefined {
  const names = compute.instanceTypes.map((type) => type.toString());
  return compute.onlyInstanceTypes && !names.some((name) => Token.isUnresolved(name)) ? names : undefined;
}

/** What is known of the instance types; undefined when it is not known of all. */
function knownTypes(compute: IHeavyBatchCompute): NamedFacts[] | undefined {
  const types = onlyTypes(compute)?.map((name) => ({ name, ...instanceTypeFacts(name) }));
  return types?.every((type): type is NamedFacts => type.vcpus !== undefined) ? types : undefined;
}

/**
 * The memory of a job that does not say: the part of an instance's that goes with its vCPUs or GPUs, on whichever instance leaves
 * least, so that jobs fill instances without a rest. Undefined where the instances are not known.
 */
export function memoryShare({ vcpus, gpus = 0 }: { vcpus: number; gpus?: number }, compute: IHeavyBatchCompute): Size | undefined {
  if (!known(vcpus) || !known(gpus)) return undefined;
  const large = knownTypes(compute)?.filter((type) => type.vcpus >= vcpus && type.gpus >= gpus) ?? [];
  if (large.length === 0) return undefined;
  const share = (type: NamedFacts) => type.fitsMiB * Math.max(vcpus / type.vcpus, gpus > 0 ? gpus / type.gpus : 0);
  return Size.mebibytes(Math.floor(Math.min(...large.map(share))));
}

/** Refuses vCPUs that would leave a job RUNNABLE for ever. */
export function checkVcpus(scope: IConstruct, vcpus: number, compute: IHeavyBatchCompute): void {
  checkRange(scope, 'vcpus', vcpus, compute.fargate ? { least: 0.25, most: 16, whole: false } : { least: 1, most: 1024 });
  if (!known(vcpus)) return;
  if (known(compute.maxvCpus) && vcpus > compute.maxvCpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, more than 'maxvCpus', ${compute.maxvCpus}; use ${compute.maxvCpus} or less, or a larger 'maxvCpus'`);
  }
  const types = knownTypes(compute);
  if (types === undefined) return;
  const largest = types.reduce((a, b) => b.vcpus > a.vcpus ? b : a);
  if (vcpus > largest.vcpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, but ${largest.name} has ${largest.vcpus}; use ${largest.vcpus} or less, or a larger instance type`);
  }
}

/** Refuses memory that would leave a job RUNNABLE for ever, and warns of what may. */
export function checkMemory(scope: IConstruct, prop: string, memory: Size, compute: IHeavyBatchCompute): void {
  if (memory.isUnresolved()) return;
  const wanted = memory.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  checkRange(scope, prop, wanted, { least: 4, most: 32 * 1024 * 1024, unit: 'MiB', whole: false });
  const types = knownTypes(compute);
  if (types === undefined) return warnOfUnknown(scope, compute);
  const largest = types.reduce((a, b) => b.fitsMiB > a.fitsMiB ? b : a);
  const mend = `use ${largest.fitsMiB} or less, or a larger instance type`;
  if (types.every((type) => wanted > type.certainMiB)) {
    refuse(scope, prop, `is ${wanted} MiB, but ${largest.name} leaves ${largest.fitsMiB} MiB to a container; ${mend}`);
  }
  if (wanted > largest.fitsMiB) {
    warn(scope, 'memoryMayNotFit', `'${prop}' is ${wanted} MiB, but ${largest.name} may leave no more than ${largest.fitsMiB} MiB to a container, ` +
      `and the job would stay RUNNABLE; ${mend}`);
  }
}

function warnOfUnknown(scope: IConstruct, compute: IHeavyBatchCompute): void {
  const unknown = onlyTypes(compute)?.find((name) => instanceTypeFacts(name) === undefined);
  if (unknown) {
    warn(scope, 'unknownInstanceType', `'instanceTypes' has ${unknown}, which this version does not know, so that nobody checks whether the job fits; ` +
      `an instance leaves about ${Math.floor(100 * (1 - SYSTEM_SHARE))} % of its memory to a container`);
  }
}

function warn(scope: IConstruct, id: string, text: string): void {
  Annotations.of(scope).addWarningV2(`cdk-heavy-batch:${id}`, text);
}
