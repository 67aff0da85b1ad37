import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { jobsOfExecution, terminateLive } from './batch-jobs';
import { redriveOf } from './job-name';
import { CleanUpRequest, jobRequest, SubmitRequest } from './job-request';
import { endLeftovers } from './leftovers';
import { log } from './log';
import { FIRST_LOOK } from './look-again';
import { objectAt } from './object-store';
import { runId } from './run-context';
import { parseRunInput } from './run-input';
import { isOver } from './verdict';
import { lookMessage } from './watch-message';

/** Batch is asked for less: nothing happened, and it may be tried again at once. */
class SubmitThrottled extends Error { readonly name = 'SubmitThrottled'; }
/** Nobody knows whether there is a job: to be tried again when ListJobs would show it. */
class SubmitUncertain extends Error { readonly name = 'SubmitUncertain'; }
/** Batch, or IAM, says no: trying again would change nothing. */
class SubmitRefused extends Error { readonly name = 'SubmitRefused'; }

const client = {
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
  cacheMiddleware: true, // a quarter of a call's time: nothing changes the clients once they are there
};

// One attempt: SubmitJob has no client token, and the SDK's own retry of a lost answer would submit a second job.
const batch = new BatchClient({ ...client, maxAttempts: 1 });
const s3 = new S3Client(client);
const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });

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

/** Submits the job of a round, once, and has it watched. */
async function submit(request: SubmitRequest): Promise<Submitted> {
  const input = parseRunInput(request.input, request.job);
  const { submission, objects } = jobRequest(request, input, process.env.WATCH_QUEUE_URL);
  const about = { runId: runId(request.execution.id), round: request.nextRound?.round ?? 1 };

  const adopted = await attempt('ListJobs', () => adoptable(request, submission.jobName!));
  if (!adopted) await attempt('PutObject', () => Promise.all(objects.map(({ uri, body }) => s3.send(new PutObjectCommand({ ...objectAt(uri), Body: body })))));
  const jobId = adopted ?? await attempt('SubmitJob', async () => (await batch.send(new SubmitJobCommand(submission))).jobId!);
  log(adopted ? 'adopted' : 'submitted', { ...about, jobId });

  await attempt('SendMessage', () => sqs.send(new SendMessageCommand({
    QueueUrl: process.env.WATCH_QUEUE_URL,
    DelaySeconds: FIRST_LOOK,
    MessageBody: lookMessage({ jobId, token: request.token, since: Date.now() }),
  })));
  return { statusCode: 200, body: { jobId } };
}

/**
 * The job that an earlier try of this round submitted. It is the oldest of its name; younger ones are twins, and are ended, and
 * so is what an earlier life of a redriven execution left running.
 */
async function adoptable({ job, execution, retryCount, nextRound }: SubmitRequest, name: string): Promise<string | undefined> {
  if (retryCount === 0 && execution.redriveCount === 0) return undefined;
  const queues = [...new Set([nextRound?.queue, job.queue, job.onDemandQueue])].filter((queue) => queue !== undefined);
  const jobs = await jobsOfExecution(batch, execution.id, queues);

  const former = jobs.filter((found) => (redriveOf(found.jobName!) ?? 0) < execution.redriveCount && !isOver(found.status));
  await terminateLive(batch, former, 'heavy-batch: its run was redriven');
  if (former.length > 0) throw new SubmitUncertain(`waiting for ${former.length} job(s) from before the redrive to end`);
  // What was submitted just before the redrive may not be listed yet.
  if (retryCount === 0) throw new SubmitUncertain('waiting until ListJobs shows all that was submitted before the redrive');

  const [oldest, ...twins] = jobs.filter((found) => found.jobName!.toLowerCase() === name);
  await terminateLive(batch, twins, `heavy-batch: twin of ${oldest?.jobId}`);
  return oldest?.jobId;
}

/** Does a call, and names what its failure means for the run. */
async function attempt<T>(action: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof SubmitUncertain) throw error;
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode ?? 0;
    const text = `${action}: ${name}: ${message}`;
    log('failed', { error: name, message: text });
    // https://docs.aws.amazon.com/batch/latest/APIReference/CommonErrors.html
    if (status === 429 || /^(TooManyRequests|Throttling|RequestLimitExceeded)/.test(name)) throw new SubmitThrottled(text);
    throw status >= 400 && status < 500 ? new SubmitRefused(text) : new SubmitUncertain(text);
  }
}
