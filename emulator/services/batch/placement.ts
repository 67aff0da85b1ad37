import { INSTANCE_TYPES } from '../../../src/contract/instance-types';
import type { DeployedComputeEnvironment } from '../../assembly/deployment';

export interface Requirements {
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  readonly gpus: number;
}

/** https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html */
const TOO_LARGE = 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.';

/** MiB of an instance that the ECS agent keeps: https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html */
const AGENT_MEMORY = 32;

/**
 * Why a job can never get a place, in the words of Batch: none of the instance types of its compute environments is large enough.
 * Undefined where a type is not known.
 */
export function unplaceable(wanted: Requirements, environments: readonly DeployedComputeEnvironment[]): string | undefined {
  return environments.length > 0 && environments.every((environment) => !mayHold(environment, wanted)) ? TOO_LARGE : undefined;
}

function mayHold({ properties }: DeployedComputeEnvironment, { vcpus, memory, gpus }: Requirements): boolean {
  const names: string[] = properties.ComputeResources?.InstanceTypes ?? [];
  const types = names.map(typesOf);
  if (names.length === 0 || types.includes(undefined)) return true;
  return types.flat().some((type) => type!.vcpus >= vcpus && type!.memory >= memory && type!.gpus >= gpus);
}

/** The sizes of an instance type or of a family. Undefined for another name, such as `optimal`. */
function typesOf(name: string): Requirements[] | undefined {
  const [family, size] = name.split('.');
  return INSTANCE_TYPES[family]?.split(', ').map((entry) => entry.split(' ')).filter(([ownSize]) => size === undefined || ownSize === size)
    .map(([, vcpus, memory, ...more]) => ({
      vcpus: Number(vcpus), memory: Number(memory) - AGENT_MEMORY, gpus: Number(more.find((amount) => amount.startsWith('g'))?.slice(1) ?? 0),
    }));
}
