import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { IMAGE, newJob, newStack } from '../stacks';

const COST = { CostCenter: 'maps' };

function tagged(props: HeavyBatchJobProps = {}): Template {
  const stack = newStack();
  Tags.of(newJob(props, stack)).add('CostCenter', 'maps');
  return Template.fromStack(stack);
}

const only = (template: Template, type: string) => Object.values(template.findResources(type))[0].Properties;
const specOf = (template: Template) => JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine')).replace(/\\+"/g, '"');
const taggers = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
  .flatMap((policy) => policy.Properties.PolicyDocument.Statement).filter(({ Action }) => [Action].flat().includes('batch:TagResource'));

describe('tags of a job', () => {
  const template = tagged({ spot: true });

  test('are on instances and their disks', () => {
    const environments = Object.values(template.findResources('AWS::Batch::ComputeEnvironment'));
    expect(environments.map((one) => one.Properties.ComputeResources.Tags)).toEqual([COST, COST]);
    const { LaunchTemplateData } = only(template, 'AWS::EC2::LaunchTemplate');
    for (const type of ['instance', 'volume']) {
      const { Tags: tags } = LaunchTemplateData.TagSpecifications.find((one: { ResourceType: string }) => one.ResourceType === type);
      expect(tags).toContainEqual({ Key: 'CostCenter', Value: 'maps' });
    }
  });

  test('are on the jobs, and by them on their tasks', () => {
    expect(specOf(template)).toContain('"tags":{"CostCenter":"maps"}');
    expect(only(template, 'AWS::Batch::JobDefinition').PropagateTags).toBe(true);
  });

  test('are on what CloudFormation tags in place', () => {
    for (const type of ['AWS::StepFunctions::StateMachine', 'AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::IAM::Role']) {
      expect(only(template, type).Tags).toContainEqual({ Key: 'CostCenter', Value: 'maps' });
    }
  });

  test('are not on what CloudFormation would replace for a changed tag', () => {
    for (const type of ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition']) {
      for (const { Properties } of Object.values(template.findResources(type))) expect(Properties).not.toHaveProperty('Tags');
    }
  });

  test('let the submit function tag what it submits with, and nothing else', () => {
    const [statement, ...others] = taggers(template);
    expect(others).toEqual([]);
    expect(statement.Resource).toHaveLength(3); // the definition's revisions, and both queues
    expect(JSON.stringify(statement.Resource)).not.toContain('"*"');
  });

  test('are on the tasks of Fargate, whose environment takes none', () => {
    const fargate = tagged({ fargate: true });
    expect(specOf(fargate)).toContain('"tags":{"CostCenter":"maps"}');
    expect(only(fargate, 'AWS::Batch::ComputeEnvironment').ComputeResources).not.toHaveProperty('Tags');
  });
});

test('without tags nothing speaks of them', () => {
  const stack = newStack();
  newJob({}, stack);
  const template = Template.fromStack(stack);
  expect(taggers(template)).toEqual([]);
  expect(specOf(template)).not.toContain('"tags":');
});

test('two jobs share instances and yet have tags of their own, in other stacks too', () => {
  const app = new App();
  const shared = new Stack(app, 'Shared');
  const compute = new HeavyBatchCompute(shared, 'Compute');
  Tags.of(compute).add('CostCenter', 'platform');
  const stacks = ['maps', 'search'].map((name) => {
    const stack = new Stack(app, name);
    Tags.of(new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE })).add('CostCenter', name);
    return stack;
  });
  app.synth();
  expect(only(Template.fromStack(shared), 'AWS::Batch::ComputeEnvironment').ComputeResources.Tags).toEqual({ CostCenter: 'platform' });
  for (const stack of stacks) {
    const template = Template.fromStack(stack);
    expect(specOf(template)).toContain(`"tags":{"CostCenter":"${stack.stackName}"}`);
    expect(taggers(template)).toHaveLength(1);
  }
});
