import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { IMAGE, newJob, newStack } from './stacks';
import { HeavyBatchJob, HeavyBatchJobProps, HeavyBatchListFormat, HeavyBatchRunMany, HeavyBatchRunManyOptions } from '../src';

function runMany(options: Partial<HeavyBatchRunManyOptions> = {}, props: HeavyBatchJobProps = {}) {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Lists');
  const job = newJob(props, stack);
  const many = job.runMany('Each', { bucket, ...options });
  const template = Template.fromStack(stack);
  const id = stack.resolve((many.stateMachine.node.defaultChild as any).ref).Ref;
  const text = template.findResources('AWS::StepFunctions::StateMachine')[id].Properties.DefinitionString['Fn::Join'][1]
    .map((part: unknown) => typeof part === 'string' ? part : 'token').join('');
  return { stack, bucket, job, many, template, definition: JSON.parse(text) };
}

describe('a run for each item of a list', () => {
  const { definition } = runMany();
  const { Each: each } = definition.States;

  test('is a map in distributed mode, whose items are the parameters of runs', () => {
    expect(each).toMatchObject({
      Type: 'Map',
      ItemReader: { ReaderConfig: { InputType: 'JSONL' }, Parameters: { 'Key.$': '$.key' } },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
    });
    expect(each.ItemProcessor.States.Run).toMatchObject({ Resource: expect.stringContaining(':states:startExecution.sync:2'), Parameters: { Input: { 'parameters.$': '$.parameters' } } });
  });

  test('is tried for every item, and then the execution fails when one failed', () => {
    expect(each.ToleratedFailurePercentage).toBe(100);
    expect(definition.States.AnyFailed.Choices[0]).toMatchObject({ Next: 'RunsFailed' });
    expect(definition.States.RunsFailed).toMatchObject({ Type: 'Fail', Error: 'RunsFailed' });
  });

  test('stops at the failures that are tolerated when that is said', () => {
    const its = runMany({ toleratedFailurePercentage: 5 }).definition;
    expect(its.States.Each.ToleratedFailurePercentage).toBe(5);
    expect(Object.keys(its.States)).toEqual(['Each', 'Count', 'Done']);
  });

  test('has no more at once than the compute has place for', () => {
    expect(each.MaxConcurrency).toBe(256);
    expect(runMany({}, { vcpus: 3, maxvCpus: 16 }).definition.States.Each.MaxConcurrency).toBe(5);
    expect(runMany({}, { nodes: 2, vcpus: 2, maxvCpus: 16 }).definition.States.Each.MaxConcurrency).toBe(4);
    expect(runMany({}, { maxvCpus: 100_000 }).definition.States.Each.MaxConcurrency).toBe(1_000);
    expect(runMany({ maxConcurrency: 7 }).definition.States.Each.MaxConcurrency).toBe(7);
  });

  test('ends', () => {
    expect(definition.TimeoutSeconds).toBe(365 * 86_400);
    expect(runMany({ timeout: Duration.hours(2) }).definition.TimeoutSeconds).toBe(7_200);
  });

  test.each<[string, HeavyBatchListFormat, object]>([
    ['JSON', HeavyBatchListFormat.json(), { InputType: 'JSON' }],
    ['CSV with its headers in the first row', HeavyBatchListFormat.csv(), { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }],
    ['CSV with headers that are given', HeavyBatchListFormat.csv(['a', 'b']), { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'] }],
  ])('reads %s', (_, format, config) => {
    expect(runMany({ format }).definition.States.Each.ItemReader.ReaderConfig).toEqual(config);
  });

  test('reads one list where its key is known', () => {
    expect(runMany({ key: 'list.jsonl' }).definition.States.Each.ItemReader.Parameters).toEqual({ Bucket: 'token', Key: 'list.jsonl' });
  });

  test('is of the share that is said', () => {
    expect(runMany({ shareIdentifier: 'nightly' }, { fairShare: {} }).definition.States.Each.ItemProcessor.States.Run.Parameters.Input)
      .toEqual({ 'parameters.$': '$.parameters', 'shareIdentifier': 'nightly' });
  });
});

test('its role may start its own children and runs of the job, read the list, and write beneath its prefix', () => {
  const { template, stack, bucket, job, many } = runMany({ key: 'list.jsonl' });
  const role = stack.resolve((many.stateMachine.role as any).roleName);
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).filter((one) => JSON.stringify(one.Properties.Roles) === JSON.stringify([role]));
  const statements: { Action: string | string[]; Resource: unknown }[] = policy.Properties.PolicyDocument.Statement;
  const of = (action: string) => statements.filter((one) => [one.Action].flat().includes(action)).flatMap((one) => one.Resource);
  expect(of('states:StartExecution')).toEqual([many, job].map(({ stateMachine }) => stack.resolve(stateMachine.stateMachineArn)));
  expect(of('s3:GetObject')[0]).toEqual(stack.resolve(bucket.arnForObjects('list.jsonl')));
  expect(JSON.stringify(of('s3:PutObject'))).toMatch(/\/results\/StackJobEach\w+\/\*/);
  expect(JSON.stringify(of('events:PutRule'))).toContain('rule/StepFunctionsGetEventsForStepFunctionsExecutionRule');
  expect(statements.flatMap((one) => one.Action).filter((action) => action.includes('*'))).toEqual([]);
  expect(statements.flatMap((one) => one.Resource)).not.toContain('*');
});

test('its results may go into another bucket', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Bucket');
  newJob({}, stack).runMany('Each', { bucket, resultBucket: bucket, resultPrefix: 'out' });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['s3:PutObject']), Resource: stack.resolve(bucket.arnForObjects('out/*')) })]) },
  });
});

test('the job may live in another stack', () => {
  const app = new App({ analyticsReporting: false });
  const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
  const job = new HeavyBatchJob(first, 'Job', { imageDirectory: IMAGE });
  new HeavyBatchRunMany(second, 'Each', { job, bucket: new s3.Bucket(second, 'Bucket') });
  app.synth();
  expect(first.dependencies).toEqual([]);
});

test('somebody may be let start it', () => {
  const { many, stack } = runMany();
  expect(stack.resolve(many.grantStart({ grantPrincipal: many.stateMachine.role.grantPrincipal }).principalStatements[0].toJSON()).Action).toBe('states:StartExecution');
});

test.each<[string, Partial<HeavyBatchRunManyOptions>, string]>([
  ['none at once', { maxConcurrency: 0 }, "'maxConcurrency' is 0; use 1 to 10000 (at Stack/Job/Each)"],
  ['a tolerance of 101 %', { toleratedFailurePercentage: 101 }, "'toleratedFailurePercentage' is 101 %; use 0 to 100 % (at Stack/Job/Each)"],
  ['two years', { timeout: Duration.days(730) }, "'timeout' is 63072000 seconds; use 60 to 31536000 seconds (at Stack/Job/Each)"],
  ['a share without shares', { shareIdentifier: 'a' }, "'shareIdentifier' is a, but the job's compute has no 'fairShare'; leave it out, or give the compute 'fairShare' (at Stack/Job/Each)"],
])('%s', (_, options, message) => {
  expect(() => runMany(options)).toThrow(message);
});
