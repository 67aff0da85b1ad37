import { isWaiting, terminationOf } from './actual-outcome';
import type { Report } from './findings';
import { formatSeconds } from './findings';
import { DEFAULTS, FixtureJob } from './jobs';
import type { Observations, RunRecord, StatusChange } from './observations';
import type { Scenario } from './scenario';
import type { BatchJob } from '../emulator/services/batch/batch';

/** Seconds. A container that was told to stop gets SIGKILL after so long. */
const STOP_GRACE = 30;
/** Seconds after `attemptTimeout` at which a job is ended that AWS Batch itself did not end. */
const RUN_GRACE = 1_800;
/** Seconds. The queues of the library cancel a job that no instance can hold after so long, and AWS Batch says why after ten minutes. */
const CANCELLED_AFTER = 3_600 + 600;
/** Milliseconds. */
const TOLERANCE = 1_000;

/** What takes too long is ended: when its time is over, and not before. */
export function expectRightLimits(scenario: Scenario, observations: Observations, run: RunRecord, jobs: BatchJob[], report: Report): void {
  for (const job of jobs) {
    expectRightAttemptTimeouts(observations, run.job, job, report);
    expectNothingHangs(scenario, observations, run, job, report);
    if (job.isCancelled && !terminationOf(observations, job)) expectCancelledInTime(observations, job, report);
  }
}

/** A container is told to stop at `attemptTimeout`, and not before, unless somebody ended its job. */
function expectRightAttemptTimeouts(observations: Observations, { attemptTimeout }: FixtureJob, job: BatchJob, report: Report): void {
  for (const { request, startedAt, stoppedAt, endedAt, agentIsGone } of observations.attempts.values()) {
    if (request.jobId.split(':')[0] !== job.jobId || request.nodeIndex !== undefined || startedAt === undefined) continue;
    const child = (observations.children.get(job.jobId) ?? []).find(({ jobId }) => jobId === request.jobId);
    const subject = `attempt ${request.attempt} of ${request.jobId}`;
    const ended = terminationOf(observations, child ?? job);
    if (stoppedAt !== undefined && !(ended && ended.at <= stoppedAt) && Math.abs(stoppedAt - startedAt - attemptTimeout * 1000) > TOLERANCE) {
      report('wrong', `${subject} was told to stop after ${formatSeconds(stoppedAt - startedAt)}, and its attemptTimeout is ${attemptTimeout} s`);
    }
    const ran = (endedAt ?? observations.endedAt) - startedAt;
    if (!agentIsGone && ran > (attemptTimeout + STOP_GRACE) * 1000 + TOLERANCE) report('hung', `${subject} ran for ${formatSeconds(ran)}, and its attemptTimeout is ${attemptTimeout} s`);
  }
}

function expectCancelledInTime({ changes }: Observations, { jobId, stoppedAt }: BatchJob, report: Report): void {
  const waits = changes.get(jobId)!.filter(({ status }) => status === 'RUNNABLE').at(-1);
  const waited = waits && stoppedAt! - waits.at;
  if (waited !== undefined && Math.abs(waited - CANCELLED_AFTER * 1000) > TOLERANCE) report('wrong', `the queue cancelled ${jobId} after ${formatSeconds(waited)}, not after ${CANCELLED_AFTER} s`);
}

/** A state in which nothing of a job changed. `until` is undefined while it lasts. */
interface Stay {
  readonly status: StatusChange['status'];
  readonly from: number;
  readonly until?: number;
}

/** While its run runs, a job that stays in a state for too long is ended, soon after the limit of that state. */
function expectNothingHangs({ bounds }: Scenario, observations: Observations, { execution, job: asked }: RunRecord, job: BatchJob, report: Report): void {
  const runEnd = execution.stoppedAt ?? observations.endedAt;
  for (const { status, from, until = Infinity } of staysOf(observations, job)) {
    const limit = limitOf(asked, status) * 1000;
    const latest = from + limit + bounds.limits[1];
    const isEnded = observations.terminations.some(({ jobId, at }) => jobId === job.jobId && at <= latest);
    if (Math.min(until, runEnd) > latest && !isEnded) report('hung', `${job.jobId} was ${status} for more than ${formatSeconds(latest - from)}, and its limit is ${formatSeconds(limit)}`);
  }
}

/** Seconds after which the functions end a job that is still in a state. */
export function limitOf({ queueTimeout, startTimeout = DEFAULTS.startTimeout, attemptTimeout }: FixtureJob, status: StatusChange['status']): number {
  if (status === 'RUNNING') return attemptTimeout + RUN_GRACE;
  return status === 'STARTING' ? startTimeout : queueTimeout;
}

/** Of an array job, the stays of the child that is most advanced: children take turns. */
function staysOf({ children, changes }: Observations, { jobId }: BatchJob): Stay[] {
  const ids = children.get(jobId)?.map((child) => child.jobId) ?? [jobId];
  const all = ids.flatMap((id) => changes.get(id)!.map(({ status, at }) => ({ id, status, at }))).sort((a, b) => a.at - b.at);
  const current = new Map<string, StatusChange['status']>();
  const stays: { status: StatusChange['status']; from: number; until?: number }[] = [];
  for (const { id, status, at } of all) {
    current.set(id, status);
    const statuses = [...current.values()];
    const most = (['RUNNING', 'STARTING'] as const).find((candidate) => statuses.includes(candidate))
      ?? (statuses.some((candidate) => isWaiting({ status: candidate, at })) ? 'RUNNABLE' : undefined);
    const before = stays.at(-1);
    // A job waits from its submission on, whatever the state of its waiting is called.
    if (before && before.until === undefined && most === 'RUNNABLE' && before.status === 'RUNNABLE' && ids.length === 1) continue;
    if (before && before.until === undefined) before.until = at;
    if (most) stays.push({ status: most, from: at });
  }
  return stays;
}
