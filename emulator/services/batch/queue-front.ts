import type { BatchJob } from './batch-job';
import { epoch } from './job-detail';

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_FrontOfQueueDetail.html */
const LONGEST = 100;

/** The first jobs of a queue that wait for their place, in the order in which they were submitted. `earliestTimeAtPosition` is not emulated. */
export function frontOfQueue(jobs: readonly BatchJob[], now: number, arnOf: (jobId: string) => string) {
  const waiting = jobs.filter(({ status }) => status === 'RUNNABLE').sort((a, b) => a.createdAt - b.createdAt);
  return { jobs: waiting.slice(0, LONGEST).map(({ jobId }) => ({ jobArn: arnOf(jobId) })), lastUpdatedAt: epoch(now) };
}
