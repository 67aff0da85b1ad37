import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { existingQueue, IMAGE, newStack, templateOf } from './stacks';
import { HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchQueueCompute, IHeavyBatchCompute } from '../src';

const addJob = (stack: Stack, id: string, compute: IHeavyBatchCompute, props: HeavyBatchJobProps = {}) => (
  new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, ...props }));
/** The job queues that the submit function knows. */
const jobQueuesOf = (template: Template): string[] => {
  const [submit] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) => id.includes('SubmitFunction'));
  return JSON.stringify(submit[1].Properties.Environment.Variables.JOB_QUEUES).match(/JobQueueArn/g)!;
};
const resourcesOf = (stack: Stack) => Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;

describe('a further job', () => {
  test.each<[string, (stack: Stack) => IHeavyBatchCompute]>([
    ['instances', (stack) => new HeavyBatchCompute(stack, 'Compute')],
    ['Spot instances', (stack) => new HeavyBatchCompute(stack, 'Compute', { spot: true })],
    ['Fargate', (stack) => new HeavyBatchCompute(stack, 'Compute', { fargate: true })],
    ['an existing job queue', (stack) => new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack) })],
  ])('on %s adds six resources', (_, computeOf) => {
    const typesWith = (jobs: number) => {
      const stack = newStack();
      const compute = computeOf(stack);
      for (let number = 0; number < jobs; number++) addJob(stack, `Job${number}`, compute);
      return Object.values(resourcesOf(stack)).map(({ Type }) => Type).sort();
    };
    const [two, three] = [typesWith(2), typesWith(3)];
    two.forEach((type) => three.splice(three.indexOf(type), 1));
    expect(three).toEqual(['AWS::Batch::JobDefinition', 'AWS::Events::Rule', 'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine']);
  });
});

describe('jobs in other stacks', () => {
  test.each<[string, HeavyBatchComputeProps]>([
    ['instances', {}],
    ['Spot instances', { spot: true }],
    ['Fargate', { fargate: true, spot: true }],
    ['a job queue with fair shares', { fairShare: {} }],
  ])('depend on their compute with %s, and the compute does not depend on them', (_, props) => {
    const app = new App();
    const [first, second, third] = ['First', 'Second', 'Third'].map((id) => new Stack(app, id));
    // The stack of the compute is neither the first one that is created nor the last one.
    const compute = new HeavyBatchCompute(second, 'Compute', props);
    const withoutJobs = Object.keys(resourcesOf(new HeavyBatchCompute(new Stack(new App(), 'Second'), 'Compute', props).node.scope as Stack));
    for (const stack of [first, third]) {
      const secret = batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'));
      addJob(stack, 'Job', compute, { secrets: { SECRET: secret }, tracing: true });
    }
    expect(() => app.synth()).not.toThrow();
    expect([first, second, third].map((stack) => stack.dependencies.map(({ node }) => node.id))).toEqual([['Second'], [], ['Second']]);
    expect(Object.keys(resourcesOf(second)).filter((id) => !withoutJobs.includes(id))).toEqual([]);
    const policies = Object.values(Template.fromStack(first).findResources('AWS::IAM::Policy'));
    expect(policies.map(({ Properties: { Roles } }) => Roles)).toEqual([[{ Ref: expect.stringMatching(/^JobExecutionRole/) }]]);
  });
});

describe('a compute with Spot', () => {
  test('has an on-demand job queue for runs whose capacity was reclaimed', () => {
    const template = templateOf({ spot: true });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Type: 'SPOT', AllocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED' } });
    template.hasResourceProperties('AWS::Batch::ComputeEnvironment', { ComputeResources: { Type: 'EC2', AllocationStrategy: 'BEST_FIT_PROGRESSIVE' } });
    expect(jobQueuesOf(template)).toHaveLength(2);
  });

  test('has no such queue if it is not wanted', () => {
    const template = templateOf({ spot: true, onDemandFallback: false });
    template.resourceCountIs('AWS::Batch::ComputeEnvironment', 1);
    expect(jobQueuesOf(template)).toHaveLength(1);
  });
});

test('a compute gives access to its launch template, instance role and scheduling policy, where it has them', () => {
  const stack = newStack();
  const compute = new HeavyBatchCompute(stack, 'Compute', { fairShare: {} });
  for (const construct of [compute.launchTemplate, compute.instanceRole, compute.schedulingPolicy]) expect(construct!.node.path).toMatch(/^Stack\/Compute\//);
  const other = new HeavyBatchCompute(stack, 'Other', { fargate: true });
  expect([other.launchTemplate, other.instanceRole, other.schedulingPolicy]).toEqual([undefined, undefined, undefined]);
});
