import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary, ListJobsCommand } from '@aws-sdk/client-batch';
import { ArrayOutcome } from './run-output';
import { Verdict, verdictOf } from './verdict';

/** How many failed children of an array job are named: enough to see a pattern, few enough for a cause. */
const NAMED = 10;

/** What an array job that is over came to: its children by status, and the first ones that failed. Undefined for any other job. */
export async function arrayOutcome(batch: BatchClient, job: JobDetail): Promise<{ verdict: Verdict; outcome: ArrayOutcome } | undefined> {
  const size = job.arrayProperties?.size;
  if (size === undefined) return undefined;
  const children = job.arrayProperties?.statusSummary ?? {};
  if (job.status !== 'FAILED' || (children.FAILED ?? 0) === 0) {
    return { verdict: verdictOf(job), outcome: { size, children, firstFailed: [] } };
  }
  const first = (await failedChildren(batch, job.jobId!)).sort((a, b) => indexOf(a) - indexOf(b)).slice(0, NAMED);
  const { jobs = [] } = first.length > 0 ? await batch.send(new DescribeJobsCommand({ jobs: first.map((child) => child.jobId!) })) : {};
  const firstFailed = jobs.sort((a, b) => indexOf(a) - indexOf(b)).map((child) => {
    const verdict = verdictOf(child);
    return { index: indexOf(child), reason: verdict.status === 'FAILED' ? verdict.reason : 'Unknown', message: verdict.status === 'FAILED' ? verdict.message : '' };
  });
  // One that was ended as a whole found no place, or somebody ended it, whatever its first child came to before.
  const ended = job.isTerminated || job.isCancelled;
  const reason = ended ? firstFailed.some((child) => child.reason === 'Stuck') ? 'Stuck' as const : 'Cancelled' as const : reasonOf(firstFailed);
  const message = `${children.FAILED} of ${size} children failed, first ${firstFailed.slice(0, 3).map((child) => `${child.index} (${child.reason}: ${child.message})`).join(', ')}`;
  return { verdict: { status: 'FAILED', reason, message }, outcome: { size, children, firstFailed } };
}

function reasonOf(firstFailed: ArrayOutcome['firstFailed']): Exclude<Verdict, { status: 'SUCCEEDED' }>['reason'] {
  return (firstFailed[0]?.reason ?? 'Unknown') as Exclude<Verdict, { status: 'SUCCEEDED' }>['reason'];
}

async function failedChildren(batch: BatchClient, arrayJobId: string): Promise<JobSummary[]> {
  const found: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(new ListJobsCommand({ arrayJobId, jobStatus: 'FAILED', nextToken }));
    found.push(...page.jobSummaryList ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

function indexOf(child: JobSummary | JobDetail): number {
  return child.arrayProperties?.index ?? Number(child.jobId?.split(':')[1] ?? 0);
}
