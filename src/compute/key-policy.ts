import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct, IConstruct } from 'constructs';
import { ownGrant } from '../common/own-permissions';
import { warn } from '../common/validation';

/** A statement that the policy of a key needs, and for whom it is, in words. */
interface KeyUse {
  readonly who: string;
  readonly statements: iam.PolicyStatement[];
}

/** What a role needs to write to an encrypted queue or bucket, and to read from it. */
export const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Allows a role, or a function by its role, to use a key. The grants of the key itself would allow all actions that begin with `kms:ReEncrypt`. */
export function grantUse(key: kms.IKey | undefined, grantee: iam.IGrantable, actions = USE_KEY): void {
  if (!key) return;
  key.grant(grantee, ...actions);
  ownGrant(grantee.grantPrincipal as unknown as IConstruct, actions, key.keyArn, 'the data that is encrypted with one key');
}

/**
 * Allows the AWS services that write for a compute to use its key. The roles of the compute need no statement here: the policy of a key that the CDK
 * creates leaves them to IAM.
 */
export function allowServices(scope: Construct, key: kms.IKey, { instances }: { readonly instances: boolean }): void {
  const stack = Stack.of(scope);
  const uses = [ofLogs(stack), ofEventBridge(stack), ...instances ? [ofDisks(stack)] : []];
  const missing = uses.filter(({ statements }) => statements.map((statement) => key.addToResourcePolicy(statement).statementAdded).includes(false));
  if (missing.length === 0) return;
  warn(scope, 'keyPolicy', `the policy of ${key.node.path} cannot be changed here, so it must allow: ${missing.map(({ who, statements }) => (
    `${who}: ${[...new Set(statements.flatMap(({ actions }) => actions))].join(', ')}`)).join('; ')}. The guide 'regulated' has the statements. Acknowledge this warning when they are there`);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
function ofLogs(stack: Stack): KeyUse {
  const service = `logs.${stack.region}.amazonaws.com`;
  const groups = stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return {
    who: `logs.${Token.isUnresolved(stack.region) ? 'REGION' : stack.region}.amazonaws.com, for log groups of this account and Region`,
    statements: [new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(service)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      resources: ['*'],
      // CloudFormation generates the names of the log groups. Jobs in other stacks have some too.
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    })],
  };
}

/** The rules send the end of jobs and of runs to the watch queue: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
function ofEventBridge(stack: Stack): KeyUse {
  return {
    who: 'events.amazonaws.com, for rules of this account and Region',
    statements: [new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: USE_KEY,
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) },
      },
    })],
  };
}

/** The services that start instances for AWS Batch: https://docs.aws.amazon.com/batch/latest/userguide/using-service-linked-roles.html */
const STARTS_INSTANCES = ['autoscaling', 'spot', 'ec2fleet', 'batch'];

/**
 * The disks of instances are created by the service-linked roles of these services. AWS Batch starts instances by EC2 Auto Scaling and by Spot requests:
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 *
 * They are in a condition, because KMS refuses a policy with a role that does not exist, and a new account does not have all of them yet:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
function ofDisks(stack: Stack): KeyUse {
  const roles = STARTS_INSTANCES.map((service) => stack.formatArn({
    service: 'iam', region: '', resource: 'role', resourceName: `aws-service-role/${service}.amazonaws.com/*`,
  }));
  const ofAccount = { StringEquals: { 'kms:CallerAccount': stack.account }, ArnLike: { 'aws:PrincipalArn': roles } };
  const statement = (actions: string[], conditions: iam.Conditions) => new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()], actions, resources: ['*'], conditions,
  });
  return {
    who: `the service-linked roles of ${STARTS_INSTANCES.map((service) => `${service}.amazonaws.com`).join(', ')}, which create the disks of instances`,
    statements: [
      statement(['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'], ofAccount),
      statement(['kms:CreateGrant'], { ...ofAccount, Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
    ],
  };
}
