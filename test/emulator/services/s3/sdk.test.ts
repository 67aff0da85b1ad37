import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, HeadBucketCommand,
  HeadObjectCommand, ListObjectsCommand, ListObjectsV2Command, ListPartsCommand, paginateListObjectsV2, PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DeployedRole, PolicyStatement } from '../../../../emulator/assembly/deployment';
import { oneJob } from '../../apps';
import { scriptedEmulator, succeeds } from '../../scripted-emulator';
import { presigned, send } from '../../signed-request';

/** The emulated S3, by the client that programs in JavaScript use. */
const ROLE = 'arn:aws:iam::123456789012:role/program';
const base = oneJob();
const statements: PolicyStatement[] = [];
const role = { path: 'App/Program', arn: ROLE, policies: [{ Statement: statements }] } as unknown as DeployedRole;
const deployment = { ...base, roles: [...base.roles, role] };
const { emulator, begin } = scriptedEmulator(deployment);
const [{ name: Bucket }] = deployment.buckets;
const Key = 'a b/ü+%&<>"\'.txt';
const PART = 5 * 1024 * 1024;

const clients: S3Client[] = [];
function clientOf(credentials = emulator.keys.user): S3Client {
  const client = new S3Client({ endpoint: emulator.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}
/** A client of a role that may do this. */
function clientThatMay(...actions: string[]): S3Client {
  statements.splice(0, statements.length, { Effect: 'Allow', Action: actions, Resource: `arn:aws:s3:::${Bucket}*` });
  return clientOf(emulator.keys.of(ROLE));
}
let client: S3Client;

beforeEach(() => {
  begin(succeeds);
  client = clientOf();
});
afterEach(() => clients.splice(0).forEach((each) => each.destroy()));

const textOf = async (input: object = {}, of = client) => (await of.send(new GetObjectCommand({ Bucket, Key, ...input }))).Body!.transformToString();
const put = (Body: string | Buffer, input: object = {}) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...input }));
const failure = (code: string, status: number) => expect.objectContaining({ name: code, $metadata: expect.objectContaining({ httpStatusCode: status }) });

test('an object is read with what it was written with', async () => {
  const { ETag, ChecksumCRC32 } = await put('0123456789', { ContentType: 'text/plain', Metadata: { by: 'me' }, CacheControl: 'no-cache' });
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head).toMatchObject({ ETag, ContentLength: 10, ContentType: 'text/plain', Metadata: { by: 'me' }, CacheControl: 'no-cache', AcceptRanges: 'bytes', LastModified: expect.any(Date) });
  expect(await textOf()).toBe('0123456789');
  expect((await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))).ChecksumCRC32).toBe(ChecksumCRC32);
  expect(ChecksumCRC32).toMatch(/^.{8}$/);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('a checksum of the kind %s is compared', async (ChecksumAlgorithm) => {
  await put('text', { ChecksumAlgorithm });
  expect(await textOf()).toBe('text');
});

test('a wrong checksum is refused', async () => {
  await expect(put('text', { ChecksumSHA256: Buffer.alloc(32).toString('base64') })).rejects.toEqual(failure('BadDigest', 400));
});

