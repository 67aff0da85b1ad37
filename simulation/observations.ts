import type { AttemptRecord } from './scripted-containers';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution } from '../emulator/states/execution';
import type { JobSpec } from '../src/contract/job-spec';

/** What actually happened in a world, recorded by the emulator, the scripted containers and the scripted actions. */
export interface Observations {
  readonly runs: RunRecord[];
  /** Without the children of array jobs. */
  readonly jobs: BatchJob[];
  /** The children of array jobs, by the array job's id. */
  readonly children: Map<string, BatchJob[]>;
  /** By job id and attempt. */
  readonly attempts: Map<string, AttemptRecord>;
  readonly terminations: Termination[];
  /** Invocations that failed without an injected fault. */
  readonly crashes: InvocationRecord[];
  /** The ids of jobs that a user submitted, which belong to no run. */
  readonly foreignJobs: Set<string>;
  /** Whether a run was still running when no timer, message or call was left that could end it. */
  stalled: boolean;
  /** How many messages were sent again more than an hour after everything had ended. */
  endlessMessages: number;
  endedAt: number;
}

export interface RunRecord {
  readonly execution: Execution;
  /** Seconds that the state machine allows for a run. */
  readonly timeoutSeconds?: number;
  /** When a user stopped the run. */
  readonly stops: number[];
  readonly job: JobSpec;
}

export interface Termination {
  readonly jobId: string;
  readonly at: number;
  readonly by: 'user' | 'function';
}
