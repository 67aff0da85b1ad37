import type { ActualOutcome } from './endings';
import type { Report } from './findings';
import { DEFAULTS, FixtureJob } from './jobs';
import { attemptOf, Observations } from './observations';
import type { AttemptRecord } from './scripted-containers';
import type { BatchJob } from '../emulator/services/batch/batch';

/** Whether another attempt of the same job can end in another way. Where it depends on the job, and where nothing is known, it is not here. */
const IS_RETRIED: { readonly [outcome in ActualOutcome]?: boolean } = {
  SpotReclaimed: true,
  HostLost: true,
  DiskFull: true,
  ImagePull: true,
  SecretUnavailable: true,
  FileSystemUnavailable: true,
  RoleUnavailable: true,
  Infrastructure: true,
  OutOfMemory: false,
  InvalidCommand: false,
};

/** Batch starts another attempt after what may pass, and after nothing that would be the same again; and only as many as the job has. */
export function expectRightAttempts(observations: Observations, asked: FixtureJob, jobs: BatchJob[], report: Report): void {
  const most = asked.attempts ?? DEFAULTS.attempts;
  for (const job of jobs.flatMap((candidate) => observations.children.get(candidate.jobId) ?? [candidate])) {
    const { jobId, attempts, isCancelled, isTerminated, isOver } = job;
    if (attempts.length > most) report('wrong', `${jobId} had ${attempts.length} attempts, more than ${most}`);
    attempts.forEach((_, index) => {
      const record = attemptOf(observations, jobId, index + 1);
      const isRetried = record && !record.stopped ? isRetriedAfter(record, asked) : undefined;
      const isLast = index + 1 === attempts.length;
      if (isRetried === false && !isLast) report('wrong', `attempt ${index + 1} of ${jobId} ended with ${record!.ending.outcome}, and another attempt followed`);
      if (!isRetried || !isLast || !isOver || isCancelled || isTerminated || attempts.length >= most) return;
      report('wrong', `attempt ${index + 1} of ${jobId} ended with ${record!.ending.outcome}, and no other attempt followed`);
    });
  }
}

/** What the application did itself is retried where the author of the job asks for it. */
function isRetriedAfter({ ending: { outcome, exit } }: AttemptRecord, { retryApplicationErrors = false }: FixtureJob): boolean | undefined {
  const isOfApplication = outcome === 'ExitCode' || (outcome === 'Unknown' && exit?.exitCode !== undefined);
  return isOfApplication ? retryApplicationErrors : IS_RETRIED[outcome];
}
