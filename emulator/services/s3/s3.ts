import { wrongChecksum } from './checksums';
import { listing, partListing } from './listing';
import { MEMORY, Objects, ObjectState, StoredObject, unquoted } from './objects';
import { rangeOfPart, readRange } from './range';
import { Uploads } from './uploads';
import type { Deployment } from '../../assembly/deployment';
import type { Clock } from '../../clock';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';
import { decide } from '../iam/policy';

/** What a call answers: headers, and a body or the root element of an XML document with its content. */
export interface S3Answer {
  readonly Status?: number;
  readonly ETag?: string;
  readonly LastModified?: string;
  readonly AcceptRanges?: string;
  readonly ContentRange?: string;
  readonly Headers?: Readonly<Record<string, string>>;
  readonly Checksums?: Readonly<Record<string, string>>;
  readonly Body?: Buffer;
  readonly Xml?: readonly [root: string, content: object];
}

/** The keys of each request: in AWS, it would have come with TLS. */
const SECURE = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

/** What IAM must allow. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const PERMISSIONS: Record<string, string> = {
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  ListParts: 's3:ListMultipartUploadParts',
  DeleteObject: 's3:DeleteObject',
  HeadBucket: 's3:ListBucket',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
};

/** S3, as far as jobs and functions use it: objects are written, as a whole or in parts, read, listed and deleted. */
export class S3 implements Service {
  readonly name = 's3';
  private readonly objects: Objects;
  private readonly uploads: Uploads;
  private readonly owners = new Map<string, string>();

  constructor(private readonly deployment: Deployment, clock: Pick<Clock, 'now'> = Date, memory = MEMORY, onObject?: ConstructorParameters<typeof Objects>[2]) {
    this.objects = new Objects(clock, memory, onObject);
    this.uploads = new Uploads(this.objects);
  }

  /** The objects. Uploads that are not complete are not among them. */
  state(): ObjectState[] {
    return this.objects.state();
  }

  /** Takes the objects of a former emulator. */
  restore(objects: readonly ObjectState[]): void {
    this.objects.restore(objects);
  }

  /** Puts an object without the API, for the user of the emulator and for scripted containers. */
  put(bucket: string, key: string, body: Buffer | string): void {
    this.objects.put(bucket, key, this.objects.stored(Buffer.from(body)));
  }

  get(bucket: string, key: string): Buffer | undefined {
    return this.objects.get(bucket, key)?.body;
  }

  /** The keys in a bucket that begin with a prefix, sorted. */
  keys(bucket: string, prefix = ''): string[] {
    return this.objects.keys(bucket, prefix);
  }

  /** Without s3:ListBucket, a missing object is AccessDenied and not NoSuchKey: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
  authorizations({ action, input: { Bucket, Key, Prefix, Delimiter, IfMatch, Tagging, ACL, Context } }: ApiCall): Authorization[] {
    const permission = PERMISSIONS[action];
    if (permission === undefined) return []; // the call is not emulated
    const bucket = `arn:aws:s3:::${Bucket}`;
    const object = `${bucket}/${Key}`;
    if (permission === 's3:ListBucket') {
      return [{ action: permission, resource: bucket, context: { ...SECURE, ...Prefix !== undefined && { 's3:prefix': Prefix }, ...Delimiter !== undefined && { 's3:delimiter': Delimiter } } }];
    }
    const context = { ...SECURE, ...Context };
    const isMissing = permission === 's3:GetObject' && this.get(Bucket, Key) === undefined;
    return [
      { action: permission, resource: object, context },
      ...isMissing ? [{ action: 's3:ListBucket', resource: bucket, context: SECURE }] : [],
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
      ...permission !== 's3:GetObject' && IfMatch !== undefined ? [{ action: 's3:GetObject', resource: object, context }] : [],
      ...Tagging === undefined ? [] : [{ action: 's3:PutObjectTagging', resource: object, context }],
      ...ACL === undefined ? [] : [{ action: 's3:PutObjectAcl', resource: object, context }],
    ];
  }

  async handle(call: ApiCall): Promise<S3Answer> {
    const { action, input } = call;
    const { Bucket, Key, Body, Headers, Checksums } = input;
    if (!Object.hasOwn(PERMISSIONS, action)) throw new ServiceError('NotImplemented', `the emulator does not support ${action} of Amazon S3`, 501);
    this.requireOwner(Bucket, input.ExpectedBucketOwner);
    this.obeyBucketPolicy(call);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html: the default of a bucket
    if (input.ACL !== undefined && input.ACL !== 'bucket-owner-full-control') throw new ServiceError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
    switch (action) {
      case 'PutObject': {
        this.requireWritable(input);
        const object = this.objects.stored(Body, { headers: Headers, checksums: Checksums });
        this.objects.put(Bucket, Key, object);
        return { ETag: object.etag, ...Checksums === undefined ? {} : { Checksums } };
      }
      case 'GetObject':
      case 'HeadObject': return this.read(input);
      case 'DeleteObject':
        if (input.IfMatch !== undefined) this.requireWritable(input);
        this.objects.delete(Bucket, Key);
        return { Status: 204 };
      case 'CreateMultipartUpload':
        return { Xml: ['InitiateMultipartUploadResult', { Bucket, Key, UploadId: this.uploads.create(Bucket, Key, Headers) }] };
      case 'UploadPart': {
        const { etag, checksums } = this.uploads.put(input);
        return { ETag: etag, ...checksums === undefined ? {} : { Checksums: checksums } };
      }
      case 'CompleteMultipartUpload': {
        const object = this.uploads.complete(input);
        const wrong = await wrongChecksum(Checksums ?? {}, object.body);
        if (wrong) throw wrong;
        this.requireWritable(input); // after the last wait: no other write comes between
        this.uploads.end(input);
        this.objects.put(Bucket, Key, object);
        return { Xml: ['CompleteMultipartUploadResult', { Location: `/${Bucket}/${Key}`, Bucket, Key, ETag: object.etag }] };
      }
      case 'AbortMultipartUpload':
        this.uploads.end(input);
        return { Status: 204 };
      case 'ListParts': return { Xml: ['ListPartsResult', partListing(this.uploads, input)] };
      case 'HeadBucket': return {};
      default: return { Xml: ['ListBucketResult', listing(this.objects, input, action === 'ListObjects')] };
    }
  }

  /** Says which account owns a bucket. Without it, a bucket of the app is in the account of its stack. */
  setOwner(bucket: string, account: string): void {
    this.owners.set(bucket, account);
  }

