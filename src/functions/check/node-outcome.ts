import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';

/**
 * A multi-node job with the outcome of its main node, which is the outcome of the job. Batch shows most of it at the job itself, but the
 * container's reason and log stream only at the node. Any other job is returned unchanged.
 * https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
 */
export async function withMainNode(batch: BatchClient, job: JobDetail): Promise<JobDetail> {
  if (!job.nodeProperties?.numNodes) return job;
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${job.jobId}#${job.nodeProperties.mainNode ?? 0}`] }));
  return jobs[0] ? mergeMainNode(job, jobs[0]) : job;
}

/** What was done to the whole job, such as its termination, is taken from the job. What happened to the container is taken from the main node. */
export function mergeMainNode(job: JobDetail, main: JobDetail): JobDetail {
  return {
    ...job,
    container: main.container ?? job.container,
    attempts: main.attempts?.length ? main.attempts : job.attempts,
    statusReason: job.statusReason ?? main.statusReason,
  };
}
