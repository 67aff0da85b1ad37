import { BatchClient, DescribeJobsCommand } from '@aws-sdk/client-batch';

const batch = new BatchClient({});

/** Returns the status of a job, as the article's function does. */
export async function handler({ jobId }: { jobId: string }) {
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return { jobId, status: jobs?.[0]?.status ?? 'SUBMITTED' };
}
