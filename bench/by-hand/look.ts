import { BatchClient, DescribeJobsCommand } from '@aws-sdk/client-batch';

const batch = new BatchClient({});

/** As the article's: says how a job is. */
export async function handler({ jobId }: { jobId: string }) {
  const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  return { jobId, status: jobs?.[0]?.status ?? 'SUBMITTED' };
}
