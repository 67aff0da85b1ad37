import * as http from 'http';
import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetQueueAttributesCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { oneJob } from './apps';
import { scriptedEmulator, succeeds } from './scripted-emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { accessKeyOf } from '../../emulator/services/lambda/lambda';

const deployment = oneJob();
const { emulator, begin } = scriptedEmulator(deployment);
const submit = new SubmitJobCommand({ jobName: 'j', jobQueue: deployment.jobQueues[0].arn, jobDefinition: deployment.jobDefinitions[0].arn });

const clientOptions = (accessKeyId: string) => ({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: 'x' } });
const batch = (accessKeyId = 'AKIDUSER') => new BatchClient(clientOptions(accessKeyId));

test('a call that the role of its caller does not allow is refused in the words of IAM', async () => {
  begin(succeeds);
  const { roleArn } = deployment.functions.find(({ path }) => path.endsWith('WatchFunction'))!;
  await expect(batch(accessKeyOf(roleArn)).send(submit))
    .rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the batch:SubmitJob action') });
});

test('a call that the emulator does not support is an error', async () => {
  begin(succeeds);
  const { url } = deployment.queues.find(({ path }) => path.endsWith('WatchQueue'))!;
  await expect(new SQSClient(clientOptions('AKIDUSER')).send(new GetQueueAttributesCommand({ QueueUrl: url }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

describe('an error of SQS', () => {
  const url = 'https://sqs.us-east-1.amazonaws.com/1/other';

  test('has its name in the body, and in a header the code of the older protocol', async () => {
    begin(succeeds);
    const response = await fetch(emulator.endpoint, { method: 'POST', headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: JSON.stringify({ QueueUrl: url, MessageBody: 'x' }) });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(response.headers.get('x-amzn-errortype')).toBeNull();
    expect(await response.json()).toEqual({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' });
  });

  test('is an error of the SDK', async () => {
    begin(succeeds);
    await expect(new SQSClient(clientOptions('AKIDUSER')).send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  test('that is a fault of SQS is marked as such', async () => {
    begin(succeeds, { faults: { ...NO_FAULTS, call: () => ({ kind: 'refuse', status: 503, code: 'ServiceUnavailable' }) } });
    const response = await fetch(emulator.endpoint, { method: 'POST', headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: JSON.stringify({ QueueUrl: url }) });
    expect(response.headers.get('x-amzn-query-error')).toBe('ServiceUnavailable;Receiver');
  });
});

test('an error of another service has its name in the header and in the body', async () => {
  begin(succeeds);
  const response = await fetch(emulator.endpoint, { method: 'POST', headers: { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' }, body: JSON.stringify({ executionArn: 'x' }) });
  expect([response.status, response.headers.get('x-amzn-errortype'), response.headers.get('x-amzn-query-error')]).toEqual([400, 'InvalidArn', null]);
  expect(await response.json()).toEqual({ __type: 'InvalidArn', message: "Invalid Arn: 'Invalid ARN prefix: x'" });
});

test('a request that is not JSON is refused, and the server goes on', async () => {
  begin(succeeds);
  const status = await new Promise((resolve, reject) => http.request(`${emulator.endpoint}/v1/submitjob`, { method: 'POST' }, (response) => resolve(response.resume().statusCode)).on('error', reject).end('{'));
  expect(status).toBe(400);
  await expect(batch().send(submit)).resolves.toMatchObject({ jobName: 'j' });
});

test('an error of the emulator is answered with its message, and reported with its stack trace', async () => {
  const errors: unknown[] = [];
  const broken = new TypeError('broken');
  begin(succeeds, {
    faults: { ...NO_FAULTS, call: () => ({ kind: 'alter', alter: () => { throw broken; } }) },
    onUnexpectedError: (error) => errors.push(error),
  });
  await expect(batch().send(new DescribeJobsCommand({ jobs: ['x'] }))).rejects.toMatchObject({ name: 'InternalFailure', message: 'TypeError: broken' });
  expect(errors).toEqual([broken]);
});
