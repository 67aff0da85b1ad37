import { App, CfnParameter, Duration, Size, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { definitionOf } from './definitions';
import { ARTICLE, arnOf, idOf, newJob, newStack, templateOf } from './stacks';
import { HeavyBatchJob, IHeavyBatchCompute } from '../src';

describe('a job with the numbers of the article', () => {
  const template = templateOf(ARTICLE);

  test('has its compute environment', () => {
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      Type: 'managed',
      State: 'ENABLED',
      ComputeResources: { Type: 'EC2', InstanceTypes: ['c4.xlarge', 'c4.large'], MinvCpus: 0, MaxvCpus: 256, DesiredvCpus: Match.absent() },
    });
  });

  test('has its job queue', () => {
    template.hasResourceProperties('AWS::Batch::JobQueue', { State: 'ENABLED', Priority: 1, ComputeEnvironmentOrder: [{ Order: 1 }] });
  });

  test('has its job definition', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      Type: 'container',
      Parameters: { processId: 'none' },
      ContainerProperties: {
        Command: ['node', 'index.js', 'Ref::processId'],
        ResourceRequirements: [{ Type: 'MEMORY', Value: '1024' }, { Type: 'VCPU', Value: '1' }],
        JobRoleArn: arnOf(idOf(template, 'AWS::IAM::Role', 'JobRole')),
        ExecutionRoleArn: arnOf(idOf(template, 'AWS::IAM::Role', 'ExecutionRole')),
      },
    });
  });
});

describe('a job with default props', () => {
  const template = templateOf();

  test('has no resource that costs money while no job runs', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { MinvCpus: 0 } });
    for (const endpoint of Object.values(template.findResources('AWS::EC2::VPCEndpoint'))) expect(endpoint.Properties.VpcEndpointType).toBe('Gateway');
  });

  test('allows no inbound connection', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('encrypts the disk, and requires IMDSv2 with a hop limit of 1', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3' } }],
      },
    });
  });

  test('uses the latest version of the launch template', () => {
    const launchTemplate = idOf(template, 'AWS::EC2::LaunchTemplate');
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { LaunchTemplate: { LaunchTemplateId: { Ref: launchTemplate }, Version: { 'Fn::GetAtt': [launchTemplate, 'LatestVersionNumber'] } } },
    });
  });

  test('limits the time of each attempt, of each run, and of jobs that no instance can hold', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', { Timeout: { AttemptDurationSeconds: 86_400 } });
    expect(definitionOf(template).TimeoutSeconds).toBe(31_536_000);
    template.hasResourceProperties('AWS::Batch::JobQueue', {
      JobStateTimeLimitActions: [
        { Reason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', Action: 'CANCEL', MaxTimeSeconds: 3_600, State: 'RUNNABLE' },
        { Reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', Action: 'CANCEL', MaxTimeSeconds: 3_600, State: 'RUNNABLE' },
      ],
    });
  });

  test('keeps logs for one month', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('does not break runs in flight when it is deployed again', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', { ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true } });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ReplaceComputeEnvironment: false,
      UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 },
    });
  });

  test('gives no name to a resource that CloudFormation may have to replace', () => {
    for (const [type, name] of [
      ['AWS::Batch::ComputeEnvironment', 'ComputeEnvironmentName'], ['AWS::Batch::JobQueue', 'JobQueueName'],
      ['AWS::StepFunctions::StateMachine', 'StateMachineName'], ['AWS::Lambda::Function', 'FunctionName'], ['AWS::SQS::Queue', 'QueueName'],
      ['AWS::IAM::Role', 'RoleName'], ['AWS::Logs::LogGroup', 'LogGroupName'], ['AWS::Events::Rule', 'Name'],
    ]) template.allResourcesProperties(type, { [name]: Match.absent() });
  });
});

