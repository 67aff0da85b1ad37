import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { checkJob } from './check-job';
import { checkRun } from './check-run';
import { readWatchMessage, WatchMessage } from './watch-messages';
import { FUNCTION_VARIABLES } from '../../contract/environment';
import type { DelayedMessage } from '../../contract/messages';
import { IDS_PER_CALL } from '../shared/batch-jobs';
import { clientOptions } from '../shared/client-options';
import { log } from '../shared/log';
import { endOrphanedJobs } from '../shared/orphaned-jobs';

const batch = new BatchClient(clientOptions);
const sfn = new SFNClient(clientOptions);
const sqs = new SQSClient({ ...clientOptions, useQueueUrlAsEndpoint: false });
const s3 = new S3Client(clientOptions);
const logs = new CloudWatchLogsClient(clientOptions);
const clients = { batch, sfn, s3, logs };

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_PER_CALL = 10;

interface Received {
  readonly messageId: string;
  readonly message: WatchMessage;
}

/** Checks the jobs and runs that its messages are about. A message that fails is returned to the queue, and no other with it. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const watchQueue = process.env[FUNCTION_VARIABLES.WATCH_QUEUE_URL];
  const received = event.Records.flatMap(read);
  const failed = new Set<string>();
  const fail = (messageIds: string[]) => messageIds.forEach((id) => failed.add(id));

  const byJob = groupByJob(received);
  const jobs = await describe([...byJob.keys()], (jobIds) => jobIds.forEach((jobId) => fail(idsOf(byJob.get(jobId)!))));

  const next: { messageIds: string[]; message: DelayedMessage }[] = [];
  const perform = async (messageIds: string[], work: () => Promise<DelayedMessage | void>) => {
    try {
      const message = await work();
      if (message) next.push({ messageIds, message });
    } catch (error) {
      log('failed', { error: (error as Error).name, message: (error as Error).message });
      fail(messageIds);
    }
  };
  await Promise.all([
    ...[...byJob].filter(([, entries]) => !entries.some(({ messageId }) => failed.has(messageId))).map(async ([jobId, entries]) => {
      const facts = { jobId, job: jobs.get(jobId), messages: entries.map(({ message }) => message), watchQueue, now: Date.now() };
      await perform(idsOf(entries), () => checkJob(clients, facts));
    }),
    ...received.map(async ({ messageId, message }) => {
      const work = workOnRun(message);
      if (work) await perform([messageId], work);
    }),
  ]);

  const refused = await send(watchQueue, next.map(({ message }) => message));
  refused.forEach((index) => fail(next[index].messageIds));
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

function read({ messageId, body, attributes }: SQSRecord): Received[] {
  const message = readWatchMessage(body, isOwnSender(attributes.SenderId));
  if (!message) log('ignored', { message: 'a message of an unknown kind' });
  return message ? [{ messageId, message }] : [];
}

/**
 * Whether a message comes from one of our own roles: SQS says who sent it. The id of a role is never used again, also when the role is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
function isOwnSender(senderId: string): boolean {
  return (process.env[FUNCTION_VARIABLES.SENDERS] ?? '').split(',').includes(senderId.split(':')[0]);
}

/** What a message about a whole run asks for; undefined for a message about one job. */
function workOnRun(message: WatchMessage): (() => Promise<DelayedMessage | void>) | undefined {
  switch (message.kind) {
    case 'checkRun': return () => checkRun(clients, message.execution);
    case 'cleanUp': return () => endOrphanedJobs(clients, message.cleanUp);
    case 'checkJob':
    case 'jobEvent': return undefined;
  }
}

/** The job that a message is about; undefined for a message about a whole run. */
function jobOf(message: WatchMessage): string | undefined {
  switch (message.kind) {
    case 'checkJob': return message.check.jobId;
    case 'jobEvent': return message.jobId;
    case 'checkRun':
    case 'cleanUp': return undefined;
  }
}

/** The messages about each job: however many there are, the job is checked once. */
function groupByJob(received: Received[]): Map<string, Received[]> {
  const byJob = new Map<string, Received[]>();
  for (const entry of received) {
    const jobId = jobOf(entry.message);
    if (jobId !== undefined) byJob.set(jobId, [...byJob.get(jobId) ?? [], entry]);
  }
  return byJob;
}

function idsOf(entries: Received[]): string[] {
  return entries.map(({ messageId }) => messageId);
}

async function describe(jobIds: string[], onFailure: (jobIds: string[]) => void): Promise<Map<string, JobDetail>> {
  const found = new Map<string, JobDetail>();
  for (let from = 0; from < jobIds.length; from += IDS_PER_CALL) {
    const ids = jobIds.slice(from, from + IDS_PER_CALL);
    try {
      const { jobs } = await batch.send(new DescribeJobsCommand({ jobs: ids }));
      jobs?.forEach((job) => found.set(job.jobId!, job));
    } catch (error) {
      log('failed', { error: (error as Error).name, message: `DescribeJobs: ${(error as Error).message}`, count: ids.length });
      onFailure(ids);
    }
  }
  return found;
}

/** Puts messages into the watch queue. Returns the indexes of the messages that SQS did not accept. */
async function send(queueUrl: string | undefined, messages: DelayedMessage[]): Promise<number[]> {
  const refused: number[] = [];
  for (let from = 0; from < messages.length; from += MESSAGES_PER_CALL) {
    const some = messages.slice(from, from + MESSAGES_PER_CALL);
    try {
      const { Failed } = await sqs.send(new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: some.map(({ body, delay }, index) => ({ Id: String(from + index), MessageBody: body, DelaySeconds: delay })),
      }));
      Failed?.forEach(({ Id }) => refused.push(Number(Id)));
    } catch (error) {
      log('failed', { error: (error as Error).name, message: `SendMessageBatch: ${(error as Error).message}`, count: some.length });
      some.forEach((_, index) => refused.push(from + index));
    }
  }
  return refused;
}
