import type { Wildcard } from './permissions';

/** A permission whose resource contains a `*`, each with who has it and why. */
export interface AllowedWildcard {
  readonly roles: RegExp;
  readonly actions: string[];
  readonly resource: RegExp;
  readonly reason: string;
  readonly link: string;
  /** What the condition of the statement contains. */
  readonly condition: string;
  permits(wildcard: Wildcard): boolean;
}

const REFERENCE = 'https://docs.aws.amazon.com/service-authorization/latest/reference';
const BATCH = `${REFERENCE}/list_awsbatch.html`;
const ECS = `${REFERENCE}/list_amazonelasticcontainerservice.html`;
const S3 = `${REFERENCE}/list_amazons3.html`;
const STATES = `${REFERENCE}/list_awsstepfunctions.html`;

function allow(roles: RegExp, actions: string[], resource: RegExp, reason: string, link: string, condition = ''): AllowedWildcard {
  return {
    roles,
    actions,
    resource,
    reason,
    link,
    condition,
    permits: (wildcard) => roles.test(wildcard.grantee) && actions.includes(wildcard.action) && resource.test(wildcard.resource)
      && wildcard.condition.includes(condition),
  };
}

/** Everything. Only for an action for which the reference of AWS has no resource type. */
export const EVERYTHING = /^\*$/;

/** An ARN of the template's partition, Region and account: `arn:<AWS::Partition>:service:<AWS::Region>:<AWS::AccountId>:`. */
const own = (service: string, rest: string) => new RegExp(`^arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${rest}$`);
const NAME_OF_MACHINE = '\\{"Fn::Select":\\[6,\\{"Fn::Split":\\[":",.+\\]\\}\\]\\}';
/** A bucket of this template, of another one, or one that is imported. It is never all buckets. */
const objects = (key: string) => new RegExp(`^[^*]+/${key}$`);
/** Of one construct: unique in the app, or, in a bucket that other apps use too, in the whole partition. */
const FOLDER = '([A-Za-z0-9]+|[A-Za-z0-9-]+-[0-9a-f]{8}-<AWS::AccountId>-<AWS::Region>)';

