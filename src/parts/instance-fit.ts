import { Size, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { checkRange, known, refuse } from './check';
import { instanceTypeFacts } from './instance-memory';
import type { HeavyBatchCompute } from '../heavy-batch-compute';

/** Of the given instance types those that the table knows; undefined when Batch may choose others, so that nothing is certain. */
function knownTypes(compute: HeavyBatchCompute) {
  if (!compute.onlyInstanceTypes) return undefined;
  const names = compute.instanceTypes.map((type) => type.toString());
  const facts = names.map((name) => Token.isUnresolved(name) ? undefined : instanceTypeFacts(name));
  return facts.every((fact) => fact !== undefined) ? facts.map((fact, index) => ({ name: names[index], ...fact })) : undefined;
}

/** Refuses vCPUs that would leave a job RUNNABLE for ever. */
export function checkVcpus(scope: IConstruct, vcpus: number, compute: HeavyBatchCompute): void {
  checkRange(scope, 'vcpus', vcpus, { least: 0.25, most: 1024, whole: false });
  if (!known(vcpus)) return;
  if (known(compute.maxvCpus) && vcpus > compute.maxvCpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, more than 'maxvCpus', ${compute.maxvCpus}; use ${compute.maxvCpus} or less, or a larger 'maxvCpus'`);
  }
  const types = knownTypes(compute);
  if (!types?.length) return;
  const largest = types.reduce((a, b) => b.vcpus > a.vcpus ? b : a);
  if (vcpus > largest.vcpus) {
    refuse(scope, 'vcpus', `is ${vcpus}, but ${largest.name} has ${largest.vcpus}; use ${largest.vcpus} or less, or a larger instance type`);
  }
}

/** Refuses memory that would leave a job RUNNABLE for ever. */
export function checkMemory(scope: IConstruct, prop: string, memory: Size, compute: HeavyBatchCompute): void {
  if (memory.isUnresolved()) return;
  const wanted = memory.toMebibytes();
  checkRange(scope, prop, wanted, { least: 4, most: 32 * 1024 * 1024, unit: 'MiB' });
  const types = knownTypes(compute);
  if (!types?.length) return;
  const largest = types.reduce((a, b) => b.fitsMiB > a.fitsMiB ? b : a);
  if (wanted > Math.max(...types.map((type) => type.certainlyTooMuchMiB))) {
    refuse(scope, prop, `is ${wanted} MiB, but ${largest.name} leaves ${largest.fitsMiB} MiB to a container; ` +
      `use ${largest.fitsMiB} or less, or a larger instance type`);
  }
}
