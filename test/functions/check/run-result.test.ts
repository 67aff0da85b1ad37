import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { RESULT_BYTES } from '../../../src/contract/limits';
import { readResult, runResult } from '../../../src/functions/check/run-result';

const s3 = mockClient(S3Client);
const client = new S3Client({});
const uri = 's3://bucket/results/Job/hb-1';
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const body = (text: string, ContentLength = Buffer.byteLength(text)) => ({ ContentLength, Body: { transformToByteArray: async () => bytes(text) } as never });
const awsError = (status: number, name: string) => Object.assign(new Error('from the service'), { name, $metadata: { httpStatusCode: status } });

beforeEach(() => s3.reset());

test.each<[string, string, unknown]>([
  ['JSON is parsed', '{"trips": 3}', { trips: 3 }],
  ['a number is JSON', '42', 42],
  ['text stays text', 'done\n', 'done\n'],
  ['an empty object is an empty text', '', ''],
])('%s', (_, text, value) => {
  expect(readResult(bytes(text))).toEqual(value);
});

test('bytes that are not text are not returned', () => {
  expect(readResult(new Uint8Array([0xff, 0xfe, 0]))).toBeNull();
});

test('a short text that is too long as JSON is not returned', () => {
  expect(readResult(bytes('\u0001'.repeat(RESULT_BYTES / 2)))).toBeNull();
  expect(readResult(bytes('x'.repeat(RESULT_BYTES / 2)))).toHaveLength(RESULT_BYTES / 2);
});

test('a result is read from where the container wrote it', async () => {
  s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'results/Job/hb-1' }).resolves(body('{"a":1}'));
  expect(await runResult(client, uri)).toEqual({ result: { a: 1 }, resultUri: uri });
});

test('a result that is too large is not read, and its connection is closed', async () => {
  const destroy = jest.fn();
  s3.on(GetObjectCommand).resolves({ ContentLength: RESULT_BYTES + 1, Body: { destroy } as never });
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri });
  expect(destroy).toHaveBeenCalledTimes(1);
});

test('without an object there is no result', async () => {
  s3.on(GetObjectCommand).rejects(awsError(404, 'NoSuchKey'));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: null });
});

test('a result that the function may not read does not fail the run', async () => {
  s3.on(GetObjectCommand).rejects(awsError(403, 'AccessDenied'));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri, resultError: 'AccessDenied: from the service' });
});

test.each([[500, 'InternalError'], [503, 'SlowDown'], [429, 'TooManyRequests'], [0, 'TimeoutError']])('after %d %s the result is read at the next check', async (status, name) => {
  s3.on(GetObjectCommand).rejects(awsError(status, name));
  await expect(runResult(client, uri)).rejects.toMatchObject({ name });
});

test('S3 is not called for an array job, which has a prefix of URIs, nor for a job without a URI', async () => {
  expect(await runResult(client, `${uri}/`)).toEqual({ result: null, resultUri: `${uri}/` });
  expect(await runResult(client, undefined)).toEqual({ result: null, resultUri: null });
  expect(s3.calls()).toHaveLength(0);
});
