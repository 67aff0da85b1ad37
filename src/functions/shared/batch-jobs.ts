import { BatchClient, JobSummary, ListJobsCommand, ListJobsCommandInput, TerminateJobCommand } from '@aws-sdk/client-batch';
import { isOver } from './job-status';
import { jobNamePrefix } from '../../contract/job-name';
import { duplicateOf } from '../../contract/terminations';

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html */
export const IDS_PER_CALL = 100;

/** The jobs of an execution in any of the queues and in any state, the oldest first. */
export async function jobsOfExecution(batch: BatchClient, executionArn: string, jobQueues: readonly string[]): Promise<JobSummary[]> {
  const jobs: JobSummary[] = [];
  for (const jobQueue of jobQueues) {
    // With this filter jobs of every status are listed: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
    jobs.push(...await listJobs(batch, { jobQueue, filters: [{ name: 'JOB_NAME', values: [`${jobNamePrefix(executionArn)}*`] }] }));
  }
  return jobs.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.jobId! < b.jobId! ? -1 : 1));
}

/** The jobs of all pages. */
export async function listJobs(batch: BatchClient, request: Omit<ListJobsCommandInput, 'nextToken'>): Promise<JobSummary[]> {
  const jobs: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ ...request, nextToken }));
    jobs.push(...page.jobSummaryList ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
  return jobs;
}

/** A round is one job. This ends all jobs of a round but one. */
export async function endDuplicates(batch: BatchClient, jobs: readonly JobSummary[], kept: string | undefined): Promise<void> {
  await terminateLive(batch, jobs.filter(({ jobId }) => jobId !== kept), duplicateOf(kept));
}

/** Terminates the jobs that have not ended, and returns their ids. Batch ignores the termination of a job that has ended meanwhile. */
export async function terminateLive(batch: BatchClient, jobs: readonly JobSummary[], reason: string): Promise<string[]> {
  const live = jobs.filter((job) => !isOver(job.status)).map((job) => job.jobId!);
  for (const jobId of live) await batch.send(new TerminateJobCommand({ jobId, reason }));
  return live;
}
