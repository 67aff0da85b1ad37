import type { RunStatus } from './api-runs';

/** What is known of a run that waits. */
export interface Wait {
  readonly status: RunStatus;
  /** The words of AWS Batch. */
  readonly reason?: string;
  readonly redrives: number;
}

/** What the reasons of AWS Batch begin with. https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html */
const REASONS: readonly (readonly [begin: string, explanation: string])[] = [
  ['CAPACITY:', 'AWS has no free instance of the allowed types. The run goes on when it has one. More instance types, or more Availability Zones, make this rarer.'],
  ['MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', 'The job needs more vCPUs than `maxvCpus` of the compute. Raise it, or cancel the run.'],
  ['MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', 'No allowed instance type is large enough for the job. Allow a larger one, or cancel the run.'],
  ['MISCONFIGURATION:', 'The compute is not configured as AWS Batch needs it. Do what the reason says, or cancel the run.'],
  ['ACTION_REQUIRED', 'The compute environments of the queue are not valid. Look at their status in the console of AWS Batch.'],
];

/** Why a run waits, in our words, and what would help. Undefined for a run that does not wait. */
export function explanationOf({ status, reason, redrives }: Wait): string | undefined {
  switch (status) {
    case 'SUBMITTED':
      return redrives > 0
        ? 'Before the work is done again, it is made sure that no job from before the redrive still runs. That takes a minute or two.'
        : 'The job is being submitted to AWS Batch.';
    case 'PENDING':
      return 'AWS Batch is preparing the job. An array job is PENDING until its children are over.';
    case 'RUNNABLE':
      return REASONS.find(([begin]) => reason?.startsWith(begin))?.[1]
        ?? (reason === undefined ? 'AWS Batch gives no reason. A run usually waits for an instance to start, or for its turn.' : 'AWS Batch cannot place the job yet.');
    case 'STARTING':
      return 'The instance is there. It pulls the image, and starts the container.';
    default:
      return undefined;
  }
}