test.each([
  ['bytes=0-3', '0123', 'bytes 0-3/10'], ['bytes=8-', '89', 'bytes 8-9/10'], ['bytes=-3', '789', 'bytes 7-9/10'], ['bytes=5-100', '56789', 'bytes 5-9/10'], ['bytes=-100', '0123456789', 'bytes 0-9/10'],
])('the range %s is %s', async (Range, text, ContentRange) => {
  await put('0123456789');
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
  expect(await answer.Body!.transformToString()).toBe(text);
  expect(answer).toMatchObject({ ContentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
});

test.each(['bytes=3-1', 'bytes=0-1,3-4', 'lines=0-1'])('the range %s is that of the whole object', async (Range) => {
  await put('0123456789');
  expect(await textOf({ Range })).toBe('0123456789');
});

test.each(['bytes=10-', 'bytes=-0'])('the range %s is not satisfiable', async (Range) => {
  await put('0123456789');
  await expect(textOf({ Range })).rejects.toEqual(failure('InvalidRange', 416));
});

test('an object is written and read under conditions', async () => {
  const { ETag } = await put('a', { IfNoneMatch: '*' });
  await expect(put('b', { IfNoneMatch: '*' })).rejects.toEqual(failure('PreconditionFailed', 412));
  await expect(put('b', { IfMatch: '"0"' })).rejects.toEqual(failure('PreconditionFailed', 412));
  await expect(put('b', { Key: 'none', IfMatch: ETag })).rejects.toEqual(failure('NoSuchKey', 404));
  await expect(textOf({ IfMatch: '"0"' })).rejects.toEqual(failure('PreconditionFailed', 412));
  await expect(textOf({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  expect(await textOf({ IfMatch: ETag })).toBe('a');
  await put('b', { IfMatch: ETag });
  expect(await textOf()).toBe('b');
});

test('an object that has not changed since a time is not sent again', async () => {
  await put('a');
  const { LastModified, ETag } = await client.send(new HeadObjectCommand({ Bucket, Key }));
  const before = new Date(LastModified!.getTime() - 1000);
  const unchanged = { $metadata: { httpStatusCode: 304 } };
  await expect(textOf({ IfModifiedSince: LastModified })).rejects.toMatchObject(unchanged);
  await expect(textOf({ IfUnmodifiedSince: before })).rejects.toEqual(failure('PreconditionFailed', 412));
  expect(await textOf({ IfModifiedSince: before, IfUnmodifiedSince: LastModified })).toBe('a');
  // https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions
  expect(await textOf({ IfMatch: ETag, IfUnmodifiedSince: before })).toBe('a');
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents![0].LastModified).toEqual(LastModified);
});

test('an object is deleted as it was seen, or not at all', async () => {
  const { ETag } = await put('a');
  await put('b');
  await expect(client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: ETag }))).rejects.toEqual(failure('PreconditionFailed', 412));
  expect(await textOf()).toBe('b');
});

test('an answer has the headers that the request wants', async () => {
  await put('a', { ContentType: 'text/plain' });
  const { ContentType, ContentDisposition } = await client.send(new GetObjectCommand({ Bucket, Key, ResponseContentType: 'text/csv', ResponseContentDisposition: 'attachment' }));
  expect([ContentType, ContentDisposition]).toEqual(['text/csv', 'attachment']);
});

test('an object that was put at once has one part', async () => {
  await put('0123456789');
  const { ContentRange, PartsCount, ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }));
  expect([ContentRange, PartsCount, ContentLength]).toEqual(['bytes 0-9/10', undefined, 10]);
  await expect(textOf({ PartNumber: 2 })).rejects.toEqual(failure('InvalidPartNumber', 416));
  await expect(textOf({ PartNumber: 1, Range: 'bytes=0-1' })).rejects.toEqual(failure('InvalidRequest', 400));
  await put('');
  expect(await textOf({ PartNumber: 1 })).toBe('');
});

test('access lists are refused, as by a bucket of today, but for the one that changes nothing', async () => {
  await expect(put('a', { ACL: 'public-read' })).rejects.toEqual(failure('AccessControlListNotSupported', 400));
  await put('a', { ACL: 'bucket-owner-full-control' });
  expect(await textOf()).toBe('a');
});

test('the conditions of a policy may be about the headers of a request', async () => {
  const limited = clientThatMay('s3:PutObject');
  Object.assign(statements[0], { Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' }, Bool: { 'aws:SecureTransport': 'true' } } });
  await expect(limited.send(new PutObjectCommand({ Bucket, Key, Body: 'a' }))).rejects.toEqual(failure('AccessDenied', 403));
  await limited.send(new PutObjectCommand({ Bucket, Key, Body: 'a', ServerSideEncryption: 'aws:kms' }));
  expect(await textOf()).toBe('a');
});

test('a presigned URL may have headers in its query', async () => {
  const url = await presigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path: `/${Bucket}/${encodeURIComponent(Key)}?x-amz-meta-by=me`, body: 'a' }, 60);
  expect((await send(emulator.endpoint, { method: 'PUT', path: url, body: 'a' })).status).toBe(200);
  expect((await client.send(new HeadObjectCommand({ Bucket, Key }))).Metadata).toEqual({ by: 'me' });
});

