import { FOREIGN_BUCKET } from './attacks';
import type { Report } from './findings';
import type { Observations, RunRecord } from './observations';
import type { BatchJob } from '../emulator/services/batch/batch';

/** What belongs to a run is not taken by a job that is not of this run, and the functions obey nobody but the run. */
export function expectNoThefts({ foreignJobs, terminations, calls }: Observations, report: Report): void {
  for (const { jobId, by, reason } of terminations) {
    if (by === 'function' && foreignJobs.has(jobId)) report('forged', `the functions ended ${jobId}, which belongs to no run: ${reason}`);
  }
  for (const { action, input } of calls) {
    if (input.Bucket === FOREIGN_BUCKET) report('leaked to another', `a function called ${action} for an object of another owner: ${input.Key}`);
  }
}

/** A run is answered with what became of its own jobs. */
export function expectNoTheftOf({ foreignJobs, calls, invocations }: Observations, { execution }: RunRecord, jobs: readonly BatchJob[], report: Report): void {
  const told = [execution.output, execution.cause && parsed(execution.cause)].map((outcome) => (outcome as { jobId?: string } | undefined)?.jobId);
  for (const jobId of told) {
    if (jobId === undefined || jobs.some((job) => job.jobId === jobId)) continue;
    report('stolen', `the run ended with the outcome of ${jobId}, which ${foreignJobs.has(jobId) ? 'belongs to no run' : 'is not of this run'}`);
  }
  const tokens = invocations.flatMap(({ event }) => {
    const { token, execution: { Id = '' } = {} } = event as { token?: string; execution?: { Id?: string } };
    return token !== undefined && Id === execution.arn ? [token] : [];
  });
  for (const { input: { taskToken, output, cause } } of calls) {
    const jobId = tokens.includes(taskToken) ? (parsed(output ?? cause ?? '{}') as { jobId?: string }).jobId : undefined;
    if (jobId !== undefined && !jobs.some((job) => job.jobId === jobId)) report('stolen', `the run was told the outcome of ${jobId}, which is not of this run`);
  }
  for (const { event, answer } of invocations) {
    const { jobId } = (answer as { body?: { jobId?: string } } | undefined)?.body ?? {};
    const isOfRun = (event as { execution?: { Id?: string } }).execution?.Id === execution.arn;
    if (isOfRun && jobId !== undefined && foreignJobs.has(jobId)) report('stolen', `the run adopted ${jobId}, which belongs to no run`);
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // the cause of an error that is not ours
  }
}
