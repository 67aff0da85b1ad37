import { createHash, createHmac } from 'node:crypto';
import { oneJob } from '../apps';
import { scriptedEmulator, succeeds } from '../scripted-emulator';
import { send, sendSigned, signed } from '../signed-request';

const deployment = oneJob();
const { emulator, begin } = scriptedEmulator(deployment);
const [bucket] = deployment.buckets;
const PATH = `/${bucket.name}/key`;

beforeEach(() => begin(succeeds));

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signs the chunks of a body apart from the emulator, as https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html describes it. */
function chain(headers: Record<string, string>) {
  const date = headers['x-amz-date'];
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>((previous, part) => hmac(previous, part), `AWS4${emulator.keys.user.secretAccessKey}`);
  let previous = headers.authorization.slice(-64);
  const next = (...words: string[]) => { previous = hmac(key, [words[0], date, scope, previous, ...words.slice(1)].join('\n')).toString('hex'); return previous; };
  return { chunk: (text: string) => next('AWS4-HMAC-SHA256-PAYLOAD', hash(''), hash(text)), trailer: (text: string) => next('AWS4-HMAC-SHA256-TRAILER', hash(text)) };
}

interface Change {
  readonly length?: number;
  readonly crc?: string;
  readonly named?: string;
  readonly body?: (body: string) => string;
}

const CRC32_OF_ONETWO = 'jBGBRQ==';

/** Sends `onetwo` in two chunks. The kind is the word in the place of the hash. */
async function put(kind: string, { length = 6, crc = CRC32_OF_ONETWO, named = 'x-amz-checksum-crc32', body: change = (body) => body }: Change = {}) {
  const hasTrailer = kind.endsWith('TRAILER');
  const isSigned = kind.includes('HMAC');
  const given = { 'x-amz-content-sha256': kind, 'x-amz-decoded-content-length': String(length), 'content-encoding': 'aws-chunked', ...hasTrailer ? { 'x-amz-trailer': named } : {} };
  const headers = await signed(emulator.endpoint, emulator.keys.user, { method: 'PUT', path: PATH, headers: given });
  const { chunk, trailer } = chain(headers);
  const chunks = ['one', 'two', ''].map((text) => `${text.length.toString(16)}${isSigned ? `;chunk-signature=${chunk(text)}` : ''}\r\n${text}${text && '\r\n'}`).join('');
  const line = `x-amz-checksum-crc32:${crc}`;
  const trailers = hasTrailer ? `${line}\r\n${isSigned ? `x-amz-trailer-signature:${trailer(`${line}\n`)}\r\n` : ''}\r\n` : '\r\n';
  const body = change(chunks + trailers);
  const answer = await send(emulator.endpoint, { method: 'PUT', path: PATH, body, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } });
  return { status: answer.status, code: /<Code>(.*)<\/Code>/.exec(answer.body)?.[1], content: emulator.s3.get(bucket.name, 'key')?.toString() };
}

const [UNSIGNED, SIGNED, TRAILER] = ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];

test.each([UNSIGNED, SIGNED, TRAILER])('a body in chunks is read: %s', async (kind) => {
  expect(await put(kind)).toEqual({ status: 200, code: undefined, content: 'onetwo' });
});

test.each<[string, string, Change, number, string]>([
  [SIGNED, 'another chunk', { body: (body) => body.replace('two', 'TWO') }, 403, 'SignatureDoesNotMatch'],
  [SIGNED, 'a chunk that is missing', { body: (body) => body.replace(/3;chunk-signature=\w+\r\none\r\n/, '') }, 403, 'SignatureDoesNotMatch'],
  [SIGNED, 'chunks that are not signed', { body: (body) => body.replace(/;chunk-signature=\w+/g, '') }, 400, 'IncompleteBody'],
  [SIGNED, 'another length', { length: 5 }, 400, 'IncompleteBody'],
  [SIGNED, 'no last chunk', { body: (body) => body.replace(/0;.*/s, '') }, 400, 'IncompleteBody'],
  [SIGNED, 'a chunk that is longer than the body', { body: (body) => body.replace(/^3/, 'fffffff') }, 400, 'IncompleteBody'],
  [SIGNED, 'no end of a line', { body: () => 'x'.repeat(10_000) }, 400, 'IncompleteBody'],
  [TRAILER, 'another trailer', { body: (body) => body.replace(CRC32_OF_ONETWO, 'AAAAAA==') }, 403, 'SignatureDoesNotMatch'],
  [TRAILER, 'a trailer that is not signed', { body: (body) => body.replace(/x-amz-trailer-signature:\w+\r\n/, '') }, 403, 'SignatureDoesNotMatch'],
  [TRAILER, 'another checksum', { crc: 'AAAAAA==' }, 400, 'BadDigest'],
  [UNSIGNED, 'another checksum', { crc: 'AAAAAA==' }, 400, 'BadDigest'],
  [UNSIGNED, 'a trailer that is not named', { named: 'x-amz-checksum-sha256' }, 400, 'MalformedTrailerError'],
  [UNSIGNED, 'two equal trailers', { body: (body) => body.replace(/(x-amz-checksum.*\r\n)/, '$1$1') }, 400, 'MalformedTrailerError'],
  [UNSIGNED, 'no trailer', { body: (body) => body.replace(/x-amz-checksum.*\r\n/, '') }, 400, 'MalformedTrailerError'],
  ['STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 'keys of another kind', {}, 501, 'NotImplemented'],
  ['STREAMING-constructor', 'a name that is no kind', {}, 501, 'NotImplemented'],
])('%s with %s is refused, and nothing is written', async (kind, _, change, status, code) => {
  expect(await put(kind, change)).toEqual({ status, code, content: undefined });
});

/** Those of the CRCs are in hexadecimal digits, as in https://reveng.sourceforge.io/crc-catalogue/all.htm */
test.each([
  ['x-amz-checksum-crc32', 'cbf43926'], ['x-amz-checksum-crc32c', 'e3069283'], ['x-amz-checksum-crc64nvme', 'ae8b14860a799888'],
  ['x-amz-checksum-sha1', createHash('sha1').update('123456789').digest('hex')], ['x-amz-checksum-sha256', hash('123456789')], ['content-md5', createHash('md5').update('123456789').digest('hex')],
])('the checksum of %s is compared', async (name, digits) => {
  const statusWith = async (value: Buffer) => {
    const sent = { method: 'PUT', path: PATH, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', [name]: value.toString('base64') }, body: '123456789' };
    return (await send(emulator.endpoint, { ...sent, headers: await signed(emulator.endpoint, emulator.keys.user, sent) })).status;
  };
  const checksum = Buffer.from(digits, 'hex');
  expect([await statusWith(checksum), await statusWith(Buffer.concat([Buffer.from([checksum[0] + 1]), checksum.subarray(1)]))]).toEqual([200, 400]);
});

test.each<[string, Record<string, string>, string]>([
  ['no hash', {}, 'MissingSecurityHeader'],
  ['chunks, without a word for them', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'content-encoding': 'aws-chunked' }, 'InvalidRequest'],
  ['a hash that is none', { 'x-amz-content-sha256': 'x' }, 'XAmzContentSHA256Mismatch'],
])('a body with %s is refused', async (_, given, code) => {
  const answer = await sendSigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path: PATH, headers: given, body: 'x' }, { withoutHash: true });
  expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(`<Code>${code}</Code>`)]);
});
