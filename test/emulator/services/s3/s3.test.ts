import { Deployment, PolicyStatement } from '../../../../emulator/assembly/deployment';
import { S3 } from '../../../../emulator/services/s3/s3';

const ETAG = '"0cc175b9c0f1b6a831c399e269772661"'; // of the text `a`

const OWNER = '111122223333';
const STRANGER = '999988887777';

/** S3 with a bucket `own`, whose policy has these statements. */
function s3(...Statement: PolicyStatement[]) {
  const service = new S3({ buckets: [{ name: 'own', account: OWNER, policies: [{ Statement }] }] } as unknown as Deployment);
  const call = (action: string, Key: string, more: object = {}) => ({ action, input: { Bucket: 'own', Key, ...more } });
  return {
    service,
    ask: (...of: Parameters<typeof call>): Promise<any> => service.handle(call(...of)),
    neededFor: (...of: Parameters<typeof call>) => service.authorizations(call(...of)),
  };
}

test('an object that was put is read as a whole', async () => {
  const { ask, service } = s3();
  expect(await ask('PutObject', 'k', { Body: Buffer.from('a') })).toEqual({ ETag: ETAG });
  for (const action of ['GetObject', 'HeadObject']) expect(await ask(action, 'k')).toMatchObject({ ETag: ETAG, Body: Buffer.from('a') });
  expect(service.get('own', 'k')).toEqual(Buffer.from('a'));
});

test('an object that may only be created is not overwritten', async () => {
  const { ask, service } = s3();
  service.put('own', 'other', 'x');
  await ask('PutObject', 'k', { Body: Buffer.from('a'), IfNoneMatch: '*' });
  await expect(ask('PutObject', 'k', { Body: Buffer.from('b'), IfNoneMatch: '*' })).rejects.toMatchObject({ code: 'PreconditionFailed', status: 412 });
  expect(service.get('own', 'k')!.toString()).toBe('a');
  await ask('PutObject', 'k', { Body: Buffer.from('b') });
  expect(service.get('own', 'k')!.toString()).toBe('b');
});

test('an object is a copy of what was put', () => {
  const { service } = s3();
  const body = Buffer.from('a');
  service.put('own', 'k', body);
  body.write('b');
  expect(service.get('own', 'k')!.toString()).toBe('a');
});

test('the keys of a bucket are sorted, and only those with the prefix are listed', () => {
  const { service } = s3();
  for (const key of ['b/2', 'b/10', 'a']) service.put('own', key, 'x');
  service.put('own2', 'b/3', 'x');
  expect([service.keys('own'), service.keys('own', 'b/'), service.keys('ow')]).toEqual([['a', 'b/10', 'b/2'], ['b/10', 'b/2'], []]);
});

const DENY: PolicyStatement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };

test.each<[string, string, object, PolicyStatement[], object]>([
  ['a missing object', 'GetObject', {}, [], { code: 'NoSuchKey', message: 'The specified key does not exist.', status: 404 }],
  ['the head of a missing object', 'HeadObject', {}, [], { code: 'NoSuchKey', status: 404 }],
  ['a bucket that does not exist', 'PutObject', { Bucket: 'other' }, [], { code: 'NoSuchBucket', message: 'The specified bucket does not exist', status: 404 }],
  ['an unsupported action', 'PUT /own/k?acl', {}, [], { code: 'NotImplemented', message: 'the emulator does not support PUT /own/k?acl of Amazon S3', status: 501 }],
  ['what the policy of the bucket denies', 'PutObject', {}, [{ ...DENY, Action: 's3:PutObject', Resource: 'arn:aws:s3:::own/k' }], { code: 'AccessDenied', message: 'Access Denied', status: 403 }],
  ['a call over TLS that the policy denies', 'PutObject', {}, [
    { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'true' }, NumericGreaterThanEquals: { 's3:TlsVersion': '1.3' } } },
  ], { code: 'AccessDenied' }],
])('%s is refused', async (_, action, more, statements, error) => {
  await expect(s3(...statements).ask(action, 'k', { Body: Buffer.from('a'), ...more })).rejects.toMatchObject(error);
});

