import type { RunStatus } from '../../contract/api-runs';

/**
 * What the table knows of a run. It is a copy: Step Functions and Batch have the truth, and their events bring it here. Times are milliseconds since
 * the epoch.
 */
export interface StoredRun {
  readonly id: string;
  /** The name of the job in the API. */
  readonly job: string;
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
  readonly reason?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly cancelRequestedAt?: number;
  readonly failure?: RunFailure;
  /** When the execution was last read, because events may have been lost. */
  readonly readAt?: number;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export interface RunFailure {
  readonly reason: string;
  readonly message?: string;
}

/** What an event, or a call, says of a run. */
export interface RunChange {
  readonly id: string;
  /** Of the state machine: a run of another one may have the same name. */
  readonly stateMachineArn: string;
  readonly status: RunStatus;
  readonly step: string;
  readonly at: number;
  /** What else is known. What is undefined is not known any more. */
  readonly details: Pick<StoredRun, 'redrives' | 'round' | 'attempt' | 'jobId' | 'reason' | 'startedAt' | 'endedAt' | 'failure'>;
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
