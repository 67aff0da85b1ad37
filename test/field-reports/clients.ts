import { BatchClient } from '@aws-sdk/client-batch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AwsStub, mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../src/contract/job-name';
import { recordKey, RECORDS } from '../../src/contract/object-store';
import type { RunRecord } from '../../src/contract/run-record';

/** The services that the functions call. A replay says what they answer. */
export const batch = mockClient(BatchClient);
export const s3 = mockClient(S3Client);
export const sfn = mockClient(SFNClient);
export const sqs = mockClient(SQSClient);

export const NOW = Date.UTC(2026, 0, 1);
export const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';

/** The unique id of the role of the functions. */
export const OWN_ROLE = 'AROAOWN';

const clients: AwsStub<any, any, any>[] = [batch, s3, sfn, sqs];

/** Forgets all answers and calls, and sets the clock to `NOW`. */
export function resetClients(): void {
  clients.forEach((client) => client.reset());
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('none'), { name: 'NoSuchKey' }));
  jest.spyOn(console, 'log').mockImplementation();
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue,on-demand', AWS_REGION: 'us-east-1', PAYLOAD_BUCKET: 'bucket', SENDERS: OWN_ROLE });
}

/** The record of the run's first round. Without it, no round has a record. */
export function recordIs(record: RunRecord): void {
  s3.on(GetObjectCommand, { Key: recordKey(jobName({ executionArn: EXECUTION, redrive: 0, round: 1 })) })
    .resolves({ Body: { transformToString: async () => JSON.stringify(record) } as never });
}

/** The names of all calls, in their order, without those for records. */
export function callNames(): string[] {
  return clients.flatMap((client) => client.calls())
    .filter((call) => !(call.args[0].input as { Key?: string }).Key?.startsWith(RECORDS))
    .sort((a, b) => a.calledBefore(b) ? -1 : 1)
    .map((call) => call.args[0].constructor.name.replace(/Command$/, ''));
}

export function serviceError({ status, error, message }: { readonly status: number; readonly error: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { name: error, $metadata: { httpStatusCode: status } });
}
