import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { lookAt, Said } from './check-job';
import { endLeftoversOf } from '../shared/clean-up';
import { client } from '../shared/client-options';
import { endLeftovers } from '../shared/leftovers';
import { log } from '../shared/log';
import { readWatchMessage, WatchMessage } from '../shared/watch-message';

const batch = new BatchClient(client);
const sfn = new SFNClient(client);
const sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
const s3 = new S3Client(client);
const clients = { batch, sfn, s3 };

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_DescribeJobs.html */
const IDS_A_CALL = 100;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_A_CALL = 10;

interface Received {
  readonly messageId: string;
  readonly message: WatchMessage;
}

/** Looks at the jobs that its messages speak of, and says what they came to. A message that fails is handed back alone. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const received = event.Records.flatMap(read);
  const failed = new Set<string>();

  const ofJobs = byJob(received);
  const found = await describe([...ofJobs.keys()], (ids) => ids.forEach((id) => ofJobs.get(id)!.forEach(({ messageId }) => failed.add(messageId))));

  const again: { messageIds: string[]; said: Said }[] = [];
  const does = async (messageIds: string[], work: () => Promise<Said | void>) => {
    try {
      const said = await work();
      if (said) again.push({ messageIds, said });
    } catch (error) {
      log('failed', { error: (error as Error).name, message: (error as Error).message });
      messageIds.forEach((id) => failed.add(id));
    }
  };
  await Promise.all([
    ...[...ofJobs].filter(([, messages]) => !messages.some(({ messageId }) => failed.has(messageId))).map(async ([jobId, messages]) =>
      does(messages.map(({ messageId }) => messageId), () => lookAt(clients, jobId, found.get(jobId), messages.map(({ message }) => message)))),
    ...received.map(async ({ messageId, message }) => {
      if (message.kind === 'check') await does([messageId], () => endLeftoversOf(clients, message.execution));
      if (message.kind === 'cleanUp') await does([messageId], () => endLeftovers(clients.batch, message.cleanUp));
    }),
  ]);

  (await send(again.map(({ said }) => said))).forEach((index) => again[index].messageIds.forEach((id) => failed.add(id)));
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

function read({ messageId, body }: SQSRecord): Received[] {
  const message = readWatchMessage(body);
  if (!message) log('ignored', { message: 'a message that is none of ours' });
  return message ? [{ messageId, message }] : [];
}

/** One look a job, however many messages speak of it. */
function byJob(received: Received[]): Map<string, Received[]> {
  const jobs = new Map<string, Received[]>();
  for (const one of received) {
    const jobId = one.message.kind === 'look' ? one.message.look.jobId : one.message.kind === 'jobEvent' ? one.message.jobId : undefined;
    if (jobId !== undefined) jobs.set(jobId, [...jobs.get(jobId) ?? [], one]);
  }
  return jobs;
}

async function describe(jobIds: string[], onFailure: (ids: string[]) => void): Promise<Map<string, JobDetail>> {
  const found = new Map<string, JobDetail>();
  for (let from = 0; from < jobIds.length; from += IDS_A_CALL) {
    const ids = jobIds.slice(from, from + IDS_A_CALL);
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

/** Puts messages into the watch queue; answers the indexes of those that it did not take. */
async function send(messages: Said[]): Promise<number[]> {
  const refused: number[] = [];
  for (let from = 0; from < messages.length; from += MESSAGES_A_CALL) {
    const some = messages.slice(from, from + MESSAGES_A_CALL);
    try {
      const { Failed } = await sqs.send(new SendMessageBatchCommand({
        QueueUrl: process.env.WATCH_QUEUE_URL,
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
