import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchCompute, HeavyBatchJob } from '../../src';
import { IMAGE, newStack } from '../stacks';
import { resourcesOf } from '../templates/template';

const ROLE_ARN = 'arn:aws:iam::123456789012:role/team';

describe('a role that was created elsewhere', () => {
  test.each([
    ['without feature flags', {}],
    ['with all of them', { '@aws-cdk/aws-iam:minimizePolicies': true, '@aws-cdk/aws-iam:importedRoleStackSafeDefaultPolicyName': true }],
  ])('and is the job role of jobs with the same path in two stacks gets a policy of each stack, %s', (_, context) => {
    const app = new App({ analyticsReporting: false, context });
    const compute = new HeavyBatchCompute(new Stack(app, 'Shared'), 'Compute');
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
    for (const stack of stacks) new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: IMAGE, jobRole: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN) });
    const policies = stacks.flatMap((stack) => resourcesOf(Template.fromStack(stack).toJSON(), 'AWS::IAM::Policy'));
    expect(policies.map(({ properties }) => properties.Roles)).toEqual([['team'], ['team']]);
    expect(new Set(policies.map(({ properties }) => properties.PolicyName)).size).toBe(2);
  });

  test('and is the job role of more jobs than its policy can hold is refused', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute');
    const jobRole = iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN);
    for (let number = 0; number < 45; number++) new HeavyBatchJob(stack, `Job${number}`, { compute, image: ecs.ContainerImage.fromRegistry('busybox'), jobRole });
    expect(() => (stack.node.root as App).synth())
      .toThrow(/^'jobRole' is an imported role whose policies have about 1\d{4} characters .*; use fewer jobs with this role, or leave it out for a role of the job's own \(at Stack\/Job0\)$/);
  });

  test('is left as it is where it is immutable', () => {
    const stack = newStack();
    new HeavyBatchJob(stack, 'Job', { imageDirectory: IMAGE, jobRole: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false }) });
    const policies = resourcesOf(Template.fromStack(stack).toJSON(), 'AWS::IAM::Policy');
    expect(policies.filter(({ properties }) => JSON.stringify(properties.Roles).includes('team'))).toEqual([]);
  });
});

test('each job has an execution role, which reads the secrets of that job only', () => {
  const stack = newStack();
  const compute = new HeavyBatchCompute(stack, 'Compute');
  for (const name of ['One', 'Two']) {
    const secret = batch.Secret.fromSecretsManager(new secretsmanager.Secret(stack, `${name}Secret`));
    new HeavyBatchJob(stack, name, { compute, imageDirectory: IMAGE, secrets: { PASSWORD: secret } });
  }
  const template = Template.fromStack(stack).toJSON();
  const secretsOf = (job: string) => resourcesOf(template, 'AWS::IAM::Policy').filter(({ id }) => id.startsWith(`${job}ExecutionRole`))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
    .map(({ Resource }) => JSON.stringify(Resource));
  expect(secretsOf('One')).toEqual([expect.stringContaining('OneSecret')]);
  expect(secretsOf('Two')).toEqual([expect.stringContaining('TwoSecret')]);
});

test('a secret with a key of its own can be read: nothing depends on itself', () => {
  const stack = newStack();
  const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') });
  const image = ecs.ContainerImage.fromRegistry('registry.example.com/tool', { credentials: secret });
  new HeavyBatchJob(stack, 'Job', { image, secrets: { PASSWORD: batch.Secret.fromSecretsManager(secret) } });
  expect(() => Template.fromStack(stack)).not.toThrow(); // it looks for cycles
});

test('an execution role has no policy where its job needs no permission, since IAM accepts no empty one', () => {
  const rolesWith = (logDriver?: ecs.LogDriver) => {
    const stack = newStack();
    new HeavyBatchJob(stack, 'Job', { image: ecs.ContainerImage.fromRegistry('busybox'), logDriver });
    return resourcesOf(Template.fromStack(stack).toJSON(), 'AWS::IAM::Role').filter(({ id }) => id.startsWith('JobExecutionRole'));
  };
  expect(rolesWith(ecs.LogDrivers.jsonFile()).map(({ properties }) => properties.Policies)).toEqual([undefined]);
  expect(rolesWith().map(({ properties }) => properties.Policies)).toEqual([[expect.objectContaining({ PolicyName: 'Permissions' })]]);
});
