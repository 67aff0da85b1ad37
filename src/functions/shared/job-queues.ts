import { FUNCTION_VARIABLES } from '../../contract/environment';

/**
 * The ARNs of the compute's job queues: the first one, and after it the one for a round that follows a Spot reclaim. They are known to the
 * functions only. A state machine in another stack would import them, and an imported queue cannot be replaced.
 */
export function jobQueues(): string[] {
  return (process.env[FUNCTION_VARIABLES.JOB_QUEUES] ?? '').split(',').filter(Boolean);
}
