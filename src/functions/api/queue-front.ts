import { BatchClient, GetJobQueueSnapshotCommand } from '@aws-sdk/client-batch';

export { BatchClient };

/** The first jobs that wait in a job queue, in the order in which AWS Batch will start them. */
export interface QueueFront {
  readonly jobIds: readonly string[];
  /** When AWS Batch last changed the list. Milliseconds since the epoch. */
  readonly at: number;
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_GetJobQueueSnapshot.html */
export async function readQueueFront(batch: BatchClient, jobQueue: string): Promise<QueueFront> {
  const { frontOfQueue: { jobs = [], lastUpdatedAt = Date.now() } = {} } = await batch.send(new GetJobQueueSnapshotCommand({ jobQueue }));
  return { jobIds: jobs.map(({ jobArn = '' }) => jobArn.slice(jobArn.lastIndexOf('/') + 1)), at: lastUpdatedAt };
}
