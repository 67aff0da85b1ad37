import type { Played } from './scripted-containers';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution } from '../emulator/states/execution';

/** What truly happened in a world, written down by those who did it. */
export interface Ledger {
  readonly runs: RunRecord[];
  /** Without the children of array jobs. */
  readonly jobs: BatchJob[];
  /** Of array jobs, by job id. */
  readonly children: Map<string, BatchJob[]>;
  /** By job id and attempt. */
  readonly played: Map<string, Played>;
  readonly terminations: Termination[];
  /** Functions that failed though nothing had been done to them. */
  readonly crashes: InvocationRecord[];
  /** Jobs that a person submitted: they are no run's. */
  readonly foreign: Set<string>;
  /** Whether nothing was left to happen, so that what is not over never will be. */
  still: boolean;
  /** Messages that were sent when the world had been left alone for an hour. */
  unread: number;
  endedAt: number;
}

export interface RunRecord {
  readonly execution: Execution;
  /** Seconds that the state machine gives a run. */
  readonly timeoutSeconds?: number;
  readonly stops: number[];
  /** Of the job: the queue for a round after a reclaim, MiB to which a round may grow, seconds that it may wait for its place. */
  readonly job: { readonly onDemandQueue?: string; readonly maxMemory?: number; readonly queueTimeout: number };
}

export interface Termination {
  readonly jobId: string;
  readonly at: number;
  readonly by: 'a person' | 'a function';
}
