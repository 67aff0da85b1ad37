import { FOREIGN_BUCKET } from './attacks';
import type { Report } from './findings';
import { LONGEST_INVOCATION } from './log-truth';
import type { Observations, RunRecord, Termination } from './observations';
import type { BatchJob } from '../emulator/services/batch/batch';
import { parsedCause } from '../emulator/states/execution';

/** What belongs to a run is not taken by a job that is not of this run, and the functions obey only the run. */
export function expectNoThefts(observations: Observations, report: Report): void {
  const { foreignJobs, terminations, calls } = observations;
  for (const termination of terminations) {
    const { jobId, by, reason } = termination;
    if (by !== 'function' || !foreignJobs.has(jobId) || isOfUnknownRound(observations, termination)) continue;
    report('forged', `the functions ended ${jobId}, which belongs to no run: ${reason}`);
  }
  for (const { action, input } of calls) {
    if (input.Bucket === FOREIGN_BUCKET) report('leaked to another', `a function called ${action} for an object of another owner: ${input.Key}`);
  }
}

/** A job with the name of a run that has ended is ended where no record says whose it is, or where the record could not be read. */
function isOfUnknownRound({ jobs, puts, calls }: Observations, { jobId, at, reason }: Termination): boolean {
  const name = jobs.find((job) => job.jobId === jobId)?.plan.jobName;
  const hasRecord = puts.some(({ key }) => key === `runs/${name}`);
  const isReadable = !calls.some((call) => call.action === 'GetObject' && !call.isAnswered && call.at <= at && call.at >= at - LONGEST_INVOCATION);
  return reason === 'heavy-batch: its run ended' && !(hasRecord && isReadable);
}

/** A run is answered with what became of its own jobs. */
export function expectNoTheftOf({ foreignJobs, calls, invocations }: Observations, { execution }: RunRecord, jobs: readonly BatchJob[], report: Report): void {
  const told = [execution.output, parsedCause(execution.cause)].map((outcome) => (outcome as { jobId?: string } | undefined)?.jobId);
  for (const jobId of told) {
    if (jobId === undefined || jobs.some((job) => job.jobId === jobId)) continue;
    report('stolen', `the run ended with the outcome of ${jobId}, which ${foreignJobs.has(jobId) ? 'belongs to no run' : 'is not of this run'}`);
  }
  const tokens = invocations.flatMap(({ event }) => {
    const { token, execution: { Id = '' } = {} } = event as { token?: string; execution?: { Id?: string } };
    return token !== undefined && Id === execution.arn ? [token] : [];
  });
  for (const { input: { taskToken, output, cause } } of calls) {
    const jobId = tokens.includes(taskToken) ? (parsedCause(output ?? cause) as { jobId?: string } | undefined)?.jobId : undefined;
    if (jobId !== undefined && !jobs.some((job) => job.jobId === jobId)) report('stolen', `the run was told the outcome of ${jobId}, which is not of this run`);
  }
  for (const { event, answer } of invocations) {
    const { jobId } = (answer as { body?: { jobId?: string } } | undefined)?.body ?? {};
    const isOfRun = (event as { execution?: { Id?: string } }).execution?.Id === execution.arn;
    if (isOfRun && jobId !== undefined && foreignJobs.has(jobId)) report('stolen', `the run adopted ${jobId}, which belongs to no run`);
  }
}
