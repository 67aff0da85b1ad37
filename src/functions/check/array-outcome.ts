import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary, ListJobsCommand } from '@aws-sdk/client-batch';
import { Verdict, verdictOf } from './verdict';
import type { FailureReason } from '../../contract/errors';
import type { ArrayOutcome } from '../../contract/run-output';

/** How many failed children of an array job the output lists: enough to see a pattern, few enough to fit into a cause. */
const LISTED = 10;
/** How many of them the message names. */
const NAMED = 3;

/** The verdict on a finished array job, and its outcome by children. */
export function judgeArray(job: JobDetail, firstFailed: readonly JobDetail[]): { verdict: Verdict; array: ArrayOutcome } {
  const size = job.arrayProperties!.size!;
  const children = job.arrayProperties!.statusSummary ?? {};
  if (!hasFailedChildren(job)) return { verdict: verdictOf(job), array: { size, children, firstFailed: [] } };

  const failures = firstFailed.map((child) => {
    const verdict = verdictOf(child);
    const { reason, message } = verdict.status === 'FAILED' ? verdict : { reason: 'Unknown' as const, message: '' };
    return { index: indexOf(child), reason, message };
  });
  const named = failures.slice(0, NAMED).map(({ index, reason, message }) => `${index} (${reason}: ${message})`).join(', ');
  return {
    verdict: { status: 'FAILED', reason: reasonOf(job, failures), message: `${children.FAILED} of ${size} children failed, first ${named}` },
    array: { size, children, firstFailed: failures },
  };
}

/** An array job that was ended as a whole found no place, or was cancelled, however its first child failed before. Else the first child decides. */
function reasonOf(job: JobDetail, failures: readonly { reason: FailureReason }[]): FailureReason {
  if (job.isTerminated || job.isCancelled) return failures.some(({ reason }) => reason === 'Stuck') ? 'Stuck' : 'Cancelled';
  return failures[0]?.reason ?? 'Unknown';
}

/** The first failed children of an array job, by index. None of any other job. */
export async function firstFailedChildren(batch: BatchClient, job: JobDetail): Promise<JobDetail[]> {
  if (!hasFailedChildren(job)) return [];
  const failed = await failedChildren(batch, job.jobId!);
  const first = failed.sort((a, b) => indexOf(a) - indexOf(b)).slice(0, LISTED);
  if (first.length === 0) return [];
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: first.map((child) => child.jobId!) }));
  return jobs.sort((a, b) => indexOf(a) - indexOf(b));
}

function hasFailedChildren({ status, arrayProperties }: JobDetail): boolean {
  return status === 'FAILED' && (arrayProperties?.statusSummary?.FAILED ?? 0) > 0;
}

async function failedChildren(batch: BatchClient, arrayJobId: string): Promise<JobSummary[]> {
  const children: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ arrayJobId, jobStatus: 'FAILED', nextToken }));
    children.push(...page.jobSummaryList ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
  return children;
}

function indexOf(child: JobSummary | JobDetail): number {
  return child.arrayProperties?.index ?? Number(child.jobId?.split(':')[1] ?? 0);
}