  /**
   * Refuses a call for the bucket of another account: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html. A bucket
   * that the app does not create, and whose owner was not said, has the expected owner.
   */
  requireOwner(bucket: string, expected: string | undefined): void {
    if (expected === undefined) return;
    const owner = this.owners.get(bucket) ?? this.deployment.buckets.find(({ name }) => name === bucket)?.account ?? expected;
    if (owner !== expected) throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }

  private read({ Bucket, Key, Range, PartNumber, IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince, ChecksumMode, ResponseHeaders }: any): S3Answer {
    const object = this.objects.get(Bucket, Key);
    if (!object) throw noSuchKey();
    if (IfMatch !== undefined && !matches(object, IfMatch)) throw preconditionFailed();
    if (IfNoneMatch !== undefined && matches(object, IfNoneMatch)) return { Status: 304, ETag: object.etag };
    const { body, etag, at, headers, checksums, parts } = object;
    // The time of an object has whole seconds.
    if (IfNoneMatch === undefined && at <= Date.parse(IfModifiedSince)) return { Status: 304, ETag: etag };
    if (IfMatch === undefined && at > Date.parse(IfUnmodifiedSince)) throw preconditionFailed();
    if (Range !== undefined && PartNumber !== undefined) throw new ServiceError('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
    const range = PartNumber === undefined ? readRange(Range, body.length) : rangeOfPart(PartNumber, parts ?? [body.length]);
    return {
      ETag: etag,
      LastModified: new Date(at).toUTCString(),
      AcceptRanges: 'bytes',
      Headers: { ...headers, ...ResponseHeaders, ...PartNumber !== undefined && parts && { 'x-amz-mp-parts-count': String(parts.length) } },
      ...range
        ? { Status: 206, ContentRange: `bytes ${range.start}-${range.end - 1}/${body.length}`, Body: body.subarray(range.start, range.end) }
        : { ...ChecksumMode === 'ENABLED' && checksums ? { Checksums: checksums } : {}, Body: body },
    };
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  private requireWritable({ Bucket, Key, IfMatch, IfNoneMatch }: any): void {
    const object = this.objects.get(Bucket, Key);
    if (IfMatch !== undefined && !object) throw noSuchKey();
    if ((IfMatch !== undefined && !matches(object!, IfMatch)) || (IfNoneMatch === '*' && object)) throw preconditionFailed();
    if (IfNoneMatch !== undefined && IfNoneMatch !== '*') throw new ServiceError('NotImplemented', 'A header you provided implies functionality that is not implemented: If-None-Match of a write has to be *', 501);
  }

  private obeyBucketPolicy(call: ApiCall): void {
    const { Bucket } = call.input;
    const bucket = this.deployment.buckets.find(({ name }) => name === Bucket);
    if (!bucket && this.keys(Bucket).length === 0) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
    const isDenied = (authorization: Authorization) => decide(bucket!.policies, { context: {}, ...authorization }) === 'denied';
    if (bucket && this.authorizations(call).some(isDenied)) throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
}

function matches({ etag }: StoredObject, given: string): boolean {
  return given.split(',').some((tag) => ['*', etag, unquoted(etag)].includes(tag.trim()));
}

function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

function preconditionFailed(): ServiceError {
  return new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}
