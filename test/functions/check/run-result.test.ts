import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { RESULT_BYTES } from '../../../src/contract/limits';
import { RESULT_LEVELS, readResult, runResult } from '../../../src/functions/check/run-result';

const s3 = mockClient(S3Client);
const client = new S3Client({});
const uri = 's3://bucket/results/Job/hb-1';
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const body = (content: string | Uint8Array) => {
  const array = typeof content === 'string' ? bytes(content) : content;
  return { ContentLength: array.length, Body: { transformToByteArray: async () => array } as never };
};
const awsError = (status: number, name: string) => Object.assign(new Error('from the service'), { name, $metadata: { httpStatusCode: status } });
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

beforeEach(() => s3.reset());

test.each<[string, string, unknown]>([
  ['an object', '{"trips": 3}', { trips: 3 }],
  ['a number', '42', 42],
  ['text in quotes', '"done"', 'done'],
  ['null', 'null', null],
  ['JSON after a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
  ['a fraction with many digits', '[0.30000000000000004, 1.5e300, 1e2]', [0.30000000000000004, 1.5e300, 100]],
  ['a long number in a string', '{"id":"616581622363398142"}', { id: '616581622363398142' }],
  ['a string with quotes and digits in it', '{"a":"\\"616581622363398142\\\\"}', { a: '"616581622363398142\\' }],
  ['a whole number that JavaScript has exactly', '[9007199254740992, 100000000000000000000]', [9007199254740992, 100000000000000000000]],
])('%s is returned', (_, text, value) => {
  expect(readResult(bytes(text))).toEqual(value);
});

test('names that JavaScript treats in its own way are kept', () => {
  const text = '{"__proto__":{"a":1},"constructor":2}';
  expect(JSON.stringify(readResult(bytes(text)))).toBe(text);
});

test('a result may have as many levels as documented', () => {
  expect(JSON.stringify(readResult(bytes(nested(RESULT_LEVELS))))).toBe(nested(RESULT_LEVELS));
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['has one level too many', nested(RESULT_LEVELS + 1), /^the result is nested more than 100 levels deep$/],
  ['is nested 100,000 levels deep', nested(100_000), /^the result is nested more than 100 levels deep$/],
  ['is nested deeply in objects', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`, /^the result is nested more than 100 levels deep$/],
  ['is text', 'done\n', /^the result is not JSON: Unexpected token/],
  ['breaks off', `{"a": ${'1, '.repeat(50)}`, /^the result is not JSON: .* at position 9/],
  ['is empty', '', /^the result is not JSON: Unexpected end/],
  ['is not text', new Uint8Array([0xff, 0xfe, 0]), /^the result is not UTF-8 text: write JSON$/],
  ['has a number with 64 bits', '{"id":616581622363398142}', /^the number 616581622363398142 in the result cannot be passed on exactly: write it as a string$/],
  ['has a number beyond all limits', '[-1e999]', /^the number -1e999 in the result/],
])('a result that %s is null, and resultError says why', async (_, text, why) => {
  s3.on(GetObjectCommand).resolves(body(text));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri, resultError: expect.stringMatching(why) });
});

test('a result is read from where the container wrote it', async () => {
  s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'results/Job/hb-1' }).resolves(body('{"a":1}'));
  expect(await runResult(client, uri)).toEqual({ result: { a: 1 }, resultUri: uri });
});

test('a result that is too large is not read, and its connection is closed', async () => {
  const destroy = jest.fn();
  s3.on(GetObjectCommand).resolves({ ContentLength: RESULT_BYTES + 1, Body: { destroy } as never });
  expect(await runResult(client, uri)).toEqual({
    result: null, resultUri: uri, resultError: 'the result has 204801 bytes, and the output of a run carries 204800 at most: read it at resultUri',
  });
  expect(destroy).toHaveBeenCalledTimes(1);
});

test('a result that becomes too large as JSON is null', async () => {
  s3.on(GetObjectCommand).resolves(body(`[${'1e20,'.repeat(30_000)}1]`));
  expect((await runResult(client, uri)).resultError).toMatch(/^the result, as the output would have it, has \d+ bytes/);
});

test('without an object there is no result', async () => {
  s3.on(GetObjectCommand).rejects(awsError(404, 'NoSuchKey'));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: null });
});

test.each([
  [403, 'AccessDenied'], [500, 'InternalError'], [503, 'SlowDown'], [429, 'TooManyRequests'], [0, 'TimeoutError'],
])('after %d %s the run ends without its result, and says so', async (status, name) => {
  s3.on(GetObjectCommand).rejects(awsError(status, name));
  expect(await runResult(client, uri)).toEqual({ result: null, resultUri: uri, resultError: `the result could not be read: ${name}: from the service` });
});

test.each<[string, object]>([
  ['does not answer', { callsFake: () => new Promise(() => undefined) }],
  ['stops in the middle of the object', { callsFake: async () => ({ ContentLength: 9, Body: { transformToByteArray: () => new Promise(() => undefined) } }) }],
])('a run does not wait for a service that %s', async (_, { callsFake }: any) => {
  jest.useFakeTimers();
  s3.on(GetObjectCommand).callsFake(callsFake);
  const result = runResult(client, uri);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(await result).toEqual({ result: null, resultUri: uri, resultError: 'the result could not be read within 10 s' });
  jest.useRealTimers();
});

test('S3 is not called for an array job, which has a prefix of URIs, nor for a job without a URI', async () => {
  expect(await runResult(client, `${uri}/`)).toEqual({ result: null, resultUri: `${uri}/` });
  expect(await runResult(client, undefined)).toEqual({ result: null, resultUri: null });
  expect(s3.calls()).toHaveLength(0);
});

test.each([['0', 0], ['0.000', 0], ['0e5', 0], ['[0, 1.0, 2.00]', [0, 1, 2]], ['5e-324', 5e-324], ['-5', -5]])('the numbers of %s are passed on', (text, value) => {
  expect(readResult(bytes(text))).toEqual(value);
});

test.each(['1e-400', '0.1e-999', '-0', '-0.0', '9007199254740993', '9007199254740993.0', '1e999'])('the number %s is not, since JavaScript has no such number', (text) => {
  expect(() => readResult(bytes(text))).toThrow(`the number ${text} in the result cannot be passed on exactly: write it as a string`);
});

test('a long number is cut in its message', () => {
  expect(() => readResult(bytes('9'.repeat(50)))).toThrow(`the number ${'9'.repeat(40)} in the result`);
});

test('a result may have as many bytes as documented, and not one more, as the output would have it', () => {
  const text = (length: number) => JSON.stringify('x'.repeat(length - 2));
  expect(readResult(bytes(` ${text(RESULT_BYTES)} `))).toHaveLength(RESULT_BYTES - 2);
  expect(() => readResult(bytes(text(RESULT_BYTES + 1)))).toThrow(`the result, as the output would have it, has ${RESULT_BYTES + 1} bytes, and the output of a run carries 204800 at most: read it at resultUri`);
});

test('a result of as many bytes as documented is read, whatever the body can do', async () => {
  const text = JSON.stringify('x'.repeat(RESULT_BYTES - 2));
  s3.on(GetObjectCommand).resolves(body(text));
  expect((await runResult(client, uri)).result).toHaveLength(RESULT_BYTES - 2);
  for (const Body of [undefined, {}]) {
    s3.on(GetObjectCommand).resolves({ ContentLength: RESULT_BYTES + 1, Body: Body as never });
    expect((await runResult(client, uri)).resultError).toBe(`the result has ${RESULT_BYTES + 1} bytes, and the output of a run carries 204800 at most: read it at resultUri`);
  }
});

test('the call to S3 can be given up, and no timer is left when it answers', async () => {
  jest.useFakeTimers();
  try {
    s3.on(GetObjectCommand).resolves(body('1'));
    await runResult(client, uri);
    expect(s3.send.firstCall.args[1]).toEqual({ abortSignal: expect.any(AbortSignal) });
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
