import { App, CfnParameter, Duration, Size, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ARTICLE, IMAGE, newJob, newStack, onMachine, SNAPSHOTS, templateOf } from './stacks';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../src';

/** A template without what changes with every build of a function or an image. */
function stable(template: Template): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replace(/[0-9a-f]{64}/g, '<hash>'));
}

describe('the whole template', () => {
  test.each(Object.entries(SNAPSHOTS))('%s', (_, build) => {
    const stack = newStack();
    build(stack);
    expect(stable(Template.fromStack(stack))).toMatchSnapshot();
  });
});

describe('the article', () => {
  const template = templateOf(ARTICLE);

  test('its compute environment', () => {
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      Type: 'managed',
      State: 'ENABLED',
      ComputeResources: { Type: 'EC2', InstanceTypes: ['c4.xlarge', 'c4.large'], MinvCpus: 0, MaxvCpus: 256, DesiredvCpus: Match.absent() },
    });
  });

  test('its queue', () => {
    template.hasResourceProperties('AWS::Batch::JobQueue', { State: 'ENABLED', Priority: 1, ComputeEnvironmentOrder: [{ Order: 1 }] });
  });

  test('its job definition', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      Type: 'container',
      Parameters: { processId: 'none' },
      ContainerProperties: {
        Command: ['node', 'index.js', 'Ref::processId'],
        ResourceRequirements: [{ Type: 'MEMORY', Value: '1024' }, { Type: 'VCPU', Value: '1' }],
        JobRoleArn: Match.anyValue(),
      },
    });
  });
});

describe('defaults', () => {
  const template = templateOf();

  test('cost nothing while nothing runs', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { MinvCpus: 0 } });
    for (const endpoint of Object.values(template.findResources('AWS::EC2::VPCEndpoint'))) expect(endpoint.Properties.VpcEndpointType).toBe('Gateway');
  });

  test('let nothing in', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('encrypt the disk, and keep containers from the instance\'s metadata', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeType: 'gp3' } }],
      },
    });
  });

  test('follow the launch template\'s latest version', () => {
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { LaunchTemplate: { Version: { 'Fn::GetAtt': [Match.anyValue(), 'LatestVersionNumber'] } } },
    });
  });

  test('end everything: each attempt, each run, and jobs that nothing can place', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', { Timeout: { AttemptDurationSeconds: 86_400 } });
    expect(definitionOf(template).TimeoutSeconds).toBe(86_400 + 3 * (86_400 + 1_800));
    template.hasResourceProperties('AWS::Batch::JobQueue', {
      JobStateTimeLimitActions: [
        { Reason: 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE', Action: 'CANCEL', MaxTimeSeconds: 3_600, State: 'RUNNABLE' },
        { Reason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', Action: 'CANCEL', MaxTimeSeconds: 3_600, State: 'RUNNABLE' },
      ],
    });
  });

  test('keep a log for a month', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('break nothing in flight with a deploy', () => {
    template.hasResourceProperties('AWS::Batch::JobDefinition', { ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true } });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ReplaceComputeEnvironment: false,
      UpdatePolicy: { TerminateJobsOnUpdate: false, JobExecutionTimeoutMinutes: 360 },
    });
  });

  test('name nothing that CloudFormation may have to replace', () => {
    for (const [type, name] of [
      ['AWS::Batch::ComputeEnvironment', 'ComputeEnvironmentName'], ['AWS::Batch::JobQueue', 'JobQueueName'], ['AWS::Batch::JobDefinition', 'JobDefinitionName'],
      ['AWS::StepFunctions::StateMachine', 'StateMachineName'], ['AWS::Lambda::Function', 'FunctionName'], ['AWS::SQS::Queue', 'QueueName'],
      ['AWS::IAM::Role', 'RoleName'], ['AWS::Logs::LogGroup', 'LogGroupName'], ['AWS::Events::Rule', 'Name'],
    ]) template.allResourcesProperties(type, { [name]: Match.absent() });
  });
});

