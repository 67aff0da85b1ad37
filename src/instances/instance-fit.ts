import { Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { containerSizes } from './container-sizes';
import { Hardware, NamedInstances, namedInstances } from './hardware';
import { familyFacts, InstanceFacts, instanceTypeFacts, SYSTEM_SHARE } from './instance-memory';
import { typeName } from './instance-names';
import { isKnown, refuse, validateRange, warn } from '../common/validation';
import { describeSize, isHeld } from '../contract/container-size';
import { FARGATE_VCPUS } from '../contract/fargate-sizes';
import { INSTANCE_TYPES_DATE } from '../contract/instance-types';
import { MEMORY, VCPUS } from '../contract/limits';

interface NamedFacts extends InstanceFacts {
  readonly name: string;
}

/** The names of the instance types. Undefined where Batch may start others too, or where a name is a token: then nothing is certain. */
function onlyTypes({ instanceTypes, instanceClasses, onlyNamedInstances }: Hardware): string[] | undefined {
  const names = instanceTypes.map(typeName);
  return onlyNamedInstances && instanceClasses.length === 0 && !names.some((name) => Token.isUnresolved(name)) ? names : undefined;
}

/** The facts of all instance types. Undefined unless the facts of each of them are known. */
function knownTypes(hardware: Hardware): NamedFacts[] | undefined {
  const types = onlyTypes(hardware)?.map((name) => ({ name, ...instanceTypeFacts(name) }));
  return types?.every((type): type is NamedFacts => type.vcpus !== undefined) ? types : undefined;
}

/**
 * The default memory of a job: the part of an instance's memory that matches the part of its vCPUs or GPUs that the job uses. Jobs then
 * fill an instance completely. With several instance types it is the smallest such part. Undefined where the instance types are not known.
 */
export function memoryShare({ vcpus, gpus = 0 }: { vcpus: number; gpus?: number }, hardware: Hardware): Size | undefined {
  if (!isKnown(vcpus) || !isKnown(gpus)) return undefined;
  const largeEnough = knownTypes(hardware)?.filter((type) => type.vcpus >= vcpus && type.gpus >= gpus) ?? [];
  if (largeEnough.length === 0) return undefined;
  const share = (type: NamedFacts) => type.fitsMiB * Math.max(vcpus / type.vcpus, gpus > 0 ? gpus / type.gpus : 0);
  return Size.mebibytes(Math.floor(Math.min(...largeEnough.map(share))));
}

/** Refuses vCPUs that no instance has. Such a job would stay RUNNABLE forever. */
export function validateVcpus(scope: IConstruct, vcpus: number, hardware: Hardware): void {
  validateRange(scope, 'vcpus', vcpus, hardware.fargate ? { least: FARGATE_VCPUS[0], most: FARGATE_VCPUS.at(-1)!, whole: false } : VCPUS);
  if (!isKnown(vcpus)) return;
  if (isKnown(hardware.maxvCpus) && vcpus > hardware.maxvCpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, but 'maxvCpus' is ${hardware.maxvCpus}; use ${hardware.maxvCpus} or less, or a larger 'maxvCpus'`);
  }
  const types = knownTypes(hardware);
  if (types === undefined) return;
  const largest = types.reduce((a, b) => b.vcpus > a.vcpus ? b : a);
  if (vcpus > largest.vcpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, but ${largest.name} has ${largest.vcpus}; use ${largest.vcpus} or less, or a larger instance type`);
  }
}

/** Refuses memory that no instance can give to a container, and warns of memory that may be too much. Such a job would stay RUNNABLE forever. */
export function validateMemory(scope: IConstruct, prop: string, memory: Size, hardware: Hardware): void {
  if (memory.isUnresolved()) return;
  const wanted = memory.toMebibytes({ rounding: SizeRoundingBehavior.NONE });
  validateRange(scope, prop, wanted, { ...MEMORY, unit: 'MiB' });
  const types = knownTypes(hardware);
  if (types === undefined) return warnOfUnknownType(scope, hardware);
  const largest = types.reduce((a, b) => b.fitsMiB > a.fitsMiB ? b : a);
  const remedy = `use ${largest.fitsMiB} or less, or a larger instance type`;
  if (types.every((type) => wanted > type.mostMiB)) {
    refuse(scope, prop, `is ${wanted} MiB, but ${largest.name} leaves ${largest.fitsMiB} MiB to a container; ${remedy}`);
  }
  if (wanted > largest.fitsMiB) {
    warn(scope, 'memoryMayNotFit', `'${prop}' is ${wanted} MiB, but ${largest.name} may leave only ${largest.fitsMiB} MiB to a container, ` +
      `and then the job would stay RUNNABLE; ${remedy}`);
  }
}

interface WantedContainer {
  readonly vcpus: number;
  readonly memory: Size;
  readonly gpus?: number;
}

/** Refuses a container that no instance can hold as a whole, although each of its numbers alone would fit. */
export function validateFit(scope: IConstruct, prop: string, { vcpus, memory, gpus }: WantedContainer, hardware: Hardware): void {
  const sizes = containerSizes(hardware);
  if (!sizes || !isKnown(vcpus) || memory.isUnresolved() || (gpus !== undefined && !isKnown(gpus))) return;
  const wanted = { vcpus, memory: memory.toMebibytes(), gpus };
  if (isHeld(wanted, sizes)) return;
  refuse(scope, prop, `is ${wanted.memory} MiB, but no instance can hold a container of ${describeSize(wanted)}; the largest hold ${sizes.slice(0, 3).map(describeSize).join(', or ')}; `
    + 'use less, or a larger instance type');
}

/** A name that is not in the table is no error: EC2 offers new families, and new sizes of them, all the time. */
function warnOfUnknownType(scope: IConstruct, { instanceTypes, instanceClasses }: Hardware): void {
  const isUnknown = ({ prop, name, family }: NamedInstances) => prop === 'instanceTypes' ? !instanceTypeFacts(name) : familyFacts(family).length === 0;
  const unknown = namedInstances(instanceTypes, instanceClasses).find(isUnknown);
  if (!unknown) return;
  const sizes = familyFacts(unknown.family).map(({ size }) => size);
  warn(scope, 'unknownInstanceType', `'${unknown.prop}' has ${unknown.name}, which the instance data of this version of cdk-heavy-batch (${INSTANCE_TYPES_DATE}) does not have` +
    `${sizes.length > 0 ? `: ${unknown.family} has ${sizes.join(', ')}` : ''}. It is not validated that the job fits; ` +
    `correct the name, or use at most ${Math.floor(100 * (1 - SYSTEM_SHARE))} % of the instance's memory for a container`);
}
