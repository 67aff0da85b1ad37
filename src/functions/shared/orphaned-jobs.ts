import type { BatchClient } from '@aws-sdk/client-batch';
import { jobsOfExecution, terminateLive } from './batch-jobs';
import { jobQueues } from './job-queues';
import { log } from './log';
import { runId } from './run-context';
import { redriveOf } from '../../contract/job-name';
import type { CleanUp } from '../../contract/messages';
import { RUN_ENDED } from '../../contract/terminations';

/** Terminates the jobs of an execution up to a redrive. A job of a later redrive belongs to a run that goes on. */
export async function endOrphanedJobs(batch: BatchClient, { execution, redrive }: CleanUp): Promise<void> {
  const jobs = await jobsOfExecution(batch, execution, jobQueues());
  const orphaned = jobs.filter((job) => (redriveOf(job.jobName!) ?? Infinity) <= redrive);
  for (const job of orphaned) {
    for (const jobId of await terminateLive(batch, [job], RUN_ENDED)) log('terminated', { runId: runId(execution), jobId, message: RUN_ENDED });
  }
}
