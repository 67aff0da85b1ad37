import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Activity } from '../../../emulator/activity';
import { Keys } from '../../../emulator/endpoint/keys';
import { isSame, timeOf } from '../../../emulator/endpoint/signature';
import { NO_FAULTS } from '../../../emulator/faults';
import { Backend, HttpEndpoint } from '../../../emulator/http';
import { oneJob } from '../apps';
import { MINUTE, scriptedEmulator, succeeds } from '../scripted-emulator';
import { presigned, send, sendSigned, Sent, signed } from '../signed-request';

const deployment = oneJob();
const { emulator, clock, calls, begin } = scriptedEmulator(deployment);
const [bucket] = deployment.buckets;
const [watchQueue] = deployment.queues;
const { roleArn } = deployment.functions[0];

const LIST: Sent = { path: '/v1/listjobs', body: JSON.stringify({ jobQueue: deployment.jobQueues[0].arn }) };
const SEND: Sent = { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: JSON.stringify({ QueueUrl: watchQueue.url, MessageBody: 'x' }) };
const DESCRIBE: Sent = { headers: { 'x-amz-target': 'AWSStepFunctions.DescribeExecution' }, body: JSON.stringify({ executionArn: 'arn:aws:x' }) };
const PUT: Sent = { method: 'PUT', path: `/${bucket.name}/key`, body: 'text' };
const SERVICES: Record<string, Sent> = { batch: LIST, sqs: SEND, states: DESCRIBE, s3: PUT };
/** The codes of each service, in the order of `SERVICES`. */
const CODES: Record<string, readonly string[]> = {
  missing: ['MissingAuthenticationToken', 'MissingAuthenticationToken', 'MissingAuthenticationToken', 'AccessDenied'],
  unknown: ['UnrecognizedClientException', 'InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'],
  mismatch: ['SignatureDoesNotMatch', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
  malformed: ['IncompleteSignature', 'IncompleteSignature', 'IncompleteSignature', 'AuthorizationHeaderMalformed'],
};

/** The code of an error in the wire format of its service. */
const codeOf = (body: string): string => body.startsWith('<') ? /<Code>(.*)<\/Code>/.exec(body)![1] : JSON.parse(body).__type.replace('com.amazonaws.sqs#', '');
const outcomeOf = ({ status, body }: { status: number; body: string }) => [status, status === 200 ? '' : codeOf(body)];
const user = () => emulator.keys.user;
const ago = (minutes: number) => new Date(clock.now() - minutes * MINUTE);

beforeEach(() => begin(succeeds));

test.each(Object.entries(SERVICES))('a request that the user has signed is carried out: %s', async (_, sent) => {
  const { status, body } = await sendSigned(emulator.endpoint, user(), sent, { date: new Date(clock.now()) });
  expect([status === 200 || codeOf(body) === 'ExecutionDoesNotExist', calls.length]).toEqual([true, 1]);
});

describe.each(Object.keys(SERVICES).map((service, index) => [service, index] as const))('%s refuses, and carries out nothing,', (service, index) => {
  const sent = SERVICES[service];
  const expectRefusal = async (kind: keyof typeof CODES, request: Sent, status = 403) => {
    expect(outcomeOf(await send(emulator.endpoint, request))).toEqual([status, CODES[kind][index]]);
    expect(calls).toEqual([]);
  };

  test('a request without a signature', () => expectRefusal('missing', sent));

  test('a key that is not of this start', async () => {
    const strange = new Keys([]).user;
    await expectRefusal('unknown', { ...sent, headers: await signed(emulator.endpoint, strange, sent) });
  });

  test('the key of a role with another secret, as somebody would guess it', async () => {
    await expectRefusal('mismatch', { ...sent, headers: await signed(emulator.endpoint, { ...emulator.keys.of(roleArn), secretAccessKey: 'local' }, sent) });
  });

  test('another path or query than the signed one', async () => {
    const headers = await signed(emulator.endpoint, user(), sent);
    await expectRefusal('mismatch', { ...sent, headers, path: `${sent.path ?? '/'}?x-id=1` });
  });

  test('another method than the signed one', async () => {
    await expectRefusal('mismatch', { ...sent, headers: await signed(emulator.endpoint, user(), sent), method: 'DELETE' });
  });

  test('a header that is not the signed one, and a header of AWS that is not signed', async () => {
    const headers = await signed(emulator.endpoint, user(), { ...sent, headers: { ...sent.headers, 'x-amz-meta-a': '1' } });
    await expectRefusal('mismatch', { ...sent, headers: { ...headers, 'x-amz-meta-a': '2' } });
    await expectRefusal('malformed', { ...sent, headers: { ...headers, 'x-amz-meta-b': '1' } }, 400);
  });

  test('a signature for another service', async () => {
    await expectRefusal('malformed', { ...sent, headers: await signed(emulator.endpoint, user(), sent, { service: service === 's3' ? 'sqs' : 's3' }) }, 400);
  });

  test.each<[string, (authorization: string) => string]>([
    ['another algorithm', (text) => text.replace('HMAC-SHA256', 'ECDSA-P256-SHA256')],
    ['no signed headers', (text) => text.replace(/SignedHeaders=[^,]*/, 'SignedHeaders=')],
    ['headers of which the host is none', (text) => text.replace('host;', '')],
    ['no signature', (text) => text.replace(/, Signature=.*/, '')],
    ['a short signature', (text) => text.slice(0, -1)],
    ['the date of another day', (text) => text.replace(/\/\d{8}\//, '/20200101/')],
    ['an end that is not aws4_request', (text) => text.replace('aws4_request', 'aws5_request')],
    ['other words', () => 'Basic dXNlcjpwYXNz'],
    ['no words', () => ''],
  ])('an authorization with %s', async (_, change) => {
    const headers = await signed(emulator.endpoint, user(), sent);
    await expectRefusal('malformed', { ...sent, headers: { ...headers, authorization: change(headers.authorization) } }, 400);
  });
});

test.each([[LIST, 403, 'SignatureDoesNotMatch'], [SEND, 403, 'SignatureDoesNotMatch'], [DESCRIBE, 403, 'SignatureDoesNotMatch'], [PUT, 400, 'XAmzContentSHA256Mismatch']] as const)('a body that is not the signed one is refused: %j', async (sent, status, code) => {
  const headers = await signed(emulator.endpoint, user(), sent);
  expect(outcomeOf(await send(emulator.endpoint, { ...sent, headers, body: `${sent.body as string} ` }))).toEqual([status, code]);
  expect(calls).toEqual([]);
});

test('a body without a header with its hash, as boto3 sends it, is the signed one', async () => {
  const headers = await signed(emulator.endpoint, user(), LIST, { withoutHash: true });
  expect(headers).not.toHaveProperty('x-amz-content-sha256');
  const statusOf = async (body: string) => (await send(emulator.endpoint, { ...LIST, headers: { ...headers, 'content-length': String(body.length) }, body })).status;
  expect([await statusOf(LIST.body as string), await statusOf(`${LIST.body as string} `)]).toEqual([200, 403]);
});

test('a request of the function of a role is that of the role, and no other role can sign for it', async () => {
  const roles = deployment.roles.map(({ arn }) => arn);
  await sendSigned(emulator.endpoint, emulator.keys.of(roleArn), LIST);
  expect(calls.map(({ call }) => call.principal)).toEqual([roleArn]);
  const pairs = [user(), ...roles.map((arn) => emulator.keys.of(arn))];
  expect(new Set(pairs.map(({ accessKeyId }) => accessKeyId)).size).toBe(roles.length + 1);
  expect(new Set(pairs.map(({ secretAccessKey }) => secretAccessKey)).size).toBe(roles.length + 1);
});

test('two starts have other keys, of the form that AWS has', () => {
  const [one, other] = [new Keys([roleArn]), new Keys([roleArn])];
  for (const { accessKeyId, secretAccessKey } of [one.user, one.of(roleArn)]) {
    expect([accessKeyId, secretAccessKey]).toEqual([expect.stringMatching(/^AKIA[A-Z2-7]{16}$/), expect.stringMatching(/^[\w+/]{40}$/)]);
  }
  expect(one.of(roleArn)).not.toEqual(other.of(roleArn));
  expect(one.find(other.of(roleArn).accessKeyId)).toBeUndefined();
});

test('the clients of the SDK are understood: a body that is signed, and one that is sent in chunks', async () => {
  const options = { endpoint: emulator.endpoint, region: 'us-east-1', credentials: user(), forcePathStyle: true, maxAttempts: 1 };
  const s3 = new S3Client(options);
  await s3.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'a b/ä+%', Body: 'text' }));
  await s3.send(new PutObjectCommand({ Bucket: bucket.name, Key: 'stream', Body: Readable.from(['one', 'two']), ContentLength: 6 }));
  expect(['a b/ä+%', 'stream'].map((key) => emulator.s3.get(bucket.name, key)?.toString())).toEqual(['text', 'onetwo']);
  expect(await (await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: 'stream' }))).Body!.transformToString()).toBe('onetwo');
  await expect(new SFNClient(options).send(new DescribeExecutionCommand({ executionArn: 'arn:aws:x' }))).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
});

