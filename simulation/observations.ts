import type { ApiObservations } from './api-observations';
import type { FixtureJob, FixtureMap } from './jobs';
import type { AttemptRecord } from './scripted-containers';
import type { DeployedBucket, DeployedComputeEnvironment } from '../emulator/assembly/deployment';
import type { CallRecord } from '../emulator/http';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { JobStatus } from '../emulator/services/batch/batch-job';
import type { InvocationRecord } from '../emulator/services/lambda/lambda';
import type { Execution } from '../emulator/states/execution';

/** What actually happened in a world, recorded by the emulator, the scripted containers and the scripted actions. */
export interface Observations {
  readonly runs: RunRecord[];
  /** The executions of the job's map. */
  readonly maps: MapRecord[];
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
  /** What AWS Batch was asked, where it did so. */
  readonly submissions: Submission[];
  /** All calls of the functions, in order. */
  readonly calls: FunctionCall[];
  readonly invocations: Invocation[];
  /** The objects that functions put into buckets. */
  readonly puts: StoredObject[];
  readonly logs: LogLine[];
  /** The messages that functions and state machines sent. Those of EventBridge and of the scripted actions are not here. */
  readonly messages: SentMessage[];
  /** How often the message was received that was received most often. */
  mostReceives: number;
  /** How many messages came to a dead-letter queue. */
  deadLetters: number;
  /** What the API was asked and answered, in a world whose runs it starts. Its calls, invocations and logs are in none of the other lists. */
  readonly api?: ApiObservations;
  /** What the app is, as far as the runs depend on it. */
  readonly app: AppFacts;
  /** Whether a run was still running when no timer, message or call was left that could end it. */
  stalled: boolean;
  /** How many messages were sent again more than an hour after everything had ended. */
  endlessMessages: number;
  endedAt: number;
}

export interface RunRecord {
  readonly execution: Execution;
  /** When a user stopped the run. */
  readonly stops: number[];
  /** What the author of the job asked for. */
  readonly job: FixtureJob;
}

export interface MapRecord {
  readonly execution: Execution;
  /** What the author of the map asked for. */
  readonly asked: FixtureMap;
  /** The list. */
  readonly items: readonly Readonly<Record<string, string>>[];
  /** What the result files say of each item. Undefined where they cannot be read. */
  results?: MapResult[];
}

export interface MapResult {
  readonly item: unknown;
  readonly output?: unknown;
  readonly error?: string;
}

/** What the oracle has to know of the app besides its jobs. The names are generated. */
export interface AppFacts {
  readonly region: string;
  /** The job's log group. */
  readonly logGroup: string;
  /** The ARN of the job's role. */
  readonly jobRole: string;
  /** The bucket of the job's compute. */
  readonly bucket: DeployedBucket;
  /** The compute environments of the job's compute. */
  readonly environments: readonly DeployedComputeEnvironment[];
  /** The ARNs of the queues of the job's compute. */
  readonly queues: ReadonlySet<string>;
  /** What the paths of the job's own resources begin with. */
  readonly jobPath: string;
  /** Seconds that the state machine allows for a run. */
  readonly timeoutSeconds?: number;
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
  /** Whether a function got the answer. */
  readonly isAnswered?: boolean;
}

export interface Submission {
  readonly jobId: string;
  readonly at: number;
  /** The request, spelled as on the wire. */
  readonly input: Record<string, any>;
  /** Whether the function got the answer. */
  readonly isAnswered: boolean;
}

export interface FunctionCall {
  readonly action: string;
  readonly at: number;
  /** Whether the service did the work, and the function got the answer. */
  readonly isAnswered: boolean;
  /** The code of the error with which the service itself refused the call. */
  readonly refusedWith?: string;
  readonly input: Record<string, any>;
}

/** An invocation of a function, with its time as it began. */
export interface Invocation extends InvocationRecord {
  readonly endedAt: number;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
}

export interface LogLine {
  readonly at: number;
  readonly functionPath: string;
  readonly line: string;
}

export interface SentMessage {
  readonly at: number;
  readonly body: string;
}

/** The observations of a world in which nothing has happened yet. */
export function noObservations(known: Pick<Observations, 'app' | 'spotQueues' | 'attempts' | 'api'>): Observations {
  return {
    ...known,
    runs: [],
    maps: [],
    jobs: [],
    children: new Map(),
    nodes: new Map(),
    changes: new Map(),
    terminations: [],
    crashes: [],
    foreignJobs: new Set(),
    submissions: [],
    calls: [],
    invocations: [],
    puts: [],
    logs: [],
    messages: [],
    mostReceives: 0,
    deadLetters: 0,
    stalled: false,
    endlessMessages: 0,
    endedAt: 0,
  };
}

/** What the container of an attempt did, by the number of the attempt from 1. Undefined before it began. */
export function attemptOf({ attempts }: Observations, jobId: string, attempt: number): AttemptRecord | undefined {
  return attempts.get(`${jobId}/${attempt}`);
}

/** The list of a key, which is added when there is none. */
export function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Whether the service did the work of a call, whatever it answered. */
export function isApplied({ error, fault }: CallRecord): boolean {
  return !error || fault?.kind.startsWith('accept') === true;
}

/** Whether the function got the answer of a call. */
export function isAnswered({ error, fault }: CallRecord): boolean {
  return !error && (fault === undefined || fault.kind === 'alter');
}
