import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { newJob, newStack, templateOf } from '../stacks';

const retryStrategyOf = (props: object) => Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'))[0].Properties.RetryStrategy;
const INVALID_COMMAND = [
  { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: Error response from daemon: .* process: exec: \*$/) },
  { Action: 'EXIT', OnReason: expect.stringMatching(/^CannotStartContainerError: Error response from daemon: .* error during container init: exec: \*$/) },
];

describe('Batch starts the container again', () => {
  test('after errors that the application did not cause', () => {
    expect(retryStrategyOf({})).toEqual({
      Attempts: 3,
      EvaluateOnExit: [
        ...INVALID_COMMAND,
        { Action: 'RETRY', OnReason: 'C*' },
        { Action: 'RETRY', OnReason: 'Docker*' },
        { Action: 'EXIT', OnStatusReason: 'Essential container in task exited*' },
      ],
    });
  });

  test('after exit codes too with retryApplicationErrors, but not with the same memory after it ran out of memory', () => {
    expect(retryStrategyOf({ attempts: 5, retryApplicationErrors: true })).toEqual({
      Attempts: 5,
      EvaluateOnExit: [{ Action: 'EXIT', OnReason: 'OutOfMemoryError*' }, ...INVALID_COMMAND],
    });
  });
});

describe('the Region', () => {
  const REGION = { Ref: 'AWS::Region' };
  const variablesOf = (props: object) => {
    const [{ Properties }] = Object.values(templateOf(props).findResources('AWS::Batch::JobDefinition'));
    const container = Properties.ContainerProperties ?? Properties.NodeProperties.NodeRangeProperties[0].Container;
    return Object.fromEntries((container.Environment ?? []).map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));
  };

  test.each([{}, { nodes: 2 }, { spot: true }])('is in two variables of each container on instances, since the SDKs cannot ask the instance for it, with %j', (props) => {
    expect(variablesOf(props)).toMatchObject({ AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION });
  });

  test.each(['AWS_REGION', 'AWS_DEFAULT_REGION'])('is that of the user when %s is set, and the other variable stays unset', (name) => {
    const { AWS_REGION, AWS_DEFAULT_REGION, ...others } = variablesOf({ environment: { [name]: 'eu-west-1', SIZE: '1' } });
    expect({ AWS_REGION, AWS_DEFAULT_REGION }).toEqual({ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, [name]: 'eu-west-1' });
    expect(others).toMatchObject({ SIZE: '1' });
  });

  test('is that of the user when it is a secret', () => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Region', 'region');
    newJob({ secrets: { AWS_REGION: batch.Secret.fromSecretsManager(secret) } }, stack);
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Batch::JobDefinition'));
    expect(JSON.stringify(Properties.ContainerProperties.Environment ?? [])).not.toContain('REGION');
  });

  test('is left to ECS on Fargate', () => {
    expect(variablesOf({ fargate: true })).not.toHaveProperty('AWS_REGION');
  });
});
