import { Stack, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import type { HeavyBatchListFormat } from './list-format';
import type { HeavyBatchMapProps } from './map-props';
import { placeOfArn, refuseElsewhere } from '../common/elsewhere';
import { duration, NUMBER, object, PropTypes, required, TEXT, validateTypes } from '../common/prop-types';
import { isKnown, refuse, validateRange } from '../common/validation';
import { validateShareIdentifier } from '../compute/fair-share';
import type { JobPlan } from '../job/job-plan';
import { ONE_YEAR } from '../job/run-timeout';

/** The most executions of one map run that Step Functions starts without much throttling: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LARGEST_DEFAULT_CONCURRENCY = 1_000;
/** The default of `maxConcurrency` where the vCPUs of the compute, or of the job, are not known. */
const UNKNOWN_COMPUTE_CONCURRENCY = 100;

const MAP_PROP_TYPES: PropTypes<HeavyBatchMapProps> = {
  job: required(object(() => 'a HeavyBatchJob, or HeavyBatchJob.fromHeavyBatchJobAttributes(...)')),
  bucket: required(object((name) => `s3.Bucket.fromBucketName(this, 'Lists', '${name}')`)),
  key: TEXT,
  format: object(() => 'HeavyBatchListFormat.csv() or another format'),
  maxConcurrency: NUMBER,
  toleratedFailurePercentage: NUMBER,
  resultBucket: object((name) => `s3.Bucket.fromBucketName(this, 'Results', '${name}')`),
  resultPrefix: TEXT,
  shareIdentifier: TEXT,
  timeout: duration('seconds'),
};

export function validateMap(scope: IConstruct, props: HeavyBatchMapProps): void {
  validateTypes(scope, props, MAP_PROP_TYPES);
  // A task reaches another account only with a role of that account, and no other Region: https://github.com/aws-samples/aws-stepfunctions-examples/issues/53
  refuseElsewhere(scope, 'job', placeOfArn(props.job.stateMachine.stateMachineArn) ?? Stack.of(props.job), { here: 'the map', there: 'a job' });
  validateRange(scope, 'maxConcurrency', props.maxConcurrency, { least: 1, most: 10_000 });
  validateRange(scope, 'toleratedFailurePercentage', props.toleratedFailurePercentage, { least: 0, most: 100, unit: '%', whole: false });
  validateKey(scope, 'key', props.key);
  validateKey(scope, 'resultPrefix', props.resultPrefix);
  if (props.resultPrefix?.endsWith('/')) refuse(scope, 'resultPrefix', `is '${props.resultPrefix}'; leave the slash at its end out, since Step Functions adds one`);
  validateFormat(scope, props.format);
  if (props.timeout && !props.timeout.isUnresolved()) {
    validateRange(scope, 'timeout', props.timeout.toSeconds({ integral: false }), { least: 60, most: ONE_YEAR.toSeconds(), unit: 'seconds' });
  }
  if (props.shareIdentifier !== undefined) {
    if (props.job._plan?.fairShare === false) {
      refuse(scope, 'shareIdentifier', `is ${props.shareIdentifier}, but the job's compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute`);
    }
    if (props.job._plan?.shareAllowed === false) {
      refuse(scope, 'shareIdentifier', `is ${props.shareIdentifier}, but the job's 'allowedOverrides' has 'share: false', so each of its runs would be refused; leave one of them out`);
    }
    if (!Token.isUnresolved(props.shareIdentifier)) validateShareIdentifier(scope, props.shareIdentifier);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const KEY_BYTES = 1_024;

/**
 * Refuses what cannot be a key in S3, and what would allow the map to read or write more than this key:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function validateKey(scope: IConstruct, prop: string, key: string | undefined): void {
  if (key === undefined || Token.isUnresolved(key)) return;
  if (key === '') refuse(scope, prop, 'is empty; use a text, or leave it out');
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES) refuse(scope, prop, `has ${bytes} bytes, but a key in S3 has at most ${KEY_BYTES}; use a shorter text`);
  if (/[*?]|\$\{/.test(key)) refuse(scope, prop, `is '${key}', which is a pattern of several keys in a policy of IAM; use a text without *, ? and \${`);
  if (/\0|\p{Surrogate}/u.test(key)) refuse(scope, prop, 'has a NUL or half of a surrogate pair, which is no character of a key; leave it out');
}

/** The names of the columns are those of parameters. */
function validateFormat(scope: IConstruct, format: HeavyBatchListFormat | undefined): void {
  const { CSVHeaders: headers } = format?._readerConfig ?? {};
  if (!Array.isArray(headers) || Token.isUnresolved(headers)) return;
  if (headers.length === 0) refuse(scope, 'format', 'has an empty list of headers; use the names of the columns, or HeavyBatchListFormat.csv() for those in the file');
  headers.forEach((name, index) => {
    if (name === '' || headers.indexOf(name) < index) {
      refuse(scope, 'format', `has the header '${name}'${name === '' ? '' : ' twice'}; use another name for each column`);
    }
  });
}

/** The default of `maxConcurrency`: as many runs as the compute has vCPUs for. */
export function defaultConcurrency({ vcpus, nodes = 1, maxvCpus }: JobPlan = {}): number {
  if (!isKnown(maxvCpus) || !isKnown(vcpus)) return UNKNOWN_COMPUTE_CONCURRENCY;
  return Math.min(Math.max(Math.floor(maxvCpus / (vcpus * nodes)), 1), LARGEST_DEFAULT_CONCURRENCY);
}