describe('permissions', () => {
  const template = templateOf(ARTICLE);
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  interface Statement { Action: string | string[]; Resource: unknown; Condition?: unknown }
  const statements: Statement[] = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  const statementsInRole = (role: string): Statement[] => template.findResources('AWS::IAM::Role')[idOf(template, 'AWS::IAM::Role', role)]
    .Properties.Policies.flatMap(({ PolicyDocument }: any) => PolicyDocument.Statement);
  const actionsOf = (statement: { Action: string | string[] }) => [statement.Action].flat();

  test.each([
    ['SubmitRole', [
      'batch:DescribeJobs', 'batch:ListJobs', 'batch:SubmitJob', 'batch:TerminateJob', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 's3:PutObject', 'sqs:SendMessage',
    ]],
    ['WatchRole', [
      'batch:DescribeJobs', 'batch:ListJobs', 'batch:TerminateJob', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage', 'sqs:SendMessage', 'states:DescribeExecution', 'states:SendTaskFailure', 'states:SendTaskHeartbeat', 'states:SendTaskSuccess',
    ]],
    ['WorkflowRole', ['lambda:InvokeFunction', 'sqs:SendMessage']],
  ])('of the %s are exactly these', (role, actions) => {
    const rolePolicies = policies.filter((policy) => (policy.Properties.Roles[0].Ref as string).includes(role));
    expect([...new Set(rolePolicies.flatMap((policy) => policy.Properties.PolicyDocument.Statement).flatMap(actionsOf))].sort()).toEqual(actions);
  });

  test('of a new job role are only to read its payloads and to write its results', () => {
    expect(policies.filter((policy) => policy.Properties.Roles[0].Ref.includes('JobRole'))).toEqual([]);
    expect(statementsInRole('JobRole').map(actionsOf)).toEqual([['s3:GetObject'], ['s3:PutObject', 's3:AbortMultipartUpload']]);
    expect(template.findResources('AWS::IAM::Role')[idOf(template, 'AWS::IAM::Role', 'JobRole')].Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('of the execution role of the job are only to pull its image and to write its logs', () => {
    expect(policies.filter((policy) => policy.Properties.Roles[0].Ref.includes('ExecutionRole'))).toEqual([]);
    expect(statementsInRole('ExecutionRole').flatMap(actionsOf).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:GetDownloadUrlForLayer', 'logs:CreateLogStream', 'logs:PutLogEvents',
    ]);
  });

  test('to submit a job are for the job definitions of the compute, which have its name, and for its queue', () => {
    const [{ Resource }] = statements.filter((statement) => actionsOf(statement).includes('batch:SubmitJob'));
    const [queue, definitions] = Resource as [unknown, { 'Fn::Join': [string, string[]] }];
    expect(queue).toEqual({ 'Fn::GetAtt': [idOf(template, 'AWS::Batch::JobQueue', ''), 'JobQueueArn'] });
    const pattern = definitions['Fn::Join'][1].at(-1)!;
    expect(pattern).toMatch(/^:job-definition\/Stack-Job-Compute-[0-9a-f]{8}-\*$/);
    const { JobDefinitionName } = template.findResources('AWS::Batch::JobDefinition')[idOf(template, 'AWS::Batch::JobDefinition', '')].Properties;
    expect(JobDefinitionName.startsWith(pattern.slice(':job-definition/'.length, -1))).toBe(true);
  });

  test('to look at an execution are for those of state machines with the tag of the compute', () => {
    const [{ Condition }] = statements.filter((statement) => actionsOf(statement).includes('states:DescribeExecution'));
    const [tag] = template.findResources('AWS::StepFunctions::StateMachine')[idOf(template, 'AWS::StepFunctions::StateMachine', '')].Properties.Tags;
    expect(Condition).toEqual({ StringEquals: { [`aws:ResourceTag/${tag.Key}`]: tag.Value } });
    expect(tag).toEqual({ Key: 'cdk-heavy-batch:compute', Value: expect.stringMatching(/^Stack-Job-Compute-/) });
  });

  test('to send to the watch queue are limited to the EventBridge rules of this account', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 'sqs:SendMessage', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':rule/*']] } } },
        })]),
      },
    });
  });
});

