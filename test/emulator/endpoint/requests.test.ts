import * as net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Activity } from '../../../emulator/activity';
import { LARGEST_BODY } from '../../../emulator/endpoint/body';
import { Keys } from '../../../emulator/endpoint/keys';
import { Backend, HttpEndpoint } from '../../../emulator/http';
import { oneJob } from '../apps';
import { scriptedEmulator, succeeds } from '../scripted-emulator';
import { send, sendSigned, Sent, signed } from '../signed-request';

const deployment = oneJob();
const { emulator, clock, calls, begin } = scriptedEmulator(deployment);
const [bucket] = deployment.buckets;
const errors: unknown[] = [];

beforeEach(() => {
  errors.length = 0;
  begin(succeeds, { onUnexpectedError: (error) => errors.push(error) });
});
/** Whatever was sent, the server answers the next request, and no error was one of the emulator. */
afterEach(async () => {
  const { status } = await sendSigned(emulator.endpoint, emulator.keys.user, LIST);
  if (status !== 200 || errors.length > 0) throw new AggregateError(errors, `the server answers ${status}`);
});

const LIST: Sent = { path: '/v1/listjobs', body: JSON.stringify({ jobQueue: deployment.jobQueues[0].arn }) };
const port = () => Number(new URL(emulator.endpoint).port);
const codeOf = (body: string): string => body.startsWith('<') ? /<Code>(.*)<\/Code>/.exec(body)![1] : JSON.parse(body).__type.replace('com.amazonaws.sqs#', '');

/** Sends text as it is. Returns what comes until the server closes the connection. */
function sendText(text: string, onPort = port()): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = net.connect(onPort, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => { answer += chunk; });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe('a request that a web page may have caused is refused, also with a right signature:', () => {
  const from = async (more: Record<string, string>, sent = LIST) => {
    const headers = await signed(emulator.endpoint, emulator.keys.user, sent);
    const { status, headers: answered, body } = await send(emulator.endpoint, { ...sent, headers: { ...headers, ...more } });
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    return { status, code: status === 200 ? undefined : codeOf(body) };
  };

  test.each([
    ['origin', 'https://example.com'], ['origin', 'null'], ['origin', ''], ['origin', 'http://127.0.0.1'],
    ['sec-fetch-site', 'cross-site'], ['sec-fetch-site', 'same-site'], ['sec-fetch-site', 'same-origin'],
  ])('%s: %s', async (name, value) => {
    expect(await from({ [name]: value })).toEqual({ status: 403, code: 'AccessDeniedException' });
    expect(await from({ [name]: value }, { method: 'PUT', path: `/${bucket.name}/x` })).toEqual({ status: 403, code: 'AccessDenied' });
    expect(calls).toEqual([]);
  });

  test('what a person opens in a browser is not from a page, and needs a signature', async () => {
    expect(await from({ 'sec-fetch-site': 'none' })).toEqual({ status: 200, code: undefined });
    expect((await send(emulator.endpoint, { method: 'GET', path: `/${bucket.name}/x`, headers: { 'sec-fetch-site': 'none' } })).status).toBe(403);
  });

  test.each([
    'example.com', 'example.com:PORT', '127.0.0.1', '127.0.0.1:1', '127.0.0.1:PORT.example.com', 'localhost.example.com:PORT', '127.0.0.1.nip.io:PORT', '2130706433:PORT', '0.0.0.0:PORT', 'user@127.0.0.1:PORT', '[::1]', '',
  ])('the host %s', async (host) => {
    const text = host.replace('PORT', String(port()));
    const headers = await signed(emulator.endpoint, emulator.keys.user, { ...LIST, headers: { host: text } });
    expect((await send(emulator.endpoint, { ...LIST, headers })).status).toBe(403);
    expect(calls).toEqual([]);
  });

  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LocalHost:PORT', '[::1]:PORT'])('and the host %s is not', async (host) => {
    const headers = await signed(emulator.endpoint, emulator.keys.user, { ...LIST, headers: { host: host.replace('PORT', String(port())) } });
    expect((await send(emulator.endpoint, { ...LIST, headers })).status).toBe(200);
  });

  test('OPTIONS, which asks whether a page may send more', async () => {
    const { status, headers } = await send(emulator.endpoint, { method: 'OPTIONS', headers: { 'access-control-request-method': 'PUT' } });
    expect([status, Object.keys(headers).filter((name) => /^(access-control|allow)/.test(name))]).toEqual([403, []]);
  });
});

