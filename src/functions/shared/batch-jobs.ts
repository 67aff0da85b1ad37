import { BatchClient, JobDetail, JobSummary, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { jobNamePrefix } from '../../contract/job-name';
import { isOver } from '../check/verdict';

/** The jobs that an execution submitted to any of the queues, in whatever state, the oldest first. */
export async function jobsOfExecution(batch: BatchClient, executionArn: string, jobQueues: readonly string[]): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  for (const jobQueue of jobQueues) {
    let nextToken: string | undefined;
    do {
      const page = await batch.send(new ListJobsCommand({
        jobQueue,
        // With this filter jobs of every status are listed: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html
        filters: [{ name: 'JOB_NAME', values: [`${jobNamePrefix(executionArn)}*`] }],
        nextToken,
      }));
      found.push(...page.jobSummaryList ?? []);
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return found.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0) || (a.jobId! < b.jobId! ? -1 : 1));
}

const TWIN = 'heavy-batch: twin of ';

/** A round is one job: of those that there are, the oldest first, the younger ones are ended. */
export async function endTwins(batch: BatchClient, [oldest, ...twins]: readonly JobSummary[]): Promise<void> {
  await terminateLive(batch, twins, `${TWIN}${oldest?.jobId}`);
}

/** The job in whose favour this one was ended as its twin. */
export function olderTwinOf({ statusReason }: JobDetail): string | undefined {
  return statusReason?.startsWith(TWIN) ? statusReason.slice(TWIN.length) : undefined;
}

/** Terminates those of the jobs that are not over. Terminating one that ended meanwhile does nothing. */
export async function terminateLive(batch: BatchClient, jobs: readonly JobSummary[], reason: string): Promise<string[]> {
  const live = jobs.filter((job) => !isOver(job.status)).map((job) => job.jobId!);
  for (const jobId of live) await batch.send(new TerminateJobCommand({ jobId, reason }));
  return live;
}
