import { readInput } from './json-body';
import { s3CallOf, SentToS3 } from './s3-call';
import { ApiCall, ServiceName } from '../service';

/** The services whose requests name their action in the header `x-amz-target`. */
const SERVICES_BY_TARGET = new Map<string, ServiceName>([
  ['AWSStepFunctions', 'sfn'], ['AmazonSQS', 'sqs'], ['Logs_20140328', 'cloudwatch_logs'], ['DynamoDB_20120810', 'dynamodb'],
]);

const BATCH_ACTIONS_BY_PATH = new Map(['SubmitJob', 'DescribeJobs', 'ListJobs', 'TerminateJob', 'CancelJob', 'GetJobQueueSnapshot'].map((action) => [`/v1/${action.toLowerCase()}`, action]));

/** Whose wire format a request has. */
export function serviceOf(url: string, amzTarget: string | undefined): ServiceName {
  if (amzTarget !== undefined) return SERVICES_BY_TARGET.get(amzTarget.split('.')[0]) ?? 'sfn';
  return url.startsWith('/v1/') ? 'batch' : 's3';
}

interface Sent extends SentToS3 {
  readonly principal?: string;
}

/** The API call that a request makes. Throws a `ServiceError` for a request that is none. */
export function apiCallOf(service: ServiceName, sent: Sent, content: Buffer): ApiCall {
  const { method, url, target: { path }, headers: { 'x-amz-target': amzTarget }, principal } = sent;
  if (service === 's3') return { ...s3CallOf(sent, content), principal };
  const named = service === 'batch' ? BATCH_ACTIONS_BY_PATH.get(path) : SERVICES_BY_TARGET.get(amzTarget.split('.')[0]) === service ? amzTarget.split('.')[1] : undefined;
  const action = method === 'POST' && (service === 'batch' || path === '/') ? named : undefined;
  return action ? { action, input: readInput(service, action, content), principal } : { action: `${method} ${url}`, input: {}, principal };
}
