import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary } from '@aws-sdk/client-batch';
import { Capacity, FailedVerdict, statementOfBatch, Verdict, verdictOf } from './verdict';
import type { ArrayOutcome } from '../../contract/run-output';
import { listJobs } from '../shared/batch-jobs';

/** How many failed children of an array job the output lists: enough to see a pattern, few enough to fit into a cause. */
const LISTED = 10;
/** How many of them the message names. */
const NAMED = 3;

/** What Batch says of an array job with a failed child: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
const CHILD_FAILED = /^Array Child Job failed/i;

/** The verdict on a finished array job, and its outcome by children. */
export function judgeArray(job: JobDetail, firstFailed: readonly JobDetail[], capacity: Capacity): { verdict: Verdict; array: ArrayOutcome } {
  const size = job.arrayProperties!.size!;
  const children = job.arrayProperties!.statusSummary ?? {};
  if (!hasFailedChildren(job)) return { verdict: verdictOf(job, capacity), array: { size, children, firstFailed: [] } };

  const failures = firstFailed.map((child) => {
    const verdict = verdictOf(child, capacity);
    const { reason, message } = verdict.status === 'FAILED' ? verdict : { reason: 'Unknown' as const, message: '' };
    return { index: indexOf(child), reason, message };
  });
  const end = endOfArray(job, firstFailed);
  const failed = `${children.FAILED} of ${size} children failed`;
  const named = failures.slice(0, NAMED).map(({ index, reason, message }) => `${index} (${reason}: ${message})`).join(', ');
  return {
    verdict: {
      status: 'FAILED',
      reason: end?.reason ?? failures[0]?.reason ?? 'Unknown',
      message: [...end ? [end.message] : [], named ? `${failed}, first ${named}` : failed].join('; '),
    },
    array: { size, children, firstFailed: failures },
  };
}

/**
 * What Batch says of an array job that was ended as a whole, whatever its children failed for before; undefined for any other one. Batch
 * may show at the array job that its children failed, and the words of the termination at the children only.
 */
function endOfArray(job: JobDetail, firstFailed: readonly JobDetail[]): FailedVerdict | undefined {
  if (!job.isTerminated && !job.isCancelled) return statementOfBatch(job);
  const shown = CHILD_FAILED.test(job.statusReason ?? '') ? { ...job, statusReason: undefined } : job;
  const ended = [shown, ...firstFailed.filter(({ isTerminated, isCancelled }) => isTerminated || isCancelled)];
  return statementOfBatch(ended.find(({ statusReason }) => statusReason) ?? shown);
}

/** The first failed children of an array job, by index. None of any other job. */
export async function firstFailedChildren(batch: BatchClient, job: JobDetail): Promise<JobDetail[]> {
  if (!hasFailedChildren(job)) return [];
  const failed = await listJobs(batch, { arrayJobId: job.jobId, jobStatus: 'FAILED' });
  const first = failed.sort((a, b) => indexOf(a) - indexOf(b)).slice(0, LISTED);
  if (first.length === 0) return [];
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: first.map((child) => child.jobId!) }));
  return jobs.sort((a, b) => indexOf(a) - indexOf(b));
}

function hasFailedChildren({ status, arrayProperties }: JobDetail): boolean {
  return status === 'FAILED' && (arrayProperties?.statusSummary?.FAILED ?? 0) > 0;
}

function indexOf(child: JobSummary | JobDetail): number {
  return child.arrayProperties?.index ?? Number(child.jobId?.split(':')[1] ?? 0);
}