export const ALLOWED_WILDCARDS: AllowedWildcard[] = [
  allow(/(Submit|Watch)Role/, ['batch:ListJobs', 'batch:DescribeJobs'], EVERYTHING, 'AWS Batch supports no resource for them', BATCH),
  allow(/ExecutionRole/, ['ecr:GetAuthorizationToken'], EVERYTHING, 'ECR supports no resource for it', `${REFERENCE}/list_amazonelasticcontainerregistry.html`),
  allow(/InstanceRole/, ['ecs:DiscoverPollEndpoint'], EVERYTHING, 'ECS supports no resource for it', ECS),
  allow(/InstanceRole/, ['ec2:DescribeTags'], EVERYTHING, 'EC2 supports no resource for it', `${REFERENCE}/list_amazonec2.html`),
  allow(/InstanceRole/, ['ecs:RegisterContainerInstance', 'ecs:DeregisterContainerInstance', 'ecs:SubmitAttachmentStateChanges', 'ecs:SubmitContainerStateChange', 'ecs:SubmitTaskStateChange'],
    own('ecs', 'cluster/AWSBatch\\*'), 'AWS Batch generates the names of its clusters', ECS),
  allow(/InstanceRole/, ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'], own('ecs', 'container-instance/\\*'),
    'ECS generates the ids of instances', ECS, '"ArnLike":{"ecs:cluster":'),
  allow(/InstanceRole/, ['ecs:TagResource'], own('ecs', 'container-instance/\\*'), 'ECS generates the ids of instances', ECS, '"ecs:CreateAction":"RegisterContainerInstance"'),
  allow(/WorkflowRole/, ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'], EVERYTHING,
    'X-Ray supports no resource for them', `${REFERENCE}/list_awsx-ray.html`),
  allow(/(Submit|Watch)Role/, ['batch:TerminateJob'], own('batch', 'job/\\*'), 'AWS Batch generates the ids of jobs', BATCH),
  allow(/SubmitRole/, ['batch:SubmitJob', 'batch:TagResource'], own('batch', 'job-definition/[\\w-]+-[0-9a-f]{8}-\\*'), 'all job definitions on one compute, whose name they begin with', BATCH),
  allow(/SubmitRole/, ['batch:SubmitJob'], own('batch', 'consumable-resource/\\*'), 'each job of a compute names its own consumable resources', BATCH),
  allow(/WatchRole/, ['states:DescribeExecution'], own('states', 'execution:\\*'), 'all executions of state machines with the tag of one compute', STATES,
    '"StringEquals":{"aws:ResourceTag/cdk-heavy-batch:compute":'),
  allow(/WatchRole/, ['logs:GetLogEvents'], own('logs', 'log-group:\\*:\\*'), 'all log groups with the tag of one compute', `${REFERENCE}/list_amazoncloudwatchlogs.html`,
    '"StringEquals":{"aws:ResourceTag/cdk-heavy-batch:compute":'),
  allow(/WatchRole/, ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'], own('states', 'stateMachine:\\*'), 'each job of a compute has a state machine; a caller needs the task token', STATES),
  allow(/WorkflowRole/, ['lambda:InvokeFunction'], /^<\w+\.Arn>:\*$/, 'all versions of one function', `${REFERENCE}/list_awslambda.html`),
  allow(/SubmitRole/, ['s3:PutObject'], objects('payloads/\\*'), 'the names of runs are known at run time only', S3),
  allow(/WatchRole/, ['s3:GetObject'], objects('results/\\*'), 'the names of runs are known at run time only', S3),
  allow(/SubmitRole/, ['s3:GetObject', 's3:PutObject'], objects('runs/\\*'), 'the names of runs are known at run time only', S3),
  allow(/WatchRole/, ['s3:GetObject'], objects('runs/\\*'), 'the names of runs are known at run time only', S3),
  allow(/JobRole|GivenRole/, ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'], EVERYTHING,
    'Session Manager supports no resource for them', `${REFERENCE}/list_ssmmessages.html`),
  allow(/JobRole|GivenRole/, ['s3:GetObject'], objects(`payloads/${FOLDER}/\\*`), 'the inputs of the runs of one job', S3),
  allow(/JobRole|GivenRole/, ['s3:PutObject', 's3:AbortMultipartUpload'], objects(`results/${FOLDER}/\\*`), 'the results of the runs of one job', S3),
  allow(/Each\w*Role/, ['states:DescribeExecution', 'states:StopExecution'], own('states', `execution:${NAME_OF_MACHINE}:\\*`), 'callers choose the names of executions', STATES),
  allow(/Each\w*Role/, ['states:RedriveExecution'], own('states', `execution:${NAME_OF_MACHINE}/Each:\\*`), 'Step Functions generates the names of the runs of a map', STATES),
  allow(/Each\w*Role/, ['states:DescribeMapRun'], own('states', `mapRun:${NAME_OF_MACHINE}/Each:\\*`), 'Step Functions generates the names of the runs of a map', STATES),
  allow(/ApiRole/, ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], /^arn:[^*]+:states:[^*]+:execution:[^*]+:\*$/,
    'an API gives the executions of its jobs their names', STATES),
  allow(/ApiRole/, ['logs:GetLogEvents'], own('logs', 'log-group:[^*]+:\\*'), 'all log streams of the log group that the log driver of a job names', `${REFERENCE}/list_amazoncloudwatchlogs.html`),
  allow(/ApiRole/, ['batch:GetJobQueueSnapshot'], own('batch', 'job-queue/\\*'), 'the job queues of jobs of another stack, which a deployment may replace', `${REFERENCE}/list_awsbatch.html`),
  allow(/ApiRole/, ['s3:GetObject'], objects(`results/${FOLDER}/\\*`), 'the results of the runs of one job', S3),
  allow(/Each\w*Role/, ['s3:GetObject'], objects('\\*'), 'each execution of a map names its own list', S3),
  allow(/Each\w*Role/, ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], objects(`results/${FOLDER}/\\*`),
    'Step Functions generates the names of the result files', S3),
];
