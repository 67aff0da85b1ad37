import type { Estimate } from './estimates';
import { outcomeIn } from './observations';
import type { QueuePosition } from './queue-positions';
import type { S3Link } from './s3-link';
import type { StoredRun, TimelineEntry } from './stored-run';
import { adviceOn } from '../../contract/advice';
import { logsUrl } from '../../contract/logs-url';
import { explanationOf } from '../../contract/wait-explanation';

/** What only an answer about one run has. */
interface Whole {
  /** Of a run that is over. */
  readonly output?: string;
  readonly estimate?: Estimate;
  readonly queue?: QueuePosition;
  readonly timeline?: readonly TimelineEntry[];
  readonly timelineTruncated?: boolean;
  readonly resultLink?: S3Link;
}

/** A run as the API shows it: `Run` in the OpenAPI document. */
export function runView(record: StoredRun, { output, estimate, queue, timeline, timelineTruncated, resultLink }: Whole = {}): Record<string, unknown> {
  const { id, job, status, reason, createdAt, startedAt, endedAt, updatedAt, cancelRequestedAt, failure, progress } = record;
  const { round, attempt, redrives, jobId, vcpus, memory } = record;
  return {
    id,
    job,
    status,
    reason,
    explanation: explanationOf(record),
    createdAt: time(createdAt),
    startedAt: time(startedAt),
    endedAt: time(endedAt),
    updatedAt: time(updatedAt),
    elapsedSeconds: Math.max(0, Math.round(((endedAt ?? Date.now()) - createdAt) / 100) / 10),
    round,
    attempt,
    redrives,
    jobId,
    resources: vcpus === undefined ? undefined : { vcpus, memoryMiB: memory },
    cancelRequestedAt: time(cancelRequestedAt),
    failure: failure && { ...failure, advice: adviceOn(failure.reason) },
    progress: progress && { ...progress, at: time(progress.at) },
    queue: queue && { ...queue, at: time(queue.at) },
    estimate,
    timeline: timeline?.map((entry) => ({ ...entry, at: time(entry.at) })),
    timelineTruncated,
    ...outcome(record, output),
    resultLink: resultLink && { ...resultLink, expiresAt: time(resultLink.expiresAt) },
  };
}

/** A list has no outputs. */
function outcome(record: StoredRun, output: string | undefined): Record<string, unknown> {
  const { result = null, resultUri, resultError, logsUrl: inOutput } = outcomeIn(output);
  return {
    ...record.status === 'SUCCEEDED' && output !== undefined ? { result, resultUri: resultUri ?? undefined, resultError } : {},
    logsUrl: urlOfLog(record) ?? inOutput ?? undefined,
  };
}

/** Of the container that started last. */
function urlOfLog({ logGroup, logStreams = [], stateMachineArn }: StoredRun): string | undefined {
  const region = stateMachineArn.split(':')[3];
  return logGroup === undefined || logStreams.length === 0 ? undefined : logsUrl(region, logGroup, logStreams.at(-1)!);
}

function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
