import { readInput } from './json-body';
import type { Target } from './target';
import { ApiCall, ServiceError, ServiceName } from '../service';

/** The services whose requests name their action in the header `x-amz-target`. */
const SERVICES_BY_TARGET = new Map<string, ServiceName>([['AWSStepFunctions', 'sfn'], ['AmazonSQS', 'sqs'], ['Logs_20140328', 'cloudwatch_logs']]);

const BATCH_ACTIONS_BY_PATH = new Map(['SubmitJob', 'DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob'].map((action) => [`/v1/${action.toLowerCase()}`, action]));

const S3_ACTIONS_BY_METHOD = new Map([['GET', 'GetObject'], ['PUT', 'PutObject'], ['HEAD', 'HeadObject']]);

/** Buckets may have names that could not be given today. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^[\w.-]{3,255}$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
const OWNER_HEADER = 'x-amz-expected-bucket-owner';

/** Bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1_024;

/** What a query may have that does not make another action of a request: the name of the action, what a presigned URL has, the owner of the bucket, and checksums. */
const NEUTRAL_QUERY = /^(x-id|response-[a-z-]+|x-amz-(algorithm|credential|date|expires|signedheaders|signature|content-sha256|checksum-[a-z0-9]+|sdk-checksum-algorithm|user-agent|expected-bucket-owner))$/i;

/** Whose wire format a request has. */
export function serviceOf(url: string, amzTarget: string | undefined): ServiceName {
  if (amzTarget !== undefined) return SERVICES_BY_TARGET.get(amzTarget.split('.')[0]) ?? 'sfn';
  return url.startsWith('/v1/') ? 'batch' : 's3';
}

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly target: Target;
  readonly headers: Readonly<Record<string, string>>;
  readonly principal?: string;
}

/** The API call that a request makes. Throws a `ServiceError` for a request that is none. */
export function apiCallOf(service: ServiceName, sent: Sent, content: Buffer): ApiCall {
  const { method, url, target: { path }, headers: { 'x-amz-target': amzTarget }, principal } = sent;
  if (service === 's3') return { ...s3Call(sent, content), principal };
  const named = service === 'batch' ? BATCH_ACTIONS_BY_PATH.get(path) : SERVICES_BY_TARGET.get(amzTarget.split('.')[0]) === service ? amzTarget.split('.')[1] : undefined;
  const action = method === 'POST' && (service === 'batch' || path === '/') ? named : undefined;
  return action ? { action, input: readInput(service, action, content), principal } : { action: `${method} ${url}`, input: {}, principal };
}

/** Reads `PUT /bucket/key`. */
function s3Call({ method, url, target: { path, query }, headers }: Sent, Body: Buffer): ApiCall {
  const [, Bucket = '', ...key] = path.split('/').map(decodeURIComponent);
  const Key = key.join('/');
  if (path !== '/' && !BUCKET_NAME.test(Bucket)) throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.');
  if (Buffer.byteLength(Key) > LONGEST_KEY) throw new ServiceError('KeyTooLongError', 'Your key is too long.');
  const other = [...query.keys()].find((name) => !NEUTRAL_QUERY.test(name));
  const named = S3_ACTIONS_BY_METHOD.get(method);
  // A part of an upload, a copy or an access list would otherwise be taken for the object itself.
  const action = named !== undefined && Key !== '' && other === undefined && headers['x-amz-copy-source'] === undefined ? named : undefined;
  // A presigned URL has the header in its query.
  const owner = headers[OWNER_HEADER] ?? query.get(OWNER_HEADER)?.[0];
  return { action: action ?? `${method} ${url}`, input: { Bucket, Key, ...owner === undefined ? {} : { ExpectedBucketOwner: owner }, ...action === 'PutObject' ? { Body, IfNoneMatch: headers['if-none-match'] } : {} } };
}