test('a URL of Signature Version 2 is told how to be of Version 4', async () => {
  const { status, body } = await send(emulator.endpoint, { method: 'GET', path: `/${Bucket}/a?AWSAccessKeyId=${emulator.keys.user.accessKeyId}&Signature=x&Expires=1` });
  expect([status, body]).toEqual([501, expect.stringContaining("Config(signature_version='s3v4')")]);
});

test('an object is deleted, also one that is not there', async () => {
  await put('a');
  for (let time = 0; time < 2; time++) expect((await client.send(new DeleteObjectCommand({ Bucket, Key }))).$metadata.httpStatusCode).toBe(204);
  await expect(textOf()).rejects.toEqual(failure('NoSuchKey', 404));
  await expect(client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toEqual(failure('NotFound', 404));
});

describe('a list of objects', () => {
  const keys = ['a&<b>', 'd/1', 'd/2/3', 'd/ä ö', 'e'];
  beforeEach(() => keys.forEach((key) => emulator.s3.put(Bucket, key, key)));

  test('has their keys, sizes and times', async () => {
    const { Contents = [], KeyCount, IsTruncated } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map((each) => [each.Key, each.Size])).toEqual(keys.map((key) => [key, Buffer.byteLength(key)]));
    expect([KeyCount, IsTruncated, Contents[0].LastModified]).toEqual([5, false, expect.any(Date)]);
  });

  test.each([
    [{ Prefix: 'd/' }, ['d/1', 'd/2/3', 'd/ä ö'], []],
    [{ Delimiter: '/' }, ['a&<b>', 'e'], ['d/']],
    [{ Prefix: 'd/', Delimiter: '/' }, ['d/1', 'd/ä ö'], ['d/2/']],
    [{ StartAfter: 'd/1' }, ['d/2/3', 'd/ä ö', 'e'], []],
    [{ Prefix: 'd/ä', EncodingType: 'url' as const }, ['d/%C3%A4%20%C3%B6'], []],
    [{ Prefix: 'none' }, [], []],
    [{ MaxKeys: 0 }, [], []],
  ])('%j', async (input, expected, prefixes) => {
    const { Contents = [], CommonPrefixes = [] } = await client.send(new ListObjectsV2Command({ Bucket, ...input }));
    expect([Contents.map((each) => each.Key), CommonPrefixes.map(({ Prefix }) => Prefix)]).toEqual([expected, prefixes]);
  });

  test.each([[{}, keys], [{ Delimiter: '/' }, ['a&<b>', 'd/', 'e']]])('comes in pages: %j', async (input, expected) => {
    const namesIn = ({ Contents = [], CommonPrefixes = [] }: any) => [...Contents, ...CommonPrefixes].map(({ Key: key, Prefix }: any) => key ?? Prefix);
    const found: unknown[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 1 }, { Bucket, ...input })) found.push(...namesIn(page));
    expect(found).toEqual(expected);
    const former: unknown[] = [];
    for (let Marker: string | undefined = ''; Marker !== undefined;) {
      const page: any = await client.send(new ListObjectsCommand({ Bucket, MaxKeys: 1, Marker, ...input }));
      former.push(...namesIn(page));
      Marker = page.NextMarker;
    }
    expect(former).toEqual(expected);
  });
});

