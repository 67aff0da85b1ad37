import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
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
  const secretsOf = (job: string) => resourcesOf(template, 'AWS::IAM::Role').filter(({ id }) => id.startsWith(`${job}ExecutionRole`))
    .flatMap(({ properties }) => properties.Policies[0].PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
    .map(({ Resource }) => JSON.stringify(Resource));
  expect(secretsOf('One')).toEqual([expect.stringContaining('OneSecret')]);
  expect(secretsOf('Two')).toEqual([expect.stringContaining('TwoSecret')]);
});