describe('what may be done', () => {
  const template = templateOf(ARTICLE);
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  interface Statement { Action: string | string[]; Resource: unknown; Effect: string }
  const statements: Statement[] = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  const actionsOf = (statement: { Action: string | string[] }) => [statement.Action].flat();

  test('no action has a wild card', () => {
    expect(statements.flatMap(actionsOf).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('a resource is * only where the service knows nothing narrower', () => {
    const wide = statements.filter((statement) => statement.Resource === '*').flatMap(actionsOf);
    expect([...new Set(wide)].sort()).toEqual(['batch:DescribeJobs', 'batch:ListJobs', 'ecr:GetAuthorizationToken']);
  });

  test.each([
    ['SubmitRole', ['batch:ListJobs', 'batch:SubmitJob', 'batch:SubmitJob', 'batch:TerminateJob', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject', 'sqs:SendMessage']],
    ['WatchRole', [
      'batch:DescribeJobs', 'batch:ListJobs', 'batch:TerminateJob', 'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:ListBucket', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage', 'sqs:SendMessage', 'states:DescribeExecution', 'states:SendTaskFailure', 'states:SendTaskHeartbeat', 'states:SendTaskSuccess',
    ]],
    ['WorkflowRole', ['lambda:InvokeFunction', 'sqs:SendMessage']],
    ['ExecutionRole', ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken', 'ecr:GetDownloadUrlForLayer', 'logs:CreateLogStream', 'logs:PutLogEvents']],
  ])('%s may do this and no more', (role, actions) => {
    const its = policies.filter((policy) => (policy.Properties.Roles[0].Ref as string).includes(role));
    expect(its.flatMap((policy) => policy.Properties.PolicyDocument.Statement).flatMap(actionsOf).sort()).toEqual(actions);
  });

  test('the job role may do nothing but read its payloads and write its results until it is granted', () => {
    expect(policies.filter((policy) => policy.Properties.Roles[0].Ref.includes('JobRole'))).toEqual([]);
  });

  test('a job is submitted by its definition\'s name, not its revision', () => {
    const [arns] = statements.filter((statement) => actionsOf(statement).includes('batch:SubmitJob') && Array.isArray(statement.Resource)).map((statement) => statement.Resource);
    expect(JSON.stringify((arns as unknown[])[0])).toContain('{"Fn::Select":[0,{"Fn::Split":[":",');
    expect(JSON.stringify((arns as unknown[])[1])).toContain('":*"');
  });

  test('only EventBridge rules of this account may write to the watch queue', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 'sqs:SendMessage', Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        })]),
      },
    });
  });
});

describe('the workflow', () => {
  const { States: states } = definitionOf(templateOf(ARTICLE));

  test('passes through three states where all goes well, and never waits or polls', () => {
    expect(Object.keys(states).sort()).toEqual(['CleanUp', 'CleanUpOnceMore', 'Done', 'NextRound', 'OrchestrationFailed', 'Run', 'RunAgain']);
    expect(Object.values(states).map((state: any) => state.Type)).not.toContain('Wait');
    expect(states.Run.Resource).toContain(':states:::lambda:invoke.waitForTaskToken');
    expect(states.NextRound).toEqual({ Type: 'Choice', Choices: [{ Variable: '$.nextRound', IsPresent: true, Next: 'RunAgain' }], Default: 'Done' });
  });

  test('never retries a verdict, and waits a minute before it retries what may have submitted a job', () => {
    const [final, throttled, heartbeat, rest] = states.Run.Retry;
    expect(final).toMatchObject({ MaxAttempts: 0, ErrorEquals: expect.arrayContaining(['ExitCode', 'InvalidInput', 'SubmitRefused', 'Unknown']) });
    expect(throttled).toMatchObject({ ErrorEquals: ['SubmitThrottled', 'Lambda.TooManyRequestsException'], JitterStrategy: 'FULL' });
    expect(heartbeat).toMatchObject({ ErrorEquals: ['States.HeartbeatTimeout'] });
    expect(rest).toEqual({ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, BackoffRate: 1.5, MaxDelaySeconds: 300, MaxAttempts: 8 });
  });

  test('catches no verdict, so that a redrive runs the job again', () => {
    const caught = states.Run.Catch.flatMap((one: any) => one.ErrorEquals);
    for (const verdict of states.Run.Retry[0].ErrorEquals.filter((name: string) => name !== 'SubmitRefused')) expect(caught).not.toContain(verdict);
    expect(caught).not.toContain('States.ALL');
  });

  test('waits for three looks to be lost before it takes the job for lost', () => {
    expect(states.Run.HeartbeatSeconds).toBe(3 * 15 * 60);
    expect(states.RunAgain.HeartbeatSeconds).toBe(3 * 15 * 60);
  });
});

