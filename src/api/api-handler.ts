import { Duration, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HeavyBatchApiProps } from './api-props';
import type { NamedJob } from './validate-api';
import { ownStatement } from '../common/own-permissions';
import { functionOptions } from '../compute/function-options';
import { grantUse } from '../compute/key-policy';
import { grantReadKey } from '../compute/payload-bucket';
import type { Regulated } from '../compute/regulated';
import { ApiJobEntry, TABLE_KEYS } from '../contract/api-runs';
import { API_VARIABLES } from '../contract/environment';
import { resultKeys } from '../contract/object-store';
import type { IHeavyBatchJob } from '../job/job-interface';
import { executionsOf, grantDataOf } from '../job/state-machine-base';

const DEFAULT_RETENTION = Duration.days(90);
const DEFAULT_WAITING_REQUESTS = 50;

export interface ApiFunctionOptions extends Pick<HeavyBatchApiProps, 'retention' | 'maxWaitingRequests' | 'ownerClaim'> {
  readonly code: lambda.Code;
  readonly jobs: readonly NamedJob[];
  readonly table: dynamodb.Table;
  readonly regulated?: Regulated;
  readonly logRetention?: logs.RetentionDays;
}

/** The function of an API: it answers all requests, and records the events of runs. */
export function apiFunction(scope: Construct, options: ApiFunctionOptions): lambda.Function {
  const { code, jobs, table, regulated, retention = DEFAULT_RETENTION, maxWaitingRequests = DEFAULT_WAITING_REQUESTS, ownerClaim } = options;
  const common = functionOptions(scope, { log: 'FunctionLog', role: 'Role' }, regulated, options.logRetention);
  const { role } = common;
  allowTable(role, table, regulated);
  jobs.forEach((entry) => allowRuns(role, entry));
  const entries = jobs.map(({ name, job: { stateMachine: { stateMachineArn } } }): ApiJobEntry => ({ name, stateMachineArn }));
  return new lambda.Function(scope, 'Function', {
    ...common,
    description: 'Starts, shows, cancels and redrives runs, and records what happens to them.',
    code,
    runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS), // that of the other functions
    handler: 'index.handler',
    environment: {
      [API_VARIABLES.TABLE]: table.tableName,
      [API_VARIABLES.JOBS]: Stack.of(scope).toJsonString(entries),
      [API_VARIABLES.RETENTION]: numberText(retention.toSeconds()),
      [API_VARIABLES.MOST_WAITING]: numberText(maxWaitingRequests),
      ...ownerClaim === undefined ? {} : { [API_VARIABLES.OWNER_CLAIM]: ownerClaim },
    },
  });
}

/** A number that may be a token, as a text. */
const numberText = (value: number) => Tokenization.stringifyNumber(value);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
function allowTable(role: iam.Role, { tableArn }: dynamodb.Table, regulated: Regulated | undefined): void {
  allow(role, ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], tableArn);
  allow(role, ['dynamodb:Query'], tableArn, `${tableArn}/index/${TABLE_KEYS.byStatus}`);
  // The variables, and the table: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
  grantUse(regulated?.encryptionKey, role);
}

/**
 * What the API does with the runs of a job, and with their logs where the log group is known. A redrive needs the permission on the execution only:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
function allowRuns(role: iam.Role, { job }: NamedJob): void {
  const { stateMachine, _plan: plan } = job;
  allow(role, ['states:StartExecution', 'states:DescribeStateMachine'], stateMachine.stateMachineArn);
  const executions = new iam.PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], resources: [`${executionsOf(stateMachine)}:*`] });
  role.addToPolicy(ownStatement(role, executions, 'all executions of one state machine: the API gives them their names'));
  // Its resource is a log stream: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
  const log = plan?.logGroupArn && new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [plan.logGroupArn] });
  if (log) role.addToPolicy(ownStatement(role, log, 'the log streams of the runs of one job: ECS gives them their names'));
  allowPositions(role, job);
  allowResults(role, job);
  if (plan?.encryptionKey) grantDataOf(stateMachine, plan.encryptionKey, role);
}

/**
 * Where runs wait: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html. The ARN of a queue of another stack is not named:
 * a stack that imports it keeps CloudFormation from replacing the queue.
 */
function allowPositions(role: iam.Role, { _plan: { jobQueues = [] } = {} }: IHeavyBatchJob): void {
  const stack = Stack.of(role);
  const named = jobQueues.filter((queue) => Stack.of(queue) === stack || !Token.isUnresolved(queue.jobQueueArn)).map(({ jobQueueArn }) => jobQueueArn);
  if (named.length > 0) allow(role, ['batch:GetJobQueueSnapshot'], ...named);
  if (named.length === jobQueues.length) return;
  const all = new iam.PolicyStatement({ actions: ['batch:GetJobQueueSnapshot'], resources: [stack.formatArn({ service: 'batch', resource: 'job-queue', resourceName: '*' })] });
  role.addToPolicy(ownStatement(role, all, 'the job queues of jobs of another stack: a deployment may replace them'));
}

/** A link to a result has the permissions of this role: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html */
function allowResults(role: iam.Role, { _plan: { payloadBucket, resultFolder } = {} }: IHeavyBatchJob): void {
  if (!payloadBucket || resultFolder === undefined) return;
  const read = new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [payloadBucket.arnForObjects(resultKeys(resultFolder))] });
  role.addToPolicy(ownStatement(role, read, 'the results of the runs of one job: each has a key of its own'));
  grantReadKey(payloadBucket, role);
}

function allow(role: iam.Role, actions: string[], ...resources: string[]): void {
  role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
}
