import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';

/**
 * A multi-node job as its main node has it: how that ends is how the job ends. Batch fills in most of it at the job itself, but the
 * container's reason and log stream are the node's. Any other job is what it is.
 * https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
 */
export async function withMainNode(batch: BatchClient, job: JobDetail): Promise<JobDetail> {
  if (!job.nodeProperties?.numNodes) return job;
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${job.jobId}#${job.nodeProperties.mainNode ?? 0}`] }));
  return jobs[0] ? mergeMainNode(job, jobs[0]) : job;
}

/** What was done to the job as a whole, such as its termination, is said of the job; what became of the container, of its main node. */
export function mergeMainNode(job: JobDetail, main: JobDetail): JobDetail {
  const attempts = main.attempts?.length ? main.attempts : job.attempts;
  return {
    ...job,
    container: main.container ?? job.container,
    attempts,
    statusReason: job.statusReason ?? main.statusReason,
  };
}
