import { CfnParameter, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Deployment } from '../../../emulator/assembly/deployment';
import { reachedFrom, reachedFromAll } from '../../../emulator/assembly/reached-resources';
import { VirtualClock } from '../../../emulator/clock';
import { Emulator } from '../../../emulator/emulator';
import { NO_FAULTS } from '../../../emulator/faults';
import { HeavyBatchApi, HeavyBatchJob } from '../../../src';
import { deploymentOf, imageOf } from '../apps';

const machineOf = (deployment: Deployment, path: string) => deployment.stateMachines.find((machine) => machine.path === path)!;
const pathsOf = (resources: readonly { readonly path: string }[]) => resources.map(({ path }) => path).sort();

/** A job, and around it what the emulator does not support. */
const deployment = deploymentOf((stack) => {
  const other = new Stack(stack.node.root as never, 'Other', { env: { account: '222222222222', region: 'eu-central-1' } });
  new sfn.StateMachine(other, 'Jsonata', { definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'P', States: { P: { Type: 'Pass', Output: '{% 1 %}', End: true } } })) });
  const queue = new sqs.Queue(other, 'Queue');
  const foreign = new lambda.Function(other, 'Function', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(imageOf({})) });
  foreign.addEventSource(new SqsEventSource(queue));
  new events.Rule(other, 'Odd', { eventPattern: { source: ['aws.batch'] }, targets: [new targets.SqsQueue(queue, { message: events.RuleTargetInput.fromText('text') }), new targets.LambdaFunction(foreign)] });

  const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
  job.addMap('Each', { bucket: new s3.Bucket(stack, 'Lists'), key: 'list.jsonl' });
  new events.Rule(stack, 'Trigger', { eventPattern: { source: ['aws.s3'] }, targets: [new targets.SfnStateMachine(job.stateMachine)] });
  new HeavyBatchJob(stack, 'Sibling', { compute: job.compute, imageDirectory: imageOf({}), environment: { A: Fn.importValue('of-another-app') } });
  new HeavyBatchJob(new NestedStack(stack, 'Nest'), 'Apart', { imageDirectory: imageOf({}) });
});

test('a run reaches its own functions, queue and rules, and the job of a map', () => {
  const reached = reachedFrom({ ...deployment, account: '222222222222', region: 'eu-central-1' }, machineOf(deployment, 'App/Job/Run'));
  expect(pathsOf(reached.stateMachines)).toEqual(['App/Job/Run']);
  expect(pathsOf(reached.functions)).toEqual(['App/Job/Compute/Watch/SubmitFunction', 'App/Job/Compute/Watch/WatchFunction']);
  expect(pathsOf(reached.eventSources)).toEqual(['App/Job/Compute/Watch/WatchSource']);
  expect(pathsOf(reached.rules)).toEqual(['App/Job/Compute/Watch/JobRule', 'App/Job/RunRule', 'App/Sibling/RunRule']);
  expect([reached.account, reached.region]).toEqual(['123456789012', 'us-east-1']);

  expect(pathsOf(reachedFrom(deployment, machineOf(deployment, 'App/Job/Each')).stateMachines)).toEqual(['App/Job/Each', 'App/Job/Run']);
  expect(pathsOf(reachedFrom(deployment, machineOf(deployment, 'App/Nest/Apart/Run')).functions)).toEqual(['App/Nest/Apart/Compute/Watch/SubmitFunction', 'App/Nest/Apart/Compute/Watch/WatchFunction']);
});

test('an emulator of what a run reaches starts, whatever else is in the app', async () => {
  const start = async (part: Deployment) => {
    const emulator = new Emulator(part, new VirtualClock());
    try {
      await emulator.start({ containers: {} as never, faults: NO_FAULTS });
    } finally {
      await emulator.stop();
    }
  };
  await expect(start(deployment)).rejects.toThrow('App/Trigger');
  await start(reachedFrom(deployment, machineOf(deployment, 'App/Job/Run')));
});

