import { JobDetail, JobSummary, TerminateJobCommand } from '@aws-sdk/client-batch';
import { SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { failedChildrenOf } from './array-outcome';
import { Clients, stateOfExecution } from './check-run';
import { decide, Decision, ExceededLimit, Facts } from './decide';
import { lastAttempt } from './last-attempt';
import { LateResult, logResult } from './log-result';
import { EndedJob, withMainNode } from './node-outcome';
import { Answer, answerOf, outcomeOf } from './outcome';
import { runOutput } from './run-output';
import { RunResult, runResult, withoutResult } from './run-result';
import { isArray } from './time-limit';
import { checkJobMessage, DelayedMessage } from '../../contract/messages';
import type { RunOutput } from '../../contract/run-output';
import type { RunRecord } from '../../contract/run-record';
import { duplicateOf, isOwnTermination, queuedTooLong, runningTooLong, RUN_ENDED, startingTooLong, unknownStatus } from '../../contract/terminations';
import { listJobs } from '../shared/batch-jobs';
import { log } from '../shared/log';
import { RunContext, runId } from '../shared/run-context';
import { readRecord } from '../shared/run-records';

/** What the log says of a result that is not in the output. */
const NO_RESULT_CARRIED = 'the output does not carry the result';

/** For a round that has no record: that an earlier version began, or whose record has expired. */
const NO_RECORD: RunRecord = { submissionIds: [] };

/** A longer reason is cut before it is sent to Batch. */
const TERMINATION_REASON_CHARACTERS = 1_000;

/** Checks one job. Returns the message for its next check; undefined when there is none. */
export async function checkJob(clients: Clients, facts: Facts): Promise<DelayedMessage | undefined> {
  const { jobId } = facts;
  const decision = decide(facts);
  switch (decision.action) {
    case 'read the record':
      return checkJob(clients, { ...facts, record: await readRecord(clients.s3, decision.jobName) ?? NO_RECORD });
    case 'ignore':
      if (decision.because !== undefined) log('ignored', { jobId, message: decision.because });
      return undefined;
    case 'wait until it is found':
      log('not found', { jobId, seconds: decision.seconds });
      return decision.next;
    case 'check again':
      return decision.next;
    case 'report':
      return report(clients, decision, facts.now);
    case 'keep alive':
      return keepAlive(clients, decision, facts.now);
  }
}

/** Tells the run that its job lives. Ends the job when the run has ended, or when the job has been in its state for too long. */
async function keepAlive(clients: Clients, decision: Extract<Decision, { action: 'keep alive' }>, now: number): Promise<DelayedMessage | undefined> {
  const { job, context, check, exceeded } = decision;
  const jobId = job.jobId!;
  const fields = { runId: runId(context.execution), jobId, round: context.round, status: job.status };
  if (await heartbeat(clients, check.token) === 'closed') {
    const { running, redrive } = await stateOfExecution(clients.sfn, context.execution);
    if (running && redrive === context.redrive) return handOver(clients, decision);
    await clients.batch.send(new TerminateJobCommand({ jobId, reason: RUN_ENDED }));
    log('terminated', { ...fields, message: RUN_ENDED });
    return undefined;
  }
  const next = { body: checkJobMessage(check), delay: decision.delay };
  if (!exceeded) return next;
  const children = isArray(job) ? await listJobs(clients.batch, { arrayJobId: jobId, jobStatus: exceeded.status }) : [];
  const lastStart = Math.max(...children.map(({ startedAt = 0 }) => startedAt));
  if (lastStart > exceeded.since) {
    // One child made room for another between two checks, and the numbers of children did not change.
    return { ...next, body: checkJobMessage({ ...check, unchanged: { state: check.unchanged!.state, since: lastStart } }) };
  }
  const reason = exceeded.endedByOthers ? job.statusReason : terminationReason(job, children, exceeded).slice(0, TERMINATION_REASON_CHARACTERS);
  if (!exceeded.endedByOthers) {
    await clients.batch.send(new TerminateJobCommand({ jobId, reason }));
    log('terminated', { ...fields, message: reason });
  }
  if (!exceeded.isLost) return next;
  // AWS Batch has not ended it. The run ends with what is known, and the end of the run terminates the job once more.
  return report(clients, { action: 'report', job: { ...job, status: 'FAILED', statusReason: reason }, context, check }, now);
}

/**
 * The run goes on, and waits with a newer token, which has a check of its own; or it is about to submit or adopt a job. The record says for
 * which job it waits. Another job of the round is a duplicate, and must not go on.
 */
async function handOver(clients: Clients, { job, context, check, delay }: Extract<Decision, { action: 'keep alive' }>): Promise<DelayedMessage | undefined> {
  const { jobId, token } = await readRecord(clients.s3, job.jobName!) ?? NO_RECORD;
  if (jobId === undefined || token === check.token) return { body: checkJobMessage(check), delay };
  if (jobId !== job.jobId) await clients.batch.send(new TerminateJobCommand({ jobId: job.jobId!, reason: duplicateOf(jobId) }));
  log('handed over', { runId: runId(context.execution), jobId: job.jobId, round: context.round, status: job.status });
  return undefined;
}

const TERMINATION_REASONS = { queue: queuedTooLong, start: startingTooLong, run: runningTooLong } satisfies { [kind in ExceededLimit['kind']]: unknown };

/**
 * Why a job is terminated, with Batch's own reason why it does not get on. Of an array job only the children have one. Once it was
 * terminated, Batch may show that reason.
 */
function terminationReason(job: JobDetail, children: readonly JobSummary[], { kind, status, seconds }: ExceededLimit): string {
  if (isOwnTermination(job.statusReason)) return job.statusReason!;
  const why = [job, ...children].find(({ statusReason }) => statusReason)?.statusReason;
  return TERMINATION_REASONS[kind](seconds, why ?? `${isArray(job) ? status : job.status}, and AWS Batch reported no reason`);
}

/** Sends the run's heartbeat. A heartbeat that fails does not end the checks, unless the token is closed. */
async function heartbeat({ sfn }: Clients, taskToken: string): Promise<'open' | 'closed'> {
  try {
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  } catch (error) {
    if (isClosed(error)) return 'closed';
    log('failed', { error: (error as Error).name, message: `SendTaskHeartbeat: ${(error as Error).message}` });
  }
  return 'open';
}

/** Tells the run the outcome of its job. Returns a message instead while the result may be late. */
async function report(clients: Clients, { job: ended, context, check }: Extract<Decision, { action: 'report' }>, now: number): Promise<DelayedMessage | undefined> {
  const job = await withMainNode(clients.batch, ended);
  const outcome = outcomeOf(job, await failedChildrenOf(clients.batch, job), context);
  const { verdict, array, nextRound } = outcome;
  const { readSince = now } = check;
  const result = verdict.status === 'SUCCEEDED' ? await resultOf(clients, job, context, (now - readSince) / 1000) : undefined;
  if (result && 'readAgainAfter' in result) return { body: checkJobMessage({ ...check, readSince }), delay: result.readAgainAfter };
  const output = runOutput(job, context, { verdict, result, array }, process.env.AWS_REGION!);
  if (verdict.status === 'FAILED' && job.status !== 'FAILED') {
    const reason = unknownStatus(job.status);
    await clients.batch.send(new TerminateJobCommand({ jobId: job.jobId!, reason }));
    log('terminated', { runId: output.runId, jobId: output.jobId, round: context.round, status: job.status, message: reason });
  }
  const answer = (told: RunOutput) => send(clients, check.token, answerOf(outcome, told, context));
  try {
    await answer(output);
  } catch (error) {
    if (!['InvalidOutput', 'ValidationException'].includes((error as Error).name) || output.result === null) throw error;
    await answer({ ...output, result: null, resultError: `AWS Step Functions refused the result: ${(error as Error).message}` });
  }
  log(nextRound ? 'another round' : 'over', {
    runId: output.runId,
    jobId: output.jobId,
    round: context.round,
    status: output.status,
    verdict: output.reason ?? undefined,
    error: output.resultError === undefined ? undefined : NO_RESULT_CARRIED, // the whole text may quote the result
  });
  return undefined;
}

async function resultOf({ s3, logs }: Clients, job: EndedJob, { resultSource, logGroup, result }: RunContext, waited: number): Promise<RunResult | LateResult> {
  if (resultSource === undefined) return runResult(s3, result);
  if (isArray(job)) return withoutResult('each child of an array job has a log of its own; let the children write to the bucket, with HeavyBatchResultSource.BUCKET');
  const { startedAt, stoppedAt } = job;
  return logResult(logs, job.jobId!, { logGroup, logStream: lastAttempt(job).logStream, startedAt, stoppedAt }, waited);
}

/** A closed token is no error: the run knows the outcome already, or another check has the newer token. */
async function send({ sfn }: Clients, taskToken: string, answer: Answer): Promise<void> {
  try {
    await (answer.kind === 'success'
      ? sfn.send(new SendTaskSuccessCommand({ taskToken, output: answer.output }))
      : sfn.send(new SendTaskFailureCommand({ taskToken, error: answer.error, cause: answer.cause })));
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

function isClosed(error: unknown): boolean {
  return ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].includes((error as Error).name);
}
