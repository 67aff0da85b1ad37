import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { allowServices } from './key-policy';
import type { HeavyBatchRegulatedOptions } from './regulated-props';
import { acknowledgeFindings } from '../common/acknowledge';
import { ownGrant } from '../common/own-permissions';
import { ACCESS_LOGS } from '../common/regulated-findings';
import { warn } from '../common/validation';

/** The prop `regulated` with its defaults. */
export interface Regulated extends HeavyBatchRegulatedOptions {
  readonly encryptionKey: kms.IKey;
  readonly logRetention: logs.RetentionDays;
}

/** The key of a compute, and what else its parts need to know. */
export function regulatedOf(scope: Construct, options: HeavyBatchRegulatedOptions, use: { readonly instances: boolean }): Regulated {
  const encryptionKey = options.encryptionKey ?? new kms.Key(scope, 'Key', {
    description: `The data of ${scope.node.path} and of its jobs.`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN, // without it, nobody could read the logs and payloads that stay
  });
  allowServices(scope, encryptionKey, use);
  return { ...options, encryptionKey, logRetention: options.logRetention ?? logs.RetentionDays.ONE_YEAR };
}

/** A log group. What is recorded for an audit stays when the stack is deleted. */
export function logGroupOf(scope: Construct, id: string, regulated: Regulated | undefined, retention?: logs.RetentionDays): logs.LogGroup {
  return new logs.LogGroup(scope, id, {
    retention: retention ?? regulated?.logRetention ?? logs.RetentionDays.ONE_MONTH,
    encryptionKey: regulated?.encryptionKey,
    removalPolicy: regulated ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}

/** Records the connections in a VPC: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html */
export function recordNetwork(scope: Construct, vpc: ec2.Vpc, regulated: Regulated): void {
  const role = new iam.Role(scope, 'FlowLogsRole', { assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com') });
  const logGroup = logGroupOf(scope, 'FlowLogs', regulated);
  vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role) });
  ownGrant(role, ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'], logGroup.logGroupArn, 'the flow logs of one VPC');
}

/** How long a version of an object stays after the object was deleted, has expired, or was written again. */
const OLD_VERSIONS = Duration.days(30);

/** What a bucket has for its objects: versions that expire. A delete marker goes when it is old enough: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html */
export const VERSIONED = { versioned: true, noncurrentVersionExpiration: OLD_VERSIONS };

/**
 * Turns on the access logs of a bucket. `serverAccessLogsBucket` would use an access control list without the feature flag of the CDK, which a bucket
 * whose objects belong to its owner refuses: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function recordAccess(scope: Construct, bucket: s3.Bucket, regulated: Regulated): void {
  const { account } = Stack.of(scope);
  const destination = regulated.accessLogsBucket ?? newLogBucket(scope, 'AccessLogs', regulated.logRetention);
  const prefix = `${Names.uniqueResourceName(bucket, { maxLength: 64 })}/`;
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: destination.bucketName, logFilePrefix: prefix };
  const { statementAdded } = destination.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [destination.arnForObjects(`${prefix}*`)],
    // The name of the payload bucket in a policy of another stack would make the two stacks depend on each other.
    conditions: { StringEquals: { 'aws:SourceAccount': account }, ...regulated.accessLogsBucket ? {} : { ArnEquals: { 'aws:SourceArn': bucket.bucketArn } } },
  }));
  if (statementAdded) return;
  warn(scope, 'accessLogsPolicy', `the policy of ${destination.node.path} cannot be changed here, so it must allow logging.s3.amazonaws.com s3:PutObject on ${prefix}* for this account; `
    + 'acknowledge this warning when it does');
}

function newLogBucket(scope: Construct, id: string, retention: logs.RetentionDays): s3.Bucket {
  const { versioned, noncurrentVersionExpiration } = VERSIONED;
  const expiration = retention === logs.RetentionDays.INFINITE ? undefined : Duration.days(retention);
  const bucket = new s3.Bucket(scope, id, {
    // The only one for access logs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned,
    lifecycleRules: [{ expiration, noncurrentVersionExpiration, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
  });
  acknowledgeFindings(bucket.node.defaultChild!, ACCESS_LOGS);
  return bucket;
}

/**
 * Encrypts what Step Functions keeps of a state machine and its executions. `encryptionConfiguration` of the CDK would add a statement for each job to the
 * role that all jobs share. https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
export function encryptStateMachine(stateMachine: sfn.StateMachine, key: kms.IKey | undefined): void {
  if (!key) return;
  (stateMachine.node.defaultChild as sfn.CfnStateMachine).encryptionConfiguration = {
    type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: key.keyArn, kmsDataKeyReusePeriodSeconds: 300,
  };
}
