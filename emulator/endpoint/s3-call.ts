import type { Target } from './target';
import { readXml } from './xml';
import { ServiceError } from '../service';

/** Buckets may have names that could not be given today. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^[\w.-]{3,255}$/;

/** Bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1_024;

/** What a query may have that does not make another action of a request: the name of the action, what a presigned URL has, and headers that it has in its query. */
const NEUTRAL_QUERY = /^(x-id|response-[a-z-]+|x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256|checksum-[a-z0-9]+|sdk-checksum-algorithm|user-agent|expected-bucket-owner))$/i;

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
  { action: 'GetObject', method: 'GET', of: 'object' },
  { action: 'HeadObject', method: 'HEAD', of: 'object' },
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
export function s3CallOf({ method, url, target: { path, query }, headers }: SentToS3, content: Buffer): { action: string; input: Record<string, unknown> } {
  const [, Bucket = '', ...key] = path.split('/').map(decodeURIComponent);
  const Key = key.join('/');
  if (path !== '/' && !BUCKET_NAME.test(Bucket)) throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
  if (Buffer.byteLength(Key) > LONGEST_KEY) throw new ServiceError('KeyTooLongError', 'Your key is too long.');
  // A presigned URL has the header in its query.
  const owner = headers[OWNER_HEADER] ?? query.get(OWNER_HEADER)?.[0];
  const common = { Bucket, Key, ...owner === undefined ? {} : { ExpectedBucketOwner: owner } };
  const action = actionOf(method, { Bucket, Key }, query);
  // A copy would otherwise be taken for an object without content.
  if (action === undefined || headers['x-amz-copy-source'] !== undefined) return { action: `${method} ${url}`, input: common };
  return { action, input: { ...common, ...inputOf(action, query, headers, content) } };
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
    case 'HeadObject': return defined({ ...conditions, Range: headers.range, ChecksumMode: headers['x-amz-checksum-mode'] });
    case 'PutObject': return { Body: content, ...defined(conditions), ...writtenBy(headers), ...checksumsOf(headers) };
    case 'CreateMultipartUpload': return writtenBy(headers);
    case 'UploadPart': return { Body: content, UploadId: of('uploadId'), PartNumber: of('partNumber'), ...checksumsOf(headers) };
    case 'CompleteMultipartUpload': return { UploadId: of('uploadId'), Parts: partsOf(content), ...defined(conditions) };
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

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The content coding of a body in chunks is not that of the object. */
function writtenBy(headers: SentToS3['headers']): Record<string, unknown> {
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim()).filter((coding) => coding !== '' && coding !== 'aws-chunked');
  const Headers = { ...Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.test(name))), ...codings.length === 0 ? {} : { 'content-encoding': codings.join(',') } };
  return defined({ Headers: Object.keys(Headers).length === 0 ? undefined : Headers, Tagging: headers['x-amz-tagging'], ACL: headers['x-amz-acl'] });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const CHECKSUM = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

function checksumsOf(headers: SentToS3['headers']): Record<string, unknown> {
  const found = Object.entries(headers).filter(([name]) => CHECKSUM.test(name));
  return found.length === 0 ? {} : { Checksums: Object.fromEntries(found) };
}

/** The parts that complete an upload, in the order of the document. */
function partsOf(content: Buffer): { PartNumber: number; ETag: string }[] {
  const root = readXml(content.toString());
  const textOf = (part: NonNullable<typeof root>, name: string) => part.children.find((child) => child.name === name)?.text.trim() ?? '';
  const parts = root?.name === 'CompleteMultipartUpload' ? root.children.filter(({ name }) => name === 'Part') : [];
  const read = parts.map((part) => ({ PartNumber: Number(textOf(part, 'PartNumber') || Number.NaN), ETag: textOf(part, 'ETag') }));
  if (read.length === 0 || read.some(({ PartNumber, ETag }) => !Number.isInteger(PartNumber) || ETag === '')) {
    throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  }
  return read;
}
