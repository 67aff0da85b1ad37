import type { BatchClient } from '@aws-sdk/client-batch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { cleanUpMessage, DelayedMessage } from '../../contract/messages';
import { LISTED_AFTER } from '../../contract/timings';
import { log } from '../shared/log';
import { endOrphanedJobs } from '../shared/orphaned-jobs';

export interface Clients {
  readonly batch: BatchClient;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  readonly logs: CloudWatchLogsClient;
}

/**
 * DescribeExecution answers one of them for an execution of another compute, and for an execution that does not exist. Anyone who may send
 * messages can name such an execution, and a retry would change nothing.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const NOT_OURS = ['AccessDeniedException', 'ExecutionDoesNotExist', 'InvalidArn', 'ValidationException'];

/**
 * Ends the orphaned jobs of an execution that may have ended. The message that says so may be an hour old, and the execution may have
 * been redriven since: only DescribeExecution is believed. Returns a message that repeats the clean-up, for the time when ListJobs shows
 * the job that was submitted last.
 */
export async function checkRun(clients: Clients, execution: string): Promise<DelayedMessage | undefined> {
  const state = await stateOfExecution(clients.sfn, execution).catch((error: Error) => {
    if (!NOT_OURS.includes(error.name)) throw error;
    log('failed', { error: error.name, message: `DescribeExecution: ${error.message}` });
  });
  if (!state) return undefined;
  const { running, redrive } = state;
  const ended = running ? redrive - 1 : redrive;
  if (ended < 0) return undefined;
  await endOrphanedJobs(clients, { execution, redrive: ended });
  return { body: cleanUpMessage({ execution, redrive: ended }), delay: LISTED_AFTER };
}

/** Whether an execution runs, and how often it was redriven. */
export async function stateOfExecution(sfn: SFNClient, executionArn: string): Promise<{ running: boolean; redrive: number }> {
  const { status, redriveCount } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return { running: status === 'RUNNING' || status === 'PENDING_REDRIVE', redrive: redriveCount ?? 0 };
}