describe('an upload in parts', () => {
  const create = async (more: object = {}) => (await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId!;
  const part = async (UploadId: string, PartNumber: number, Body: Buffer | string) => (
    { PartNumber, ...await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body })) }
  );
  const complete = (UploadId: string, Parts: { PartNumber?: number; ETag?: string }[], more: object = {}) => (
    client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }))
  );

  test('is an object when it is complete', async () => {
    const id = await create({ ContentType: 'text/plain' });
    const parts = [await part(id, 2, 'end'), await part(id, 1, Buffer.alloc(PART, 'x'))].reverse();
    await expect(textOf()).rejects.toEqual(failure('NoSuchKey', 404));
    const listed = async (more: object = {}) => {
      const { Parts } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId: id, ...more }));
      return Parts!.map(({ PartNumber, Size }) => [PartNumber, Size]);
    };
    expect(await listed()).toEqual([[1, PART], [2, 3]]);
    expect([await listed({ MaxParts: 1 }), await listed({ PartNumberMarker: '1' })]).toEqual([[[1, PART]], [[2, 3]]]);
    const { ETag, Key: named } = await complete(id, parts);
    expect([ETag, named]).toEqual([expect.stringMatching(/^"[0-9a-f]{32}-2"$/), Key]);
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: PART + 3, ContentType: 'text/plain', ETag });
    expect(await textOf({ Range: 'bytes=-5' })).toBe('xxend');
    await expect(complete(id, parts)).rejects.toEqual(failure('NoSuchUpload', 404));
  });

  test('is read in its parts, as it was written', async () => {
    const id = await create();
    await complete(id, [await part(id, 3, Buffer.alloc(PART, 'x')), await part(id, 7, 'end')]);
    const answer = await client.send(new GetObjectCommand({ Bucket, Key, PartNumber: 2 }));
    expect(await answer.Body!.transformToString()).toBe('end');
    expect(answer).toMatchObject({ PartsCount: 2, ContentRange: `bytes ${PART}-${PART + 2}/${PART + 3}`, $metadata: { httpStatusCode: 206 } });
  });

  test('may have the checksum of the whole object, which is compared', async () => {
    const id = await create();
    const parts = [await part(id, 1, 'whole')];
    await expect(complete(id, parts, { ChecksumCRC32: 'AAAAAA==', ChecksumType: 'FULL_OBJECT' })).rejects.toEqual(failure('BadDigest', 400));
    await complete(id, parts, { ChecksumCRC32: (await put('whole', { Key: 'other' })).ChecksumCRC32, ChecksumType: 'FULL_OBJECT' });
    expect(await textOf()).toBe('whole');
  });

  test('has the last of the parts with one number, and those parts only that it names', async () => {
    const id = await create();
    const first = await part(id, 1, 'first');
    const second = await part(id, 1, 'second');
    await part(id, 2, 'other');
    await expect(complete(id, [first])).rejects.toEqual(failure('InvalidPart', 400));
    await complete(id, [second]);
    expect(await textOf()).toBe('second');
  });

  test('is refused with other parts, in another order, with small parts and without parts', async () => {
    const id = await create();
    const [one, two] = [await part(id, 1, 'a'), await part(id, 2, 'b')];
    await expect(complete(id, [{ ...one, PartNumber: 3 }])).rejects.toEqual(failure('InvalidPart', 400));
    await expect(complete(id, [two, one])).rejects.toEqual(failure('InvalidPartOrder', 400));
    await expect(complete(id, [one, one])).rejects.toEqual(failure('InvalidPartOrder', 400));
    await expect(complete(id, [one, two])).rejects.toEqual(failure('EntityTooSmall', 400));
    await expect(complete(id, [])).rejects.toEqual(failure('MalformedXML', 400));
    for (const number of [0, 10_001]) await expect(part(id, number, 'a')).rejects.toEqual(failure('InvalidArgument', 400));
    expect((await part(id, 10_000, 'a')).ETag).toBeDefined();
    await put('there');
    await expect(complete(id, [one], { IfNoneMatch: '*' })).rejects.toEqual(failure('PreconditionFailed', 412));
    await complete(id, [one]);
  });

  test('that is aborted is gone, and one belongs to its key', async () => {
    const id = await create();
    await expect(client.send(new UploadPartCommand({ Bucket, Key: 'other', UploadId: id, PartNumber: 1, Body: 'a' }))).rejects.toEqual(failure('NoSuchUpload', 404));
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
    await expect(part(id, 1, 'a')).rejects.toEqual(failure('NoSuchUpload', 404));
    await expect(client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }))).rejects.toEqual(failure('NoSuchUpload', 404));
  });
});

