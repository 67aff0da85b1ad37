import type { BatchClient } from '@aws-sdk/client-batch';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { cleanUpMessage, DelayedMessage } from '../../contract/messages';
import { LISTED_AFTER } from '../../contract/timings';
import { endOrphanedJobs } from '../shared/orphaned-jobs';

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