describe('a target that cannot be read is refused:', () => {
  test.each(['/%zz', '/%', '/%ff', `/${'a'.repeat(16_384)}`, '/a?%zz=1', '/a?__proto__=1', 'http://example.com/a', 'http://127.0.0.1/a', '//%', '*', '/a\\b', '/a#b', 'a'])('%s', async (path) => {
    const answer = await sendText(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port()}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    expect(calls).toEqual([]);
  });

  test.each([['//key', 'InvalidBucketName'], ['/..%2f..%2fetc/passwd', 'InvalidBucketName'], [`/${bucket.name}%2Fa/b`, 'InvalidBucketName'], ['/a%00b/c', 'InvalidBucketName'], [`/${bucket.name}/${'k'.repeat(1_025)}`, 'KeyTooLongError']])('the object %s', async (path, code) => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path, body: 'x' });
    expect([status, codeOf(body), emulator.s3.keys(bucket.name)]).toEqual([400, code, []]);
  });

  test.each([['PUT', '?partNumber=1'], ['PUT', '?acl'], ['GET', '?tagging'], ['GET', '?versionId=1'], ['DELETE', '?tagging'], ['POST', '?restore'], ['POST', '?uploads&acl']])('%s of an object with the query %s is another action, and changes no object', async (method, query) => {
    emulator.s3.put(bucket.name, 'a', 'old');
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { method, path: `/${bucket.name}/a${query}`, body: method === 'PUT' ? 'new' : '' });
    expect([status, codeOf(body), emulator.s3.get(bucket.name, 'a')!.toString()]).toEqual([501, 'NotImplemented', 'old']);
  });

  test.each(['TRACE', 'PATCH', 'POST'])('%s of an object is not allowed', async (method) => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { method, path: `/${bucket.name}/a` });
    expect([status, codeOf(body)]).toEqual([405, 'MethodNotAllowed']);
  });

  test('a copy is another action too', async () => {
    const { status } = await sendSigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path: `/${bucket.name}/a`, headers: { 'x-amz-copy-source': 'b/c' } });
    expect([status, emulator.s3.keys(bucket.name)]).toEqual([501, []]);
  });
});

test.each(['..', '../../x', './a', 'a//b', '/a', 'a/../b', '\0', 'a\\b', '%', '-'])('a key is a name, whatever is in it: %j', async (key) => {
  const path = `/${bucket.name}/${key.split('/').map(encodeURIComponent).join('/')}`;
  expect((await sendSigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path, body: 'x' })).status).toBe(200);
  expect(emulator.s3.keys(bucket.name)).toEqual([key]);
  expect(await sendSigned(emulator.endpoint, emulator.keys.user, { method: 'GET', path })).toMatchObject({ status: 200, body: 'x' });
});

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const SFN = (action: string, body: object): Sent => ({ headers: { 'x-amz-target': `AWSStepFunctions.${action}` }, body: JSON.stringify(body) });
const SQS = (action: string, body: object): Sent => ({ headers: { 'x-amz-target': `AmazonSQS.${action}` }, body: JSON.stringify(body) });
const BATCH = (action: string, body: unknown): Sent => ({ path: `/v1/${action}`, body: typeof body === 'string' ? body : JSON.stringify(body) });
const job = { jobName: 'j', jobQueue: deployment.jobQueues[0].arn, jobDefinition: deployment.jobDefinitions[0].arn };
const { url: QueueUrl } = deployment.queues[0];

