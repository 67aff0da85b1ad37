import { JobDetail, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { arrayOutcome } from './array-outcome';
import { withMainNode } from './node-outcome';
import { attemptsOf, runOutput } from './run-output';
import { runResult } from './run-result';
import { FIRST_LOOK, GIVE_UP_UNFOUND, nextLook } from './schedule';
import { isLive, nextRoundAfter, STUCK_PREFIX, Verdict, verdictOf } from './verdict';
import { jobName } from '../../contract/job-name';
import { TOKEN_PARAMETER } from '../../contract/parameters';
import { endTwins, jobsOfExecution, olderTwinOf } from '../shared/batch-jobs';
import { Clients, lifeOf } from '../shared/clean-up';
import { log } from '../shared/log';
import { readRunContext, RunContext, runId } from '../shared/run-context';
import { Look, lookMessage, WatchMessage } from '../shared/watch-message';

/** A message for the watch queue, with its delay in seconds. */
export interface Said {
  readonly body: string;
  readonly delay: number;
}

/** How often an event that came before DescribeJobs knew is followed up; the look that is under way anyhow does the rest. */
const EARLY_LOOKS = 4;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
const LONGEST_CAUSE = 32_768;

/**
 * Looks at one job: over, it is judged; not over, its run is told that it lives, and the look is repeated. Answers the message
 * that repeats it.
 */
export async function lookAt(clients: Clients, jobId: string, job: JobDetail | undefined, messages: WatchMessage[]): Promise<Said | undefined> {
  const looks = messages.flatMap((message) => message.kind === 'look' ? [message.look] : []);
  // The youngest look has the newest token: one adoption later the older tokens are closed.
  const newest = looks.filter((look) => look.early === undefined).sort((a, b) => b.since - a.since)[0];
  if (!job) return unfound(jobId, newest);

  const context = readRunContext(job.parameters);
  if (!context || job.jobName !== jobName({ executionArn: context.execution, redrive: context.redrive, round: context.round })) {
    log('ignored', { jobId, message: 'a job that no run submitted' });
    return undefined;
  }
  // An event of a queue that several computes use. A look is never another's, even where the watch queue was replaced meanwhile.
  if (looks.length === 0 && context.watchQueue !== undefined && context.watchQueue !== process.env.WATCH_QUEUE_URL) return undefined;
  const token = newest?.token ?? job.parameters![TOKEN_PARAMETER];
  if (!isLive(job.status)) {
    const older = olderTwinOf(job);
    // The run waits with the younger one's token for the older one.
    if (older) return { body: lookMessage({ jobId: older, token, since: newest?.since ?? job.createdAt! }), delay: 0 };
    return report(clients, await withMainNode(clients.batch, job), context, token);
  }
  return newest ? stillLive(clients, job, context, newest) : early(jobId, token, looks[0]);
}

function unfound(jobId: string, look: Look | undefined): Said | undefined {
  if (!look) return undefined;
  const age = secondsSince(look.since);
  log('not found', { jobId, seconds: Math.round(age) });
  return age < GIVE_UP_UNFOUND ? { body: lookMessage(look), delay: FIRST_LOOK } : undefined;
}

/** An event says that the job is over, and DescribeJobs does not know yet. */
function early(jobId: string, token: string, look: Look | undefined): Said | undefined {
  const times = (look?.early ?? 0) + 1;
  if (times > EARLY_LOOKS) return undefined;
  return { body: lookMessage({ jobId, token, since: look?.since ?? Date.now(), early: times }), delay: 5 * times };
}

async function stillLive(clients: Clients, job: JobDetail, context: RunContext, look: Look): Promise<Said | undefined> {
  const jobId = job.jobId!;
  const about = { runId: runId(context.execution), jobId, round: context.round, status: job.status };
  if (await heartbeat(clients, look.token) === 'closed') {
    const { running, redrive } = await lifeOf(clients.sfn, context.execution);
    if (running && redrive === context.redrive) {
      // A newer token has a look of its own; but a twin, of which the newer one does not know, must not go on.
      const jobs = await jobsOfExecution(clients.batch, context.execution, [context.queue]);
      await endTwins(clients.batch, jobs.filter((one) => one.jobName === job.jobName));
      log('handed over', about);
      return undefined;
    }
    await clients.batch.send(new TerminateJobCommand({ jobId, reason: 'heavy-batch: its run ended' }));
    log('terminated', { ...about, message: 'its run ended' });
    return undefined;
  }
  const age = secondsSince(job.createdAt!);
  const waited = waitsSince(job);
  const left = waited === undefined ? undefined : context.queueTimeout - secondsSince(waited);
  if (left !== undefined && left <= 0) {
    const reason = `${STUCK_PREFIX} (${context.queueTimeout} s): ${await whyNotPlaced(clients, job) ?? `${job.status}, and Batch gives no reason`}`;
    await clients.batch.send(new TerminateJobCommand({ jobId, reason: reason.slice(0, 1_000) }));
    log('terminated', { ...about, message: reason });
  }
  return { body: lookMessage(look), delay: nextLook(age, left !== undefined && left > 0 ? left : undefined) };
}

/** Batch's own reason why a job has no place. Of an array job it tells none, but of its children. */
async function whyNotPlaced({ batch }: Clients, job: JobDetail): Promise<string | undefined> {
  if (job.statusReason || !job.arrayProperties?.size) return job.statusReason;
  const { jobSummaryList } = await batch.send(new ListJobsCommand({ arrayJobId: job.jobId, jobStatus: 'RUNNABLE', maxResults: 1 }));
  return jobSummaryList?.[0]?.statusReason;
}

/** When a job that has no place yet began to wait for one; undefined for a job that has one. An array job waits as long as all its children do. */
function waitsSince(job: JobDetail): number | undefined {
  if (!['SUBMITTED', 'PENDING', 'RUNNABLE'].includes(job.status!)) return undefined;
  const children = job.arrayProperties?.statusSummary ?? {};
  if (['STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'].some((status) => (children[status] ?? 0) > 0)) return undefined;
  return job.attempts?.at(-1)?.stoppedAt ?? job.createdAt!;
}

/** Tells the run that its job lives. A heartbeat that fails for any other reason is no reason to stop looking. */
async function heartbeat({ sfn }: Clients, taskToken: string): Promise<'open' | 'closed'> {
  try {
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  } catch (error) {
    if (isClosed(error)) return 'closed';
    log('failed', { error: (error as Error).name, message: `SendTaskHeartbeat: ${(error as Error).message}` });
  }
  return 'open';
}

/** Tells the run what its job came to. A closed token means that the run knows, or that another look has its newer one. */
async function report(clients: Clients, job: JobDetail, context: RunContext, token: string): Promise<undefined> {
  const array = await arrayOutcome(clients.batch, job);
  const verdict: Verdict = array?.verdict ?? verdictOf(job);
  const result = verdict.status === 'SUCCEEDED' ? await runResult(clients.s3, context.result) : undefined;
  const output = runOutput(job, context, { verdict, result, array: array?.outcome }, process.env.AWS_REGION!);
  const next = array ? undefined : nextRoundAfter(verdict, context, { jobId: job.jobId!, attempts: attemptsOf(job) });
  if (verdict.status === 'FAILED' && job.status !== 'FAILED') {
    await clients.batch.send(new TerminateJobCommand({ jobId: job.jobId!, reason: `heavy-batch: unknown status ${job.status}` }));
  }
  const command = verdict.status === 'SUCCEEDED' ? new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) })
    : next ? new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify({ nextRound: next }) })
      : new SendTaskFailureCommand({ taskToken: token, error: verdict.reason, cause: JSON.stringify(output).slice(0, LONGEST_CAUSE) });
  try {
    await clients.sfn.send(command as SendTaskSuccessCommand);
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
  log(next ? 'another round' : 'over', {
    runId: output.runId,
    jobId: output.jobId,
    round: context.round,
    status: output.status,
    verdict: output.reason ?? undefined,
    error: output.resultError,
  });
  return undefined;
}

function isClosed(error: unknown): boolean {
  return ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes((error as Error).name);
}

function secondsSince(milliseconds: number): number {
  return (Date.now() - milliseconds) / 1000;
}
