import * as fs from 'fs';
import * as path from 'path';
import type { AssemblyStack, TemplateResource } from '../../../emulator/assembly/assembly';
import type { Deployment } from '../../../emulator/assembly/deployment';
import { readDeployment } from '../../../emulator/assembly/read-deployment';
import { temporary } from '../apps';

const ACCOUNT = '111111111111';
const place = (logicalId: string) => ({ path: `App/${logicalId}`, stack: 'app', logicalId });
const POLICY = { Statement: [{ Effect: 'Allow', Action: 'a:Do', Resource: '*' }] };

function deploymentOf(resources: Record<string, object>, more: Partial<AssemblyStack> = {}): Deployment {
  return readDeployment({ directory: 'cdk.out', stacks: [stackOf(resources, more)] });
}

function stackOf(resources: Record<string, object>, more: Partial<AssemblyStack> = {}): AssemblyStack {
  return { id: 'App', stackName: 'app', account: ACCOUNT, region: 'eu-west-1', paths: {}, fileAssets: {}, images: {}, template: { Resources: resources as Record<string, TemplateResource> }, ...more };
}

/** The defaults are those of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html */
test.each<[keyof Deployment, string, object, object]>([
  ['roles', 'Role', {
    Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: POLICY, ManagedPolicyArns: ['arn:aws:iam::aws:policy/P'], Policies: [{ PolicyName: 'p', PolicyDocument: POLICY }] },
  }, { name: 'r', arn: `arn:aws:iam::${ACCOUNT}:role/r`, assumedBy: POLICY, managedPolicyArns: ['arn:aws:iam::aws:policy/P'], policies: [POLICY] }],
  ['roles', 'Role', { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r', AssumeRolePolicyDocument: POLICY } }, {
    name: 'r', arn: `arn:aws:iam::${ACCOUNT}:role/r`, assumedBy: POLICY, managedPolicyArns: [], policies: [],
  }],
  ['functions', 'F', {
    Type: 'AWS::Lambda::Function',
    Properties: { FunctionName: 'f', Role: 'role', Handler: 'index.handler', Code: { S3Key: 'key.zip' }, Timeout: '60', MemorySize: '512', Environment: { Variables: { A: 1 } } },
  }, { name: 'f', arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`, roleArn: 'role', codeDirectory: 'asset.f', handler: 'index.handler', environment: { A: '1' }, timeoutSeconds: 60, memoryMebibytes: 512, permissions: [] }],
  ['functions', 'F', { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f', Role: 'role', Handler: 'index.handler', Code: { S3Key: 'key.zip' } } }, {
    name: 'f', arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`, roleArn: 'role', codeDirectory: 'asset.f', handler: 'index.handler', environment: {}, timeoutSeconds: 3, memoryMebibytes: 128, permissions: [],
  }],
  ['eventSources', 'M', {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: 'arn:aws:sqs:q', FunctionName: 'arn:aws:lambda:f', BatchSize: '5', MaximumBatchingWindowInSeconds: '20', FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: 7 },
    },
  }, {
    name: expect.any(String), arn: expect.any(String), functionArn: 'arn:aws:lambda:f', queueArn: 'arn:aws:sqs:q', batchSize: 5, maximumBatchingWindowSeconds: 20, reportBatchItemFailures: true, maximumConcurrency: 7,
  }],
  ['eventSources', 'M', { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'arn:aws:sqs:q', FunctionName: 'f' } }, {
    name: expect.any(String), arn: expect.any(String), functionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`, queueArn: 'arn:aws:sqs:q', batchSize: 10, maximumBatchingWindowSeconds: 0, reportBatchItemFailures: false,
  }],
  ['queues', 'Q', {
    Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', VisibilityTimeout: '60', MessageRetentionPeriod: '90', RedrivePolicy: { deadLetterTargetArn: 'dlq', maxReceiveCount: 3 } },
  }, {
    name: 'q', arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`, url: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`, visibilityTimeoutSeconds: 60, retentionSeconds: 90, deadLetterQueueArn: 'dlq', maxReceiveCount: 3, policies: [],
  }],
  ['queues', 'Q', { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } }, {
    name: 'q', arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`, url: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`, visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, policies: [],
  }],
  ['rules', 'R', { Type: 'AWS::Events::Rule', Properties: { Name: 'r', EventPattern: { source: ['s'] }, Targets: [{ Arn: 'arn', Id: 'T' }] } }, {
    name: 'r', arn: `arn:aws:events:eu-west-1:${ACCOUNT}:rule/r`, pattern: { source: ['s'] }, targets: [{ arn: 'arn', Id: 'T' }],
  }],
  ['stateMachines', 'S', { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 's', RoleArn: 'role', DefinitionString: '{"StartAt":"A"}', TracingConfiguration: { Enabled: true }, Tags: [{ Key: 'team', Value: 'a' }] } }, {
    name: 's', arn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:s`, roleArn: 'role', definition: { StartAt: 'A' }, tracing: true, tags: { team: 'a' },
  }],
  ['stateMachines', 'S', { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 's', RoleArn: 'role', Definition: { StartAt: 'A' } } }, {
    name: 's', arn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:s`, roleArn: 'role', definition: { StartAt: 'A' }, tracing: false, tags: {},
  }],
  ['jobDefinitions', 'D', { Type: 'AWS::Batch::JobDefinition', Properties: { JobDefinitionName: 'd', ContainerProperties: { Image: 'repository:i1' } } }, {
    name: 'd',
    arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/d:1`,
    revision: 1,
    properties: { JobDefinitionName: 'd', ContainerProperties: { Image: 'repository:i1' } },
    image: { directory: 'asset.i1', dockerfile: 'Dockerfile', buildArgs: {} },
  }],
  ['jobDefinitions', 'D', { Type: 'AWS::Batch::JobDefinition', Properties: { JobDefinitionName: 'd', NodeProperties: { NodeRangeProperties: [{ Container: { Image: 'repository:i3' } }] } } }, {
    name: 'd',
    arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/d:1`,
    revision: 1,
    properties: { JobDefinitionName: 'd', NodeProperties: { NodeRangeProperties: [{ Container: { Image: 'repository:i3' } }] } },
    image: { directory: 'asset.i2', dockerfile: 'Other', buildArgs: { a: 'b' }, target: 't', platform: 'linux/arm64' },
  }],
  ['jobDefinitions', 'D', { Type: 'AWS::Batch::JobDefinition', Properties: { JobDefinitionName: 'd', ContainerProperties: { Image: 'busybox' } } }, {
    name: 'd', arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/d:1`, revision: 1, properties: { JobDefinitionName: 'd', ContainerProperties: { Image: 'busybox' } },
  }],
  ['jobDefinitions', 'D', { Type: 'AWS::Batch::JobDefinition', Properties: { JobDefinitionName: 'd', EcsProperties: {} } }, {
    name: 'd', arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/d:1`, revision: 1, properties: { JobDefinitionName: 'd', EcsProperties: {} },
  }],
  ['jobQueues', 'J', {
    Type: 'AWS::Batch::JobQueue',
    Properties: {
      JobQueueName: 'j',
      Priority: '5',
      SchedulingPolicyArn: 'policy',
      ComputeEnvironmentOrder: [{ Order: 3, ComputeEnvironment: 'third' }, { Order: 1, ComputeEnvironment: 'first' }, { Order: 2, ComputeEnvironment: 'second' }],
      JobStateTimeLimitActions: [{ Action: 'CANCEL', MaxTimeSeconds: 600, Reason: 'why', State: 'RUNNABLE' }],
    },
  }, {
    name: 'j',
    arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-queue/j`,
    priority: 5,
    fairShare: true,
    computeEnvironmentArns: ['first', 'second', 'third'],
    timeLimitActions: [{ action: 'CANCEL', maxTimeSeconds: 600, reason: 'why', state: 'RUNNABLE' }],
  }],
  ['jobQueues', 'J', { Type: 'AWS::Batch::JobQueue', Properties: { JobQueueName: 'j', Priority: 1, ComputeEnvironmentOrder: [] } }, {
    name: 'j', arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:job-queue/j`, priority: 1, fairShare: false, computeEnvironmentArns: [], timeLimitActions: [],
  }],
  ['computeEnvironments', 'C', { Type: 'AWS::Batch::ComputeEnvironment', Properties: { ComputeEnvironmentName: 'c', ComputeResources: { Type: 'SPOT', MinvCpus: '2', MaxvCpus: '64' } } }, {
    name: 'c',
    arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:compute-environment/c`,
    type: 'SPOT',
    minvCpus: 2,
    maxvCpus: 64,
    properties: { ComputeEnvironmentName: 'c', ComputeResources: { Type: 'SPOT', MinvCpus: '2', MaxvCpus: '64' } },
  }],
  ['computeEnvironments', 'C', { Type: 'AWS::Batch::ComputeEnvironment', Properties: { ComputeEnvironmentName: 'c', Type: 'UNMANAGED' } }, {
    name: 'c', arn: `arn:aws:batch:eu-west-1:${ACCOUNT}:compute-environment/c`, type: 'EC2', minvCpus: 0, maxvCpus: Infinity, properties: { ComputeEnvironmentName: 'c', Type: 'UNMANAGED' },
  }],
  ['logGroups', 'L', { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'l', Tags: [{ Key: 'team', Value: 'a' }] } }, { name: 'l', arn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:l:*`, tags: { team: 'a' } }],
  ['buckets', 'B', { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b', LifecycleConfiguration: {} } }, { name: 'b', account: ACCOUNT, arn: 'arn:aws:s3:::b', policies: [], expirationDays: {} }],
  ['buckets', 'B', { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } }, { name: 'b', account: ACCOUNT, arn: 'arn:aws:s3:::b', policies: [], expirationDays: {} }],
  ['buckets', 'B', {
    Type: 'AWS::S3::Bucket',
    Properties: {
      BucketName: 'b',
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Disabled', ExpirationInDays: 1 }, { Status: 'Enabled', Prefix: 'p/', ExpirationInDays: 2 }, { Status: 'Enabled', TagFilters: [{}], ExpirationInDays: 3 },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: {} }, { Status: 'Enabled', ExpirationInDays: 5 },
        ],
      },
    },
  }, { name: 'b', account: ACCOUNT, arn: 'arn:aws:s3:::b', policies: [], expirationDays: { 'p/': 2, '': 5 } }],
  ['buckets', 'B', { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b', LifecycleConfiguration: { Rules: [{ Status: 'Disabled', ExpirationInDays: 1 }] } } }, { name: 'b', account: ACCOUNT, arn: 'arn:aws:s3:::b', policies: [], expirationDays: {} }],
])('the %s of an app have the resource %s, %j', (collection, logicalId, resource, expected) => {
  const deployment = deploymentOf({ [logicalId]: resource }, {
    fileAssets: { other: { directory: 'asset.other', objectKeys: ['other.zip'] }, f: { directory: 'asset.f', objectKeys: ['key.zip'] } },
    images: {
      i1: { directory: 'asset.i1', imageTags: ['i1'] },
      i2: { directory: 'asset.i2', imageTags: ['i2', 'i3'], dockerFile: 'Other', dockerBuildArgs: { a: 'b' }, dockerBuildTarget: 't', platform: 'linux/arm64' },
    },
  });
  expect(deployment[collection]).toEqual([{ ...place(logicalId), ...expected }]);
});

test.each<[string, object, keyof Deployment]>([
  ['an event source that is not a queue', { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: 'arn:aws:dynamodb:t', FunctionName: 'f' } }, 'eventSources'],
  ['a schedule', { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 day)', Targets: [] } }, 'rules'],
  ['a rule that is disabled', { Type: 'AWS::Events::Rule', Properties: { EventPattern: {}, State: 'DISABLED', Targets: [] } }, 'rules'],
])('%s is left out', (_, resource, collection) => {
  const deployment = deploymentOf({ R: resource });
  expect([deployment[collection], deployment.faults]).toEqual([[], []]);
});

test.each<[string, object, keyof Deployment, string]>([
  ['a function whose code is in the template', { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: '' } } }, 'functions', 'has code that is not an asset of the app, which the emulator cannot run; use Code.fromAsset()'],
  ['a function whose code is an image', { Type: 'AWS::Lambda::Function', Properties: { Code: { ImageUri: 'i' } } }, 'functions', 'has code that is not an asset of the app, which the emulator cannot run; use Code.fromAsset()'],
  ['a definition in another bucket', { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionS3Location: { Bucket: 'b', Key: 'k' } } }, 'stateMachines', 'has its definition in the object k, which is not an asset of the app; use DefinitionBody.fromFile()'],
  ['a definition that is not JSON', { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: 'StartAt: A' } }, 'stateMachines', 'has a definition that is not JSON ('],
  ['a definition that is a list', { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: '[]' } }, 'stateMachines', 'has a definition that is not an object of JSON; correct it, and synthesize the app again'],
  ['no definition', { Type: 'AWS::StepFunctions::StateMachine', Properties: {} }, 'stateMachines', 'cannot be read ('],
  ['a condition that cannot be evaluated', { Type: 'AWS::SQS::Queue', Condition: 'Unknown' }, 'queues', 'has a condition that cannot be evaluated: stack App has no condition Unknown'],
  ['a pattern that cannot be resolved', { Type: 'AWS::Events::Rule', Properties: { EventPattern: { a: { 'Fn::Cidr': [] } } } }, 'rules', 'uses Fn::Cidr'],
  ['a number of vCPUs that cannot be resolved', { Type: 'AWS::Batch::ComputeEnvironment', Properties: { ComputeResources: { MaxvCpus: { 'Fn::Cidr': [] } } } }, 'computeEnvironments', 'uses Fn::Cidr'],
  ['an image that cannot be resolved', { Type: 'AWS::Batch::JobDefinition', Properties: { ContainerProperties: { Image: { 'Fn::ImportValue': 'x' } } } }, 'jobDefinitions', "imports 'x'"],
])('of %s, it is known why the resource is left out', (_, resource, collection, message) => {
  const deployment = deploymentOf({ R: resource });
  expect(deployment[collection]).toEqual([]);
  expect(deployment.faults).toEqual([{ ...place('R'), type: (resource as { Type: string }).Type, arn: expect.stringMatching(/^arn:/), message: expect.stringContaining(`App/R ${message}`) }]);
});

test.each<[keyof Deployment, object]>([
  ['computeEnvironments', { Type: 'AWS::Batch::ComputeEnvironment', Properties: { ComputeResources: { MaxvCpus: 1, Subnets: [{ 'Fn::ImportValue': 'x' }] }, ServiceRole: { Ref: 'Nowhere' } } }],
  ['jobDefinitions', { Type: 'AWS::Batch::JobDefinition', Properties: { ContainerProperties: { ExecutionRoleArn: { 'Fn::ImportValue': 'x' }, Secrets: [{ Name: 'S', ValueFrom: { 'Fn::ImportValue': 'x' } }] } } }],
  ['queues', { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': 'x' }, KmsMasterKeyId: { 'Fn::ImportValue': 'x' } } }],
  ['buckets', { Type: 'AWS::S3::Bucket', Properties: { LoggingConfiguration: { DestinationBucketName: { 'Fn::ImportValue': 'x' } } } }],
  ['roles', { Type: 'AWS::IAM::Role', Properties: { PermissionsBoundary: { 'Fn::ImportValue': 'x' }, Policies: [{ PolicyDocument: { Statement: [{ Resource: { 'Fn::ImportValue': 'x' } }] } }] } }],
])('what the emulator does not read of %s may be anything', (collection, resource) => {
  const deployment = deploymentOf({ R: resource });
  expect([deployment[collection], deployment.faults]).toEqual([[expect.objectContaining(place('R'))], []]);
});

test('a definition in a file has its substitutions', () => {
  const file = path.join(temporary(), 'definition.json');
  fs.writeFileSync(file, '{"StartAt":"${first}","Comment":"${other} ${!literal}"}');
  const { stateMachines } = deploymentOf({
    S: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionS3Location: { Bucket: 'b', Key: 'k.json' }, DefinitionSubstitutions: { first: { Ref: 'AWS::Region' } } } },
  }, { fileAssets: { f: { directory: file, objectKeys: ['k.json'] } } });
  expect(stateMachines[0].definition).toEqual({ StartAt: 'eu-west-1', Comment: '${other} ${!literal}' });
});

test('permissions belong to the function that they name', () => {
  const Permission = (properties: object) => ({ Type: 'AWS::Lambda::Permission', Properties: { Action: 'lambda:InvokeFunction', Principal: 'p', ...properties } });
  const { functions } = deploymentOf({
    F: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'f', Code: { S3Key: 'key.zip' } } },
    ByName: Permission({ FunctionName: { Ref: 'F' }, SourceArn: 'by name' }),
    ByArn: Permission({ FunctionName: { 'Fn::GetAtt': ['F', 'Arn'] }, SourceArn: 'by ARN' }),
    ForAll: Permission({ FunctionName: 'f' }),
    OfAnother: Permission({ FunctionName: 'other' }),
  }, { fileAssets: { f: { directory: 'asset.f', objectKeys: ['key.zip'] } } });
  expect(functions[0].permissions).toEqual([{ principal: 'p', sourceArn: 'by name' }, { principal: 'p', sourceArn: 'by ARN' }, { principal: 'p' }]);
});

test('policies that are resources of their own belong to the role, the queue and the bucket that they name', () => {
  const { roles, queues, buckets } = deploymentOf({
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'b' } },
    Policy: { Type: 'AWS::IAM::Policy', Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: 'of the role' } },
    Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: ['r'], PolicyDocument: 'managed' } },
    OfOthers: { Type: 'AWS::IAM::Policy', Properties: { Roles: ['other'], PolicyDocument: 'of others' } },
    OfUsers: { Type: 'AWS::IAM::Policy', Properties: { Users: ['r'], PolicyDocument: 'of users' } },
    QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: 'of the queue' } },
    OtherQueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: ['other'], PolicyDocument: 'of another' } },
    BucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: 'of the bucket' } },
    OtherBucketPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: 'other', PolicyDocument: 'of another' } },
  });
  expect([roles[0].policies, queues[0].policies, buckets[0].policies]).toEqual([['of the role', 'managed'], ['of the queue'], ['of the bucket']]);
});

/** What other resources see of a resource: its `Ref`, and its attributes. */
test.each<[string, string, string, string]>([
  ['AWS::StepFunctions::StateMachine', 'StateMachineName', `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:n`, `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:n`],
  ['AWS::Batch::JobQueue', 'JobQueueName', `arn:aws:batch:eu-west-1:${ACCOUNT}:job-queue/n`, `arn:aws:batch:eu-west-1:${ACCOUNT}:job-queue/n`],
  ['AWS::Batch::JobDefinition', 'JobDefinitionName', `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/n:1`, `arn:aws:batch:eu-west-1:${ACCOUNT}:job-definition/n:1`],
  ['AWS::Batch::ComputeEnvironment', 'ComputeEnvironmentName', `arn:aws:batch:eu-west-1:${ACCOUNT}:compute-environment/n`, `arn:aws:batch:eu-west-1:${ACCOUNT}:compute-environment/n`],
  ['AWS::Lambda::Function', 'FunctionName', 'n', `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:n`],
  ['AWS::SQS::Queue', 'QueueName', `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/n`, `arn:aws:sqs:eu-west-1:${ACCOUNT}:n`],
  ['AWS::IAM::Role', 'RoleName', 'n', `arn:aws:iam::${ACCOUNT}:role/n`],
  ['AWS::Logs::LogGroup', 'LogGroupName', 'n', `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:n:*`],
  ['AWS::Events::Rule', 'Name', 'n', `arn:aws:events:eu-west-1:${ACCOUNT}:rule/n`],
  ['AWS::S3::Bucket', 'BucketName', 'n', 'arn:aws:s3:::n'],
  ['AWS::DynamoDB::Table', 'TableName', 'n', `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/n`],
  ['AWS::DynamoDB::GlobalTable', 'TableName', 'n', `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/n`],
  ['AWS::ApiGatewayV2::Api', 'Name', expect.stringMatching(/^[0-9a-f]{10}$/), expect.stringMatching(new RegExp(`^arn:aws:execute-api:eu-west-1:${ACCOUNT}:[0-9a-f]{10}$`))],
  ['AWS::Kinesis::Stream', 'Name', expect.stringMatching(/^app-Seen-[0-9a-f]{12}$/), expect.stringMatching(new RegExp(`^arn:aws:kinesis:eu-west-1:${ACCOUNT}:app-Seen-[0-9a-f]{12}$`))],
])('another resource sees a resource of type %s with %s', (type, nameProperty, ref, arn) => {
  const { rules } = deploymentOf({
    // Needed only so that the reader has what it expects of each type.
    Seen: { Type: type, Properties: { [nameProperty]: 'n', ComputeEnvironmentOrder: [], Targets: [], DefinitionString: '{}' } },
    Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { seen: [{ Ref: 'Seen' }, { 'Fn::GetAtt': ['Seen', 'Arn'] }] }, Targets: [] } },
  });
  expect(rules.at(-1)!.pattern).toEqual({ seen: [ref, arn] });
});

test.each<[string, string]>([
  ['Name', 'q'], ['QueueName', 'q'], ['QueueUrl', `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`], ['Arn', `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`], ['ArnOfNothing', 'Queue.ArnOfNothing'],
])('the attribute %s of a queue is %s', (name, expected) => {
  const { rules } = deploymentOf({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } }, Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { 'Fn::GetAtt': ['Queue', name] }, Targets: [] } },
  });
  expect(rules[0].pattern).toBe(expected);
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html */
test.each<[string, string, RegExp]>([
  ['AWS::Logs::LogGroup', 'Group', /^app-Group-[0-9a-f]{12}$/],
  ['AWS::Logs::LogGroup', 'G'.repeat(60), /^app-G{46}-[0-9a-f]{12}$/],
  ['AWS::S3::Bucket', 'Bucket', /^app-bucket-[0-9a-f]{12}$/],
  ['AWS::Batch::ComputeEnvironment', 'Environment', /^Environment-[0-9a-f]{12}$/],
])('a resource of type %s without a name has one that is made of its logical id %s', (type, logicalId, name) => {
  const named = ({ logGroups, buckets, computeEnvironments }: Deployment) => [...logGroups, ...buckets, ...computeEnvironments].map((each) => each.name);
  const names = named(deploymentOf({ [logicalId]: { Type: type }, Other: { Type: type, Properties: {} } }));
  expect(names).toEqual([expect.stringMatching(name), expect.stringMatching(/other-/i)]);
  expect(new Set(names.map((each) => each.slice(-12))).size).toBe(2);
  expect(named(deploymentOf({ [logicalId]: { Type: type } }))).toEqual([names[0]]);
});

test('a name that the template computes is not known, and replaced by one that is made', () => {
  expect(deploymentOf({ L: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: { 'Fn::Join': ['', ['a']] } } } }).logGroups[0].name).toMatch(/^app-L-[0-9a-f]{12}$/);
});

test.each<[Partial<AssemblyStack>, object, string]>([
  [{ paths: { L: 'App/Logs/Resource' } }, {}, 'App/Logs'],
  [{ paths: { L: 'App/Resource/Logs' } }, { Metadata: { 'aws:cdk:path': 'App/Other' } }, 'App/Resource/Logs'],
  [{}, { Metadata: { 'aws:cdk:path': 'App/Logs/Resource/Resource' } }, 'App/Logs'],
  [{}, { Metadata: {} }, 'App/L'],
])('the path of a resource of an assembly with %j and %j is %s', (assembly, fields, expected) => {
  expect(deploymentOf({ L: { Type: 'AWS::Logs::LogGroup', ...fields } }, assembly).logGroups[0].path).toBe(expected);
});

describe('a value that another stack exports', () => {
  const importing = stackOf({ R: { Type: 'AWS::Events::Rule', Properties: { EventPattern: { 'Fn::ImportValue': 'exported' }, Targets: [] } } });
  const exporting = (outputs: object | undefined) => stackOf({}, { id: 'Other', template: { Resources: {}, Outputs: outputs as Record<string, any> } });

  test('is found by the name of its export', () => {
    const outputs = { Plain: { Value: 'plain' }, Other: { Value: 'other', Export: { Name: 'other' } }, Wanted: { Value: { Ref: 'AWS::Region' }, Export: { Name: { 'Fn::Join': ['', ['expor', 'ted']] } } } };
    expect(readDeployment({ directory: 'cdk.out', stacks: [importing, exporting(outputs)] }).rules[0].pattern).toBe('eu-west-1');
  });

  test.each<[object | undefined]>([
    [undefined],
    [{ Plain: { Value: 'plain' } }],
    [{ Unnamed: { Value: 1, Export: { Name: { 'Fn::Cidr': [] } } } }],
    [{ NotThere: { Value: 1, Export: { Name: 'exported' }, Condition: 'Unknown' } }],
  ])('is a fault of what imports it when the outputs are %j', (outputs) => {
    const { rules, faults } = readDeployment({ directory: 'cdk.out', stacks: [importing, exporting(outputs)] });
    expect([rules, faults.map(({ message }) => message)]).toEqual([[], ["App/R imports 'exported', which no stack of the app exports; use a value in its place, or add the stack that exports it to the app"]]);
  });

  test('and that cannot be resolved is a fault that names the export', () => {
    const { faults } = readDeployment({ directory: 'cdk.out', stacks: [importing, exporting({ O: { Value: { Ref: 'Nowhere' }, Export: { Name: 'exported' } } })] });
    expect(faults.map(({ message }) => message)).toEqual(["App/R: the export 'exported' of stack Other refers to the resource Nowhere, which stack Other does not have"]);
  });

  test('is that of the account and the Region, when several stacks export the name', () => {
    const stage = (id: string, region: string) => ({ ...exporting({ O: { Value: id, Export: { Name: 'exported' } } }), id, region });
    expect(readDeployment({ directory: 'cdk.out', stacks: [stage('There', 'us-west-2'), importing, stage('Here', 'eu-west-1')] }).rules[0].pattern).toBe('Here');
  });
});

test('an app without stacks is an error', () => {
  expect(() => readDeployment({ directory: 'cdk.out', stacks: [] })).toThrow(expect.objectContaining({ name: 'AssemblyError', message: 'the app in cdk.out has no stack' }));
});