test('a run that needs what cannot be resolved is refused, and other runs are not', () => {
  expect(() => reachedFrom(deployment, machineOf(deployment, 'App/Sibling/Run'))).toThrow(expect.objectContaining({
    name: 'AssemblyError',
    message: "App/Sibling/Run cannot run: App/Sibling/Container/JobDefinition imports 'of-another-app', which no stack of the app exports; use a value in its place, or add the stack that exports it to the app",
  }));
});

test.each<[string, string, (stack: Stack, value: string) => void]>([
  ['a queue', 'WatchQueue', (stack, value) => {
    (stack.node.findChild('Job').node.findAll().find((construct) => construct instanceof sqs.CfnQueue && construct.node.path.includes('WatchQueue')) as sqs.CfnQueue).addPropertyOverride('VisibilityTimeout', value);
  }],
  ['a function', 'SubmitFunction', (stack, value) => {
    (stack.node.findChild('Job').node.findAll().find((construct) => construct instanceof lambda.CfnFunction && construct.node.path.includes('Submit')) as lambda.CfnFunction).addPropertyOverride('Environment.Variables.A', value);
  }],
  ['a bucket', 'PayloadBucket', (stack, value) => {
    (stack.node.findChild('Job').node.findAll().find((construct) => construct instanceof s3.CfnBucket) as s3.CfnBucket).addPropertyOverride('LifecycleConfiguration', value);
  }],
])('%s that a run reaches has to be resolved', (_, id, change) => {
  const changed = deploymentOf((stack) => {
    new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
    change(stack, new CfnParameter(stack, 'Open').valueAsString);
  });
  expect(() => reachedFrom(changed, machineOf(changed, 'App/Job/Run'))).toThrow(new RegExp(`^App/Job/Run cannot run: App/Job/\\S+${id} needs the parameter Open of stack App, which has no default`));
});

test('a table that a run names has to be resolved, and an HTTP API is never part of a run', () => {
  const changed = deploymentOf((stack) => {
    const table = new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING } });
    (table.node.defaultChild as dynamodb.CfnTable).addPropertyOverride('KeySchema.0.AttributeName', new CfnParameter(stack, 'Open').valueAsString);
    const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
    new HeavyBatchJob(stack, 'Writer', { compute: job.compute, imageDirectory: imageOf({}), environment: { TABLE: table.tableName } });
    new HttpApi(stack, 'Api');
  });
  expect(changed.httpApis).toHaveLength(1);
  expect(reachedFrom(changed, machineOf(changed, 'App/Job/Run')).httpApis).toEqual([]);
  expect(reachedFromAll(changed, [machineOf(changed, 'App/Job/Run')], changed.httpApis).httpApis).toHaveLength(1);
  expect(() => reachedFromAll(changed, [machineOf(changed, 'App/Job/Run'), machineOf(changed, 'App/Writer/Run')], [])).toThrow('App/Table needs the parameter Open');
  expect(() => reachedFrom(changed, machineOf(changed, 'App/Writer/Run'))).toThrow('App/Writer/Run cannot run: App/Table needs the parameter Open of stack App');
});

test('what a run is only allowed to do does not have to be resolved', () => {
  const allowed = deploymentOf((stack) => {
    const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
    job.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [Fn.importValue('table')] }));
  });
  expect(reachedFrom(allowed, machineOf(allowed, 'App/Job/Run')).faults).toEqual([]);
});

test('what is served has all jobs, the functions of the APIs, and the rules that lead to them', () => {
  const served = deploymentOf((stack) => {
    const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
    const other = new HeavyBatchJob(stack, 'Other', { compute: job.compute, imageDirectory: imageOf({}) });
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job }, { job: other }] });
  });
  const all = reachedFromAll(served, served.stateMachines, served.httpApis);
  expect(pathsOf(all.stateMachines)).toEqual(['App/Job/Run', 'App/Other/Run']);
  expect(pathsOf(all.functions)).toContain('App/Api/Function');
  expect(all.rules).toEqual(served.rules);
});
