import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IMAGE, newStack } from './stacks';
import { HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchQueueCompute, IHeavyBatchCompute } from '../src';

const ARN = 'arn:aws:batch:us-east-1:123456789012:job-queue/heavy';
const existing = (stack: Stack) => new HeavyBatchQueueCompute(stack, 'Queue', { jobQueue: batch.JobQueue.fromJobQueueArn(stack, 'Existing', ARN) });
const job = (stack: Stack, id: string, compute: IHeavyBatchCompute, more: HeavyBatchJobProps = {}) => (
  new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, ...more }));
const resources = (stack: Stack) => Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;

describe('a further job', () => {
  test.each<[string, (stack: Stack) => IHeavyBatchCompute]>([
    ['instances', (stack) => new HeavyBatchCompute(stack, 'Compute')],
    ['Spot', (stack) => new HeavyBatchCompute(stack, 'Compute', { spot: true })],
    ['Fargate', (stack) => new HeavyBatchCompute(stack, 'Compute', { fargate: true })],
    ['a queue that exists', existing],
  ])('on %s adds five resources', (_, computeOf) => {
    const typesWith = (jobs: number) => {
      const stack = newStack();
      const compute = computeOf(stack);
      for (let number = 0; number < jobs; number++) job(stack, `Job${number}`, compute);
      return Object.values(resources(stack)).map(({ Type }) => Type).sort();
    };
    const [two, three] = [typesWith(2), typesWith(3)];
    two.forEach((type) => three.splice(three.indexOf(type), 1));
    expect(three).toEqual(['AWS::Batch::JobDefinition', 'AWS::Events::Rule', 'AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine']);
  });
});

describe('jobs in other stacks than their compute', () => {
  test.each<[string, HeavyBatchComputeProps]>([
    ['instances', {}],
    ['Spot', { spot: true }],
    ['Fargate', { fargate: true, spot: true }],
    ['a divided queue', { fairShare: {} }],
  ])('make the one depend on the other, and never back: %s', (_, props) => {
    const app = new App();
    const [first, second, third] = ['First', 'Second', 'Third'].map((id) => new Stack(app, id));
    // The compute is neither the first stack that is made nor the last.
    const compute = new HeavyBatchCompute(second, 'Compute', props);
    const alone = Object.keys(resources(new HeavyBatchCompute(new Stack(new App(), 'Second'), 'Compute', props).node.scope as Stack));
    for (const stack of [first, third]) {
      const secret = batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'));
      job(stack, 'Job', compute, { secrets: { SECRET: secret }, tracing: true });
    }
    expect(() => app.synth()).not.toThrow();
    expect([first, second, third].map((stack) => stack.dependencies.map(({ node }) => node.id))).toEqual([['Second'], [], ['Second']]);
    expect(Object.keys(resources(second)).filter((id) => !alone.includes(id))).toEqual([]);
  });
});

describe('a queue that exists', () => {
  const stack = newStack();
  const compute = existing(stack);
  const its = job(stack, 'Job', compute);
  const template = Template.fromStack(stack);

  test('is left as it is, and so are its environments', () => {
    for (const type of ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::EC2::VPC', 'AWS::EC2::LaunchTemplate', 'AWS::IAM::InstanceProfile', 'AWS::EC2::SecurityGroup']) {
      template.resourceCountIs(type, 0);
    }
    expect([compute.computeEnvironment, compute.vpc, compute.launchTemplate, compute.instanceRole, compute.maxvCpus]).toEqual(Array(5).fill(undefined));
    expect(its.computeEnvironment).toBeUndefined();
    expect(its.jobQueue.jobQueueArn).toBe(ARN);
  });

  test('has its jobs submitted and watched', () => {
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { JOB_QUEUES: ARN } } });
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { source: ['aws.batch'], detail: { jobQueue: [ARN] } } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'batch:SubmitJob', Resource: ARN })]) },
    });
  });

  test('may have another one for what Spot could not finish', () => {
    const other = newStack();
    const jobQueue = batch.JobQueue.fromJobQueueArn(other, 'Spot', ARN);
    const onDemandJobQueue = batch.JobQueue.fromJobQueueArn(other, 'OnDemand', `${ARN}-on-demand`);
    job(other, 'Job', new HeavyBatchQueueCompute(other, 'Queue', { jobQueue, onDemandJobQueue }));
    const both = Template.fromStack(other);
    both.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { JOB_QUEUES: `${ARN},${ARN}-on-demand` } } });
    expect(JSON.stringify(both.findResources('AWS::StepFunctions::StateMachine'))).toContain(`onDemandQueue\\":\\"${ARN}-on-demand`);
  });
});
