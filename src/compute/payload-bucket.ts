import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** For how long Step Functions keeps a run's history: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const PAYLOAD_RETENTION = Duration.days(90);

/**
 * The bucket of what is too long for Batch, and of results. What is in it goes by itself; the bucket stays when its stack goes,
 * since somebody may still want a result, and an empty bucket costs nothing.
 */
export function payloadBucket(scope: Construct, id: string, retention: Duration): s3.Bucket {
  return new s3.Bucket(scope, id, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ expiration: retention, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
  });
}

/** The submit function writes what is too long. */
export function letWritePayloads(grantee: iam.IGrantable, bucket: s3.IBucket): void {
  allow(grantee, ['s3:PutObject'], [bucket.arnForObjects('payloads/*')]);
  bucket.encryptionKey?.grantEncrypt(grantee);
}

/** The watch function reads results, and is told that there is none only where it may list: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function letReadResults(grantee: iam.IGrantable, bucket: s3.IBucket): void {
  allow(grantee, ['s3:GetObject'], [bucket.arnForObjects('results/*')]);
  allow(grantee, ['s3:ListBucket'], [bucket.bucketArn]);
  bucket.encryptionKey?.grantDecrypt(grantee);
}

/** What a container may do in the bucket: read what its job was given, write what its job has to say. */
export function containerStatements(bucket: s3.IBucket, folder: string): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`payloads/${folder}/*`)] }),
    new iam.PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: [bucket.arnForObjects(`results/${folder}/*`)] }),
  ];
}

function allow(grantee: iam.IGrantable, actions: string[], resources: string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
}
