/** The states of a job that has not ended: https://docs.aws.amazon.com/batch/latest/userguide/job_states.html */
const LIVE = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];

export function isLive(status: string | undefined): boolean {
  return LIVE.includes(status ?? '');
}

/** A status that is not known is neither live nor over. */
export function isOver(status: string | undefined): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}
