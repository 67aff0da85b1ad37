import type { ActualOutcome, Ending } from './endings';
import { DEFAULTS, FixtureJob } from './jobs';
import { attemptOf, Observations, StatusChange, Termination } from './observations';
import { roundOf } from './rules';
import type { BatchJob } from '../emulator/services/batch/batch';
import type { Execution } from '../emulator/states/execution';

/** The actual outcome of a job. It follows from what users and functions did to the job, and from what its containers were to do. */
export function actualOutcome(observations: Observations, job: BatchJob): ActualOutcome {
  const ended = outcomeOfTermination(observations, job);
  if (ended) return ended;
  const children = observations.children.get(job.jobId);
  if (children) return children.map((child) => actualOutcome(observations, child)).find((outcome) => outcome !== 'SUCCEEDED') ?? 'SUCCEEDED';
  // The queue has a time limit for jobs without a place.
  if (job.isCancelled) return 'Stuck';
  const record = recordOf(observations, job);
  if (record?.stopped) return 'AttemptTimeout';
  // A multi-node job succeeds when its main node does.
  if (record?.ending.outcome === 'SUCCEEDED') return 'SUCCEEDED';
  const worker = firstFailedWorker(observations, job);
  return outcomeOfEnding(observations, worker ?? job, (worker ? recordOf(observations, worker) : record)?.ending);
}

/** Whatever a container left behind, the job was ended by a user, or by a function after one of its times had passed. */
function outcomeOfTermination(observations: Observations, job: BatchJob): ActualOutcome | undefined {
  const termination = terminationOf(observations, job);
  if (!termination) return undefined;
  if (termination.by === 'user') return 'Cancelled';
  return statesAt(observations, job, termination.at).some(({ status }) => status === 'RUNNING') ? 'AttemptTimeout' : 'Stuck';
}

/** On instances, Batch reports a host that is lost in the words of a Spot reclaim. */
function outcomeOfEnding({ spotQueues }: Observations, { plan }: BatchJob, ending: Ending | undefined): ActualOutcome {
  if (ending?.outcome === 'SpotReclaimed' && plan.platform === 'EC2' && !spotQueues.has(plan.queue.arn)) return 'HostLost';
  return ending?.outcome ?? 'Unknown';
}

/** The worker of a multi-node job that failed before the main node did, in the same attempt. The failure of the main node may follow from it. */
export function firstFailedWorker(observations: Observations, job: BatchJob): BatchJob | undefined {
  const mainStoppedAt = job.attempts.at(-1)?.stoppedAt ?? Infinity;
  return (observations.nodes.get(job.jobId) ?? [])
    .filter((node) => node.status === 'FAILED' && node.stoppedAt! < mainStoppedAt && node.attempts.length === job.attempts.length && !recordOf(observations, node)?.stopped)
    .sort((a, b) => a.stoppedAt! - b.stoppedAt!)[0];
}

/** What the container of the last attempt was to do, and did. */
function recordOf(observations: Observations, { jobId, attempts: { length } }: BatchJob) {
  return attemptOf(observations, jobId, length);
}

/** The call that ended the job, or the array job that it is a child of. */
export function terminationOf({ terminations }: Observations, job: BatchJob): Termination | undefined {
  const [jobId] = job.jobId.split(':');
  return terminations.find((termination) => termination.jobId === jobId && termination.at <= (job.stoppedAt ?? Infinity));
}

/** The states before a time of a job, or of the children of an array job, each with the time at which it began. A job waits from its submission. */
function statesAt({ children, changes }: Observations, { jobId }: BatchJob, at: number): StatusChange[] {
  const jobs = children.get(jobId)?.map((child) => child.jobId) ?? [jobId];
  return jobs.map((id) => {
    const [first, ...later] = changes.get(id)!;
    return later.filter((change) => change.at < at).reduce((before, change) => isWaiting(before) && isWaiting(change) ? before : change, first);
  });
}

export function isWaiting({ status }: StatusChange): boolean {
  return status === 'SUBMITTED' || status === 'PENDING' || status === 'RUNNABLE';
}

