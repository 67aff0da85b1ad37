import { App, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { definitionText } from './definitions';
import { IMAGE, newJob, newStack } from './stacks';
import { HeavyBatchJob, HeavyBatchJobProps, HeavyBatchListFormat, HeavyBatchMap, HeavyBatchMapOptions } from '../src';

function mapWith(options: Partial<HeavyBatchMapOptions> = {}, props: HeavyBatchJobProps = {}) {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Lists');
  const job = newJob(props, stack);
  const map = job.addMap('Each', { bucket, ...options });
  const template = Template.fromStack(stack);
  const id = stack.resolve((map.stateMachine.node.defaultChild as any).ref).Ref;
  const definition = JSON.parse(definitionText(template.findResources('AWS::StepFunctions::StateMachine')[id].Properties.DefinitionString));
  return { stack, bucket, job, map, template, definition };
}

test('the former name of the method makes the same map', () => {
  const stack = newStack();
  expect(newJob({}, stack).runMany('Each', { bucket: new s3.Bucket(stack, 'Lists') })).toBeInstanceOf(HeavyBatchMap);
});

describe('the state machine of a map', () => {
  const { definition } = mapWith();
  const { Each: each } = definition.States;

  test('has a distributed map, and each item has the parameters of a run', () => {
    const RETRY = { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' };
    const { ItemProcessor: { States: { Run, ...states }, ...processor }, ItemReader: reader, ResultWriter: writer, ...rest } = each;
    const { Resource, Parameters: { StateMachineArn, ...parameters }, ...run } = Run;
    expect(rest).toEqual({
      Type: 'Map',
      Label: 'Each',
      Next: 'Count',
      ItemSelector: { 'index.$': '$$.Map.Item.Index', 'parameters.$': '$$.Map.Item.Value' },
      MaxConcurrency: 256,
      ToleratedFailurePercentage: 100,
      ResultSelector: { 'mapRunArn.$': '$.MapRunArn', 'results.$': '$.ResultWriterDetails' },
    });
    expect([processor, states]).toEqual([{ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, StartAt: 'Run' }, {}]);
    expect(Resource).toBe('arn:aws:states:::states:startExecution.sync:2');
    expect(StateMachineArn).toEqual(expect.stringMatching(/^arn:/));
    expect(parameters).toEqual({ 'Name.$': "States.Format('{}-{}', $$.Execution.Name, $$.Execution.RedriveCount)", 'Input': { 'parameters.$': '$.parameters' } });
    // Only errors after which no run was started: another run of the same item would be a second one.
    expect(run).toEqual({
      Type: 'Task',
      ResultSelector: { 'output.$': '$.Output' },
      ResultPath: '$.run',
      Retry: [{ ErrorEquals: ['StepFunctions.SdkClientException', 'StepFunctions.AWSStepFunctionsException', 'StepFunctions.ExecutionLimitExceededException'], ...RETRY }],
      End: true,
    });
    expect(reader).toEqual({ Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSONL' }, Parameters: { 'Bucket': expect.any(String), 'ExpectedBucketOwner': expect.any(String), 'Key.$': '$.key' } });
    expect(writer).toEqual({
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: expect.any(String), Prefix: expect.stringMatching(/^results\/StackJobEach\w+$/) },
      WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
    });
    expect(definition.States.Count).toEqual({
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:sfn:describeMapRun',
      Parameters: { 'MapRunArn.$': '$.mapRunArn' },
      ResultSelector: {
        'total.$': '$.ItemCounts.Total', 'succeeded.$': '$.ItemCounts.Succeeded', 'failed.$': '$.ItemCounts.Failed', 'timedOut.$': '$.ItemCounts.TimedOut', 'aborted.$': '$.ItemCounts.Aborted',
      },
      ResultPath: '$.runs',
      Retry: [{ ErrorEquals: ['States.ALL'], ...RETRY }],
      Next: 'AnyFailed',
    });
  });

  test('tries all items, and then fails if a run has failed, timed out or was aborted', () => {
    expect(definition.StartAt).toBe('Each');
    expect(definition.States.AnyFailed).toEqual({
      Type: 'Choice',
      Choices: [{ Or: ['failed', 'timedOut', 'aborted'].map((outcome) => ({ Variable: `$.runs.${outcome}`, NumericGreaterThan: 0 })), Next: 'RunsFailed' }],
      Default: 'Done',
    });
    expect(definition.States.RunsFailed).toEqual({ Type: 'Fail', Error: 'RunsFailed', CausePath: 'States.JsonToString($)' });
    expect(definition.States.Done).toEqual({ Type: 'Succeed' });
  });

  test('stops when more runs have failed than are tolerated', () => {
    const tolerant = mapWith({ toleratedFailurePercentage: 5 }).definition;
    expect(tolerant.States.Each.ToleratedFailurePercentage).toBe(5);
    expect(Object.keys(tolerant.States)).toEqual(['Each', 'Count', 'Done']);
  });

  test('starts as many runs at once as the compute has vCPUs for, and at most 1,000, or 100 if that is not known', () => {
    expect(each.MaxConcurrency).toBe(256);
    expect(mapWith({}, { vcpus: 3, maxvCpus: 16 }).definition.States.Each.MaxConcurrency).toBe(5);
    expect(mapWith({}, { nodes: 2, vcpus: 2, maxvCpus: 16 }).definition.States.Each.MaxConcurrency).toBe(4);
    expect(mapWith({}, { maxvCpus: 100_000 }).definition.States.Each.MaxConcurrency).toBe(1_000);
    expect(mapWith({}, { nodes: 2, vcpus: Token.asNumber({ Ref: 'Vcpus' }) }).definition.States.Each.MaxConcurrency).toBe(100);
    expect(mapWith({ maxConcurrency: 7 }).definition.States.Each.MaxConcurrency).toBe(7);
  });

  test('has a time-out', () => {
    expect(definition.TimeoutSeconds).toBe(365 * 86_400);
    expect(mapWith({ timeout: Duration.hours(2) }).definition.TimeoutSeconds).toBe(7_200);
  });

  test.each<[string, HeavyBatchListFormat, object]>([
    ['a list in JSON', HeavyBatchListFormat.json(), { InputType: 'JSON' }],
    ['a list in CSV with headers in the first row', HeavyBatchListFormat.csv(), { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }],
    ['a list in CSV with given headers', HeavyBatchListFormat.csv(['a', 'b']), { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'] }],
  ])('reads %s', (_, format, config) => {
    expect(mapWith({ format }).definition.States.Each.ItemReader.ReaderConfig).toEqual(config);
  });

  test('reads always the same list if its key is given', () => {
    expect(mapWith({ key: 'list.jsonl' }).definition.States.Each.ItemReader.Parameters).toEqual({ Bucket: expect.any(String), ExpectedBucketOwner: expect.any(String), Key: 'list.jsonl' });
  });

  test('sets the share of the runs', () => {
    expect(mapWith({ shareIdentifier: 'nightly' }, { fairShare: {} }).definition.States.Each.ItemProcessor.States.Run.Parameters.Input)
      .toEqual({ 'parameters.$': '$.parameters', 'shareIdentifier': 'nightly' });
  });
});

test('the role of a map may start its child executions and the runs of the job, read the list, and write below its prefix', () => {
  const { template, stack, bucket, job, map } = mapWith({ key: 'list.jsonl' });
  const role = stack.resolve((map.stateMachine.role as any).roleName);
  const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties: { Roles } }) => JSON.stringify(Roles) === JSON.stringify([role]));
  const statements: { Action: string | string[]; Resource: unknown }[] = policy.Properties.PolicyDocument.Statement;
  const resourcesFor = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
  expect(resourcesFor('states:StartExecution')).toEqual([map, job].map(({ stateMachine }) => stack.resolve(stateMachine.stateMachineArn)));
  expect(resourcesFor('s3:GetObject')[0]).toEqual(stack.resolve(bucket.arnForObjects('list.jsonl')));
  expect(JSON.stringify(resourcesFor('s3:PutObject'))).toMatch(/\/results\/StackJobEach\w+\/\*/);
  expect(JSON.stringify(resourcesFor('events:PutRule'))).toContain('rule/StepFunctionsGetEventsForStepFunctionsExecutionRule');
  expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  expect(statements.flatMap(({ Resource }) => Resource)).not.toContain('*');
});

test('the results of a map may go to another bucket', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Bucket');
  newJob({}, stack).addMap('Each', { bucket, resultBucket: bucket, resultPrefix: 'out' });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['s3:PutObject']), Resource: stack.resolve(bucket.arnForObjects('out/*')) })]) },
  });
});

