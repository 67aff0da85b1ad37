import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetQueueAttributesCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { oneJob } from './apps';
import { scriptedEmulator, succeeds } from './scripted-emulator';
import { sendSigned, Sent } from './signed-request';
import { Credentials } from '../../emulator/endpoint/keys';
import { NO_FAULTS } from '../../emulator/faults';

const deployment = oneJob();
const { emulator, clock, calls, begin } = scriptedEmulator(deployment);
const submit = new SubmitJobCommand({ jobName: 'j', jobQueue: deployment.jobQueues[0].arn, jobDefinition: deployment.jobDefinitions[0].arn });

const clientOptions = (credentials: Credentials) => ({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials });
const batch = (credentials = emulator.keys.user) => new BatchClient(clientOptions(credentials));

test('a call that the role of its caller does not allow is refused in the words of IAM', async () => {
  begin(succeeds);
  const { roleArn } = deployment.functions.find(({ path }) => path.endsWith('WatchFunction'))!;
  await expect(batch(emulator.keys.of(roleArn)).send(submit))
    .rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the batch:SubmitJob action') });
});

const watchQueue = deployment.queues.find(({ path }) => path.endsWith('WatchQueue'))!;
const watchRole = deployment.functions.find(({ path }) => path.endsWith('WatchFunction'))!.roleArn;
const [bucket] = deployment.buckets;
/** Sends a request of the user of the emulator, or of a role, with its body as JSON. The answer has what a client reads of it. */
async function ask({ roleArn, json, ...sent }: Sent & { roleArn?: string; json?: object }) {
  const credentials = roleArn === undefined ? emulator.keys.user : emulator.keys.of(roleArn);
  const { status, headers, body } = await sendSigned(emulator.endpoint, credentials, json === undefined ? sent : { ...sent, body: JSON.stringify(json) });
  return { status, headers, type: headers['content-type'], length: Number(headers['content-length']), etag: headers.etag, body };
}
const sqs = (json: object, roleArn?: string) => ask({ headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, json, roleArn });
const listJobs = { path: '/v1/listjobs', json: { jobQueue: deployment.jobQueues[0].arn } };

test.each<[string, string, number, () => ReturnType<typeof ask>]>([
  ['batch:SubmitJob', 'AccessDeniedException', 403, () => ask({ path: '/v1/submitjob', json: submit.input, roleArn: watchRole })],
  ['sqs:SendMessage', 'com.amazonaws.sqs#AccessDeniedException', 400, () => sqs({ QueueUrl: watchQueue.url, MessageBody: 'x' }, watchRole)],
])('%s that is not allowed is %s, with the status %s', async (action, type, status, request) => {
  begin(succeeds, { revoked: [{ roleArn: watchRole, action }] });
  const answer = await request();
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ __type: type, message: expect.stringContaining(`is not authorized to perform: ${action} on resource: `) });
});

test('a call is recorded with its caller and its answer', async () => {
  begin(succeeds);
  const answer = await ask({ ...listJobs, roleArn: watchRole });
  expect(answer).toMatchObject({ status: 200, type: 'application/json', length: 21, body: '{"jobSummaryList":[]}' });
  expect(answer.headers.date).toBe(new Date(clock.now()).toUTCString());
  expect(calls).toEqual([{
    service: 'batch', call: { action: 'ListJobs', input: { jobQueue: deployment.jobQueues[0].arn }, principal: watchRole }, at: clock.now(), fault: undefined, answer: { jobSummaryList: [], nextToken: undefined }, error: undefined,
  }]);
});

test('a role that is not in the app may do anything, as the user of the emulator', async () => {
  begin(succeeds);
  expect([await ask(listJobs), await ask({ ...listJobs, roleArn: 'arn:aws:iam::1:role/other' })].map(({ status }) => status)).toEqual([200, 200]);
  expect(calls.map(({ call }) => call.principal)).toEqual([undefined, undefined]);
});

test('a path of Batch that the emulator does not know is an error that names it', async () => {
  begin(succeeds);
  const { status, body } = await ask({ path: '/v1/createjobqueue', json: {} });
  expect([status, JSON.parse(body)]).toEqual([400, { __type: 'UnknownOperationException', message: 'the emulator does not support POST /v1/createjobqueue of AWS Batch' }]);
});

