import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchJob, HeavyBatchMap } from '../../src';
import { definitionTexts } from '../definitions';
import { IMAGE, newStack } from '../stacks';

const MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
const importJob = (stack: Stack, attributes = {}) => HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: MACHINE_ARN, ...attributes });
const statementsOf = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) => policy.Properties.PolicyDocument.Statement);

describe('an imported job', () => {
  test('creates no resource', () => {
    const stack = newStack();
    importJob(stack);
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  });

  test('has the state machine of its ARN', () => {
    expect(importJob(newStack()).stateMachine.stateMachineArn).toBe(MACHINE_ARN);
  });

  test('grants permissions on its state machine and on its executions, also from another Region', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    importJob(stack).grantManage(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    const executions = 'arn:aws:states:us-east-1:123456789012:execution:Sort:*';
    expect(statementsOf(Template.fromStack(stack)).map(({ Resource }) => Resource)).toEqual([MACHINE_ARN, MACHINE_ARN, executions, executions]);
  });

  test('may have a token for its ARN', () => {
    const stack = newStack();
    const stateMachineArn = new CfnParameter(stack, 'Machine').valueAsString;
    importJob(stack, { stateMachineArn }).grantManage(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    const [start, , read] = statementsOf(Template.fromStack(stack));
    expect(start.Resource).toEqual({ Ref: 'Machine' });
    const part = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': [':', { Ref: 'Machine' }] }] });
    expect(read.Resource).toEqual({ 'Fn::Join': ['', ['arn:', part(1), ':states:', part(3), ':', part(4), ':execution:', part(6), ':*']] });
  });

  test('may be a job of another stack of the app, on which its stack then depends', () => {
    const app = new App({ analyticsReporting: false });
    const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
    const { stateMachine } = new HeavyBatchJob(first, 'Job', { imageDirectory: IMAGE });
    importJob(second, { stateMachineArn: stateMachine.stateMachineArn }).grantStartExecution(new iam.Role(second, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    app.synth();
    expect(statementsOf(Template.fromStack(second))[0].Resource).toEqual({ 'Fn::ImportValue': expect.stringContaining('First:ExportsOutputRefJobRun') });
    expect([first, second].map((stack) => stack.dependencies)).toEqual([[], [first]]);
  });

  test.each([
    'Sort',
    'arn:aws:lambda:us-east-1:123456789012:function:Sort',
    'arn:aws:states:us-east-1:123456789012:execution:Sort:run',
    'arn:aws:states:us-east-1:123456789012:stateMachine:Sort:3',
    ' arn:aws:states:us-east-1:123456789012:stateMachine:Sort',
  ])('is refused with %s for the ARN of its state machine', (stateMachineArn) => {
    expect(() => importJob(newStack(), { stateMachineArn })).toThrow(`'stateMachineArn' is '${stateMachineArn}', which is not the ARN of a state machine; ` +
      "use the ARN of a job's state machine, such as arn:aws:states:us-east-1:123456789012:stateMachine:Sort (at Stack/Job)");
  });
});

describe('a map of an imported job', () => {
  test('starts its runs, at most 100 at once', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Bucket');
    new HeavyBatchMap(stack, 'Each', { job: importJob(stack, { payloadBucket: bucket }), bucket, shareIdentifier: 'nightly' });
    const template = Template.fromStack(stack);
    const { MaxConcurrency, ItemProcessor } = JSON.parse(definitionTexts(template)[0]).States.Each;
    expect(MaxConcurrency).toBe(100);
    expect(ItemProcessor.States.Run.Parameters).toMatchObject({ StateMachineArn: MACHINE_ARN, Input: { shareIdentifier: 'nightly' } });
    const statements = statementsOf(template);
    expect(statements).toContainEqual({ Action: 'states:StartExecution', Effect: 'Allow', Resource: MACHINE_ARN });
    expect(JSON.stringify(statements)).toContain(':execution:Sort:*');
  });

  test('writes its results to resultBucket, which is required without the bucket of the job', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Bucket');
    expect(() => new HeavyBatchMap(stack, 'Each', { job: importJob(stack), bucket }))
      .toThrow("'resultBucket' is missing, and Stack/Job has no known payload bucket; use a bucket for the result files, or import the job with its 'payloadBucket' (at Stack/Each)");
    new HeavyBatchMap(stack, 'Other', { job: importJob(new Stack(stack, 'Nested')), bucket, resultBucket: bucket });
  });
});