test.each<[string, string[], (of: S3Client) => Promise<unknown>]>([
  ['GetObject', ['s3:GetObject'], (of) => textOf({}, of)],
  ['HeadObject', ['s3:GetObject'], (of) => of.send(new HeadObjectCommand({ Bucket, Key }))],
  ['PutObject', ['s3:PutObject'], (of) => of.send(new PutObjectCommand({ Bucket, Key, Body: 'a' }))],
  ['PutObject with tags', ['s3:PutObject', 's3:PutObjectTagging'], (of) => of.send(new PutObjectCommand({ Bucket, Key, Body: 'a', Tagging: 'a=b' }))],
  ['PutObject of a known object', ['s3:PutObject', 's3:GetObject'], (of) => of.send(new PutObjectCommand({ Bucket, Key, Body: 'a', IfMatch: '*' }))],
  ['CreateMultipartUpload', ['s3:PutObject'], (of) => of.send(new CreateMultipartUploadCommand({ Bucket, Key }))],
  ['UploadPart', ['s3:PutObject'], (of) => of.send(new UploadPartCommand({ Bucket, Key, UploadId: 'x', PartNumber: 1, Body: 'a' }))],
  ['CompleteMultipartUpload', ['s3:PutObject'], (of) => of.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: 'x', MultipartUpload: { Parts: [{ PartNumber: 1, ETag: 'x' }] } }))],
  ['AbortMultipartUpload', ['s3:AbortMultipartUpload'], (of) => of.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: 'x' }))],
  ['ListParts', ['s3:ListMultipartUploadParts'], (of) => of.send(new ListPartsCommand({ Bucket, Key, UploadId: 'x' }))],
  ['DeleteObject', ['s3:DeleteObject'], (of) => of.send(new DeleteObjectCommand({ Bucket, Key }))],
  ['DeleteObject of a known object', ['s3:DeleteObject', 's3:GetObject'], (of) => of.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: '*' }))],
  ['ListObjectsV2', ['s3:ListBucket'], (of) => of.send(new ListObjectsV2Command({ Bucket }))],
  ['HeadBucket', ['s3:ListBucket'], (of) => of.send(new HeadBucketCommand({ Bucket }))],
])('%s needs %j, and each of them', async (_, actions, call) => {
  const isDenied = (error: any) => error.$metadata.httpStatusCode === 403;
  emulator.s3.put(Bucket, Key, 'a');
  await expect(call(clientThatMay(...actions)).then(() => false, isDenied)).resolves.toBe(false);
  for (const missing of actions) await expect(call(clientThatMay('s3:Other', ...actions.filter((action) => action !== missing))).then(() => false, isDenied)).resolves.toBe(true);
});

test('a missing object is AccessDenied to a role that may not list the bucket', async () => {
  await expect(textOf({}, clientThatMay('s3:GetObject'))).rejects.toEqual(failure('AccessDenied', 403));
  await expect(textOf({}, clientThatMay('s3:GetObject', 's3:ListBucket'))).rejects.toEqual(failure('NoSuchKey', 404));
});

test('a URL that is presigned needs no keys', async () => {
  const path = `/${Bucket}/a`;
  expect((await send(emulator.endpoint, { method: 'PUT', path: await presigned(emulator.endpoint, emulator.keys.user, { method: 'PUT', path }, 60), body: 'text' })).status).toBe(200);
  expect(await send(emulator.endpoint, { method: 'GET', path: await presigned(emulator.endpoint, emulator.keys.user, { path }, 60) })).toMatchObject({ status: 200, body: 'text' });
});
