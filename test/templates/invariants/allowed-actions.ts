/** What the roles of a kind, and the policy of a queue, may do: no other action, whatever its resource is. */
export interface AllowedActions {
  readonly kind: string;
  /** The end of the name, before the hash of the logical id. */
  readonly name: RegExp;
  readonly actions: string[];
}

const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const SHELL = ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'];
const USE_KEY = ['kms:Decrypt', 'kms:GenerateDataKey'];

export const ALLOWED_ACTIONS: AllowedActions[] = [
  {
    kind: 'execution role',
    name: /ExecutionRole$/,
    actions: [
      ...LOG, 'ecr:GetAuthorizationToken', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage',
      'secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret', 'ssm:DescribeParameters', 'ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory',
    ],
  },
  {
    kind: 'instance role',
    name: /InstanceRole$/,
    actions: [
      'ecs:RegisterContainerInstance', 'ecs:DeregisterContainerInstance', 'ecs:SubmitAttachmentStateChanges', 'ecs:SubmitContainerStateChange', 'ecs:SubmitTaskStateChange',
      'ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState', 'ecs:TagResource', 'ecs:DiscoverPollEndpoint', 'ec2:DescribeTags',
    ],
  },
  {
    kind: 'submit role',
    name: /SubmitRole$/,
    actions: [
      ...LOG, 'batch:SubmitJob', 'batch:TagResource', 'batch:DescribeJobs', 'batch:ListJobs', 'batch:TerminateJob', 's3:GetObject', 's3:PutObject', 's3:ListBucket', ...USE_KEY, 'sqs:SendMessage',
    ],
  },
  {
    kind: 'watch role',
    name: /WatchRole$/,
    actions: [
      ...LOG, 'batch:DescribeJobs', 'batch:ListJobs', 'batch:TerminateJob', 's3:GetObject', 's3:ListBucket', 'kms:Decrypt',
      'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
      'states:DescribeExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat', 'logs:GetLogEvents',
    ],
  },
  {
    kind: 'workflow role',
    name: /WorkflowRole$/,
    actions: ['lambda:InvokeFunction', 'sqs:SendMessage', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  },
  {
    kind: 'job role',
    name: /(JobRole|GivenRole\d?)$/,
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', ...USE_KEY, 'elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', ...SHELL],
  },
  {
    kind: 'map role',
    name: /EachRole$/,
    actions: [
      'states:StartExecution', 'states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution', 'states:DescribeMapRun',
      'events:PutTargets', 'events:PutRule', 'events:DescribeRule',
      's3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload', ...USE_KEY,
    ],
  },
  {
    kind: 'API role',
    name: /ApiRole$/,
    actions: [
      ...LOG, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query',
      'states:StartExecution', 'states:DescribeStateMachine', 'states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution', 'logs:GetLogEvents', 's3:GetObject',
      'batch:GetJobQueueSnapshot',
    ],
  },
  { kind: 'watch queue', name: /WatchQueuePolicy$/, actions: ['sqs:SendMessage'] },
];

/** The entry for a grantee as a statement names it: a logical id, `<id>`, or `<stack:ExportsOutputRef...>`. */
export function allowedActionsOf(grantee: string): AllowedActions | undefined {
  const name = grantee.replace(/^<(.*)>$/, '$1').replace(/^(.*?)[0-9A-F]{8}([0-9A-F]{8})?$/, '$1');
  return ALLOWED_ACTIONS.find((entry) => entry.name.test(name));
}
