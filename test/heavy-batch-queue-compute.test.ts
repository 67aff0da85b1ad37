import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { definitionTexts } from './definitions';
import { existingQueue, newJob, newStack, QUEUE_ARN } from './stacks';
import { HeavyBatchQueueCompute, HeavyBatchQueueComputeProps } from '../src';

function computeOn(stack: Stack, props: Partial<HeavyBatchQueueComputeProps> = {}): HeavyBatchQueueCompute {
  return new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), ...props });
}

describe('a compute on an existing job queue', () => {
  const stack = newStack();
  const compute = computeOn(stack);
  const job = newJob({ compute }, stack);
  const template = Template.fromStack(stack);

  test('creates no job queue, compute environment, network or instance', () => {
    for (const type of ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::EC2::VPC', 'AWS::EC2::LaunchTemplate', 'AWS::IAM::InstanceProfile', 'AWS::EC2::SecurityGroup']) {
      template.resourceCountIs(type, 0);
    }
    expect([compute.computeEnvironment, compute.onDemandComputeEnvironment, compute.onDemandJobQueue, compute.vpc]).toEqual(Array(4).fill(undefined));
    expect(job.computeEnvironment).toBeUndefined();
    expect(job.jobQueue.jobQueueArn).toBe(QUEUE_ARN);
  });

  test('creates the functions that submit and check its jobs', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { JOB_QUEUES: QUEUE_ARN } } });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['aws.batch'], detail: { jobQueue: [QUEUE_ARN] } } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'batch:SubmitJob', Resource: Match.arrayWith([QUEUE_ARN]) })]) },
    });
  });
});

test('a second job queue takes the runs whose Spot capacity was reclaimed', () => {
  const stack = newStack();
  newJob({ compute: computeOn(stack, { onDemandJobQueue: batch.JobQueue.fromJobQueueArn(stack, 'OnDemand', `${QUEUE_ARN}-on-demand`) }) }, stack);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { JOB_QUEUES: `${QUEUE_ARN},${QUEUE_ARN}-on-demand` } } });
});

test('an existing bucket takes payloads and results', () => {
  const stack = newStack();
  const payloadBucket = new s3.Bucket(stack, 'Bucket');
  expect(computeOn(stack, { payloadBucket }).payloadBucket).toBe(payloadBucket);
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
});

test('security groups allow connections from the jobs', () => {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const [jobs, database] = ['Jobs', 'Database'].map((id) => new ec2.SecurityGroup(stack, id, { vpc }));
  const job = newJob({ compute: computeOn(stack, { securityGroups: [jobs] }) }, stack);
  database.connections.allowFrom(job, ec2.Port.tcp(5432));
  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5432, SourceSecurityGroupId: stack.resolve(jobs.securityGroupId) });
});

test('jobs on Fargate get a public IP address, a disk and an architecture', () => {
  const stack = newStack();
  newJob({ compute: computeOn(stack, { fargate: true, assignPublicIp: true }) }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
    PlatformCapabilities: ['FARGATE'],
    ContainerProperties: { NetworkConfiguration: { AssignPublicIp: 'ENABLED' }, RuntimePlatform: { CpuArchitecture: 'X86_64' } },
  });
});

test('jobs on Fargate get no public IP address by default', () => {
  const stack = newStack();
  newJob({ compute: computeOn(stack, { fargate: true }) }, stack);
  Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', { ContainerProperties: { NetworkConfiguration: { AssignPublicIp: 'DISABLED' } } });
});

test('jobs get a share on a job queue with a fair-share policy', () => {
  const stack = newStack();
  newJob({ compute: computeOn(stack, { fairShare: true }) }, stack);
  expect(definitionTexts(Template.fromStack(stack))[0]).toContain('"shareIdentifier":"default"');
});
