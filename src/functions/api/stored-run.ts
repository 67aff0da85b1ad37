import { isOver, RunStatus } from '../../contract/api-runs';
import type { Progress } from '../../contract/output-lines';

/**
 * What the table knows of a run. It is a copy: Step Functions and Batch have the truth, and their events bring it here. Times are milliseconds since
 * the epoch.
 */
export interface StoredRun {
  readonly id: string;
  /** The name of the job in the API. */
  readonly job: string;
  /** Of the execution. A deployment may give the job another one. */
  readonly stateMachineArn: string;
  readonly status: RunStatus;
  /** How far the run has come, so that an event that is late changes nothing: see `stepOf`. */
  readonly step: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Whether the execution was started. A request may have ended before it was. */
  readonly isStarted: boolean;
  readonly redrives: number;
  readonly round?: number;
  readonly attempt?: number;
  readonly jobId?: string;
  /** The ARN of the job queue in which the job is. */
  readonly jobQueue?: string;
  readonly vcpus?: number;
  /** MiB */
  readonly memory?: number;
  readonly reason?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly cancelRequestedAt?: number;
  readonly failure?: RunFailure;
  /** What the run has come through, the newest last. */
  readonly timeline?: readonly TimelineEntry[];
  /** Whether it came through more than the timeline has. */
  readonly isTimelineTruncated?: boolean;
  /** When the execution was last read, because events may have been lost. */
  readonly readAt?: number;
  /** By the definition of the job. A job in Batch could name another one, if it was not submitted by its run. */
  readonly logGroup?: string;
  /** The log streams of the containers that have started, the newest last. */
  readonly logStreams?: readonly string[];
  readonly progress?: TimedProgress;
  /** When the log was last read for it. */
  readonly progressReadAt?: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** What a container said of its progress, and when. */
export interface TimedProgress extends Progress {
  readonly at: number;
}

export interface RunFailure {
  readonly reason: string;
  readonly message?: string;
}

/** That a run came to a status. A reason comes in an entry of its own. */
export interface TimelineEntry extends Pick<StoredRun, 'status' | 'redrives' | 'round' | 'attempt' | 'reason'> {
  readonly at: number;
}

/** What an event, or a call, says of a run. */
export interface RunChange {
  readonly id: string;
  /** A run of another state machine may have the same name. */
  readonly stateMachineArn: string;
  readonly status: RunStatus;
  readonly step: string;
  readonly at: number;
  /** What else is known. What is undefined is not known any more. */
  readonly details: Pick<StoredRun, 'redrives' | 'round' | 'attempt' | 'jobId' | 'jobQueue' | 'vcpus' | 'memory' | 'reason' | 'startedAt' | 'endedAt' | 'failure'>;
  /** The log stream of a container that has started. */
  readonly logStream?: string;
  /** Whether an event says that something happened, and leaves out what. */
  readonly isPartial?: boolean;
  /** JSON: the output of a run that succeeded, or the cause of one that failed. Only of a run that is over. */
  readonly output?: string;
}

const RANKS: Partial<Record<RunStatus, number>> = { SUBMITTED: 0, PENDING: 1, RUNNABLE: 2, STARTING: 3, RUNNING: 4 };
/** More than any round or attempt. */
const END = 9_999;

/** A text that grows while a run goes on. */
export function stepOf({ redrives, round = 0, attempt = 0, status }: Pick<StoredRun, 'redrives' | 'round' | 'attempt' | 'status'>): string {
  const rank = RANKS[status];
  const parts = rank === undefined ? [redrives, END, END, 9] : [redrives, round, attempt, rank];
  return parts.map((part) => String(Math.min(part, END)).padStart(4, '0')).join('.');
}

/** A record is read as a whole, so a run that starts its container again and again must not make it long. Its ends are always kept. */
const MOST_ENTRIES = 100;
/** A run that waits long may have many reasons in turn, which must leave room for what it does later. */
const MOST_WITH_REASONS = 50;

interface Addition {
  readonly entry?: TimelineEntry;
  readonly isTruncated?: true;
}

/** What a change adds to the timeline of a run: an entry, nothing where the timeline says it already, or that something is missing from now on. */
export function additionOf({ status, at, details }: RunChange, timeline: readonly TimelineEntry[] = []): Addition {
  const { redrives, round, attempt, reason, endedAt = at } = details;
  const last = timeline.at(-1);
  // The times of events are whole seconds.
  const notBefore = (time: number) => Math.max(time, last?.at ?? 0);
  if (isOver(status)) return { entry: { status, at: notBefore(endedAt), redrives } };
  if (last?.status === status && last.redrives === redrives && last.round === round && last.attempt === attempt && last.reason === reason) return {};
  if (timeline.length >= (reason === undefined ? MOST_ENTRIES : MOST_WITH_REASONS)) return reason === undefined ? { isTruncated: true } : {};
  return { entry: { status, at: notBefore(at), redrives, round, attempt, reason } };
}
