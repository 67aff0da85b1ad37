import { Annotations, App, NestedStack, Stack, Tags } from 'aws-cdk-lib';
import { Annotations as Found, Match, Template } from 'aws-cdk-lib/assertions';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps } from '../../src';
import { IMAGE, newJob, newStack } from '../stacks';

const COST = { CostCenter: 'maps' };

function tagged(props: HeavyBatchJobProps = {}): Template {
  const stack = newStack();
  Tags.of(newJob(props, stack)).add('CostCenter', 'maps');
  return Template.fromStack(stack);
}

const firstOf = (template: Template, type: string) => Object.values(template.findResources(type))[0].Properties;
const specOf = (template: Template) => JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine')).replace(/\\+"/g, '"');
const tagStatements = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
  .flatMap((policy) => policy.Properties.PolicyDocument.Statement).filter(({ Action }) => [Action].flat().includes('batch:TagResource'));

describe('the tags of a job', () => {
  const template = tagged({ spot: true });

  test('are on its instances and their disks', () => {
    const environments = Object.values(template.findResources('AWS::Batch::ComputeEnvironment'));
    expect(environments.map((environment) => environment.Properties.ComputeResources.Tags)).toEqual([COST, COST]);
    const { LaunchTemplateData } = firstOf(template, 'AWS::EC2::LaunchTemplate');
    for (const type of ['instance', 'volume']) {
      const { Tags: tags } = LaunchTemplateData.TagSpecifications.find(({ ResourceType }: { ResourceType: string }) => ResourceType === type);
      expect(tags).toContainEqual({ Key: 'CostCenter', Value: 'maps' });
    }
  });

  test('are on its Batch jobs, and Batch copies them to the ECS tasks', () => {
    expect(specOf(template)).toContain('"tags":{"CostCenter":"maps"}');
    expect(firstOf(template, 'AWS::Batch::JobDefinition').PropagateTags).toBe(true);
  });

  test('are on resources whose tags CloudFormation changes in place', () => {
    for (const type of ['AWS::StepFunctions::StateMachine', 'AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::IAM::Role']) {
      expect(firstOf(template, type).Tags).toContainEqual({ Key: 'CostCenter', Value: 'maps' });
    }
  });

  test('are not on resources that CloudFormation would replace when a tag changes', () => {
    for (const type of ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition']) {
      const resources = Object.values(template.findResources(type));
      expect(resources.length).toBe(type === 'AWS::Batch::JobDefinition' ? 1 : 2);
      for (const { Properties } of resources) expect(Properties).not.toHaveProperty('Tags');
    }
  });

  test('allow the submit function to tag the jobs that it submits, and nothing else', () => {
    const [statement, ...others] = tagStatements(template);
    expect(others).toEqual([]);
    const [definitions, ...queues] = statement.Resource;
    expect(JSON.stringify(definitions)).toMatch(/:job-definition\/Stack-Job-Compute-[0-9a-f]+-\*"\]\]\}$/);
    expect(queues).toEqual(Object.keys(template.findResources('AWS::Batch::JobQueue')).map((id) => ({ 'Fn::GetAtt': [id, 'JobQueueArn'] })));
  });

  test('are on the tasks of Fargate, whose compute environment accepts none', () => {
    const fargate = tagged({ fargate: true });
    expect(specOf(fargate)).toContain('"tags":{"CostCenter":"maps"}');
    expect(firstOf(fargate, 'AWS::Batch::ComputeEnvironment').ComputeResources).not.toHaveProperty('Tags');
  });
});

test('without tags there are no permissions for tags', () => {
  const stack = newStack();
  newJob({}, stack);
  const template = Template.fromStack(stack);
  expect(tagStatements(template)).toEqual([]);
  expect(specOf(template)).not.toContain('"tags":');
});

test('two jobs on one compute have tags of their own, also in other stacks', () => {
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
  expect(firstOf(Template.fromStack(shared), 'AWS::Batch::ComputeEnvironment').ComputeResources.Tags).toEqual({ CostCenter: 'platform' });
  expect(tagStatements(Template.fromStack(shared))).toHaveLength(1);
  for (const stack of stacks) {
    const template = Template.fromStack(stack);
    expect(specOf(template)).toContain(`"tags":{"CostCenter":"${stack.stackName}"}`);
    expect(tagStatements(template)).toEqual([]);
  }
});

describe('the tags of a stack', () => {
  const WARNING = 'the stack has the tags Version, which CloudFormation puts on compute environments too, and it replaces an environment, with the jobs that run in it, ' +
    "when one of them changes; use Tags.of(app).add(key, value, { excludeResourceTypes: ['aws:cdk:stack'] }), which tags everything but the stack, " +
    "or the feature flag '@aws-cdk/core:explicitStackTags', or acknowledge this warning for Stack if they never change [ack: cdk-heavy-batch:stackTags]";
  const warnings = (build: (app: App) => Stack, context: Record<string, unknown> = {}) => {
    const app = new App({ context, analyticsReporting: false });
    const stack = build(app);
    app.synth();
    return Found.fromStack(stack).findWarning('*', Match.stringLikeRegexp('stackTags')).map(({ entry }) => entry.data);
  };
  const withJobs = (app: App, props: { tags?: Record<string, string> } = {}) => {
    const stack = new Stack(app, 'Stack', props);
    for (const id of ['One', 'Two']) newJobIn(stack, id, { spot: true });
    return stack;
  };
  const newJobIn = (stack: Stack, id: string, props: HeavyBatchJobProps) => new HeavyBatchJob(stack, id, { imageDirectory: IMAGE, ...props });

  test('cause one warning, wherever they come from', () => {
    expect(warnings((app) => {
      Tags.of(app).add('Version', '1'); // before the stack exists
      return withJobs(app);
    })).toEqual([WARNING]);
    expect(warnings((app) => {
      const stack = withJobs(app);
      Tags.of(app).add('Version', '1'); // after all jobs
      return stack;
    })).toEqual([WARNING]);
    expect(warnings((app) => withJobs(app, { tags: { Version: '1' } }))).toEqual([WARNING]);
  });

  test('cause a warning when a compute is in a nested stack', () => {
    expect(warnings((app) => {
      const stack = new Stack(app, 'Stack');
      newJobIn(new NestedStack(stack, 'Nested'), 'Job', {});
      Tags.of(app).add('Version', '1');
      return stack;
    })).toEqual([WARNING]);
  });

  test('cause no warning with the remedies that it names', () => {
    expect(warnings((app) => {
      Tags.of(app).add('Version', '1', { excludeResourceTypes: ['aws:cdk:stack'] });
      return withJobs(app);
    })).toEqual([]);
    const flagged = (app: App) => {
      Tags.of(app).add('Version', '1');
      return withJobs(app);
    };
    expect(warnings(flagged, { '@aws-cdk/core:explicitStackTags': true })).toEqual([]);
    expect(warnings((app) => {
      const stack = flagged(app);
      Annotations.of(stack).acknowledgeWarning('cdk-heavy-batch:stackTags');
      return stack;
    })).toEqual([]);
  });

  test('cause no warning in a stack without a compute environment', () => {
    expect(warnings((app) => {
      Tags.of(app).add('Version', '1', { excludeResourceTypes: ['aws:cdk:stack'] });
      const compute = new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute');
      const stack = new Stack(app, 'Stack', { tags: { Version: '1' } });
      newJobIn(stack, 'Job', { compute });
      return stack;
    })).toEqual([]);
  });

  test('cause no warning when there are none', () => {
    expect(warnings((app) => {
      const stack = withJobs(app);
      Tags.of(stack.node.findChild('One')).add('Version', '1');
      return stack;
    })).toEqual([]);
  });
});
