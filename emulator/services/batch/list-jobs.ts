import type { BatchJob } from './batch-job';
import { epoch } from './job-detail';
import { ServiceError } from '../../service';
import { matchesWildcards } from '../iam/policy';

/** The most jobs on a page. https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html */
const LARGEST_PAGE = 1_000;

interface Filter {
  readonly name: string;
  readonly values: string[];
}

/** Refuses a ListJobs request as Batch does. */
export function validateListJobs({ jobQueue, arrayJobId, multiNodeJobId, filters = [] }: any): void {
  if ([jobQueue, arrayJobId, multiNodeJobId].filter(Boolean).length !== 1) throw new ServiceError('ClientException', 'Exactly one of jobQueue, arrayJobId and multiNodeJobId must be given');
  if (filters.length > 1) throw new ServiceError('ClientException', 'Only one filter can be used at a time');
}

/** Answers a ListJobs request from the jobs of the queue, the children of the array job or the nodes of the multi-node job. */
export function listJobs(jobs: readonly BatchJob[], { jobStatus = 'RUNNING', filters = [], maxResults = LARGEST_PAGE, nextToken }: any, arnOf: (jobId: string) => string) {
  // With a filter, jobs of every status are listed.
  const [filter] = filters as Filter[];
  const found = jobs.filter((job) => filter ? matchesFilter(filter, job) : job.status === jobStatus);
  const start = Number(nextToken ?? 0);
  const page = found.slice(start, start + Math.min(maxResults, LARGEST_PAGE));
  const end = start + page.length;
  return {
    jobSummaryList: page.map((job) => summaryOf(job, arnOf(job.jobId))),
    nextToken: end < found.length ? String(end) : undefined,
  };
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_JobSummary.html */
function summaryOf(job: BatchJob, jobArn: string) {
  const lastAttempt = job.current ?? job.attempts.at(-1);
  return {
    jobArn,
    jobId: job.jobId,
    jobName: job.plan.jobName,
    createdAt: epoch(job.createdAt),
    status: job.status,
    statusReason: job.statusReason,
    startedAt: epoch(job.startedAt),
    stoppedAt: epoch(job.stoppedAt),
    jobDefinition: job.plan.definition.arn,
    isCancelled: job.isCancelled,
    isTerminated: job.isTerminated,
    ...(lastAttempt === undefined ? {} : { container: { exitCode: lastAttempt.exitCode, reason: lastAttempt.reason } }),
    ...(job.nodeIndex === undefined ? {} : { nodeProperties: { isMainNode: job.nodeIndex === 0, numNodes: job.plan.nodes, nodeIndex: job.nodeIndex } }),
    ...(job.arrayIndex === undefined ? {} : { arrayProperties: { index: job.arrayIndex } }),
  };
}

function matchesFilter({ name, values }: Filter, job: BatchJob): boolean {
  switch (name) {
    case 'JOB_NAME':
      return values.some((value) => matchesName(value.toLowerCase(), job.plan.jobName.toLowerCase()));
    case 'JOB_DEFINITION':
      return values.some((value) => matchesWildcards(value, job.plan.definition.arn));
    case 'BEFORE_CREATED_AT':
      return values.some((value) => job.createdAt < Number(value));
    case 'AFTER_CREATED_AT':
      return values.some((value) => job.createdAt > Number(value));
    default:
      throw new ServiceError('ClientException', `Unknown filter ${name}`);
  }
}

/** The only wildcard in a job name is a `*` at the end. */
function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
