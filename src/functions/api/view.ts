import type { Estimate } from './estimates';
import { outcomeIn } from './observations';
import type { StoredRun } from './stored-run';
import { isOver } from '../../contract/api-runs';

/** A run as the API shows it: `Run` in the OpenAPI document. */
export function runView(record: StoredRun, { output, estimate }: { output?: string; estimate?: Estimate } = {}): Record<string, unknown> {
  const { id, job, status, reason, createdAt, startedAt, endedAt, updatedAt, round, attempt, redrives, jobId, cancelRequestedAt, failure, progress } = record;
  return {
    id,
    job,
    status,
    reason,
    createdAt: time(createdAt),
    startedAt: time(startedAt),
    endedAt: time(endedAt),
    updatedAt: time(updatedAt),
    elapsedSeconds: Math.max(0, Math.round(((endedAt ?? Date.now()) - createdAt) / 100) / 10),
    round,
    attempt,
    redrives,
    jobId,
    cancelRequestedAt: time(cancelRequestedAt),
    failure,
    progress: progress && { ...progress, at: time(progress.at) },
    estimate,
    ...isOver(status) ? outcome(record, output) : {},
  };
}

function outcome({ status }: StoredRun, output: string | undefined): Record<string, unknown> {
  const { result = null, resultUri, resultError, logsUrl } = outcomeIn(output);
  return {
    ...status === 'SUCCEEDED' ? { result, resultUri: resultUri ?? undefined, resultError } : {},
    logsUrl: logsUrl ?? undefined,
  };
}

function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
