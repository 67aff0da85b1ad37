import * as net from 'node:net';
import * as fc from 'fast-check';
import { INPUTS } from '../../../emulator/endpoint/shapes';
import { oneJob } from '../apps';
import { scriptedEmulator, succeeds } from '../scripted-emulator';
import { Answer, send, sendSigned, Sent } from '../signed-request';

/** Requests that nobody thought of. None of them is an error of the emulator, and what nobody has signed is no call. */
const deployment = oneJob();
const { emulator, calls, begin } = scriptedEmulator(deployment);
const [bucket] = deployment.buckets;
const RUNS = 400;

const errors: unknown[] = [];
const rejections: unknown[] = [];
const onRejection = (error: unknown) => rejections.push(error);

beforeAll(() => process.on('unhandledRejection', onRejection));
afterAll(() => process.off('unhandledRejection', onRejection));
beforeEach(() => {
  errors.length = rejections.length = 0;
  begin(succeeds, { onUnexpectedError: (error) => errors.push(error) });
});
afterEach(async () => {
  await new Promise(setImmediate);
  if (errors.length + rejections.length > 0) throw new AggregateError([...errors, ...rejections], 'errors of the emulator');
});

const ARNS = [deployment.jobQueues, deployment.jobDefinitions, deployment.stateMachines, deployment.buckets].flat().map(({ arn }) => arn);
const TOKEN = `AQC${'A'.repeat(60)}`;
/** The members of all inputs, and some that are none. */
const MEMBERS = [
  'jobName', 'jobQueue', 'jobDefinition', 'parameters', 'containerOverrides', 'arrayProperties', 'retryStrategy', 'timeout', 'tags', 'propagateTags', 'shareIdentifier', 'schedulingPriorityOverride',
  'nodeOverrides', 'nodePropertyOverrides', 'targetNodes', 'numNodes', 'size', 'attempts', 'evaluateOnExit', 'attemptDurationSeconds', 'command', 'environment', 'resourceRequirements', 'name', 'value', 'values',
  'type', 'vcpus', 'memory', 'jobs', 'jobId', 'reason', 'arrayJobId', 'multiNodeJobId', 'jobStatus', 'maxResults', 'nextToken', 'filters', 'stateMachineArn', 'executionArn', 'input', 'taskToken', 'output', 'error',
  'cause', 'QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageGroupId', 'Entries', 'Id', 'constructor', 'toString', '__proto__', '',
];
const scalar = fc.oneof(
  fc.constantFrom(...ARNS, ...deployment.queues.map(({ url }) => url), TOKEN, 'j', 'JOB_NAME', 'VCPU', '1', '{}', 'a:0', 'a#0', '*', 'Ref::a', '$.a', 'arn:aws:batch:us-east-1:1:job-queue/other'),
  fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom(-0, 2 ** 53, Number.MAX_VALUE, 1e-7),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.array(fc.tuple(fc.constantFrom(...MEMBERS), tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
}));
/** Inputs that are close to good ones: their members mostly have their own types. */
const word = fc.oneof(scalar.filter((value) => typeof value === 'string'), fc.constantFrom('a', '0:', 'FAILED', 'RETRY', 'MEMORY', '1024'));
const count = fc.oneof(fc.integer({ min: -1, max: 100 }), fc.constantFrom(0, 2, 3600, 10_000, 2 ** 31 - 1));
const TYPED: Record<string, fc.Arbitrary<unknown>> = {
  jobName: fc.constantFrom('j', '', 'a b'),
  jobQueue: fc.constantFrom(...ARNS),
  jobDefinition: fc.constantFrom(deployment.jobDefinitions[0].arn, 'x'),
  stateMachineArn: fc.constantFrom(...ARNS),
  QueueUrl: fc.constantFrom(...deployment.queues.map(({ url }) => url)),
  propagateTags: fc.boolean(),
  ...Object.fromEntries(['size', 'attempts', 'attemptDurationSeconds', 'vcpus', 'memory', 'maxResults', 'DelaySeconds', 'schedulingPriorityOverride', 'numNodes'].map((member) => [member, count])),
  ...Object.fromEntries(['command', 'jobs', 'values'].map((member) => [member, fc.array(word, { maxLength: 3 })])),
  ...Object.fromEntries(['parameters', 'tags'].map((member) => [member, fc.dictionary(fc.string({ maxLength: 5 }), word, { maxKeys: 3 })])),
};
const CHILDREN: Record<string, readonly string[]> = {
  containerOverrides: ['command', 'environment', 'resourceRequirements', 'vcpus', 'memory', 'instanceType'],
  arrayProperties: ['size'],
  retryStrategy: ['attempts', 'evaluateOnExit'],
  timeout: ['attemptDurationSeconds'],
  nodeOverrides: ['nodePropertyOverrides', 'numNodes'],
  nodePropertyOverrides: ['targetNodes', 'containerOverrides'],
  environment: ['name', 'value'],
  resourceRequirements: ['type', 'value'],
  filters: ['name', 'values'],
  evaluateOnExit: ['action', 'onReason', 'onExitCode'],
  Entries: ['Id', 'MessageBody', 'DelaySeconds'],
};
const LISTS = ['nodePropertyOverrides', 'environment', 'resourceRequirements', 'filters', 'evaluateOnExit', 'Entries'];
const INPUT_MEMBERS: Record<string, readonly string[]> = {
  SubmitJob: ['jobName', 'jobQueue', 'jobDefinition', 'parameters', 'containerOverrides', 'arrayProperties', 'retryStrategy', 'timeout', 'tags', 'propagateTags', 'shareIdentifier', 'nodeOverrides'],
  DescribeJobs: ['jobs'],
  ListJobs: ['jobQueue', 'arrayJobId', 'jobStatus', 'maxResults', 'nextToken', 'filters'],
  TerminateJob: ['jobId', 'reason'],
  CancelJob: ['jobId', 'reason'],
  GetJobQueueSnapshot: ['jobQueue'],
  StartExecution: ['stateMachineArn', 'input', 'name'],
  DescribeExecution: ['executionArn'],
  StopExecution: ['executionArn', 'error', 'cause'],
  RedriveExecution: ['executionArn'],
  SendTaskSuccess: ['taskToken', 'output'],
  SendTaskFailure: ['taskToken', 'error', 'cause'],
  SendTaskHeartbeat: ['taskToken'],
  SendMessage: ['QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageGroupId'],
  SendMessageBatch: ['QueueUrl', 'Entries'],
};
const NEEDED = new Set(['jobName', 'jobQueue', 'jobDefinition', 'stateMachineArn', 'executionArn', 'taskToken', 'QueueUrl', 'jobs', 'jobId', 'reason', 'Entries', 'Id', 'MessageBody', 'name', 'value', 'type', 'size', 'output']);
function memberOf(key: string): fc.Arbitrary<unknown> {
  const object = CHILDREN[key] && membersOf(CHILDREN[key]);
  const own = object === undefined ? TYPED[key] ?? word : LISTS.includes(key) ? fc.array(object, { maxLength: 3 }) : object;
  return fc.oneof({ weight: 30, arbitrary: own }, { weight: 1, arbitrary: anything.value });
}
function membersOf(keys: readonly string[]): fc.Arbitrary<object> {
  return fc.record(Object.fromEntries(keys.map((key) => [key, NEEDED.has(key) ? memberOf(key) : fc.option(memberOf(key), { nil: undefined, freq: 1 })])));
}
const TARGETS: Record<string, string> = { SendMessage: 'AmazonSQS', SendMessageBatch: 'AmazonSQS' };
const apiRequest: fc.Arbitrary<Sent> = fc.constantFrom(...Object.keys(INPUT_MEMBERS)).chain((called) => membersOf(INPUT_MEMBERS[called]).map((input) => ({
  method: 'POST',
  ...called.endsWith('Job') || called.endsWith('Jobs')
    ? { path: `/v1/${called.toLowerCase()}` }
    : { path: '/', headers: { 'x-amz-target': `${TARGETS[called] ?? 'AWSStepFunctions'}.${called}` } },
  body: JSON.stringify(input),
})));
const body = fc.oneof(
  fc.oneof(anything.object, anything.value).map((value) => JSON.stringify(value) ?? ''),
  fc.json(), fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

const action = fc.oneof(fc.constantFrom(...Object.keys(INPUTS)), fc.constantFrom('constructor', '__proto__', '', 'Nothing'));
const segment = fc.oneof(fc.string({ unit: 'binary', maxLength: 10 }).map((text) => encodeURIComponent(Buffer.from(text).toString())), fc.constantFrom('..', '.', '', '%00', '%2e%2e', '%2F', '%5C', bucket.name, '%zz', 'constructor'));
const path = fc.oneof(
  action.map((name) => `/v1/${name.toLowerCase()}`),
  fc.constant('/'),
  fc.array(segment, { maxLength: 4 }).map((segments) => `/${bucket.name}/${segments.join('/')}`),
  fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
);
const query = fc.oneof({ weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom('?', '?x-id=PutObject', '?acl', '?uploads', '?=', '?a=1&a=2', '?X-Amz-Signature=x', '?X-Amz-Algorithm=AWS4-HMAC-SHA256', '?__proto__=1') });
const service = fc.constantFrom('AmazonSQS', 'AWSStepFunctions', 'Logs_20140328', 'DynamoDB_20120810', 'constructor', '');
const header = fc.oneof(
  fc.tuple(fc.constant('x-amz-target'), fc.tuple(service, action).map((names) => names.join('.'))),
  fc.tuple(fc.constantFrom('x-heavy-batch-work', 'x-amz-content-sha256', 'x-amz-decoded-content-length', 'content-encoding', 'x-amz-trailer', 'content-md5', 'x-amz-security-token', 'authorization', 'x-amz-date', 'expect', 'range', 'if-match'),
    fc.oneof(fc.constantFrom('1', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'UNSIGNED-PAYLOAD', 'aws-chunked', '100-continue', '20260101T000000Z'), fc.string({ maxLength: 40 }).map((text) => text.trim()))),
);
const strangeRequest: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'GET', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'),
  path: fc.tuple(path, query).map((parts) => parts.join('')),
  headers: fc.array(header, { maxLength: 3 }).map((entries) => Object.fromEntries(entries.filter(([name]) => name !== 'expect'))),
  body,
}).map((sent) => ['GET', 'HEAD', 'TRACE'].includes(sent.method) ? { ...sent, body: '' } : sent);
const request = fc.oneof(strangeRequest, apiRequest);

