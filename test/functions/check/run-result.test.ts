import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { LARGEST_RESULT, readResult, runResult } from '../../../src/functions/check/run-result';

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
  ['text is text', 'done\n', 'done\n'],
  ['nothing is an empty text', '', ''],
])('%s', (_, text, value) => {
  expect(readResult(bytes(text))).toEqual(value);
});

test('what is no text has only its URI', () => {
  expect(readResult(new Uint8Array([0xff, 0xfe, 0]))).toBeNull();
});

test('a text that is short, but not once it is written as JSON, has only its URI', () => {
  expect(readResult(bytes('\u0001'.repeat(LARGEST_RESULT / 2)))).toBeNull();
  expect(readResult(bytes('x'.repeat(LARGEST_RESULT / 2)))).toHaveLength(LARGEST_RESULT / 2);
});

test('a result is read where the container wrote it', async () => {
  s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'results/Job/hb-1' }).resolves(body('{"a":1}'));
  expect(await runResult(client, uri)).toEqual({ result: { a: 1 }, resultUri: uri });
});

test('a large one is not read, and its connection is let go', async () => {
  const destroy = jest.fn();
  s3.on(GetObjectCommand).resolves({ ContentLength: LARGEST_RESULT + 1, Body: { destroy } as never });
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri });
  expect(destroy).toHaveBeenCalledTimes(1);
});

test('none is none', async () => {
  s3.on(GetObjectCommand).rejects(awsError(404, 'NoSuchKey'));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: null });
});

test('one that may not be read does not fail the run', async () => {
  s3.on(GetObjectCommand).rejects(awsError(403, 'AccessDenied'));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri, resultError: 'AccessDenied: from the service' });
});

test.each([[500, 'InternalError'], [503, 'SlowDown'], [429, 'TooManyRequests'], [0, 'TimeoutError']])('%d %s is for the next look', async (status, name) => {
  s3.on(GetObjectCommand).rejects(awsError(status, name));
  await expect(runResult(client, uri)).rejects.toMatchObject({ name });
});

test('an array has the URI that its children\'s begin with, a job from before there were results has none; nothing is asked', async () => {
  expect(await runResult(client, `${uri}/`)).toEqual({ result: null, resultUri: `${uri}/` });
  expect(await runResult(client, undefined)).toEqual({ result: null, resultUri: null });
  expect(s3.calls()).toHaveLength(0);
});
