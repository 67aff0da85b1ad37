import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, IConstruct } from 'constructs';
import { grantUse } from './key-policy';
import { recordAccess, Regulated, VERSIONED } from './regulated';
import { Folders, WHILE_FORMER_RUNS_LAST } from '../common/buckets';
import { ownStatement } from '../common/own-permissions';
import { payloadKeys, PAYLOADS, RECORD_KEYS, RECORDS, resultKeys, RESULTS } from '../contract/object-store';

/** Step Functions keeps the history of a run for this long: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const PAYLOAD_RETENTION = Duration.days(90);

/** A record is needed as long as its run lasts, which is a year at most: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const RECORD_RETENTION = Duration.days(366);

/**
 * The bucket for inputs that are too long for Batch, and for results. Its objects expire. The bucket stays when its stack is deleted,
 * because its results may still be needed, and an empty bucket costs nothing.
 */
export function payloadBucket(scope: Construct, id: string, retention: Duration, regulated?: Regulated): s3.Bucket {
  const { versioned, noncurrentVersionExpiration } = regulated ? VERSIONED : {};
  const bucket = new s3.Bucket(scope, id, {
    ...encryptionOf(regulated),
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned,
    lifecycleRules: [
      { prefix: PAYLOADS, expiration: retention },
      { prefix: RESULTS, expiration: retention },
      { prefix: RECORDS, expiration: RECORD_RETENTION },
      { noncurrentVersionExpiration, abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
  });
  if (regulated) recordAccess(scope, bucket, regulated);
  return bucket;
}

/** A bucket key needs far fewer requests to KMS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html */
function encryptionOf(regulated?: Regulated): Pick<s3.BucketProps, 'encryption' | 'encryptionKey' | 'bucketKeyEnabled'> {
  if (!regulated) return { encryption: s3.BucketEncryption.S3_MANAGED };
  return { encryption: s3.BucketEncryption.KMS, encryptionKey: regulated.encryptionKey, bucketKeyEnabled: true };
}

/** What S3 asks of the key of a bucket; a write in several parts reads too: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const READ = ['kms:Decrypt'];
const WRITE = ['kms:GenerateDataKey'];

/** For the submit function, which writes inputs that are too long, and writes and reads records. */
export function grantSubmit(grantee: lambda.Function, bucket: s3.IBucket): void {
  allow(grantee, ['s3:PutObject'], bucket.arnForObjects(payloadKeys()), 'the inputs of all runs');
  allow(grantee, ['s3:GetObject', 's3:PutObject'], bucket.arnForObjects(RECORD_KEYS), 'the records of all runs');
  grantToMiss(grantee, bucket);
  grantUse(bucket.encryptionKey, grantee);
}

/** For the check function, which reads results and records. */
export function grantCheck(grantee: lambda.Function, bucket: s3.IBucket): void {
  allow(grantee, ['s3:GetObject'], bucket.arnForObjects(resultKeys()), 'the results of all runs');
  allow(grantee, ['s3:GetObject'], bucket.arnForObjects(RECORD_KEYS), 'the records of all runs');
  grantToMiss(grantee, bucket);
  grantUse(bucket.encryptionKey, grantee, READ);
}

/**
 * Without `s3:ListBucket`, S3 would answer "access denied" for an object that does not exist:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function grantToMiss(grantee: lambda.Function, bucket: s3.IBucket): void {
  grantee.addToRolePolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
}

/** For the containers of a job, which read the inputs of its runs and write their results. */
export function containerStatements(bucket: s3.IBucket, { folder, former }: Folders): iam.PolicyStatement[] {
  const statements = (of: string, conditions?: iam.Conditions) => [
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(payloadKeys(of))], conditions }),
    new iam.PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [bucket.arnForObjects(resultKeys(of))], conditions }),
  ];
  return [...statements(folder), ...former === undefined ? [] : statements(former, WHILE_FORMER_RUNS_LAST)];
}

/** Remembers that the statements for the containers of a job are in its role. */
export function ownContainerStatements(role: IConstruct, statements: readonly iam.PolicyStatement[]): void {
  statements.forEach((statement) => ownStatement(role, statement, 'the inputs or the results of all runs of the job'));
}

/** For a role that reads the objects of a bucket, where the bucket has a key of its own. */
export function grantReadKey(bucket: s3.IBucket, grantee: iam.IGrantable): void {
  grantUse(bucket.encryptionKey, grantee, READ);
}

export function grantReadWriteKey(bucket: s3.IBucket, grantee: iam.IGrantable): void {
  grantUse(bucket.encryptionKey, grantee, [...READ, ...WRITE]);
}

function allow(grantee: lambda.Function, actions: string[], resource: string, reason: string): void {
  grantee.addToRolePolicy(ownStatement(grantee.role!, new iam.PolicyStatement({ actions, resources: [resource] }), reason));
}
