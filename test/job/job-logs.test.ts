import { CfnParameter, Lazy, Size } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack } from '../stacks';

const { NON_BLOCKING } = ecs.AwsLogDriverMode;

function synthesized(props: HeavyBatchJobProps, stack = newStack()): { template: Template; log: any } {
  newJob(props, stack);
  const template = Template.fromStack(stack);
  const [{ Properties: { ContainerProperties, NodeProperties } }] = Object.values(template.findResources('AWS::Batch::JobDefinition'));
  return { template, log: (ContainerProperties ?? NodeProperties.NodeRangeProperties[0].Container).LogConfiguration };
}

/** The definition of the state machine, with its tokens written out. */
function machineOf(template: Template): string {
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  return machine.Properties.DefinitionString['Fn::Join'][1].map((part: any) => part.Ref ?? part).join('');
}

test.each<[string, HeavyBatchJobProps]>([['one instance', {}], ['Fargate', { fargate: true }], ['several nodes', { nodes: 2 }]])('a container on %s waits for its log by default', (_, props) => {
  expect(synthesized(props).log).toMatchObject({ LogDriver: 'awslogs', Options: { 'mode': 'blocking', 'awslogs-stream-prefix': 'run', 'awslogs-group': { Ref: expect.stringContaining('Log') } } });
});

test('a container that does not wait has a buffer for what it wrote', () => {
  expect(synthesized({ logMode: NON_BLOCKING }).log.Options).toMatchObject({ mode: 'non-blocking' });
  expect(synthesized({ logMode: NON_BLOCKING }).log.Options).not.toHaveProperty('max-buffer-size');
  expect(synthesized({ logMode: NON_BLOCKING, logMaxBufferSize: Size.mebibytes(25) }).log.Options).toMatchObject({ 'mode': 'non-blocking', 'max-buffer-size': '25m' });
});

test('the mode and the size of the buffer may be tokens', () => {
  const stack = newStack();
  const size = new CfnParameter(stack, 'Size', { type: 'Number' }).valueAsNumber;
  const mode = Lazy.string({ produce: () => 'non-blocking' }) as ecs.AwsLogDriverMode;
  expect(synthesized({ logMode: mode, logMaxBufferSize: Size.mebibytes(size) }, stack).log.Options).toMatchObject({
    'mode': 'non-blocking', 'max-buffer-size': { 'Fn::Join': ['', [{ Ref: 'Size' }, 'm']] },
  });
});

describe('another log driver', () => {
  test('takes the place of awslogs, and the execution role may not write to the log group', () => {
    const { template, log } = synthesized({ logDriver: ecs.LogDrivers.fluentd({ address: 'logs.internal:24224' }) });
    expect(log).toEqual({ LogDriver: 'fluentd', Options: { 'fluentd-address': 'logs.internal:24224' } });
    const [role] = Object.values(template.findResources('AWS::IAM::Role', { Properties: { Policies: [{ PolicyName: 'Permissions' }] } }));
    expect(JSON.stringify(role)).not.toContain('logs:PutLogEvents');
  });

  test('works on Fargate where AWS Batch has it there', () => {
    const stack = newStack();
    const secretToken = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Splunk'));
    const logDriver = ecs.LogDrivers.splunk({ url: 'https://splunk.internal:8088', secretToken });
    expect(synthesized({ fargate: true, logDriver }, stack).log).toMatchObject({ LogDriver: 'splunk', SecretOptions: [{ Name: 'splunk-token', ValueFrom: { Ref: expect.stringContaining('Splunk') } }] });
  });

  test('writes to a log group of the user, which the output of a run names', () => {
    const stack = newStack();
    const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Given', 'given');
    const found = synthesized({ logDriver: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'mine', multilinePattern: '^\\S' }) }, stack);
    expect(found.log.Options).toMatchObject({ 'awslogs-group': 'given', 'awslogs-multiline-pattern': '^\\S' });
    expect(machineOf(found.template)).toContain('"logGroup":"given"');
  });
});
