import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';

const batch = new BatchClient({});

/** Submits a job and returns its id, as the article's function does. */
export async function handler({ processId }: { processId: string }) {
  const { jobId } = await batch.send(new SubmitJobCommand({
    jobName: `job-${processId}`,
    jobDefinition: process.env.JOB_DEFINITION,
    jobQueue: process.env.JOB_QUEUE,
    parameters: { processId },
  }));
  return { jobId };
}
