import { createHash } from 'node:crypto';
import type { Deployment } from '../../assembly/deployment';
import { ApiCall, Authorization, Service, ServiceError } from '../../service';
import { decide } from '../iam/policy';

/** S3, as far as a run uses it: objects are written and read as a whole, by their keys. */
export class S3 implements Service {
  readonly name = 's3';
  private readonly objects = new Map<string, Buffer>();
  private readonly refusals = new Map<string, string>();
  private readonly owners = new Map<string, string>();

  constructor(private readonly deployment: Deployment) {}

  /** Puts an object without the API, for the user of the emulator and for containers. */
  put(bucket: string, key: string, body: Buffer | string): void {
    this.objects.set(`${bucket}/${key}`, Buffer.from(body));
  }

  /** Lets every read of an object be refused, as if a policy denied it, for a reason that the error has. */
  refuse(bucket: string, key: string, reason: string): void {
    this.refusals.set(`${bucket}/${key}`, reason);
  }

  get(bucket: string, key: string): Buffer | undefined {
    return this.objects.get(`${bucket}/${key}`);
  }

  /** The keys in a bucket that begin with a prefix, sorted. */
  keys(bucket: string, prefix = ''): string[] {
    return [...this.objects.keys()].filter((name) => name.startsWith(`${bucket}/${prefix}`)).map((name) => name.slice(bucket.length + 1)).sort();
  }

  /** Without s3:ListBucket, a missing object is AccessDenied and not NoSuchKey: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
  authorizations({ action, input: { Bucket, Key } }: ApiCall): Authorization[] {
    const bucket = `arn:aws:s3:::${Bucket}`;
    const reads = action !== 'PutObject';
    const isMissing = this.get(Bucket, Key) === undefined && !this.refusals.has(`${Bucket}/${Key}`);
    return [
      { action: reads ? 's3:GetObject' : 's3:PutObject', resource: `${bucket}/${Key}` },
      ...(reads && isMissing ? [{ action: 's3:ListBucket', resource: bucket }] : []),
    ];
  }

  async handle({ action, input: { Bucket, Key, Body, IfNoneMatch, ExpectedBucketOwner } }: ApiCall): Promise<unknown> {
    this.requireOwner(Bucket, ExpectedBucketOwner);
    this.obeyBucketPolicy(action, Bucket, Key);
    switch (action) {
      case 'PutObject':
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        if (IfNoneMatch === '*' && this.get(Bucket, Key)) throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
        this.put(Bucket, Key, Body);
        return { ETag: etag(Body) };
      case 'GetObject':
      case 'HeadObject': {
        const refusal = this.refusals.get(`${Bucket}/${Key}`);
        if (refusal !== undefined) throw new ServiceError('AccessDenied', refusal, 403);
        const body = this.get(Bucket, Key);
        if (!body) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
        return { ETag: etag(body), Body: body };
      }
      default:
        throw new ServiceError('NotImplemented', `the emulator does not support ${action} of Amazon S3`, 501);
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

  private obeyBucketPolicy(action: string, name: string, key: string): void {
    const bucket = this.deployment.buckets.find((candidate) => candidate.name === name);
    if (!bucket && this.keys(name).length === 0) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
    const request = { action: `s3:${action}`, resource: `arn:aws:s3:::${name}/${key}`, context: { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' } };
    if (bucket && decide(bucket.policies, request) === 'denied') throw new ServiceError('AccessDenied', 'Access Denied', 403);
  }
}

function etag(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
