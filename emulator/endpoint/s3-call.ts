import type { Target } from './target';
import { readXml } from './xml';
import { ServiceError } from '../service';
import { checksumsIn } from '../services/s3/checksums';

/** Buckets may have names that could not be given today. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^[\w.-]{3,255}$/;

/** Bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1_024;

/** What a header of a presigned URL begins with in its query. */
const OF_HEADER = /^x-amz-/i;

/** What a query may have that does not make another action of a request: the name of the action, headers of the answer, and what a presigned URL has. */
const NEUTRAL_QUERY = /^(x-id|response-[a-z-]+|x-amz-[a-z0-9-]+)$/i;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
const OWNER_HEADER = 'x-amz-expected-bucket-owner';

/** Which request is which action: what its query must have, and what it may have. A request with anything else in its query is another action. */
interface Route {
  readonly action: string;
  readonly method: string;
  readonly of: 'bucket' | 'object';
  readonly needs?: readonly string[];
  readonly takes?: readonly string[];
}

const LISTING = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
const ROUTES: readonly Route[] = [
  { action: 'GetObject', method: 'GET', of: 'object', takes: ['partNumber'] },
  { action: 'HeadObject', method: 'HEAD', of: 'object', takes: ['partNumber'] },
  { action: 'PutObject', method: 'PUT', of: 'object' },
  { action: 'DeleteObject', method: 'DELETE', of: 'object' },
  { action: 'CreateMultipartUpload', method: 'POST', of: 'object', needs: ['uploads'] },
  { action: 'UploadPart', method: 'PUT', of: 'object', needs: ['uploadId', 'partNumber'] },
  { action: 'CompleteMultipartUpload', method: 'POST', of: 'object', needs: ['uploadId'] },
  { action: 'AbortMultipartUpload', method: 'DELETE', of: 'object', needs: ['uploadId'] },
  { action: 'ListParts', method: 'GET', of: 'object', needs: ['uploadId'], takes: ['max-parts', 'part-number-marker'] },
  { action: 'HeadBucket', method: 'HEAD', of: 'bucket' },
  { action: 'ListObjectsV2', method: 'GET', of: 'bucket', needs: ['list-type'], takes: [...LISTING, 'continuation-token', 'start-after', 'fetch-owner'] },
  { action: 'ListObjects', method: 'GET', of: 'bucket', takes: [...LISTING, 'marker'] },
];

/** The headers that an object keeps. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const KEPT = /^(content-(type|disposition|language)|cache-control|expires|x-amz-meta-.+)$/;

export interface SentToS3 {
  readonly method: string;
  readonly url: string;
  readonly target: Target;
  /** With those at the end of a body. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads `PUT /bucket/key`. */
export function s3CallOf(request: SentToS3, content: Buffer): { action: string; input: Record<string, unknown> } {
  const { method, url, target: { path, query }, headers: sent } = request;
  // A presigned URL may have headers in its query.
  const headers = query.has('X-Amz-Signature') ? { ...headersIn(query), ...sent } : sent;
  const [, Bucket = '', ...key] = path.split('/').map(decodeURIComponent);
  const Key = key.join('/');
  if (path !== '/' && !BUCKET_NAME.test(Bucket)) throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
  if (Buffer.byteLength(Key) > LONGEST_KEY) throw new ServiceError('KeyTooLongError', 'Your key is too long.');
  const owner = headers[OWNER_HEADER];
  const common = { Bucket, Key, ...owner === undefined ? {} : { ExpectedBucketOwner: owner } };
  const action = actionOf(method, { Bucket, Key }, query);
  // A copy would otherwise be taken for an object without content.
  if (action === undefined || headers['x-amz-copy-source'] !== undefined) return { action: `${method} ${url}`, input: common };
  if (method === 'PUT' && headers['transfer-encoding'] !== undefined && headers['x-amz-decoded-content-length'] === undefined) {
    throw new ServiceError('NotImplemented', 'A header you provided implies functionality that is not implemented: Transfer-Encoding', 501);
  }
  return { action, input: { ...common, ...contextOf(headers), ...inputOf(action, query, headers, content) } };
}

function headersIn(query: Target['query']): Record<string, string> {
  return Object.fromEntries([...query].filter(([name]) => OF_HEADER.test(name)).map(([name, [value]]) => [name.toLowerCase(), value]));
}

/** What the condition keys of S3 are about, by the names of the headers. https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html */
const CONDITIONS: Readonly<Record<string, string>> = {
  'if-match': 's3:if-match',
  'if-none-match': 's3:if-none-match',
  ...Object.fromEntries(['acl', 'server-side-encryption', 'server-side-encryption-aws-kms-key-id', 'storage-class', 'website-redirect-location', 'object-lock-mode']
    .map((name) => [`x-amz-${name}`, `s3:x-amz-${name}`])),
};