/** Whether the functions ended a job in whose state the time that it may take had not passed. */
export function isTerminatedWithoutCause(observations: Observations, job: BatchJob, asked: FixtureJob): boolean {
  const { attemptTimeout, queueTimeout, startTimeout = DEFAULTS.startTimeout } = asked;
  const termination = observations.terminations.find(({ jobId, at, by }) => jobId === job.jobId && by === 'function' && at <= (job.stoppedAt ?? Infinity));
  if (!termination) return false;
  const states = statesAt(observations, job, termination.at);
  const isLate = ({ at }: StatusChange, limit: number) => termination.at - at >= limit * 1000;
  const [running, starting] = ['RUNNING', 'STARTING'].map((wanted) => states.filter(({ status }) => status === wanted));
  if (running.some((state) => isLate(state, attemptTimeout)) || starting.some((state) => isLate(state, startTimeout))) return false;
  // As long as a child runs, the others may be waiting for their turn.
  return running.length > 0 || starting.length > 0 || states.some((state) => !isLate(state, queueTimeout));
}

/** Whether nothing can end the job, since the ECS agent of its instance is gone. */
export function isUnreachable(observations: Observations, job: BatchJob): boolean {
  const isLost = ({ isOver, agentIsGone, jobId, attempts }: BatchJob) => (
    !isOver && (agentIsGone || attemptOf(observations, jobId, attempts.length + 1)?.agentIsGone === true)
  );
  return (observations.children.get(job.jobId) ?? [job]).every((candidate) => candidate.isOver || isLost(candidate)) && !job.isOver;
}

type NextRound = 'on demand' | 'with more memory' | undefined;

const noRound = () => undefined;

/** What the next round of a job depends on. */
interface RoundJob {
  /** Whether it ran on Spot capacity. Each compute of the simulation with Spot capacity has an on-demand queue too. */
  readonly isOnSpot: boolean;
  readonly memory: number;
  readonly maxMemory?: number;
}

/** The round that has to follow a round with this outcome. */
const NEXT_ROUND: { readonly [outcome in ActualOutcome]: (job: RoundJob) => NextRound } = {
  SUCCEEDED: noRound,
  SpotReclaimed: ({ isOnSpot }) => isOnSpot ? 'on demand' : undefined,
  OutOfMemory: ({ memory, maxMemory = 0 }) => memory < maxMemory ? 'with more memory' : undefined,
  HostLost: noRound,
  DiskFull: noRound,
  ImagePull: noRound,
  InvalidCommand: noRound,
  SecretUnavailable: noRound,
  FileSystemUnavailable: noRound,
  RoleUnavailable: noRound,
  Infrastructure: noRound,
  AttemptTimeout: noRound,
  Stuck: noRound,
  Cancelled: noRound,
  ExitCode: noRound,
  Unknown: noRound,
};

export function nextRoundAfter(outcome: ActualOutcome, job: RoundJob): NextRound {
  return NEXT_ROUND[outcome](job);
}

/** The memory of each round, by its number: twice as much after a round that ran out of it, up to `maxMemory`. */
export function memoryOfRounds(observations: Observations, rounds: BatchJob[], first: number, maxMemory = first): Map<number, number> {
  let memory = first;
  return new Map(rounds.map((job) => {
    const entry = [roundOf(job.plan.jobName).round, memory] as const;
    if (actualOutcome(observations, job) === 'OutOfMemory') memory = Math.max(memory, Math.min(2 * memory, maxMemory));
    return entry;
  }));
}

/**
 * The job of each round, in order; of duplicate jobs, the one whose container ran. After a redrive these are the rounds since that
 * redrive and the rounds that the state machine had passed before it: a redrive continues at the state that failed.
 */
export function roundsOf(jobs: BatchJob[], { redriveCount, history }: Execution): BatchJob[] {
  const byName = new Map<string, BatchJob>();
  for (const job of jobs) {
    const duplicate = byName.get(job.plan.jobName);
    if (!duplicate || (duplicate.containerTimes.length === 0 && job.containerTimes.length > 0)) byName.set(job.plan.jobName, job);
  }
  const all = [...byName.values()].sort((a, b) => a.createdAt - b.createdAt);
  if (redriveCount === 0) return all;
  const passed = history.filter(({ type }) => type === 'TaskSucceeded').length;
  const named = all.map((job) => ({ job, ...roundOf(job.plan.jobName) }));
  return named.filter(({ redrive, round }) => redrive === redriveCount
    || (round <= passed && !named.some((other) => other.round === round && other.redrive > redrive))).map(({ job }) => job);
}
