import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IMAGE } from './stacks';
import { HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchJob, HeavyBatchJobProps, IHeavyBatchCompute } from '../src';
import { resourcesOf } from './templates/template';

const addJob = (stack: Stack, id: string, compute: IHeavyBatchCompute, props: HeavyBatchJobProps = {}) => (
  new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, command: ['work', 'Ref::item'], parameters: { item: '-' }, ...props }));

/** A stack with a number of jobs on one compute. */
function stackWith(jobs: number, props: HeavyBatchComputeProps = {}, context: Record<string, unknown> = {}): Stack {
  const stack = new Stack(new App({ analyticsReporting: false, context }), 'Stack');
  const compute = new HeavyBatchCompute(stack, 'Compute', props);
  for (let number = 0; number < jobs; number++) addJob(stack, `Job${number}`, compute);
  Tags.of(stack).add('CostCenter', 'maps');
  Tags.of(stack).add('Owner', 'team');
  return stack;
}

/** What a compute is allowed, and who may use it: its policies, and the policies of its queues. */
const policiesOf = (stack: Stack) => resourcesOf(Template.fromStack(stack).toJSON(), 'AWS::IAM::Policy', 'AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy');

const jobDefinitionNameIn = (stack: Stack): string => resourcesOf(Template.fromStack(stack).toJSON(), 'AWS::Batch::JobDefinition')[0].properties.JobDefinitionName;

test.each<[string, HeavyBatchComputeProps]>([
  ['instances', {}],
  ['Spot instances', { spot: true }],
  ['Fargate', { fargate: true, spot: true }],
  ['a queue with fair shares', { fairShare: {} }],
])('a further job changes no policy of a compute with %s, whatever its number is', (_, props) => {
  expect(policiesOf(stackWith(20, props))).toEqual(policiesOf(stackWith(1, props)));
});

test('jobs in fifty stacks change no policy of their compute, and attach none to its roles', () => {
  const app = new App({ analyticsReporting: false });
  const shared = new Stack(app, 'Shared');
  const compute = new HeavyBatchCompute(shared, 'Compute');
  const stacks = Array.from({ length: 50 }, (_, index) => new Stack(app, `Team${index}`));
  for (const stack of stacks) addJob(stack, 'Job', compute);
  const alone = new Stack(new App({ analyticsReporting: false }), 'Shared');
  new HeavyBatchCompute(alone, 'Compute');
  expect(policiesOf(shared)).toEqual(policiesOf(alone));
  expect(stacks.flatMap(policiesOf)).toEqual([]);
});

test('jobs with the same id in stacks of several teams have job definitions of different names', () => {
  const app = new App({ analyticsReporting: false });
  const compute = new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute');
  const stacks = ['One', 'Two'].map((team) => new Stack(app, team));
  stacks.forEach((stack) => addJob(stack, 'Job', compute));
  expect(stacks.map(jobDefinitionNameIn)).toEqual([expect.stringMatching(/^Shared-Compute-\w{8}-One-Job-\w{8}$/), expect.stringMatching(/^Shared-Compute-\w{8}-Two-Job-\w{8}$/)]);
});

test('an app that is deployed twice with other names of its stacks gives its job definitions other names', () => {
  const nameIn = (stackName: string) => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { stackName });
    addJob(stack, 'Job', new HeavyBatchCompute(stack, 'Compute'));
    return jobDefinitionNameIn(stack);
  };
  expect([nameIn('test'), nameIn('live')]).toEqual([expect.stringMatching(/^test-Compute-\w{8}-test-Job-/), expect.stringMatching(/^live-Compute-\w{8}-live-Job-/)]);
});

describe('a stack with many jobs', () => {
  test('of fifty is accepted', () => {
    expect(() => (stackWith(50, { spot: true }).node.root as App).synth()).not.toThrow();
  });

  test('and more resources than CloudFormation accepts is refused, with a way to divide it', () => {
    expect(() => (stackWith(92).node.root as App).synth())
      .toThrow(/^'compute' serves jobs in a stack of 5\d\d resources, but CloudFormation accepts 500; create some of the jobs in other stacks with the same 'compute' \(at Stack\/Job0\)$/);
  });

  test('and a template of more bytes than CloudFormation accepts is refused, and is accepted without indentation', () => {
    expect(() => (stackWith(74, { spot: true }).node.root as App).synth())
      .toThrow(/^'compute' serves jobs in a stack whose template has 1\d{6} bytes, but CloudFormation accepts 1000000; create .*, or set 'suppressTemplateIndentation' of the stack, which leaves 9\d{5} bytes \(at Stack\/Job0\)$/);
    expect(() => (stackWith(74, { spot: true }, { '@aws-cdk/core:suppressTemplateIndentation': true }).node.root as App).synth()).not.toThrow();
  });

  test('is not limited where the CDK was told not to', () => {
    const stack = stackWith(82, {}, { '@aws-cdk/core:stackResourceLimit': 0, '@aws-cdk/core:suppressTemplateIndentation': true });
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});