test.each<[string, PolicyStatement]>([
  ['another action', { ...DENY, Action: 's3:GetObject' }],
  ['another object', { ...DENY, Resource: 'arn:aws:s3:::own/other' }],
  ['calls without TLS', { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  ['calls with an old TLS', { ...DENY, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }],
])('a policy of the bucket that denies %s does not matter', async (_, statement) => {
  expect(await s3(statement).ask('PutObject', 'k', { Body: Buffer.from('a') })).toEqual({ ETag: ETAG });
});

test('a bucket that the app does not create exists when the user has put an object into it', async () => {
  const { ask, service } = s3();
  service.put('other', 'k', 'a');
  expect(await ask('GetObject', 'k', { Bucket: 'other' })).toMatchObject({ ETag: ETAG, Body: Buffer.from('a') });
});

test.each(['PutObject', 'GetObject', 'HeadObject'])('%s is refused with another owner than that of the bucket, and accepted with the right one', async (action) => {
  const { ask, service } = s3();
  service.put('own', 'k', 'a');
  const of = (ExpectedBucketOwner: string) => ask(action, 'k', { Body: Buffer.from('b'), ExpectedBucketOwner });
  await expect(of(STRANGER)).rejects.toMatchObject({ code: 'AccessDenied', message: 'Access Denied', status: 403 });
  expect(service.get('own', 'k')!.toString()).toBe('a');
  expect(await of(OWNER)).toMatchObject({ ETag: expect.any(String) });
});

test('a bucket that changed hands is refused to those who expect its former owner', async () => {
  const { ask, service } = s3();
  service.setOwner('own', STRANGER);
  await expect(ask('PutObject', 'k', { Body: Buffer.from('a'), ExpectedBucketOwner: OWNER })).rejects.toMatchObject({ code: 'AccessDenied' });
  expect(await ask('PutObject', 'k', { Body: Buffer.from('a') })).toEqual({ ETag: ETAG });
});

test('a bucket that the app does not create has the expected owner, until it is said who owns it', async () => {
  const { ask, service } = s3();
  service.put('other', 'k', 'a');
  const get = () => ask('GetObject', 'k', { Bucket: 'other', ExpectedBucketOwner: OWNER });
  expect(await get()).toMatchObject({ ETag: ETAG });
  service.setOwner('other', STRANGER);
  await expect(get()).rejects.toMatchObject({ code: 'AccessDenied' });
});

test('reading an object that is missing needs one permission more than reading one that is there', () => {
  const { service, neededFor } = s3();
  service.put('own', 'k', 'a');
  const context = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
  expect(neededFor('PutObject', 'k')).toEqual([{ action: 's3:PutObject', resource: 'arn:aws:s3:::own/k', context }]);
  expect(neededFor('PutObject', 'new')).toEqual([{ action: 's3:PutObject', resource: 'arn:aws:s3:::own/new', context }]);
  expect(neededFor('HeadObject', 'k')).toEqual([{ action: 's3:GetObject', resource: 'arn:aws:s3:::own/k', context }]);
  expect(neededFor('GetObject', 'new')).toEqual([{ action: 's3:GetObject', resource: 'arn:aws:s3:::own/new', context }, { action: 's3:ListBucket', resource: 'arn:aws:s3:::own', context }]);
});

test('objects and parts have so much memory together, and what is deleted or complete frees its own', async () => {
  const service = new S3({ buckets: [{ name: 'own', account: OWNER, policies: [] }] } as unknown as Deployment, Date, 10);
  const ask = (action: string, Key: string, more: object = {}): Promise<any> => service.handle({ action, input: { Bucket: 'own', Key, ...more } });
  const bytes = (length: number) => ({ Body: Buffer.alloc(length) });
  const tooLarge = { code: 'EntityTooLarge', status: 400, message: 'The emulator keeps objects in memory, and all of them together may have 10 bytes.' };
  await ask('PutObject', 'a', bytes(4));
  await ask('PutObject', 'a', bytes(4));
  const { Xml: [, { UploadId }] } = await ask('CreateMultipartUpload', 'b');
  for (let time = 0; time < 2; time++) await ask('UploadPart', 'b', { UploadId, PartNumber: '1', ...bytes(6) });
  await expect(ask('PutObject', 'c', bytes(1))).rejects.toMatchObject(tooLarge);
  await expect(ask('UploadPart', 'b', { UploadId, PartNumber: '2', ...bytes(1) })).rejects.toMatchObject(tooLarge);
  const [, { Part: [{ ETag }] }] = (await ask('ListParts', 'b', { UploadId })).Xml;
  await ask('CompleteMultipartUpload', 'b', { UploadId, Parts: [{ PartNumber: 1, ETag }] });
  await ask('DeleteObject', 'a');
  await ask('PutObject', 'c', bytes(4));
  await expect(ask('PutObject', 'd', bytes(1))).rejects.toMatchObject(tooLarge);
});

test('the objects of before are read as before, and count as much', async () => {
  const { ask, service } = s3();
  await ask('PutObject', 'a/b', { Body: Buffer.from('a'), Headers: { 'x-amz-meta-color': 'red' }, Checksums: { 'x-amz-checksum-crc32': 'c' } });
  const next = new S3({ buckets: [{ name: 'own', account: OWNER, policies: [] }] } as unknown as Deployment, Date, 10);
  next.restore(service.state());
  const read = { action: 'GetObject', input: { Bucket: 'own', Key: 'a/b', ChecksumMode: 'ENABLED' } };
  expect(await next.handle(read)).toEqual(await service.handle(read));
  expect(next.state()).toEqual(service.state());
  expect(() => next.put('own', 'k', 'x'.repeat(10))).toThrow('all of them together may have 10 bytes');
  expect(() => next.put('own', 'k', 'x'.repeat(9))).not.toThrow();
});

test('an object is told when it is put and when it is deleted', async () => {
  const told: [string, string, number | undefined][] = [];
  const service = new S3({ buckets: [] } as unknown as Deployment, Date, undefined, (bucket, key, object) => told.push([bucket, key, object?.body.length]));
  service.put('own', 'a/b', 'x');
  service.put('own', 'a/b', 'xy');
  for (const Key of ['a/b', 'none']) await service.handle({ action: 'DeleteObject', input: { Bucket: 'own', Key } }).catch(() => undefined);
  expect(told).toEqual([['own', 'a/b', 1], ['own', 'a/b', 2], ['own', 'a/b', undefined]]);
});