test('keys, prefixes and headers may be tokens', () => {
  const stack = newStack();
  const text = new CfnParameter(stack, 'Text').valueAsString;
  const headers = new CfnParameter(stack, 'Headers', { type: 'CommaDelimitedList' }).valueAsList;
  newJob({}, stack).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists'), key: text, resultPrefix: text, format: HeavyBatchListFormat.csv(headers) });
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('the job of a map may be in another stack, which does not depend on the map', () => {
  const app = new App({ analyticsReporting: false });
  const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
  const job = new HeavyBatchJob(first, 'Job', { imageDirectory: IMAGE });
  new HeavyBatchMap(second, 'Each', { job, bucket: new s3.Bucket(second, 'Bucket') });
  app.synth();
  expect(first.dependencies).toEqual([]);
});

describe('a map over an imported job', () => {
  const mapOver = (region: string, account = '111122223333') => () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { env: { region: 'us-east-1', account: '111122223333' } });
    const job = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: `arn:aws:states:${region}:${account}:stateMachine:Sort` });
    new HeavyBatchMap(stack, 'Each', { job, bucket: new s3.Bucket(stack, 'Lists'), resultBucket: new s3.Bucket(stack, 'Results') });
  };

  test('of the same account and Region is accepted', () => {
    expect(mapOver('us-east-1')).not.toThrow();
  });

  test('of another Region or account is refused, since Step Functions could not start it', () => {
    const remedy = "but the map is in us-east-1 of account 111122223333; use a job of the same account and Region, or another 'env' for the stack (at Stack/Each)";
    expect(mapOver('eu-west-1')).toThrow(`'job' is in eu-west-1 of account 111122223333, ${remedy}`);
    expect(mapOver('us-east-1', '444455556666')).toThrow(`'job' is in us-east-1 of account 444455556666, ${remedy}`);
  });
});

