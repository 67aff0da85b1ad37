import { BatchClient } from '@aws-sdk/client-batch';
import type { S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { endLeftovers } from './leftovers';
import { cleanUpMessage } from './watch-message';
import { LISTED_AFTER } from '../check/schedule';

export interface Clients {
  readonly batch: BatchClient;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
}

/** The life of an execution: whether it runs, and how often it was redriven. */
export async function lifeOf(sfn: SFNClient, executionArn: string): Promise<{ running: boolean; redrive: number }> {
  const { status, redriveCount } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return { running: status === 'RUNNING' || status === 'PENDING_REDRIVE', redrive: redriveCount ?? 0 };
}

/** An execution may have ended. What says so may be an hour old, and the execution redriven since: only what it says of itself counts. */
export async function endLeftoversOf(clients: Clients, executionArn: string): Promise<{ body: string; delay: number } | undefined> {
  const { running, redrive } = await lifeOf(clients.sfn, executionArn);
  const over = running ? redrive - 1 : redrive;
  if (over < 0) return undefined;
  await endLeftovers(clients.batch, { execution: executionArn, redrive: over });
  return { body: cleanUpMessage({ execution: executionArn, redrive: over }), delay: LISTED_AFTER }; // once more, when ListJobs shows what was submitted last
}
