import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary } from '@aws-sdk/client-batch';
import { Capacity, FailedVerdict, statementOfBatch, Verdict, verdictOf } from './verdict';
import type { ArrayOutcome } from '../../contract/run-output';
import { isOwnTermination } from '../../contract/terminations';
import { listJobs } from '../shared/batch-jobs';

/** How many failed children of an array job the output lists: enough to see a pattern, few enough to fit into a cause. */
const LISTED = 10;
/** How many of them the message names. */
const NAMED = 3;
/** A longer message of a child is cut: the cause of a failed run has room for all of them. */
const MESSAGE_CHARACTERS = 500;

/** What Batch says of an array job with a failed child: https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html */
const CHILD_FAILED = /^Array Child Job failed/i;

/** The failed children that the outcome of an array job depends on. */
export interface FailedChildren {
  /** The first ones, by index. */
  readonly first: readonly JobDetail[];
  /** The one that stopped last. When the array was ended as a whole, this one was ended with it. */
  readonly last?: JobDetail;
}

/** The verdict on a finished array job, and its outcome by children. */
export function judgeArray(job: JobDetail, failedChildren: FailedChildren, capacity: Capacity): { verdict: Verdict; array: ArrayOutcome } {
  const size = job.arrayProperties!.size!;
  const children = job.arrayProperties!.statusSummary ?? {};
  if (!hasFailedChildren(job)) return { verdict: verdictOf(job, capacity), array: { size, children, firstFailed: [] } };

  const failures = failedChildren.first.map((child) => {
    const verdict = verdictOf(child, capacity);
    const { reason, message } = verdict.status === 'FAILED' ? verdict : { reason: 'Unknown' as const, message: '' };
    return { index: indexOf(child), reason, message: message.slice(0, MESSAGE_CHARACTERS) };
  });
  const end = endOfArray(job, failedChildren);
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
function endOfArray(job: JobDetail, { first, last }: FailedChildren): FailedVerdict | undefined {
  if (!job.isTerminated && !job.isCancelled) return statementOfBatch(job) ?? (isOwnTermination(last?.statusReason) ? statementOfBatch(last!) : undefined);
  const shown = CHILD_FAILED.test(job.statusReason ?? '') ? { ...job, statusReason: undefined } : job;
  const ended = [shown, ...[...first, ...last ? [last] : []].filter(({ isTerminated, isCancelled }) => isTerminated || isCancelled)];
  return statementOfBatch(ended.find(({ statusReason }) => statusReason) ?? shown);
}

/** The failed children of an array job. None of any other job. */
export async function failedChildrenOf(batch: BatchClient, job: JobDetail): Promise<FailedChildren> {
  if (!hasFailedChildren(job)) return { first: [] };
  const failed = (await listJobs(batch, { arrayJobId: job.jobId, jobStatus: 'FAILED' })).sort((a, b) => indexOf(a) - indexOf(b));
  if (failed.length === 0) return { first: [] };
  const firstIds = failed.slice(0, LISTED).map(({ jobId }) => jobId!);
  const lastId = failed.reduce((a, b) => (b.stoppedAt ?? 0) > (a.stoppedAt ?? 0) ? b : a).jobId!;
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [...new Set([...firstIds, lastId])] }));
  return {
    first: jobs.filter(({ jobId }) => firstIds.includes(jobId!)).sort((a, b) => indexOf(a) - indexOf(b)),
    last: jobs.find(({ jobId }) => jobId === lastId),
  };
}

function hasFailedChildren({ status, arrayProperties }: JobDetail): boolean {
  return status === 'FAILED' && (arrayProperties?.statusSummary?.FAILED ?? 0) > 0;
}

function indexOf(child: JobSummary | JobDetail): number {
  return child.arrayProperties?.index ?? Number(child.jobId?.split(':')[1] ?? 0);
}