test.each<[string, Partial<HeavyBatchMapOptions>, string]>([
  ['no run at once', { maxConcurrency: 0 }, "'maxConcurrency' is 0; use 1 to 10000 (at Stack/Job/Each)"],
  ['a tolerance of 101 %', { toleratedFailurePercentage: 101 }, "'toleratedFailurePercentage' is 101 %; use 0 to 100 % (at Stack/Job/Each)"],
  ['a time-out of half a second more', { timeout: Duration.millis(60_500) }, "'timeout' is 60.5 seconds; use a whole number from 60 to 31536000 (at Stack/Job/Each)"],
  ['an empty key', { key: '' }, "'key' is empty; use a text, or leave it out (at Stack/Job/Each)"],
  ['a key that S3 does not accept', { key: 'ü'.repeat(513) }, "'key' has 1026 bytes, but a key in S3 has at most 1024; use a shorter text (at Stack/Job/Each)"],
  ['a key with a NUL', { key: 'a\0' }, "'key' has a NUL or half of a surrogate pair, which is no character of a key; leave it out (at Stack/Job/Each)"],
  ['a key that is a pattern', { key: 'lists/*.csv' }, "'key' is 'lists/*.csv', which is a pattern of several keys in a policy of IAM; use a text without *, ? and ${ (at Stack/Job/Each)"],
  ['a prefix that is a pattern', { resultPrefix: 'out?' }, "'resultPrefix' is 'out?', which is a pattern of several keys in a policy of IAM; use a text without *, ? and ${ (at Stack/Job/Each)"],
  ['a prefix with a variable of IAM', { resultPrefix: '${aws:userid}' }, "'resultPrefix' is '${aws:userid}', which is a pattern of several keys in a policy of IAM; use a text without *, ? and ${ (at Stack/Job/Each)"],
  ['a slash at the end of its prefix', { resultPrefix: 'out/' }, "'resultPrefix' is 'out/'; leave the slash at its end out, since Step Functions adds one (at Stack/Job/Each)"],
  ['an empty list of headers', { format: HeavyBatchListFormat.csv([]) }, "'format' has an empty list of headers; use the names of the columns, or HeavyBatchListFormat.csv() for those in the file (at Stack/Job/Each)"],
  ['a header without a name', { format: HeavyBatchListFormat.csv(['a', '']) }, "'format' has the header ''; use another name for each column (at Stack/Job/Each)"],
  ['two headers with one name', { format: HeavyBatchListFormat.csv(['a', 'a']) }, "'format' has the header 'a' twice; use another name for each column (at Stack/Job/Each)"],
  ['a time-out of two years', { timeout: Duration.days(730) }, "'timeout' is 63072000 seconds; use 60 to 31536000 seconds (at Stack/Job/Each)"],
  ['a share on a compute without fair shares', { shareIdentifier: 'a' }, "'shareIdentifier' is a, but the job's compute has no 'fairShare'; leave it out, or set 'fairShare' of the compute (at Stack/Job/Each)"],
])('a map is refused with %s', (_, options, message) => {
  expect(() => mapWith(options)).toThrow(message);
});

test('a map with a share is refused where the runs of its job may not name one', () => {
  expect(() => mapWith({ shareIdentifier: 'a' }, { fairShare: {}, allowedOverrides: { share: false } }))
    .toThrow("'shareIdentifier' is a, but the job's 'allowedOverrides' has 'share: false', so each of its runs would be refused; leave one of them out (at Stack/Job/Each)");
});