describe('events', () => {
  test('the end of the compute\'s jobs, but not of an array\'s children or of a multi-node job\'s nodes', () => {
    templateOf().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.batch'],
        'detail-type': ['Batch Job State Change'],
        'detail': { jobQueue: [Match.anyValue()], status: ['SUCCEEDED', 'FAILED'], jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }] },
      },
    });
  });

  test('the end of the job\'s runs that did not succeed', () => {
    templateOf().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { stateMachineArn: [Match.anyValue()], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] } },
    });
  });
});

describe('attempts', () => {
  const strategy = (props: object) => Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'))[0].Properties.RetryStrategy;

  test('are for what the application is not to blame for', () => {
    expect(strategy({})).toEqual({
      Attempts: 3,
      EvaluateOnExit: [
        { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
        { Action: 'RETRY', OnReason: 'Cannot*' },
        { Action: 'RETRY', OnReason: 'DockerTimeoutError*' },
        { Action: 'RETRY', OnStatusReason: 'Task failed to start*' },
        { Action: 'EXIT', OnReason: '*' },
      ],
    });
  });

  test('are for its exit codes as well when that is asked for, but not for the same memory again', () => {
    expect(strategy({ attempts: 5, retryApplicationErrors: true })).toEqual({
      Attempts: 5,
      EvaluateOnExit: [
        { Action: 'RETRY', OnStatusReason: 'Host EC2*' },
        { Action: 'EXIT', OnReason: 'OutOfMemoryError*' },
        { Action: 'RETRY', OnReason: '*' },
      ],
    });
  });
});

describe('Spot', () => {
  test('has an on-demand queue for what it could not finish', () => {
    const template = templateOf({ spot: true });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Type: 'SPOT', AllocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED' } });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Type: 'EC2', AllocationStrategy: 'BEST_FIT_PROGRESSIVE' } });
    expect(JSON.stringify(definitionOf(template))).toContain('onDemandQueue');
  });

  test('has none when that is not wanted', () => {
    const template = templateOf({ spot: true, onDemandFallback: false });
    template.resourceCountIs('AWS::Batch::ComputeEnvironment', 1);
    expect(JSON.stringify(definitionOf(template))).not.toContain('onDemandQueue');
  });
});

describe('shared compute', () => {
  test('a further job adds five resources', () => {
    const count = (jobs: number) => {
      const stack = newStack();
      const compute = new HeavyBatchCompute(stack, 'Compute');
      for (let job = 0; job < jobs; job++) new HeavyBatchJob(stack, `Job${job}`, { compute, imageDirectory: IMAGE });
      return Object.keys(Template.fromStack(stack).toJSON().Resources).length;
    };
    expect(count(2) - count(1)).toBe(5);
    expect(count(5) - count(4)).toBe(5);
  });

  test('jobs live in other stacks, and the compute does not know them', () => {
    const app = new App();
    const shared = new Stack(app, 'Shared');
    const compute = new HeavyBatchCompute(shared, 'Compute');
    const before = Object.keys(Template.fromStack(shared).toJSON().Resources);
    const app2 = new App();
    const shared2 = new Stack(app2, 'Shared');
    const compute2 = new HeavyBatchCompute(shared2, 'Compute');
    const other = new Stack(app2, 'Other');
    new HeavyBatchJob(other, 'Job', { compute: compute2, imageDirectory: IMAGE, secrets: { S: batch.Secret.fromSecretsManager(new secretsmanager.Secret(other, 'S')) } });
    expect(() => app2.synth()).not.toThrow();
    expect(compute).toBeDefined();
    expect(shared2.dependencies).toEqual([]);
    expect(other.dependencies).toEqual([shared2]);
    expect(Object.keys(Template.fromStack(shared2).toJSON().Resources)).toEqual(before);
    Template.fromStack(other).resourceCountIs('AWS::IAM::Policy', 3);
  });
});

describe('a user can', () => {
  test('grant the job', () => {
    const stack = newStack();
    const job = newJob({}, stack);
    new s3.Bucket(stack, 'Bucket').grantRead(job);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:GetObject*']) })] },
      Roles: [stack.resolve((job.jobRole as iam.Role).roleName)],
    });
  });

  test('let somebody start runs', () => {
    const stack = newStack();
    const job = newJob({}, stack);
    job.grantStartExecution(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'states:StartExecution', Effect: 'Allow', Resource: stack.resolve(job.stateMachine.stateMachineArn) }] },
    });
  });

  test('bring an image, a role and a network', () => {
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

  test('reach every L2', () => {
    const job = newJob();
    expect(job.compute.submitFunction.node.path).toBe('Stack/Job/Compute/Watch/SubmitFunction');
    for (const part of [job.stateMachine, job.jobDefinition, job.jobQueue, job.computeEnvironment, job.logGroup, job.jobRole, job.runRule, job.compute.vpc,
      job.compute.checkFunction, job.compute.watchQueue, job.compute.deadLetterQueue, job.compute.deadLetterAlarm, job.compute.payloadBucket]) {
      expect(part!.node.path).toMatch(/^Stack\/Job\//);
    }
  });

  test('build for the instances\' own architecture without saying so', () => {
    const stack = newStack();
    newJob({ instanceTypes: [new ec2.InstanceType('c7g.large')] }, stack);
    const assembly = (stack.node.root as App).synth();
    const manifest = JSON.parse(require('fs').readFileSync(`${assembly.directory}/Stack.assets.json`, 'utf8')); // eslint-disable-line @typescript-eslint/no-require-imports
    expect(Object.values<any>(manifest.dockerImages)[0].source.platform).toBe('linux/arm64');
  });
});

test('whatever is a token is taken as it is', () => {
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

describe('memory that may not fit', () => {
  const warnings = (props: HeavyBatchJobProps) => {
    const stack = newStack();
    onMachine('x64', 'linux', () => newJob(props, stack));
    return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
  };
  const m6i = [new ec2.InstanceType('m6i.large')];

  test('is warned of, with what fits for certain', () => {
    expect(warnings({ memory: Size.mebibytes(7_800), instanceTypes: m6i })).toEqual([
      "'memory' is 7800 MiB, but m6i.large may leave no more than 7545 MiB to a container, and the job would stay RUNNABLE; use 7545 or less, or a larger instance type" +
      ' [ack: cdk-heavy-batch:memoryMayNotFit]',
    ]);
  });

  test('is no matter where it fits, or where Batch chooses the instance', () => {
    expect(warnings({ memory: Size.mebibytes(7_545), instanceTypes: m6i })).toEqual([]);
    expect(warnings({ memory: Size.gibibytes(100) })).toEqual([]);
    expect(warnings({ memory: Size.gibibytes(100), instanceTypes: m6i, instanceClasses: [ec2.InstanceClass.R6I] })).toEqual([]);
  });

  test('is a matter of the largest type', () => {
    expect(warnings({ memory: Size.gibibytes(60), instanceTypes: [...m6i, new ec2.InstanceType('r6i.4xlarge')] })).toEqual([]);
  });

  test('is not known of a type that is not known', () => {
    expect(warnings({ instanceTypes: [new ec2.InstanceType('m99i.large')] })).toEqual([
      "'instanceTypes' has m99i.large, which this version does not know, so that nobody checks whether the job fits; an instance leaves about 92 % of its memory to a container" +
      ' [ack: cdk-heavy-batch:unknownInstanceType]',
    ]);
  });
});

function definitionOf(template: Template): any {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const text = machine.Properties.DefinitionString['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : 'token').join('');
  return JSON.parse(text);
}