function contextOf(headers: SentToS3['headers']): { Context?: Record<string, string> } {
  const found = Object.entries(headers).filter(([name]) => Object.hasOwn(CONDITIONS, name));
  return found.length === 0 ? {} : { Context: Object.fromEntries(found.map(([name, value]) => [CONDITIONS[name], value])) };
}

function actionOf(method: string, { Bucket, Key }: { readonly Bucket: string; readonly Key: string }, query: Target['query']): string | undefined {
  const of = Key === '' ? 'bucket' : 'object';
  const names = [...query.keys()].filter((name) => !NEUTRAL_QUERY.test(name));
  const isAsked = ({ needs = [], takes = [] }: Route) => (
    needs.every((name) => names.includes(name)) && names.every((name) => [...needs, ...takes].includes(name))
  );
  if (Bucket === '') return undefined;
  const ofMethod = ROUTES.filter((route) => route.of === of && route.method === method);
  if (!['GET', 'HEAD', 'PUT', 'POST', 'DELETE'].includes(method) || (method === 'POST' && of === 'object' && names.length === 0)) {
    throw new ServiceError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
  return ofMethod.find(isAsked)?.action;
}

function inputOf(action: string, query: Target['query'], headers: SentToS3['headers'], content: Buffer): Record<string, unknown> {
  const of = (name: string) => query.get(name)?.[0];
  const conditions = { IfMatch: headers['if-match'], IfNoneMatch: headers['if-none-match'] };
  switch (action) {
    case 'GetObject':
    case 'HeadObject': return defined({
      ...conditions,
      IfModifiedSince: headers['if-modified-since'],
      IfUnmodifiedSince: headers['if-unmodified-since'],
      Range: headers.range,
      PartNumber: of('partNumber'),
      ChecksumMode: headers['x-amz-checksum-mode'],
      ResponseHeaders: responseHeadersOf(query),
    });
    case 'DeleteObject': return defined({ IfMatch: conditions.IfMatch });
    case 'PutObject': return { Body: content, ...defined({ ...conditions, Checksums: checksumsIn(headers) }), ...writtenBy(headers) };
    case 'CreateMultipartUpload': return writtenBy(headers);
    case 'UploadPart': return { Body: content, UploadId: of('uploadId'), PartNumber: of('partNumber'), ...defined({ Checksums: checksumsIn(headers) }) };
    case 'CompleteMultipartUpload': return { UploadId: of('uploadId'), Parts: partsOf(content), ...defined({ ...conditions, Checksums: checksumsIn(headers) }) };
    case 'AbortMultipartUpload': return { UploadId: of('uploadId') };
    case 'ListParts': return defined({ UploadId: of('uploadId'), MaxParts: of('max-parts'), PartNumberMarker: of('part-number-marker') });
    case 'ListObjectsV2':
    case 'ListObjects': return defined({
      Prefix: of('prefix'),
      Delimiter: of('delimiter'),
      MaxKeys: of('max-keys'),
      EncodingType: of('encoding-type'),
      ContinuationToken: of('continuation-token'),
      StartAfter: of('start-after') ?? of('marker'),
    });
    default: return {};
  }
}

/** The headers that the answer shall have instead of those of the object. */
function responseHeadersOf(query: Target['query']): Record<string, string> | undefined {
  const found = [...query].filter(([name]) => name.startsWith('response-'));
  return found.length === 0 ? undefined : Object.fromEntries(found.map(([name, [value]]) => [name.replace('response-', ''), value]));
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The content coding of a body in chunks is not that of the object. */
function writtenBy(headers: SentToS3['headers']): Record<string, unknown> {
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim()).filter((coding) => coding !== '' && coding !== 'aws-chunked');
  const Headers = { ...Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.test(name))), ...codings.length === 0 ? {} : { 'content-encoding': codings.join(',') } };
  return defined({ Headers: Object.keys(Headers).length === 0 ? undefined : Headers, Tagging: headers['x-amz-tagging'], ACL: headers['x-amz-acl'] });
}

/** Bytes of such a document. 10,000 parts with checksums need half of it. */
const LONGEST_PARTS = 4 * 1024 * 1024;

/** The parts that complete an upload, in the order of the document. */
function partsOf(content: Buffer): { PartNumber: number; ETag: string }[] {
  const root = content.length > LONGEST_PARTS ? undefined : readXml(content.toString());
  const textOf = (part: NonNullable<typeof root>, name: string) => part.children.find((child) => child.name === name)?.text.trim() ?? '';
  const parts = root?.name === 'CompleteMultipartUpload' ? root.children.filter(({ name }) => name === 'Part') : [];
  const read = parts.map((part) => ({ PartNumber: Number(textOf(part, 'PartNumber') || Number.NaN), ETag: textOf(part, 'ETag') }));
  if (read.length === 0 || read.some(({ PartNumber, ETag }) => !Number.isInteger(PartNumber) || ETag === '')) {
    throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  return read;
}
