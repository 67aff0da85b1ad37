import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { GetQueueAttributesCommand, QueueDoesNotExist, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { oneJob } from './apps';
import { scriptedEmulator, succeeds } from './scripted-emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { accessKeyOf } from '../../emulator/services/lambda/lambda';

const deployment = oneJob();
const { emulator, clock, calls, begin } = scriptedEmulator(deployment);
const submit = new SubmitJobCommand({ jobName: 'j', jobQueue: deployment.jobQueues[0].arn, jobDefinition: deployment.jobDefinitions[0].arn });

const clientOptions = (accessKeyId: string) => ({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: 'x' } });
const batch = (accessKeyId = 'AKIDUSER') => new BatchClient(clientOptions(accessKeyId));

test('a call that the role of its caller does not allow is refused in the words of IAM', async () => {
  begin(succeeds);
  const { roleArn } = deployment.functions.find(({ path }) => path.endsWith('WatchFunction'))!;
  await expect(batch(accessKeyOf(roleArn)).send(submit))
    .rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the batch:SubmitJob action') });
});

const watchQueue = deployment.queues.find(({ path }) => path.endsWith('WatchQueue'))!;
const watchRole = deployment.functions.find(({ path }) => path.endsWith('WatchFunction'))!.roleArn;
const [bucket] = deployment.buckets;
const signedBy = (roleArn: string) => ({ authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyOf(roleArn)}/20260101/us-east-1/s3/aws4_request, Signature=x` });
const post = (path: string, body: object, headers: Record<string, string> = {}) => fetch(`${emulator.endpoint}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
/** The parts of an answer that a client reads. */
const answerOf = async (response: Response) => ({
  status: response.status, type: response.headers.get('content-type'), length: Number(response.headers.get('content-length')), etag: response.headers.get('etag'), body: await response.text(),
});

test.each<[string, string, number, () => Promise<Response>]>([
  ['batch:SubmitJob', 'AccessDeniedException', 403, () => post('/v1/submitjob', submit.input, signedBy(watchRole))],
  ['sqs:SendMessage', 'com.amazonaws.sqs#AccessDeniedException', 400, () => post('/', { QueueUrl: watchQueue.url, MessageBody: 'x' }, { 'x-amz-target': 'AmazonSQS.SendMessage', ...signedBy(watchRole) })],
])('%s that is not allowed is %s, with the status %s', async (action, type, status, request) => {
  begin(succeeds, { revoked: [{ roleArn: watchRole, action }] });
  const response = await request();
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ __type: type, message: expect.stringContaining(`is not authorized to perform: ${action} on resource: `) });
});

test('a call is recorded with its caller and its answer', async () => {
  begin(succeeds);
  const response = await post('/v1/listjobs', { jobQueue: deployment.jobQueues[0].arn }, signedBy(watchRole));
  expect(await answerOf(response)).toMatchObject({ status: 200, type: 'application/json', length: 21, body: '{"jobSummaryList":[]}' });
  expect(response.headers.get('date')).toBe(new Date(clock.now()).toUTCString());
  expect(calls).toEqual([{
    service: 'batch', call: { action: 'ListJobs', input: { jobQueue: deployment.jobQueues[0].arn }, principal: watchRole }, at: clock.now(), fault: undefined, answer: { jobSummaryList: [], nextToken: undefined }, error: undefined,
  }]);
});

test('a caller whose key is not that of a role is the user of the emulator, who may do anything', async () => {
  begin(succeeds);
  expect([await post('/v1/listjobs', { jobQueue: deployment.jobQueues[0].arn }), await post('/v1/listjobs', { jobQueue: deployment.jobQueues[0].arn }, signedBy('other'))].map(({ status }) => status)).toEqual([200, 200]);
  expect(calls.map(({ call }) => call.principal)).toEqual([undefined, undefined]);
});

test('a path of Batch that the emulator does not know is an error that names it', async () => {
  begin(succeeds);
  const response = await post('/v1/createjobqueue', {});
  expect([response.status, await response.json()]).toEqual([400, { __type: 'UnknownOperationException', message: 'the emulator does not support POST /v1/createjobqueue of AWS Batch' }]);
});

describe('S3', () => {
  const ask = async (method: string, path: string, more: object = {}) => answerOf(await fetch(`${emulator.endpoint}/${bucket.name}/${path}`, { method, ...more }));
  const [type, etag] = ['binary/octet-stream', '"1cb251ec0d568de6a929b520c4aed8d1"'];

  test('keeps an object under its key, which is encoded in the path', async () => {
    begin(succeeds);
    expect(await ask('PUT', 'a%20b/c?x-id=PutObject', { body: 'text' })).toEqual({ status: 200, type, length: 0, etag, body: '' });
    expect(emulator.s3.keys(bucket.name)).toEqual(['a b/c']);
    expect(await ask('GET', 'a%20b/c?x-id=GetObject')).toEqual({ status: 200, type, length: 4, etag, body: 'text' });
    expect(await ask('HEAD', 'a%20b/c')).toEqual({ status: 200, type, length: 4, etag, body: '' });
    expect(calls[1].call).toEqual({ action: 'GetObject', input: { Bucket: bucket.name, Key: 'a b/c' }, principal: undefined });
  });

  const xml = (code: string, message: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;

  test.each<[string, string, string, number, string, string]>([
    ['a key that is missing', 'GET', 'x', 404, 'NoSuchKey', 'The specified key does not exist.'],
    ['an action that the emulator does not support', 'DELETE', 'x', 501, 'NotImplemented', `the emulator does not support DELETE /${bucket.name}/x of Amazon S3`],
  ])('answers in XML about %s', async (_, method, path, status, code, message) => {
    begin(succeeds);
    const body = xml(code, message);
    expect(await ask(method, path)).toEqual({ status, type: 'application/xml', length: body.length, etag: null, body });
  });

  test('escapes the message of an error', async () => {
    begin(succeeds, { faults: { ...NO_FAULTS, call: () => ({ kind: 'refuse', status: 503, code: 'SlowDown', message: 'a < b && c > d' }) } });
    expect(await ask('GET', 'x')).toMatchObject({ status: 503, body: xml('SlowDown', 'a &lt; b &amp;&amp; c &gt; d') });
  });

  test('says AccessDenied when IAM does not allow a call', async () => {
    begin(succeeds, { revoked: [{ roleArn: watchRole, action: 's3:GetObject' }] });
    expect(await ask('GET', 'x', { headers: signedBy(watchRole) })).toMatchObject({ status: 403, body: expect.stringMatching(/<Code>AccessDenied<.*is not authorized to perform: s3:GetObject/) });
  });
});

test('a call that the emulator does not support is an error', async () => {
  begin(succeeds);
  const { url } = watchQueue;
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
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
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
  const response = await fetch(`${emulator.endpoint}/v1/submitjob`, { method: 'POST', body: '{' });
  expect([response.status, await response.json()]).toEqual([400, { __type: 'SerializationException', message: expect.stringContaining('JSON') }]);
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