describe('an input with a wrong type or without a member is an error of the caller:', () => {
  test.each<[string, Sent, string, string]>([
    ['jobs that are a number', BATCH('describejobs', { jobs: 5 }), 'SerializationException', 'jobs is not a list'],
    ['a job that is a number', BATCH('describejobs', { jobs: [5] }), 'SerializationException', 'jobs[0] is not a string'],
    ['an ARN in a call that the emulator does not have', SFN('CreateAlias', { stateMachineArn: 1 }), 'SerializationException', 'stateMachineArn is not a string'],
    ['an ARN in a call that takes another one', SFN('ListStateMachines', { executionArn: false }), 'SerializationException', 'executionArn is not a string'],
    ['a list', BATCH('describejobs', []), 'SerializationException', 'the request is not an object'],
    ['null', BATCH('describejobs', 'null'), 'SerializationException', 'the request is not an object'],
    ['a text', BATCH('describejobs', '"x"'), 'SerializationException', 'the request is not an object'],
    ['no JSON', BATCH('describejobs', '{'), 'SerializationException', 'JSON'],
    ['very deep JSON', BATCH('describejobs', nested(100_000)), 'SerializationException', 'more than 64 levels'],
    ['a prototype', BATCH('submitjob', '{"parameters":{"__proto__":{"a":"b"}}}'), 'SerializationException', '__proto__'],
    ['a prototype in other characters', BATCH('submitjob', '{"__pr\\u006fto__":{}}'), 'SerializationException', '__proto__'],
    ['a size that is a text', BATCH('submitjob', { ...job, arrayProperties: { size: '2' } }), 'SerializationException', 'arrayProperties.size is not an integer'],
    ['overrides that are a list', BATCH('submitjob', { ...job, containerOverrides: [] }), 'SerializationException', 'containerOverrides is not an object'],
    ['a command with null', BATCH('submitjob', { ...job, containerOverrides: { command: [null] } }), 'SerializationException', 'containerOverrides.command[0] is not a string'],
    ['no job', BATCH('terminatejob', { reason: 'x' }), 'ClientException', 'jobId is missing'],
    ['no execution', SFN('DescribeExecution', {}), 'ValidationException', "'executionArn' failed"],
    ['no token', SFN('SendTaskSuccess', { output: '{}' }), 'ValidationException', "'taskToken' failed"],
    ['a token that is null', SFN('SendTaskHeartbeat', { taskToken: null }), 'ValidationException', "'taskToken' failed"],
    ['an output that is an object', SFN('SendTaskSuccess', { taskToken: 'x', output: {} }), 'SerializationException', 'output is not a string'],
    ['an output that is very deep', SFN('SendTaskSuccess', { taskToken: 'x', output: nested(100_000) }), 'InvalidOutput', 'more than 1000 levels'],
    ['an input that is very deep', SFN('StartExecution', { stateMachineArn: deployment.stateMachines[0].arn, input: nested(100_000) }), 'InvalidExecutionInput', 'more than 1000 levels'],
    ['an unknown action', SFN('constructor', {}), 'UnknownOperationException', 'constructor'],
    ['entries that are a text', SQS('SendMessageBatch', { QueueUrl, Entries: 'x' }), 'SerializationException', 'Entries is not a list'],
    ['an entry without a body', SQS('SendMessageBatch', { QueueUrl, Entries: [{ Id: 'a' }] }), 'MissingRequiredParameterException', 'Entries[0].MessageBody'],
    ['a delay that is a text', SQS('SendMessage', { QueueUrl, MessageBody: 'x', DelaySeconds: '1' }), 'SerializationException', 'DelaySeconds is not an integer'],
  ])('%s', async (_, sent, code, message) => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, sent);
    expect([status, codeOf(body), JSON.parse(body).message]).toEqual([400, code, expect.stringContaining(message)]);
  });

  test('a body that is not text is no JSON', async () => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { path: '/v1/listjobs', body: Buffer.from([0x22, 0xff, 0x22]) });
    expect([status, codeOf(body)]).toEqual([400, 'SerializationException']);
  });

  test('a member that is null counts as absent', async () => {
    expect((await sendSigned(emulator.endpoint, emulator.keys.user, BATCH('listjobs', { jobQueue: job.jobQueue, filters: null, arrayJobId: null }))).status).toBe(200);
  });

  test.each([['POST', '/v1/'], ['POST', '/v1/constructor'], ['GET', '/v1/listjobs']])('%s %s is no action', async (method, path) => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { method, path });
    expect([status, codeOf(body)]).toEqual([400, 'UnknownOperationException']);
  });

  test('nor is that of a service which the emulator does not have', async () => {
    const { status, body } = await sendSigned(emulator.endpoint, emulator.keys.user, { headers: { 'x-amz-target': 'Kinesis_20131202.PutRecord' } });
    expect([status, codeOf(body)]).toEqual([400, 'UnknownOperationException']);
  });
});

describe('a body that is too large', () => {
  test.each<[string, number, string, Sent]>([
    ['batch', 413, 'RequestEntityTooLargeException', BATCH('listjobs', { a: 'x'.repeat(LARGEST_BODY.batch) })],
    ['states', 413, 'RequestEntityTooLargeException', SFN('StartExecution', { input: 'x'.repeat(LARGEST_BODY.sfn) })],
    ['sqs', 413, 'RequestEntityTooLargeException', SQS('SendMessage', { MessageBody: 'x'.repeat(LARGEST_BODY.sqs) })],
    ['s3', 400, 'EntityTooLarge', { method: 'PUT', path: `/${bucket.name}/a`, body: Buffer.alloc(LARGEST_BODY.s3 + 1) }],
  ])('is refused: %s', async (_, status, code, sent) => {
    const answer = await sendSigned(emulator.endpoint, emulator.keys.user, sent);
    expect([answer.status, codeOf(answer.body), calls]).toEqual([status, code, []]);
  });

  test('and one of the largest size is not', async () => {
    const sent = { method: 'PUT', path: `/${bucket.name}/a`, body: Buffer.alloc(LARGEST_BODY.s3) };
    expect((await sendSigned(emulator.endpoint, emulator.keys.user, sent)).status).toBe(200);
    const body = JSON.stringify({ QueueUrl, MessageBody: '\0'.repeat(1_048_576) });
    expect([body.length > 6 * 1_048_576, (await sendSigned(emulator.endpoint, emulator.keys.user, { ...SQS('SendMessage', {}), body })).status]).toEqual([true, 200]);
  });
});

