import { CfnParameter, Lazy, Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchResultSource } from '../../src';
import { IMAGE, newJob, newStack } from '../stacks';

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

describe('a result in the log', () => {
  const TAG = 'cdk-heavy-batch:compute';
  const grantsOf = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }: any) => [Action].flat().includes('logs:GetLogEvents'));

  test('is read by the check function, in log groups with the tag of the compute', () => {
    const { template } = synthesized({ resultSource: HeavyBatchResultSource.LOG });
    const tagged = template.findResources('AWS::Logs::LogGroup', { Properties: { Tags: [{ Key: TAG, Value: Match.anyValue() }] } });
    const [{ Properties: { Tags: [{ Value }] } }] = Object.values(tagged);
    expect(Object.keys(tagged)).toEqual([expect.stringMatching(/^JobLog/)]);
    expect(grantsOf(template)).toEqual([expect.objectContaining({ Condition: { StringEquals: { [`aws:ResourceTag/${TAG}`]: Value } } })]);
    expect(machineOf(template)).toContain('"resultSource":"LOG"');
  });

  test('is not read by default', () => {
    const { template } = synthesized({ resultSource: HeavyBatchResultSource.BUCKET });
    expect(grantsOf(template)).toEqual([]);
    expect(machineOf(template)).not.toContain('resultSource');
    expect(template.toJSON()).toEqual(synthesized({}).template.toJSON());
  });

  test('of a further job adds nothing to the role', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute');
    for (const id of ['A', 'B', 'C']) new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE, resultSource: HeavyBatchResultSource.LOG });
    expect(grantsOf(Template.fromStack(stack))).toHaveLength(1);
  });

  test('may be asked for by a token', () => {
    const stack = newStack();
    const resultSource = new CfnParameter(stack, 'Source').valueAsString as HeavyBatchResultSource;
    const { template } = synthesized({ resultSource }, stack);
    expect(grantsOf(template)).toHaveLength(1);
    expect(machineOf(template)).toContain('"resultSource":"Source"');
  });
});
