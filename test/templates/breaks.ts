import type { INVARIANTS } from './invariants';
import { CloudFormationTemplate, resourcesOf } from './template';

/** A change of a template that its invariant must refuse. */
export type Break = (template: CloudFormationTemplate) => unknown;

type Edit = (properties: any, resource: any) => unknown;

/** Changes the first resource of a type, or the first whose logical id has a text in it. */
function edit(type: string, change: Edit, id = ''): Break {
  return (template) => {
    const found = resourcesOf(template, `AWS::${type}`).find((resource) => resource.id.includes(id));
    if (!found) throw new Error(`the template has no AWS::${type} ${id}`);
    return change(found.properties, (template.Resources as any)[found.id]);
  };
}

/** Adds a resource. */
const add = (type: string, properties: any): Break => (template) => { (template.Resources as any).Added = { Type: `AWS::${type}`, Properties: properties }; };
const without = (...names: string[]): Edit => (properties) => names.forEach((name) => delete properties[name]);
const set = (values: any): Edit => (properties) => Object.assign(properties, values);
const statement = (value: any): Edit => (properties) => properties.PolicyDocument.Statement.push(value);
const definition = (from: string | RegExp, to: string): Break => edit('StepFunctions::StateMachine', ({ DefinitionString }) => {
  const parts = DefinitionString['Fn::Join'][1];
  DefinitionString['Fn::Join'][1] = parts.map((part: any) => typeof part === 'string' ? part.replace(from, to) : part);
  if (JSON.stringify(parts) === JSON.stringify(DefinitionString['Fn::Join'][1])) throw new Error(`no definition has ${from}`);
}, 'JobRun');
const container = (change: Edit): Break => edit('Batch::JobDefinition', ({ ContainerProperties }) => change(ContainerProperties, {}));
const mount = (change: (volume: any) => unknown): Break => container(({ Volumes }) =>
  change(Volumes.find((volume: any) => volume.EfsVolumeConfiguration).EfsVolumeConfiguration));
const instances = (change: Edit): Break => edit('Batch::ComputeEnvironment', ({ ComputeResources }) => change(ComputeResources, {}));
const launch = (change: Edit): Break => edit('EC2::LaunchTemplate', ({ LaunchTemplateData }) => change(LaunchTemplateData, {}));

const ARN = 'arn:aws:s3:::bucket';
const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: ARN };
const INLINE = (value: any) => edit('IAM::Role', set({ Policies: [{ PolicyName: 'Inline', PolicyDocument: { Statement: [value] } }] }));
const OPEN = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '0.0.0.0/0' };

const LIMITS = { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 1 };
const ACCESS_LOG = { DestinationArn: { 'Fn::GetAtt': ['JobLogBF0312D3', 'Arn'] }, Format: '$context.status' };

/** Adds a route that is open, and a stage with settings for it. */
const page = (RouteSettings: object, DependsOn: string[]): Break => ({ Resources }) => Object.assign(Resources!, {
  Page: { Type: 'AWS::ApiGatewayV2::Route', Properties: { RouteKey: 'GET /console', AuthorizationType: 'NONE' } },
  Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { DefaultRouteSettings: LIMITS, AccessLogSettings: ACCESS_LOG, RouteSettings }, DependsOn },
});

