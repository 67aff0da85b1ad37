import type { JobDetail } from '@aws-sdk/client-batch';
import { nextCheck } from './schedule';
import { stateOf, TimeLimit, timeLimitOf } from './time-limit';
import type { WatchMessage } from './watch-messages';
import { checkJobMessage, DelayedMessage, JobCheck, UnchangedState } from '../../contract/messages';
import type { RunRecord } from '../../contract/run-record';
import { FIRST_CHECK, TERMINATION_GRACE } from '../../contract/timings';
import { isLive } from '../shared/job-status';
import { readRunContext, RunContext } from '../shared/run-context';

/** What the check function knows of a job when it decides. */
export interface Facts {
  readonly jobId: string;
  /** Undefined when DescribeJobs did not find the job. */
  readonly job?: JobDetail;
  /** The messages about the job that arrived together. */
  readonly messages: readonly WatchMessage[];
  /** The record of the job's round, once it was read. */
  readonly record?: RunRecord;
  /** URL of the function's own watch queue. */
  readonly watchQueue?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Decision =
  /** Nothing is to be done. */
  | { readonly action: 'ignore'; readonly because?: string }
  /** DescribeJobs did not find the job. Without a message it is not checked again. */
  | { readonly action: 'wait until it is found'; readonly seconds: number; readonly next?: DelayedMessage }
  | { readonly action: 'check again'; readonly next: DelayedMessage }
  /** Nothing but events are about the job. The record of its round says whether it is the job of a run. */
  | { readonly action: 'read the record'; readonly jobName: string }
  /** The job has ended: tell its run. */
  | { readonly action: 'report'; readonly job: JobDetail; readonly context: RunContext; readonly check: JobCheck }
  /** The job has not ended: send the run's heartbeat, and check again after a delay. */
  | { readonly action: 'keep alive'; readonly job: JobDetail; readonly context: RunContext; readonly check: JobCheck; readonly delay: number; readonly exceeded?: ExceededLimit };

/** A job has been in its state for longer than its limit, and has to end. */
export interface ExceededLimit extends TimeLimit {
  /** Whether somebody else had terminated or cancelled it: their words are the reason. */
  readonly endedByOthers: boolean;
  /** Whether it was terminated so long ago that it counts as ended. */
  readonly isLost: boolean;
}

/** A job that DescribeJobs does not find for so many seconds is left to the heartbeat, after which its run finds it by name, or submits it again. */
const GIVE_UP_UNFOUND = 900;

/** How often an event is followed up that came before DescribeJobs showed the end of the job. After that, the scheduled check is soon enough. */
const EARLY_CHECKS = 4;
/** Seconds from such an event to the first follow-up. Each further one waits so much longer. */
const EARLY_DELAY = 5;

/**
 * Decides what to do about a job. It calls nothing: `checkJob` carries the decision out.
 *
 * A check comes from our own functions, so its job is one of ours. An event may be about any job, with any name and any parameters: it counts
 * only when the record of the round names the job.
 */
export function decide({ jobId, job, messages, record, watchQueue, now }: Facts): Decision {
  const checks = messages.flatMap((message) => message.kind === 'checkJob' ? [message.check] : []);
  // The youngest check has the newest token. After an adoption the older tokens are closed.
  const newest = checks.filter((check) => check.early === undefined).sort((a, b) => b.since - a.since)[0];
  if (!job) return newest ? unfound(newest, now) : { action: 'ignore' };

  const context = readRunContext(job.parameters);
  if (!context) return { action: 'ignore', because: 'the job does not belong to a run' };
  // An event of a job queue that several computes share. A check always belongs to this compute, even if the watch queue was replaced meanwhile.
  if (checks.length === 0 && context.watchQueue !== undefined && context.watchQueue !== watchQueue) return { action: 'ignore' };
  if (checks.length === 0 && !record) return { action: 'read the record', jobName: job.jobName! };

  const token = newest?.token ?? checks[0]?.token ?? (record?.jobId === jobId ? record.token : undefined);
  if (token === undefined) return { action: 'ignore', because: 'no record names the job' };
  if (isLive(job.status)) return newest ? keepAlive(job, context, newest, checks, now) : early(jobId, token, checks[0], now);
  const [readSince] = checks.flatMap((check) => check.readSince ?? []).sort((a, b) => a - b);
  return { action: 'report', job, context, check: { jobId, token, since: newest?.since ?? checks[0]?.since ?? now, readSince } };
}

function unfound(check: JobCheck, now: number): Decision {
  const seconds = (now - check.since) / 1000;
  const next = seconds < GIVE_UP_UNFOUND ? { body: checkJobMessage(check), delay: FIRST_CHECK } : undefined;
  return { action: 'wait until it is found', seconds: Math.round(seconds), next };
}

/** An event says that the job has ended, and DescribeJobs does not show it yet. */
function early(jobId: string, token: string, check: JobCheck | undefined, now: number): Decision {
  const times = (check?.early ?? 0) + 1;
  if (times > EARLY_CHECKS) return { action: 'ignore' };
  return { action: 'check again', next: { body: checkJobMessage({ jobId, token, since: check?.since ?? now, early: times }), delay: EARLY_DELAY * times } };
}

/** Of several checks that saw a state, the one that knows best since when it has not changed. */
function earliestSight(state: string, checks: readonly JobCheck[]): UnchangedState | undefined {
  return checks.flatMap(({ unchanged }) => unchanged?.state === state ? [unchanged] : []).sort((a, b) => a.since - b.since)[0];
}

function keepAlive(job: JobDetail, context: RunContext, check: JobCheck, checks: readonly JobCheck[], now: number): Decision {
  const state = stateOf(job);
  const seen = earliestSight(state, checks) ?? { state, since: now };
  const age = (now - job.createdAt!) / 1000;
  const limit = timeLimitOf(job, context, seen.since);
  const left = limit && limit.seconds - (now - limit.since) / 1000;
  if (!limit || left! > 0) return { action: 'keep alive', job, context, check: { ...check, unchanged: { state, since: seen.since } }, delay: nextCheck(age, left) };

  const { terminatedAt = now, endedByOthers = Boolean(job.isTerminated || job.isCancelled) } = seen;
  const ending = TERMINATION_GRACE - (now - terminatedAt) / 1000;
  return {
    action: 'keep alive',
    job,
    context,
    check: { ...check, unchanged: { state, since: seen.since, terminatedAt, endedByOthers } },
    delay: nextCheck(age, ending),
    exceeded: { ...limit, endedByOthers, isLost: ending <= 0 },
  };
}
