import { randomBytes } from 'node:crypto';
import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { jobRequest } from './job-request';
import { JobNotFound, withSubmitErrors, SubmitUncertain } from './submit-errors';
import { FUNCTION_VARIABLES } from '../../contract/environment';
import { redriveOf } from '../../contract/job-name';
import type { CleanUpRequest, SubmitRequest } from '../../contract/job-spec';
import { checkJobMessage, checkRunMessage } from '../../contract/messages';
import { objectAt, StoredObject } from '../../contract/object-store';
import type { RunRecord } from '../../contract/run-record';
import { RUN_REDRIVEN } from '../../contract/terminations';
import { FIRST_CHECK, FORGOTTEN_AFTER, LISTED_AFTER, UNCERTAIN_CHECK } from '../../contract/timings';
import { endDuplicates, jobsOfExecution, terminateLive } from '../shared/batch-jobs';
import { expectedOwner } from '../shared/bucket-owner';
import { clientOptions } from '../shared/client-options';
import { parseRunInput } from '../shared/input/run-input';
import { jobQueues } from '../shared/job-queues';
import { isOver } from '../shared/job-status';
import { log } from '../shared/log';
import { endOrphanedJobs } from '../shared/orphaned-jobs';
import { ownJobs } from '../shared/own-jobs';
import { runId } from '../shared/run-context';
import { readRecord, writeRecord } from '../shared/run-records';

// One attempt: SubmitJob has no client token, and the SDK's own retry of a lost answer would submit a second job.
const batch = new BatchClient({ ...clientOptions, maxAttempts: 1 });
const s3 = new S3Client(clientOptions);
const sqs = new SQSClient({ ...clientOptions, useQueueUrlAsEndpoint: false });

interface Submitted {
  readonly statusCode: number;
  readonly body: { readonly jobId: string };
}

/** The state machine invokes it with a task token to submit the job of a round, and without one to end the jobs of a run that it gives up. */
export async function handler(request: SubmitRequest | CleanUpRequest): Promise<Submitted | undefined> {
  if ('cleanUp' in request) {
    await endOrphanedJobs({ batch, s3 }, request.cleanUp);
    return undefined;
  }
  try {
    return await submitOnce(request);
  } catch (error) {
    if (error instanceof SubmitUncertain) await haveRunChecked(request.execution.Id);
    throw error;
  }
}

/** Submits the job of a round once, records it, and schedules its first check. */
async function submitOnce(request: SubmitRequest): Promise<Submitted> {
  const { execution, token } = request;
  const input = parseRunInput(execution.Input, request.job);
  const submissionId = randomBytes(16).toString('hex');
  const queues = { watchQueue: process.env[FUNCTION_VARIABLES.WATCH_QUEUE_URL], jobQueues: jobQueues() };
  const { submission, objects } = jobRequest(request, input, submissionId, queues);
  const { jobName } = submission;

  const record = request.retryCount > 0 ? await withSubmitErrors('GetObject', () => readRecord(s3, jobName)) : undefined;
  const adopted = await withSubmitErrors('ListJobs', () => jobToAdopt(request, jobName, record));
  const submissionIds = [...record?.submissionIds ?? [], ...adopted ? [] : [submissionId]];
  if (!adopted) {
    await withSubmitErrors('PutObject', () => Promise.all(objects.map(put)));
    // After the objects: no call for a record may be left when one for an object fails, because Lambda would finish it in a later invocation.
    await withSubmitErrors('PutObject', () => writeRecord(s3, jobName, { submissionIds }, { isNew: !record }));
  }
  const jobId = adopted ?? await withSubmitErrors('SubmitJob', async () => (await batch.send(new SubmitJobCommand(submission))).jobId!);
  log(adopted ? 'adopted' : 'submitted', { runId: runId(execution.Id), round: request.nextRound?.round ?? 1, jobId });

  // Whatever fails now: there is a job, and the next try has to find it.
  const uncertain = { thrown: SubmitUncertain };
  await withSubmitErrors('PutObject', () => writeRecord(s3, jobName, { submissionIds, jobId, token }), uncertain);
  await withSubmitErrors('SendMessage', () => send(checkJobMessage({ jobId, token, since: Date.now() }), FIRST_CHECK), uncertain);
  return { statusCode: 200, body: { jobId } };
}

/**
 * Schedules a check of the run. If the run is stopped before it retries, and the event about that is lost, this check finds the job that
 * may have been submitted.
 */
async function haveRunChecked(execution: string): Promise<void> {
  try {
    await send(checkRunMessage(execution), UNCERTAIN_CHECK);
  } catch (error) {
    log('failed', { error: (error as Error).name, message: `SendMessage: ${(error as Error).message}` });
  }
}

async function send(body: string, delay: number): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: process.env[FUNCTION_VARIABLES.WATCH_QUEUE_URL], DelaySeconds: delay, MessageBody: body }));
}

async function put({ uri, body }: StoredObject): Promise<void> {
  await s3.send(new PutObjectCommand({ ...objectAt(uri), ...expectedOwner(), Body: body }));
}

/**
 * The job that an earlier try of this round submitted: the one that the record names, also while ListJobs does not show it, and otherwise our oldest
 * job of its name. Our other ones are duplicates and are ended, and so are the jobs that a redriven execution left running before its redrive.
 */
async function jobToAdopt({ job, execution, retryCount, enteredAt }: SubmitRequest, name: string, record?: RunRecord): Promise<string | undefined> {
  if (retryCount === 0 && execution.RedriveCount === 0) return undefined;
  const jobs = await ownJobs({ batch, s3 }, await jobsOfExecution(batch, execution.Id, jobQueues()), !job.recorded);

  const former = jobs.filter(({ jobName, status }) => (redriveOf(jobName!) ?? 0) < execution.RedriveCount && !isOver(status));
  await terminateLive(batch, former, RUN_REDRIVEN);
  if (former.length > 0) throw new SubmitUncertain(`waiting for ${former.length} job(s) from before the redrive to end`);
  const { RedriveTime } = execution;
  if (RedriveTime !== undefined && Date.now() - Date.parse(RedriveTime) < LISTED_AFTER * 1000) {
    throw new SubmitUncertain('waiting until ListJobs shows all jobs that were submitted before the redrive');
  }

  const ofRound = jobs.filter(({ jobName }) => jobName!.toLowerCase() === name);
  const kept = record?.jobId ?? ofRound[0]?.jobId;
  await endDuplicates(batch, ofRound, kept);
  if (!ofRound.some(({ jobId }) => jobId === kept) && retryCount > 0) refuseForgotten(enteredAt, RedriveTime);
  return kept;
}

/** A submission that began long ago has submitted its job. When ListJobs does not show it any more, its work may be done. */
function refuseForgotten(enteredAt: string | undefined, redrivenAt = enteredAt): void {
  if (enteredAt === undefined) return; // in definitions from before it was sent
  const since = enteredAt > redrivenAt! ? enteredAt : redrivenAt!;
  if (Date.now() - Date.parse(since) < FORGOTTEN_AFTER * 1000) return;
  throw new JobNotFound(`the job was submitted after ${since}, and AWS Batch does not know it any more, so its outcome is not known; `
    + 'it is not submitted again, because its work may be done; look for its effects, and redrive the run to do the work again');
}
