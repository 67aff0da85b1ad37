import type { BatchClient } from '@aws-sdk/client-batch';
import { jobsOfExecution, terminateLive } from './batch-jobs';
import { log } from './log';
import { runId } from './run-context';
import type { CleanUp } from './watch-message';
import { redriveOf } from '../../contract/job-name';

/** Terminates what an execution left running, up to a redrive. */
export async function endLeftovers(batch: BatchClient, { execution, redrive }: CleanUp): Promise<void> {
  const jobs = await jobsOfExecution(batch, execution, (process.env.JOB_QUEUES ?? '').split(',').filter(Boolean));
  const ended = await terminateLive(batch, jobs.filter((job) => (redriveOf(job.jobName!) ?? Infinity) <= redrive), 'heavy-batch: its run ended');
  for (const jobId of ended) log('terminated', { runId: runId(execution), jobId, message: 'its run ended' });
}