describe('a user can', () => {
  test('grant permissions to the job', () => {
    const stack = newStack();
    const job = newJob({}, stack);
    new s3.Bucket(stack, 'Bucket').grantRead(job);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*']) })] },
      Roles: [stack.resolve((job.jobRole as iam.Role).roleName)],
    });
  });

  test('give an image, a role and a VPC', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1 });
    const jobRole = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const job = new HeavyBatchJob(stack, 'Job', { image: ecs.ContainerImage.fromRegistry('public/image:1'), vpc, jobRole });
    expect(job.jobRole).toBe(jobRole);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.hasResourceProperties('AWS::Batch::JobDefinition', { ContainerProperties: { Image: 'public/image:1' } });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Subnets: vpc.privateSubnets.map((subnet) => stack.resolve(subnet.subnetId)) } });
  });

  test('access the constructs that a job consists of', () => {
    const job = newJob();
    expect(job.compute.submitFunction.node.path).toBe('Stack/Job/Compute/Watch/SubmitFunction');
    const { compute } = job;
    for (const construct of [
      job.stateMachine, job.jobDefinition, job.jobQueue, job.computeEnvironment, job.logGroup, job.jobRole, job.runRule, compute.vpc,
      compute.payloadBucket, compute.checkFunction, compute.watchQueue, compute.deadLetterQueue, compute.deadLetterAlarm,
    ]) {
      expect(construct!.node.path).toMatch(/^Stack\/Job\//);
    }
  });

  test('leave out the platform of the image, which is then that of the instances', () => {
    const stack = newStack();
    newJob({ instanceTypes: [new ec2.InstanceType('c7g.large')] }, stack);
    const assembly = (stack.node.root as App).synth();
    const manifest = JSON.parse(require('fs').readFileSync(`${assembly.directory}/Stack.assets.json`, 'utf8')); // eslint-disable-line @typescript-eslint/no-require-imports
    expect(Object.values<any>(manifest.dockerImages)[0].source.platform).toBe('linux/arm64');
  });
});

test('a token is accepted as the value of a prop, and not validated', () => {
  const stack = newStack();
  const number = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
  newJob({
    vcpus: number('Vcpus'),
    memory: Size.mebibytes(number('Memory')),
    maxMemory: Size.mebibytes(number('MaxMemory')),
    minvCpus: number('MinvCpus'),
    maxvCpus: number('MaxvCpus'),
    attempts: number('Attempts'),
    attemptTimeout: Duration.seconds(number('AttemptTimeout')),
    queueTimeout: Duration.seconds(number('QueueTimeout')),
    runTimeout: Duration.seconds(number('RunTimeout')),
    command: ['run', Token.asString({ Ref: 'AWS::Region' })],
    environment: { REGION: Token.asString({ Ref: 'AWS::Region' }) },
  }, stack);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Batch::JobDefinition', {
    Timeout: { AttemptDurationSeconds: { Ref: 'AttemptTimeout' } },
    RetryStrategy: { Attempts: { Ref: 'Attempts' } },
    ContainerProperties: {
      Command: ['run', { Ref: 'AWS::Region' }],
      ResourceRequirements: [{ Type: 'MEMORY', Value: { Ref: 'Memory' } }, { Type: 'VCPU', Value: { Ref: 'Vcpus' } }],
    },
  });
  template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { MinvCpus: { Ref: 'MinvCpus' }, MaxvCpus: { Ref: 'MaxvCpus' } } });
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  for (const name of ['Vcpus', 'Memory', 'MaxMemory', 'QueueTimeout', 'RunTimeout']) expect(JSON.stringify(machine)).toContain(`{"Ref":"${name}"}`);
});

test('the end of a run that did not succeed is sent to the watch queue', () => {
  const template = templateOf();
  template.hasResourceProperties('AWS::Events::Rule', {
    State: 'ENABLED',
    EventPattern: {
      'source': ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      'detail': { stateMachineArn: [{ Ref: idOf(template, 'AWS::StepFunctions::StateMachine') }], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
    },
    Targets: [{ Arn: arnOf(idOf(template, 'AWS::SQS::Queue', 'WatchWatchQueue')) }],
  });
});

test('a compute of another class is refused, because nothing is known about it', () => {
  const stack = newStack();
  const { jobQueue, payloadBucket, node } = newJob({}, stack).compute;
  const compute = { jobQueue, payloadBucket, node } as unknown as IHeavyBatchCompute;
  expect(() => new HeavyBatchJob(stack, 'Other', { compute, image: ecs.ContainerImage.fromRegistry('public/image:1') }))
    .toThrow("'compute' is not a compute of cdk-heavy-batch; use a HeavyBatchCompute or a HeavyBatchQueueCompute (at Stack/Other)");
});
