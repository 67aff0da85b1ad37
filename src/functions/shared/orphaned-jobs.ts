import type { BatchClient } from '@aws-sdk/client-batch';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { jobsOfExecution, terminateLive } from './batch-jobs';
import { log } from './log';
import { runId } from './run-context';
import { FUNCTION_VARIABLES } from '../../contract/environment';
import { redriveOf } from '../../contract/job-name';
import { CleanUp, cleanUpMessage, DelayedMessage } from '../../contract/messages';
import { RUN_ENDED } from '../../contract/terminations';
import { LISTED_AFTER } from '../../contract/timings';

/** Terminates the jobs of an execution up to a redrive. A job of a later redrive belongs to a run that goes on. */
export async function endOrphanedJobs(batch: BatchClient, { execution, redrive }: CleanUp): Promise<void> {
  const jobQueues = (process.env[FUNCTION_VARIABLES.JOB_QUEUES] ?? '').split(',').filter(Boolean);
  const jobs = await jobsOfExecution(batch, execution, jobQueues);
  const orphaned = jobs.filter((job) => (redriveOf(job.jobName!) ?? Infinity) <= redrive);
  for (const jobId of await terminateLive(batch, orphaned, RUN_ENDED)) log('terminated', { runId: runId(execution), jobId, message: 'its run ended' });
}

/**
 * Ends the orphaned jobs of an execution that may have ended. The message that says so may be an hour old, and the execution may have
 * been redriven since: only DescribeExecution is believed. Returns a message that repeats the clean-up, for the time when ListJobs shows
 * the job that was submitted last.
 */
export async function checkRun(clients: { readonly batch: BatchClient; readonly sfn: SFNClient }, execution: string): Promise<DelayedMessage | undefined> {
  const { running, redrive } = await stateOfExecution(clients.sfn, execution);
  const ended = running ? redrive - 1 : redrive;
  if (ended < 0) return undefined;
  await endOrphanedJobs(clients.batch, { execution, redrive: ended });
  return { body: cleanUpMessage({ execution, redrive: ended }), delay: LISTED_AFTER };
}

/** Whether an execution runs, and how often it was redriven. */
export async function stateOfExecution(sfn: SFNClient, executionArn: string): Promise<{ running: boolean; redrive: number }> {
  const { status, redriveCount } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return { running: status === 'RUNNING' || status === 'PENDING_REDRIVE', redrive: redriveCount ?? 0 };
}
