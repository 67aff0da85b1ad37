import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';

const batch = new BatchClient({});

/** As the article's: submits, and answers the job's id. */
export async function handler({ processId }: { processId: string }) {
  const { jobId } = await batch.send(new SubmitJobCommand({
    jobName: `job-${processId}`,
    jobDefinition: process.env.JOB_DEFINITION,
    jobQueue: process.env.JOB_QUEUE,
    parameters: { processId },
  }));
  return { jobId };
}
