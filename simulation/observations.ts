import type { AttemptRecord } from './scripted-containers';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { JobStatus } from '../emulator/services/batch/batch-job';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution } from '../emulator/states/execution';
import type { JobSpec } from '../src/contract/job-spec';

/** What actually happened in a world, recorded by the emulator, the scripted containers and the scripted actions. */
export interface Observations {
  readonly runs: RunRecord[];
  /** Without the children of array jobs and the nodes of multi-node jobs. */
  readonly jobs: BatchJob[];
  /** The children of array jobs, by the array job's id. */
  readonly children: Map<string, BatchJob[]>;
  /** The nodes of multi-node jobs besides the main node, by the multi-node job's id. */
  readonly nodes: Map<string, BatchJob[]>;
  /** The changes of the status of each job, by its id. */
  readonly changes: Map<string, StatusChange[]>;
  /** The ARNs of the queues with Spot capacity. */
  readonly spotQueues: ReadonlySet<string>;
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

export interface StatusChange {
  readonly status: JobStatus;
  readonly at: number;
}

export interface Termination {
  readonly jobId: string;
  readonly at: number;
  readonly by: 'user' | 'function';
  /** What was given as the reason. */
  readonly reason: string;
}
