import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CleanUpRequest, jobRequest, SubmitRequest } from './job-request';
import { parseRunInput } from './run-input';
import { redriveOf } from '../../contract/job-name';
import { objectAt } from '../../contract/object-store';
import { FIRST_LOOK, LISTED_AFTER } from '../check/schedule';
import { isOver } from '../check/verdict';
import { endTwins, jobsOfExecution, terminateLive } from '../shared/batch-jobs';
import { client } from '../shared/client-options';
import { endLeftovers } from '../shared/leftovers';
import { log } from '../shared/log';
import { runId } from '../shared/run-context';
import { checkMessage, lookMessage } from '../shared/watch-message';

/** Batch is asked for less: nothing happened, and it may be tried again at once. */
class SubmitThrottled extends Error { readonly name = 'SubmitThrottled'; }
/** Nobody knows whether there is a job: to be tried again when ListJobs would show it. */
class SubmitUncertain extends Error { readonly name = 'SubmitUncertain'; }
/** Batch, or IAM, says no: trying again would change nothing. */
class SubmitRefused extends Error { readonly name = 'SubmitRefused'; }

// One attempt: SubmitJob has no client token, and the SDK's own retry of a lost answer would submit a second job.
const batch = new BatchClient({ ...client, maxAttempts: 1 });
const s3 = new S3Client(client);
const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });

/** Seconds within which the state machine tries again, at most 300 after a failure, with room to spare. */
const LONGEST_WAIT = 450;

interface Submitted {
  readonly statusCode: number;
  readonly body: { readonly jobId: string };
}

/** Invoked by the state machine: with a task token to submit the job of a round, without one to end what it gives up. */
export async function handler(request: SubmitRequest | CleanUpRequest): Promise<Submitted | undefined> {
  if ('cleanUp' in request) {
    await endLeftovers(batch, request.cleanUp);
    return undefined;
  }
  return submit(request);
}

async function submit(request: SubmitRequest): Promise<Submitted> {
  try {
    return await submitOnce(request);
  } catch (error) {
    if (error instanceof SubmitUncertain) await haveChecked(request.execution.Id);
    throw error;
  }
}

/** Submits the job of a round, once, and has it watched. */
async function submitOnce(request: SubmitRequest): Promise<Submitted> {
  const { execution } = request;
  const input = parseRunInput(execution.Input, request.job);
  const { submission, objects } = jobRequest(request, input, process.env.WATCH_QUEUE_URL);
  const about = { runId: runId(execution.Id), round: request.nextRound?.round ?? 1 };

  const adopted = await attempt('ListJobs', () => adoptable(request, submission.jobName!));
  if (!adopted) await attempt('PutObject', () => Promise.all(objects.map(({ uri, body }) => s3.send(new PutObjectCommand({ ...objectAt(uri), Body: body })))));
  const jobId = adopted ?? await attempt('SubmitJob', async () => (await batch.send(new SubmitJobCommand(submission))).jobId!);
  log(adopted ? 'adopted' : 'submitted', { ...about, jobId });

  // Throttled or not: there is a job, which the next try has to find.
  await attempt('SendMessage', () => say(lookMessage({ jobId, token: request.token, since: Date.now() }), FIRST_LOOK), SubmitUncertain);
  return { statusCode: 200, body: { jobId } };
}

/** Has the run looked at later: were it stopped before its next try, and the event of that lost, nobody would know of the job that it may have. */
async function haveChecked(execution: string): Promise<void> {
  try {
    await say(checkMessage(execution), LONGEST_WAIT);
  } catch (error) {
    log('failed', { error: (error as Error).name, message: `SendMessage: ${(error as Error).message}` });
  }
}

/** Says something to the watch function. */
async function say(body: string, delay: number): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env.WATCH_QUEUE_URL, DelaySeconds: delay, MessageBody: body }));
}

/**
 * The job that an earlier try of this round submitted. It is the oldest of its name; younger ones are twins, and are ended, and
 * so is what an earlier life of a redriven execution left running.
 */
async function adoptable({ job, execution, retryCount, nextRound }: SubmitRequest, name: string): Promise<string | undefined> {
  if (retryCount === 0 && execution.RedriveCount === 0) return undefined;
  const queues = [...new Set([nextRound?.queue, job.queue, job.onDemandQueue])].filter((queue) => queue !== undefined);
  const jobs = await jobsOfExecution(batch, execution.Id, queues);

  const former = jobs.filter((found) => (redriveOf(found.jobName!) ?? 0) < execution.RedriveCount && !isOver(found.status));
  await terminateLive(batch, former, 'heavy-batch: its run was redriven');
  if (former.length > 0) throw new SubmitUncertain(`waiting for ${former.length} job(s) from before the redrive to end`);
  const { RedriveTime } = execution;
  if (RedriveTime !== undefined && Date.now() - Date.parse(RedriveTime) < LISTED_AFTER * 1000) {
    throw new SubmitUncertain('waiting until ListJobs shows all that was submitted before the redrive');
  }

  const ofRound = jobs.filter((found) => found.jobName!.toLowerCase() === name);
  await endTwins(batch, ofRound);
  return ofRound[0]?.jobId;
}

/** Does a call, and names what its failure means for the run. */
async function attempt<T>(action: string, call: () => Promise<T>, Throttled: new (message: string) => Error = SubmitThrottled): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SubmitUncertain) throw error;
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    const text = `${action}: ${name}: ${message}`;
    log('failed', { error: name, message: text });
    // https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html
    if (status === 429 || /^(TooManyRequests|Throttling|RequestLimitExceeded)/.test(name)) throw new Throttled(text);
    throw status >= 400 && status < 500 ? new SubmitRefused(text) : new SubmitUncertain(text);
  }
}
