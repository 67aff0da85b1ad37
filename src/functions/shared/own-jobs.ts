import { BatchClient, DescribeJobsCommand, JobSummary } from '@aws-sdk/client-batch';
import type { S3Client } from '@aws-sdk/client-s3';
import { IDS_PER_CALL } from './batch-jobs';
import { readRunContext } from './run-context';
import { readRecord } from './run-records';

/** A job that ListJobs shows and DescribeJobs does not. It is not known whose it is. */
export class JobNotShown extends Error { readonly name = 'JobNotShown'; }

/**
 * Of jobs that have the names of rounds, the oldest first, those that the submit function has submitted. Others may have submitted jobs under
 * the same names, or copies of our jobs. Those are left alone.
 *
 * @param isOwnWithoutRecord whether the jobs of a round that has no record count as ours
 */
export async function ownJobs(clients: { batch: BatchClient; s3: S3Client }, jobs: readonly JobSummary[], isOwnWithoutRecord: boolean): Promise<JobSummary[]> {
  const names = [...new Set(jobs.map(({ jobName }) => jobName!.toLowerCase()))];
  const records = new Map(await Promise.all(names.map(async (name) => [name, await readRecord(clients.s3, name)] as const)));
  const recordOf = ({ jobName }: JobSummary) => records.get(jobName!.toLowerCase());
  const submissionIds = await submissionIdsOf(clients.batch, jobs.filter((job) => recordOf(job) !== undefined));
  return jobs.filter((job) => {
    const record = recordOf(job);
    if (record === undefined) return isOwnWithoutRecord;
    const id = submissionIds.get(job.jobId!);
    if (job.jobId === record.jobId) return true;
    if (id === undefined || !record.submissionIds.includes(id)) return false;
    // A try submits one job. Any other job with its id is a copy, and is younger.
    const [oldest, ...others] = jobs.filter(({ jobId }) => submissionIds.get(jobId!) === id);
    return job === oldest && !others.some(({ jobId }) => jobId === record.jobId);
  });
}

/** The ids of the tries in the contexts of jobs, by job id. */
async function submissionIdsOf(batch: BatchClient, jobs: readonly JobSummary[]): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  const ids = jobs.map(({ jobId }) => jobId!);
  for (let from = 0; from < ids.length; from += IDS_PER_CALL) {
    const described = await batch.send(new DescribeJobsCommand({ jobs: ids.slice(from, from + IDS_PER_CALL) }));
    described.jobs?.forEach(({ jobId, parameters }) => found.set(jobId!, readRunContext(parameters)?.submissionId));
  }
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new JobNotShown(`DescribeJobs does not show the job ${missing}, which ListJobs shows`);
  return found;
}