const isRefused = ({ status }: Answer) => status >= 400 && status < 500;

test('a request that nobody has signed is refused, and is no call', async () => {
  await fc.assert(fc.asyncProperty(request, async (sent) => {
    expect(isRefused(await send(emulator.endpoint, sent))).toBe(true);
    expect(calls).toEqual([]);
  }), { numRuns: RUNS });
});

test('a request that is signed is carried out, refused or not supported, and is no error of the emulator', async () => {
  const roles = deployment.roles.map(({ arn }) => arn);
  const carriedOut = new Set<string>();
  await fc.assert(fc.asyncProperty(request, fc.constantFrom(undefined, ...roles), async (sent, role) => {
    // A signature cannot be made for a path that is not correctly encoded.
    fc.pre(!sent.path!.includes('%zz'));
    const { authorization: _, 'x-amz-date': __, ...headers } = sent.headers ?? {};
    const credentials = role === undefined ? emulator.keys.user : emulator.keys.of(role);
    const { status } = await sendSigned(emulator.endpoint, credentials, { ...sent, headers: headers as Record<string, string> });
    expect((status >= 200 && status < 300) || status === 304 || status === 501 || (status >= 400 && status < 500)).toBe(true);
    if (status < 300) carriedOut.add(calls.at(-1)!.call.action);
  }), { numRuns: RUNS });
  expect(carriedOut.size).toBeGreaterThan(1);
});

test('bytes that are no request are refused, or their connection is closed', async () => {
  const { port } = new URL(emulator.endpoint);
  await fc.assert(fc.asyncProperty(fc.array(fc.oneof(
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('GET / HTTP/1.1\r\n', 'POST /v1/listjobs HTTP/1.1\r\n', `Host: 127.0.0.1:${port}\r\n`, 'Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\r\n', '0\r\n\r\n', 'abc').map((text) => Buffer.from(text)),
  ), { minLength: 1, maxLength: 8 }), async (parts) => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = net.connect(Number(port), '127.0.0.1', () => socket.end(Buffer.concat(parts)));
      socket.on('data', (chunk) => { text += chunk.toString('latin1'); }).on('error', () => undefined).on('close', () => resolve(text));
    });
    expect([...answer.matchAll(/^HTTP\/1.1 (\d)/gm)].map(([, digit]) => digit)).not.toContain('2');
    expect(calls).toEqual([]);
  }), { numRuns: RUNS });
});