test('the owner that a client of the SDK expects is compared with that of the bucket', async () => {
  const s3 = new S3Client({ endpoint: emulator.endpoint, region: 'us-east-1', credentials: user(), forcePathStyle: true, maxAttempts: 1 });
  const object = { Bucket: bucket.name, Key: 'of-owner' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'text', ExpectedBucketOwner: bucket.account }));
  await expect(s3.send(new PutObjectCommand({ ...object, Body: 'other', ExpectedBucketOwner: '999988887777' }))).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  await expect(s3.send(new GetObjectCommand({ ...object, ExpectedBucketOwner: '999988887777' }))).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(emulator.s3.get(bucket.name, 'of-owner')!.toString()).toBe('text');
});

describe('a presigned URL', () => {
  const path = `/${bucket.name}/a%20b`;
  beforeEach(() => emulator.s3.put(bucket.name, 'a b', 'text'));

  test('is valid until it expires', async () => {
    const url = await presigned(emulator.endpoint, user(), { path }, 120, ago(1));
    expect(await send(emulator.endpoint, { method: 'GET', path: url })).toMatchObject({ status: 200, body: 'text' });
    const old = await presigned(emulator.endpoint, user(), { path }, 60, ago(2));
    expect(outcomeOf(await send(emulator.endpoint, { method: 'GET', path: old }))).toEqual([403, 'AccessDenied']);
  });

  test('may be a link of a web page, which can only read with it', async () => {
    const url = await presigned(emulator.endpoint, user(), { path }, 60);
    const headers = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' };
    expect(await send(emulator.endpoint, { method: 'GET', path: url, headers })).toMatchObject({ status: 200, body: 'text' });
    const write = await presigned(emulator.endpoint, user(), { path, method: 'PUT' }, 60);
    expect((await send(emulator.endpoint, { method: 'PUT', path: write, headers })).status).toBe(403);
    expect((await send(emulator.endpoint, { method: 'GET', path: `/${path.split('/')[1]}/a?X-Amz-Signature=0`, headers })).status).toBe(400);
  });

  test('may name the owner of the bucket', async () => {
    const answers = [];
    for (const owner of [bucket.account, '999988887777']) {
      const url = await presigned(emulator.endpoint, user(), { path, headers: { 'x-amz-expected-bucket-owner': owner } }, 60);
      expect(url).toContain(`x-amz-expected-bucket-owner=${owner}`); // the signer makes it a part of the query
      answers.push((await send(emulator.endpoint, { method: 'GET', path: url })).status);
    }
    expect(answers).toEqual([200, 403]);
  });

  test('is valid for its method, its key and its time only', async () => {
    const url = await presigned(emulator.endpoint, user(), { path }, 60);
    for (const [method, changed] of [['PUT', url], ['GET', url.replace('a%20b', 'a%20c')], ['GET', url.replace('Expires=60', 'Expires=61')]]) {
      expect(outcomeOf(await send(emulator.endpoint, { method, path: changed }))).toEqual([403, 'SignatureDoesNotMatch']);
    }
  });

  test.each<[string, (url: string) => string]>([
    ['no time', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=')],
    ['a time of more than a week', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801')],
    ['two signatures', (url) => `${url}&X-Amz-Signature=${'0'.repeat(64)}`],
  ])('with %s is malformed', async (_, change) => {
    const url = change(await presigned(emulator.endpoint, user(), { path }, 60));
    expect(outcomeOf(await send(emulator.endpoint, { method: 'GET', path: url }))).toEqual([400, 'AuthorizationHeaderMalformed']);
  });
});

test.each<[number | undefined, number, string[]]>([
  [1, 16, ['RequestExpired', 'RequestTimeTooSkewed']], [1, -16, ['RequestExpired', 'RequestTimeTooSkewed']], [1, 14, ['', '']],
  [100, 20, ['', '']], [undefined, 600, ['', '']],
])('with time that passes %s times as fast, requests of %s minutes ago are answered with %j', async (scale, minutes, codes) => {
  const keys = new Keys([]);
  const endpoint = new HttpEndpoint(keys, new Activity());
  const fast = { now: () => Date.now() + 1_000 * MINUTE, scale };
  const services = (['batch', 's3'] as const).map((name) => ({ name, authorizations: () => [], handle: async () => ({}) }));
  endpoint.backend = { clock: fast, faults: NO_FAULTS, services } as unknown as Backend;
  const url = await endpoint.start();
  try {
    for (const [index, sent] of [LIST, PUT].entries()) {
      const [, code] = outcomeOf(await sendSigned(url, keys.user, sent, { date: new Date(fast.now() - minutes * MINUTE) }));
      expect(code).toBe(codes[index]);
    }
  } finally {
    await endpoint.stop();
  }
});

test('signatures are compared as a whole', () => {
  expect([isSame('ab', 'ab'), isSame('ab', 'ac'), isSame('ab', 'a'), isSame('', ''), isSame('ä', 'aa')]).toEqual([true, false, false, true, false]);
});

test('a date that does not exist is no time', () => {
  expect([timeOf('20260101T000000Z'), timeOf('20261301T000000Z'), timeOf('')]).toEqual([Date.UTC(2026, 0, 1), NaN, NaN]);
});

test('the key pairs of before are used again, and a new role has a new one', () => {
  const former = new Keys(['arn:a']);
  const next = new Keys(['arn:a', 'arn:b'], former);
  expect([next.user, next.of('arn:a')]).toEqual([former.user, former.of('arn:a')]);
  expect([former.user, former.of('arn:a')]).not.toContainEqual(next.of('arn:b'));
  expect(new Keys(['arn:a'], { user: former.user }).of('arn:a')).not.toEqual(former.of('arn:a'));
});
