import type { BatchClient } from '@aws-sdk/client-batch';
import type { S3Client } from '@aws-sdk/client-s3';
import { jobsOfExecution, terminateLive } from './batch-jobs';
import { jobQueues } from './job-queues';
import { isOver } from './job-status';
import { log } from './log';
import { JobNotShown, ownJobs } from './own-jobs';
import { runId } from './run-context';
import { redriveOf } from '../../contract/job-name';
import type { CleanUp } from '../../contract/messages';
import { RUN_ENDED } from '../../contract/terminations';

/**
 * Terminates the jobs of an execution up to a redrive. A job of a later redrive belongs to a run that goes on. Where it is not known which jobs are
 * ours, because there is no record or it cannot be read, all jobs with the names of this run are terminated: its work is over.
 */
export async function endOrphanedJobs(clients: { batch: BatchClient; s3: S3Client }, { execution, redrive }: CleanUp): Promise<void> {
  const jobs = await jobsOfExecution(clients.batch, execution, jobQueues());
  const orphaned = jobs.filter((job) => (redriveOf(job.jobName!) ?? Infinity) <= redrive);
  if (orphaned.every(({ status }) => isOver(status))) return;
  const own = await ownJobs(clients, orphaned, true).catch((error: Error) => {
    if (!(error instanceof JobNotShown)) log('failed', { error: error.name, message: error.message });
    return orphaned;
  });
  for (const job of own) {
    for (const jobId of await terminateLive(clients.batch, [job], RUN_ENDED)) log('terminated', { runId: runId(execution), jobId, message: RUN_ENDED });
  }
}
