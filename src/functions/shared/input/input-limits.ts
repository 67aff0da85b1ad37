import { refuse } from './input-fields';
import { describeSize, isHeld } from '../../../contract/container-size';
import type { ContainerSize, JobSpec } from '../../../contract/job-spec';
import type { RunInput } from '../../../contract/run-input';

/** What the job allows a run to set, and what it has where a run sets nothing. */
export type InputLimits = Pick<JobSpec, 'parameters' | 'defaults' | 'allowedOverrides' | 'maxvCpus' | 'maxMemory' | 'gpus' | 'nodes' | 'shareIdentifier' | 'fargate' | 'sizes' | 'command'>
  & Partial<Pick<JobSpec, 'vcpus' | 'memory'>>;

/** Refuses what the job or its queue does not have. */
export function refuseWhatTheJobLacks(input: RunInput, limits: InputLimits): void {
  if (limits.maxMemory !== undefined && (input.memory ?? 0) > limits.maxMemory) {
    refuse('containerOverrides.memory', `is ${input.memory} MiB, more than this job's 'maxMemory', ${limits.maxMemory} MiB; give ${limits.maxMemory} or less`);
  }
  if (limits.gpus === undefined && input.gpus !== undefined) {
    refuse('containerOverrides.gpus', `is ${input.gpus}, but this job has no GPU; leave it out, or set the job's 'gpus' prop`);
  }
  if (limits.nodes !== undefined && input.arraySize !== undefined) {
    refuse('arraySize', `is ${input.arraySize}, but this job has ${limits.nodes} nodes, and AWS Batch has no arrays of multi-node jobs; leave it out`);
  }
  for (const field of ['shareIdentifier', 'schedulingPriority'] as const) {
    if (limits.shareIdentifier !== undefined || input[field] === undefined) continue;
    refuse(field, `is ${input[field]}, but this job's queue has no fair-share policy; leave it out, or give its compute 'fairShare'`);
  }
}

/** Refuses a size that no instance of the compute can hold. AWS Batch accepts such a job, and it never starts. */
export function refuseWhatNothingHolds(input: RunInput, limits: InputLimits): void {
  const { fargate, maxvCpus, nodes = 1, sizes } = limits;
  if (!fargate && input.vcpus !== undefined && !Number.isInteger(input.vcpus)) {
    refuse('containerOverrides.vcpus', `is ${input.vcpus}, but this job runs on instances, where AWS Batch has whole vCPUs only; give ${Math.ceil(input.vcpus)}`);
  }
  if (input.vcpus !== undefined && maxvCpus !== undefined && input.vcpus * nodes > maxvCpus) {
    const each = nodes > 1 ? ` on each of ${nodes} nodes` : '';
    refuse('containerOverrides.vcpus', `is ${input.vcpus}${each}, but the job's compute has ${maxvCpus} vCPUs; give ${Math.floor(maxvCpus / nodes)} or less`);
  }
  if (sizes === undefined || sizes.length === 0) return;
  const overridden = (['vcpus', 'memory', 'gpus'] as const).filter((field) => input[field] !== undefined);
  for (const field of overridden) {
    const most = Math.max(...sizes.map((size) => size[field] ?? 0));
    if (input[field]! > most) refuse(`containerOverrides.${field}`, `is ${input[field]}${field === 'memory' ? ' MiB' : ''}, but no instance of this job has more than ${most} for a container; give ${most} or less`);
  }
  const wanted: ContainerSize = { vcpus: input.vcpus ?? limits.vcpus ?? 0, memory: input.memory ?? limits.memory ?? 0, gpus: input.gpus ?? limits.gpus };
  if (overridden.length > 0 && !isHeld(wanted, sizes)) {
    refuse('containerOverrides', `makes a container of ${describeSize(wanted)}, which no instance of this job can hold; the largest hold ${sizes.slice(0, 3).map(describeSize).join(', or ')}`);
  }
}