describe('on the wire', () => {
  const head = (lines: string[] = []) => ['POST /v1/listjobs HTTP/1.1', `Host: 127.0.0.1:${port()}`, 'Connection: close', ...lines].join('\r\n');

  test.each<[string, string[], string]>([
    ['two hosts', ['Host: example.com', 'Content-Length: 0'], '400'],
    ['two authorizations', ['Authorization: a', 'Authorization: b', 'Content-Length: 0'], '400'],
    ['two dates', ['X-Amz-Date: a', 'X-Amz-Date: b', 'Content-Length: 0'], '400'],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 1'], '400'],
    ['a length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '400'],
    ['a length that is no number', ['Content-Length: x'], '400'],
    ['very long headers', [`X-Long: ${'x'.repeat(100_000)}`], '431'],
    ['an expectation that nobody knows', ['Expect: x', 'Content-Length: 0'], '417'],
  ])('%s are refused', async (_, lines, status) => {
    expect(await sendText(`${head(lines)}\r\n\r\n`)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test.each(['', 'x', 'GET', '\0\0\0\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'])('what is no request is not carried out: %j', async (text) => {
    const socket = net.connect(port(), '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => { answer += chunk; });
    await new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve));
    expect(answer).toMatch(/^(HTTP\/1.1 4\d\d |$)/);
    expect(calls).toEqual([]);
  });

  test('HTTP/1.0 without a host is refused', async () => {
    expect(await sendText('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
  });

  test('a client that goes away in the middle of its body is forgotten', async () => {
    const headers = await signed(emulator.endpoint, emulator.keys.user, LIST);
    const text = Object.entries({ ...headers, 'content-length': '1000' }).map(([name, value]) => `${name}: ${value}`).join('\r\n');
    const socket = net.connect(port(), '127.0.0.1', () => socket.write(`POST /v1/listjobs HTTP/1.1\r\n${text}\r\n\r\nabc`));
    await sleep(50);
    socket.destroy();
    await sleep(50);
    expect(calls).toEqual([]);
  });

  test('a client that goes away before the answer is forgotten', async () => {
    const sent = send(emulator.endpoint, { ...LIST, headers: await signed(emulator.endpoint, emulator.keys.user, LIST), before: (request) => request.once('finish', () => request.destroy()) });
    await expect(sent).rejects.toThrow('socket hang up');
  });
});

test('a client that sends slowly is cut off', async () => {
  const endpoint = new HttpEndpoint(new Keys([]), new Activity(), { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 50 });
  endpoint.backend = { clock } as unknown as Backend;
  const slow = Number(new URL(await endpoint.start()).port);
  try {
    const answers = await Promise.all([
      sendText('GET / HTTP/1.1\r\nHost: ', slow),
      sendText(`PUT / HTTP/1.1\r\nHost: 127.0.0.1:${slow}\r\nContent-Length: 10\r\n\r\nabc`, slow),
    ]);
    expect(answers).toEqual([expect.stringMatching(/^HTTP\/1.1 408 /), expect.stringMatching(/^HTTP\/1.1 408 /)]);
  } finally {
    await endpoint.stop();
  }
});

test.each<[string, Sent, RegExp]>([
  ['sts', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=GetCallerIdentity' }, /^<\?xml.*\n<ErrorResponse><Error><Code>NotImplemented<\/Code><Message>the emulator does not have the service sts; /],
  ['kinesis', { headers: { 'x-amz-target': 'Kinesis_20131202.ListStreams' }, body: '{}' }, /^\{"__type":"NotImplemented","message":"the emulator does not have the service kinesis; /],
  ['lambda', { method: 'GET', path: '/2015-03-31/functions' }, /the emulator does not have the service lambda; /],
])('a call of %s, which the emulator does not have, says so', async (service, sent, body) => {
  const answer = await sendSigned(emulator.endpoint, emulator.keys.user, sent, { service });
  expect([answer.status, answer.headers['x-amzn-errortype'], answer.body]).toEqual([501, 'NotImplemented', expect.stringMatching(body)]);
  expect(calls).toEqual([]);
});
