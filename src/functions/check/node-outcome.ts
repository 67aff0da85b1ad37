import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary } from '@aws-sdk/client-batch';
import { Capacity, FailedVerdict, statementOfBatch, Verdict, verdictOf } from './verdict';
import { listJobs } from '../shared/batch-jobs';

/** Milliseconds that the nodes of a job may take to stop: 30 seconds from SIGTERM to SIGKILL, and time to spare. */
const STOPPING_TIME = 60_000;

/** A job that has ended, with what only its nodes show. */
export interface EndedJob extends JobDetail {
  /** The node of a multi-node job that failed before the main node ended: what the main node reports may be a consequence. */
  readonly failedWorker?: JobDetail;
}

/**
 * A multi-node job with the outcome of its main node, which is the outcome of the job, and with the worker that failed first. Batch shows
 * the container's reason and log stream only at the nodes, and it takes no action when a worker fails. Any other job is returned unchanged.
 * https://docs.aws.amazon.com/batch/latest/userguide/job-lifecycle.html
 */
export async function withMainNode(batch: BatchClient, job: JobDetail): Promise<EndedJob> {
  if (!job.nodeProperties?.numNodes) return job;
  const main = `${job.jobId}#${job.nodeProperties.mainNode ?? 0}`;
  const worker = job.status === 'FAILED' ? await firstFailedWorker(batch, job) : undefined;
  const { jobs = [] } = await batch.send(new DescribeJobsCommand({ jobs: [main, ...worker ? [worker.jobId!] : []] }));
  const mainNode = jobs.find(({ jobId }) => jobId === main);
  return {
    ...mainNode ? mergeMainNode(job, mainNode) : job,
    ...worker ? { failedWorker: jobs.find(({ jobId }) => jobId === worker.jobId) ?? detailOf(worker) } : {},
  };
}

/** What was done to the whole job, such as its termination, is taken from the job. What happened to the container is taken from the main node. */
export function mergeMainNode(job: JobDetail, main: JobDetail): JobDetail {
  const attempts = job.attempts?.map((attempt, index, all) => index === all.length - 1 && main.container ? { ...attempt, container: main.container } : attempt);
  return {
    ...job,
    container: main.container ?? job.container,
    attempts: main.attempts?.length ? main.attempts : attempts,
    statusReason: job.statusReason ?? main.statusReason,
  };
}

/** The verdict on a multi-node job. Of several nodes that failed, the first one is the cause. */
export function judgeNodes(job: EndedJob, capacity: Capacity): Verdict {
  const verdict = verdictOf(job, capacity);
  const { failedWorker: worker } = job;
  if (verdict.status === 'SUCCEEDED' || !worker) return verdict;
  const cause = verdictOf({ ...worker, status: 'FAILED' }, capacity) as FailedVerdict;
  const node = `node ${indexOf(worker)}`;
  if (statementOfBatch(job)) return { ...verdict, message: `${verdict.message}; ${node} had failed before (${cause.reason}: ${cause.message})` };
  const main = `node ${job.nodeProperties!.mainNode ?? 0}`;
  // A worker also fails because the main node is gone, and the end of the main node may be reported later than that of the worker.
  const isTold = ({ reason }: FailedVerdict) => reason !== 'ExitCode' && reason !== 'Unknown';
  const isNear = (job.stoppedAt ?? 0) - (worker.stoppedAt ?? 0) < STOPPING_TIME;
  if (isNear && isTold(verdict) && !isTold(cause)) return { ...verdict, message: `${verdict.message}; ${node} failed too (${cause.reason}: ${cause.message})` };
  return { ...cause, message: `${node} failed first: ${cause.message}; then the main node, ${main}: ${verdict.message}` };
}

/**
 * The worker that failed first in the last attempt of the job. Workers start when the main node runs, so an attempt whose main node did
 * not start has none, and Batch still shows those of the attempt before.
 */
async function firstFailedWorker(batch: BatchClient, job: JobDetail): Promise<JobSummary | undefined> {
  const attempt = job.attempts?.at(-1);
  if (attempt && !attempt.startedAt) return undefined;
  const startedAt = Math.max(job.startedAt ?? 0, attempt?.startedAt ?? 0);
  const failed = await listJobs(batch, { multiNodeJobId: job.jobId, jobStatus: 'FAILED' });
  return failed
    .filter((node) => indexOf(node) !== (job.nodeProperties!.mainNode ?? 0) && (node.stoppedAt ?? Infinity) > startedAt && failedByItself(node, job))
    .sort((a, b) => (a.stoppedAt ?? Infinity) - (b.stoppedAt ?? Infinity) || indexOf(a) - indexOf(b))[0];
}

/** Batch stops the workers when the main node has ended, and all nodes when the job is ended. Such an end is no failure of the worker itself. */
function failedByItself({ stoppedAt, statusReason, container }: JobSummary, job: JobDetail): boolean {
  if (stoppedAt !== undefined && job.stoppedAt !== undefined) return stoppedAt < job.stoppedAt - (statementOfBatch(job) ? STOPPING_TIME : 0);
  return container?.reason !== undefined || /^Host EC2/i.test(statusReason ?? '') || ![undefined, 0, 137, 143].includes(container?.exitCode);
}

function detailOf({ jobId, statusReason, container, isCancelled, isTerminated }: JobSummary): JobDetail {
  return { jobId, statusReason, container, isCancelled, isTerminated } as JobDetail;
}

function indexOf(node: JobSummary | JobDetail): number {
  return Number(node.jobId?.split('#')[1] ?? 0);
}