/** For each invariant, changes that it must refuse: one for each thing that it looks at. They are applied to a job with every prop. */
export const BREAKS: Record<keyof typeof INVARIANTS, Break[]> = {
  'no policy allows an action with a wildcard': [
    edit('IAM::Policy', statement({ ...READ, Action: 's3:Get*' })),
    INLINE({ ...READ, Action: ['s3:GetObject', '*'] }),
    add('IAM::ManagedPolicy', { PolicyDocument: { Statement: [{ ...READ, Action: 's3:*' }] } }),
    edit('SQS::QueuePolicy', statement({ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:*', Resource: ARN, Condition: {} })),
    add('KMS::Key', { KeyPolicy: { Statement: { Effect: 'Allow', Principal: { AWS: 'root' }, Action: 'kms:*', Resource: '*' } } }),
  ],
  'no policy allows by exclusion': [
    edit('IAM::Policy', statement({ Effect: 'Allow', NotAction: 's3:PutObject', Resource: ARN })),
    INLINE({ Effect: 'Allow', Action: 's3:GetObject', NotResource: ARN }),
  ],
  'no policy has a resource with a wildcard, unless AWS leaves no other way': [
    edit('IAM::Policy', statement({ ...READ, Resource: '*' })),
    edit('IAM::Policy', statement({ ...READ, Resource: [ARN, `${ARN}/*`] })),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: ['batch:ListJobs', 'batch:CancelJob'], Resource: '*' }), 'WatchRole'),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' }), 'WatchRole'), // right, but of another role
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 'batch:TerminateJob', Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':batch:*:*:job/*']] } }), 'WatchRole'),
    edit('IAM::Policy', ({ PolicyDocument }) => PolicyDocument.Statement.forEach((entry: any) => { if (entry.Action === 'states:DescribeExecution') delete entry.Condition; }), 'WatchRole'),
    INLINE({ ...READ, Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] } }),
  ],
  'each role does only what it is for': [
    edit('IAM::Role', ({ Policies }) => Policies[0].PolicyDocument.Statement.push({ Effect: 'Allow', Action: 'ecr:PutImage', Resource: ARN }), 'ExecutionRole'),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 'batch:CancelJob', Resource: ARN }), 'SubmitRole'),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 'sqs:PurgeQueue', Resource: ARN }), 'WatchRole'),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 'states:StartExecution', Resource: ARN }), 'WorkflowRole'),
    edit('IAM::Policy', statement({ Effect: 'Allow', Action: 's3:DeleteObject', Resource: ARN }), 'JobRole'),
    edit('SQS::QueuePolicy', statement({ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:ReceiveMessage', Resource: ARN, Condition: {} }), 'WatchQueue'),
    ...['JobEachRole01234567', 'JobComputeInstanceRole01234567', 'JobOtherRole01234567', 'ApiRole01234567']
      .map((role) => add('IAM::Policy', { Roles: [{ Ref: role }], PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'batch:SubmitJob', Resource: ARN }] } })),
    INLINE({ Effect: 'Allow', Action: 'iam:PassRole', Resource: ARN }),
  ],
  'a map reads only the bucket of its list': [
    add('IAM::Policy', { Roles: [{ Ref: 'JobEachRole01234567' }], PolicyDocument: { Statement: [{ ...READ, Resource: `${ARN}/*` }] } }),
  ],
  'each role is for a service': [
    edit('IAM::Role', ({ AssumeRolePolicyDocument }) => { AssumeRolePolicyDocument.Statement[0].Principal = { AWS: '*' }; }),
    edit('IAM::Role', ({ AssumeRolePolicyDocument }) => { AssumeRolePolicyDocument.Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }); }),
    edit('IAM::Role', without('AssumeRolePolicyDocument')),
  ],
  'each role for a service of many accounts is for its own account': [
    edit('IAM::Role', ({ AssumeRolePolicyDocument }) => { delete AssumeRolePolicyDocument.Statement[0].Condition; }, 'WorkflowRole'),
    edit('IAM::Role', ({ AssumeRolePolicyDocument }) => { AssumeRolePolicyDocument.Statement[0].Condition.StringEquals['aws:SourceAccount'] = '*'; }, 'JobRole'),
    edit('IAM::Role', ({ AssumeRolePolicyDocument: { Statement: [entry] } }) => { entry.Condition = { StringLike: entry.Condition.StringEquals }; }, 'JobRole'),
  ],
  'no role has a managed policy': [
    edit('IAM::Role', set({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), 'InstanceRole'),
    edit('IAM::Role', set({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'] }), 'InstanceRole'),
  ],
  'no policy of a resource is open to everybody': [
    edit('SQS::QueuePolicy', statement({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: ARN, Condition: {} })),
    edit('S3::BucketPolicy', statement({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 's3:GetObject', Resource: ARN })),
    edit('SQS::QueuePolicy', ({ PolicyDocument }) => PolicyDocument.Statement.forEach((entry: any) => { if (entry.Effect === 'Allow') delete entry.Condition; }), 'WatchQueue'),
  ],
  'each policy has roles, actions and resources': [
    edit('IAM::Policy', without('Roles')),
    edit('IAM::Policy', ({ PolicyDocument }) => { PolicyDocument.Statement = []; }),
    edit('IAM::Policy', ({ PolicyDocument }) => { delete PolicyDocument.Statement[0].Resource; }),
  ],
  'each bucket is private': [
    edit('S3::Bucket', without('PublicAccessBlockConfiguration')),
    ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
      .map((setting) => edit('S3::Bucket', ({ PublicAccessBlockConfiguration }) => { PublicAccessBlockConfiguration[setting] = false; })),
    edit('S3::Bucket', set({ AccessControl: 'PublicRead' })),
    edit('S3::Bucket', without('OwnershipControls')),
    edit('S3::Bucket', set({ WebsiteConfiguration: {} })),
  ],
  'each bucket and each queue requires TLS': [
    edit('S3::BucketPolicy', ({ PolicyDocument }) => { PolicyDocument.Statement = PolicyDocument.Statement.filter((entry: any) => !entry.Condition.Bool); }),
    edit('SQS::QueuePolicy', ({ PolicyDocument }) => { PolicyDocument.Statement[0].Effect = 'Allow'; }),
    edit('SQS::QueuePolicy', ({ PolicyDocument }) => { PolicyDocument.Statement[0].Principal = { AWS: 'root' }; }),
    edit('SQS::QueuePolicy', ({ PolicyDocument }) => { PolicyDocument.Statement[0].Condition.Bool['aws:SecureTransport'] = 'true'; }),
    edit('SQS::QueuePolicy', ({ PolicyDocument }) => { PolicyDocument.Statement[0].Action = 'sqs:SendMessage'; }),
    add('SQS::Queue', {}),
  ],
  'no inbound connection is open to addresses': [
    edit('EC2::SecurityGroup', set({ SecurityGroupIngress: [OPEN] })),
    add('EC2::SecurityGroupIngress', OPEN),
    add('EC2::SecurityGroupIngress', { ...OPEN, SourceSecurityGroupId: 'sg-1' }),
    add('EC2::SecurityGroupIngress', { IpProtocol: 'tcp', CidrIpv6: '::/0', SourceSecurityGroupId: 'sg-1' }),
    add('Lambda::Url', {}),
    add('Lambda::Permission', { Principal: '*' }),
  ],
  'a public IP address is only where it is needed': [
    edit('EC2::Subnet', set({ MapPublicIpOnLaunch: true }), 'Private'),
    (template) => { resourcesOf(template, 'AWS::EC2::VPCGatewayAttachment').forEach(({ id }) => delete (template.Resources as any)[id]); },
    launch(set({ NetworkInterfaces: [{ AssociatePublicIpAddress: true }] })),
    add('EC2::EIP', {}),
  ],
  'data is encrypted at rest': [
    edit('S3::Bucket', without('BucketEncryption')),
    edit('SQS::Queue', set({ SqsManagedSseEnabled: false })),
    launch(({ BlockDeviceMappings }) => { BlockDeviceMappings[0].Ebs.Encrypted = false; }),
    launch(({ BlockDeviceMappings }) => { BlockDeviceMappings.push({ DeviceName: '/dev/xvdb', Ebs: {} }); }),
    launch(without('BlockDeviceMappings')),
    edit('EFS::FileSystem', set({ Encrypted: false })),
  ],
  'file systems are mounted with TLS': [
    mount((volume) => { volume.TransitEncryption = 'DISABLED'; }),
    mount((volume) => { volume.AuthorizationConfig.Iam = 'DISABLED'; }),
    mount((volume) => { delete volume.AuthorizationConfig; }),
    mount((volume) => { delete volume.AuthorizationConfig.AccessPointId; }),
  ],
  'instances keep their role from containers': [
    launch(without('MetadataOptions')),
    launch(({ MetadataOptions }) => { MetadataOptions.HttpTokens = 'optional'; }),
    launch(({ MetadataOptions }) => { MetadataOptions.HttpPutResponseHopLimit = 2; }),
    instances(without('LaunchTemplate')),
    instances(({ LaunchTemplate }) => { LaunchTemplate.Version = '1'; }),
  ],
  'no secret is in a template': [container(({ Environment }) => Environment.push({ Name: 'PASSWORD', Value: '{{resolve:secretsmanager:arn:SecretString:::}}' }))],
  'logs expire': [
    edit('Logs::LogGroup', without('RetentionInDays')),
    edit('Logs::LogGroup', set({ RetentionInDays: 0 })),
    edit('Logs::LogGroup', (_, resource) => { resource.DeletionPolicy = 'Retain'; }),
  ],
  'each function has a log group': [
    edit('Lambda::Function', without('LoggingConfig')),
    edit('Lambda::Function', ({ LoggingConfig }) => { LoggingConfig.LogGroup = '/aws/lambda/other'; }),
  ],
  'each container has a log group': [
    container(without('LogConfiguration')),
    container(({ LogConfiguration }) => { LogConfiguration.LogDriver = 'json-file'; }),
    container(({ LogConfiguration }) => { delete LogConfiguration.Options['awslogs-group']; }),
  ],
  'each function has a time-out': [edit('Lambda::Function', without('Timeout')), edit('Lambda::Function', set({ Timeout: 901 }))],
  'each state machine has a time-out': [definition(/"TimeoutSeconds":\d+/, '"Other":1'), definition(/"TimeoutSeconds":\d+/, '"TimeoutSeconds":31536001')],
  'each state that waits has a time-out or a heartbeat': [definition(/"HeartbeatSeconds":\d+/, '"Other":1'), definition(/"HeartbeatSeconds":\d+/, '"HeartbeatSeconds":0')],
  'each task is retried, and not for ever': [
    definition(/"MaxAttempts":100/, '"MaxAttempts":101'), definition(/"MaxAttempts":100/, '"Other":1'), definition(/"Retry":\[/, '"Other":['),
  ],
  'each attempt has a time-out': [
    edit('Batch::JobDefinition', without('Timeout')),
    edit('Batch::JobDefinition', set({ Timeout: { AttemptDurationSeconds: 59 } })),
    edit('Batch::JobDefinition', without('RetryStrategy')),
    edit('Batch::JobDefinition', set({ RetryStrategy: { Attempts: 11 } })),
  ],
  'a job that no instance can hold leaves its queue': [
    edit('Batch::JobQueue', without('JobStateTimeLimitActions')),
    edit('Batch::JobQueue', ({ JobStateTimeLimitActions }) => JobStateTimeLimitActions.pop()),
    edit('Batch::JobQueue', ({ JobStateTimeLimitActions }) => { JobStateTimeLimitActions[0].Action = 'TERMINATE'; }),
    edit('Batch::JobQueue', ({ JobStateTimeLimitActions }) => { JobStateTimeLimitActions[0].State = 'STARTING'; }),
    edit('Batch::JobQueue', ({ JobStateTimeLimitActions }) => { JobStateTimeLimitActions[0].MaxTimeSeconds = 86_401; }),
  ],
  'each message ends, in a dead-letter queue at worst': [
    edit('SQS::Queue', without('RedrivePolicy'), 'WatchQueue'),
    edit('SQS::Queue', ({ RedrivePolicy }) => { RedrivePolicy.maxReceiveCount = 1_000; }, 'WatchQueue'),
    edit('SQS::Queue', without('MessageRetentionPeriod'), 'DeadLetter'),
    edit('CloudWatch::Alarm', set({ Threshold: 2 })),
    edit('CloudWatch::Alarm', set({ ComparisonOperator: 'GreaterThanThreshold' })),
    edit('CloudWatch::Alarm', set({ MetricName: 'NumberOfMessagesSent' })),
    edit('CloudWatch::Alarm', set({ Dimensions: [] })),
    add('SQS::Queue', {}),
  ],
  'no message is handed out while it is handled': [
    edit('SQS::Queue', set({ VisibilityTimeout: 179 }), 'WatchQueue'),
    edit('Lambda::Function', set({ Timeout: 31 }), 'WatchFunction'),
    edit('Lambda::EventSourceMapping', without('FunctionResponseTypes')),
    edit('Lambda::EventSourceMapping', set({ EventSourceArn: 'arn:other' })),
  ],
  'a deployment leaves jobs alone': [
    edit('Batch::ComputeEnvironment', without('ReplaceComputeEnvironment')),
    edit('Batch::ComputeEnvironment', ({ UpdatePolicy }) => { UpdatePolicy.TerminateJobsOnUpdate = true; }),
    edit('Batch::ComputeEnvironment', ({ UpdatePolicy }) => { UpdatePolicy.JobExecutionTimeoutMinutes = 30; }),
    edit('Batch::ComputeEnvironment', ({ ComputeResources }) => { ComputeResources.Type = 'FARGATE'; }),
    edit('Batch::JobDefinition', without('ResourceRetentionPolicy')),
  ],
  'objects expire': [
    edit('S3::Bucket', without('LifecycleConfiguration')),
    edit('S3::Bucket', ({ LifecycleConfiguration: { Rules } }) => { Rules[0].Status = 'Disabled'; }),
    edit('S3::Bucket', ({ LifecycleConfiguration: { Rules } }) => { Rules[1].Prefix = 'payloads/'; }),
    edit('S3::Bucket', ({ LifecycleConfiguration: { Rules } }) => { delete Rules[2].ExpirationInDays; }),
    edit('S3::Bucket', ({ LifecycleConfiguration: { Rules } }) => { delete Rules[3].AbortIncompleteMultipartUpload; }),
    edit('S3::Bucket', (_, resource) => { resource.DeletionPolicy = 'Delete'; }),
  ],
  'nothing costs money while no job runs': [
    add('EC2::NatGateway', {}),
    add('EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }),
    add('EC2::Instance', {}),
    edit('Batch::ComputeEnvironment', ({ ComputeResources }) => { ComputeResources.MinvCpus = 2; }, 'OnDemand'),
    edit('Batch::ComputeEnvironment', ({ ComputeResources }) => { ComputeResources.DesiredvCpus = 2; }, 'OnDemand'),
    edit('Lambda::Function', set({ VpcConfig: {} })),
    edit('Lambda::Function', set({ SnapStart: {} })),
    edit('EFS::FileSystem', set({ ThroughputMode: 'provisioned' })),
    add('DynamoDB::Table', { TimeToLiveSpecification: { Enabled: true } }),
    add('DynamoDB::Table', { BillingMode: 'PAY_PER_REQUEST' }),
  ],
  'capacity is bounded': [instances(without('MaxvCpus')), edit('Lambda::EventSourceMapping', without('ScalingConfig'))],
  'an API knows its callers': [add('ApiGatewayV2::Route', {}), add('ApiGatewayV2::Route', { AuthorizationType: 'NONE' })],
  'an open route of an API has a limit of its own': [page({}, ['Page']), page({ 'GET /console': LIMITS }, [])],
  'requests to an API are limited and logged': [
    add('ApiGatewayV2::Stage', { AccessLogSettings: ACCESS_LOG }),
    add('ApiGatewayV2::Stage', { AccessLogSettings: ACCESS_LOG, DefaultRouteSettings: { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 1 } }),
    add('ApiGatewayV2::Stage', { DefaultRouteSettings: LIMITS }),
    add('ApiGatewayV2::Stage', { DefaultRouteSettings: LIMITS, AccessLogSettings: { ...ACCESS_LOG, DestinationArn: 'arn:other' } }),
    add('ApiGatewayV2::Stage', { DefaultRouteSettings: LIMITS, AccessLogSettings: { ...ACCESS_LOG, Format: '$context.path' } }),
  ],
  'references resolve': [
    edit('Lambda::Function', set({ Role: { 'Fn::GetAtt': ['Nobody', 'Arn'] } })),
    edit('Lambda::Function', set({ Description: { 'Fn::Sub': 'of ${Nobody}' } })),
    edit('Lambda::Function', set({ Description: { 'Fn::Join': ['', ['of ', { Ref: 'Nobody' }]] } })),
    edit('Lambda::Function', (_, resource) => { resource.DependsOn = 'Nobody'; }),
    (template) => { (template as any).Outputs = { Nobody: { Value: { Ref: 'Nobody' } } }; },
  ],
  'no resource waits for itself': [
    (template) => {
      const [{ id }] = resourcesOf(template, 'AWS::Batch::JobQueue');
      (template.Resources as any)[resourcesOf(template, 'AWS::Batch::ComputeEnvironment')[0].id].DependsOn = [id];
    },
    (template) => { (template.Resources as any).Added = { Type: 'AWS::SQS::Queue', Properties: { Own: { Ref: 'Added' } } }; },
  ],
  'no resource is replaced when a tag changes': ['ComputeEnvironment', 'JobDefinition', 'JobQueue'].map((type) => edit(`Batch::${type}`, set({ Tags: { Owner: 'me' } }))),
  'tags reach what costs money': [
    edit('Batch::JobDefinition', without('PropagateTags')),
    launch(({ TagSpecifications }) => TagSpecifications.splice(0, 1)),
    launch(({ TagSpecifications }) => TagSpecifications.splice(1, 1)),
  ],
};