describe('S3', () => {
  const object = async (method: string, path: string, more: Sent & { roleArn?: string } = {}) => {
    const { headers: _, ...answer } = await ask({ method, path: `/${bucket.name}/${path}`, ...more });
    return answer;
  };
  const [type, etag] = ['binary/octet-stream', '"1cb251ec0d568de6a929b520c4aed8d1"'];

  test('keeps an object under its key, which is encoded in the path', async () => {
    begin(succeeds);
    expect(await object('PUT', 'a%20b/c?x-id=PutObject', { body: 'text' })).toEqual({ status: 200, type, length: 0, etag, body: '' });
    expect(emulator.s3.keys(bucket.name)).toEqual(['a b/c']);
    expect(await object('GET', 'a%20b/c?x-id=GetObject')).toEqual({ status: 200, type, length: 4, etag, body: 'text' });
    expect(await object('HEAD', 'a%20b/c')).toEqual({ status: 200, type, length: 4, etag, body: '' });
    expect(calls[1].call).toEqual({ action: 'GetObject', input: { Bucket: bucket.name, Key: 'a b/c' }, principal: undefined });
  });

  const xml = (code: string, message: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

  test.each<[string, string, string, number, string, string]>([
    ['a key that is missing', 'GET', 'x', 404, 'NoSuchKey', 'The specified key does not exist.'],
    ['an action that the emulator does not support', 'PUT', 'x?acl', 501, 'NotImplemented', `the emulator does not support PUT /${bucket.name}/x?acl of Amazon S3`],
  ])('answers in XML about %s', async (_, method, path, status, code, message) => {
    begin(succeeds);
    const body = xml(code, message);
    expect(await object(method, path)).toEqual({ status, type: 'application/xml', length: body.length, etag: undefined, body });
  });

  test('escapes the message of an error', async () => {
    begin(succeeds, { faults: { ...NO_FAULTS, call: () => ({ kind: 'refuse', status: 503, code: 'SlowDown', message: 'a < b && c > d' }) } });
    expect(await object('GET', 'x')).toMatchObject({ status: 503, body: xml('SlowDown', 'a &lt; b &amp;&amp; c &gt; d') });
  });

  test('says AccessDenied when IAM does not allow a call', async () => {
    begin(succeeds, { revoked: [{ roleArn: watchRole, action: 's3:GetObject' }] });
    expect(await object('GET', 'x', { roleArn: watchRole })).toMatchObject({ status: 403, body: expect.stringMatching(/<Code>AccessDenied<.*is not authorized to perform: s3:GetObject/) });
  });
});

test('a call that the emulator does not support is an error', async () => {
  begin(succeeds);
  const { url } = watchQueue;
  await expect(new SQSClient(clientOptions(emulator.keys.user)).send(new GetQueueAttributesCommand({ QueueUrl: url }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

describe('an error of SQS', () => {
  const url = 'https://sqs.us-east-1.amazonaws.com/1/other';

  test('has its name in the body, and in a header the code of the older protocol', async () => {
    begin(succeeds);
    const { status, headers, body } = await sqs({ QueueUrl: url, MessageBody: 'x' });
    expect(status).toBe(400);
    expect(headers['x-amzn-query-error']).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(headers['x-amzn-errortype']).toBeUndefined();
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(JSON.parse(body)).toEqual({ __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'The specified queue does not exist.' });
  });

  test('is an error of the SDK', async () => {
    begin(succeeds);
    await expect(new SQSClient(clientOptions(emulator.keys.user)).send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  test('that is a fault of SQS is marked as such', async () => {
    begin(succeeds, { faults: { ...NO_FAULTS, call: () => ({ kind: 'refuse', status: 503, code: 'ServiceUnavailable' }) } });
    expect((await sqs({ QueueUrl: url })).headers['x-amzn-query-error']).toBe('ServiceUnavailable;Receiver');
  });
});

test('an error of another service has its name in the header and in the body', async () => {
  begin(succeeds);
  const { status, headers, body } = await ask({ headers: { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' }, json: { executionArn: 'x' } });
  expect([status, headers['x-amzn-errortype'], headers['x-amzn-query-error']]).toEqual([400, 'InvalidArn', undefined]);
  expect(JSON.parse(body)).toEqual({ __type: 'InvalidArn', message: "Invalid Arn: 'Invalid ARN prefix: x'" });
});

test('a request that is not JSON is refused, and the server goes on', async () => {
  begin(succeeds);
  const { status, body } = await ask({ path: '/v1/submitjob', body: '{' });
  expect([status, JSON.parse(body)]).toEqual([400, { __type: 'SerializationException', message: expect.stringContaining('JSON') }]);
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
