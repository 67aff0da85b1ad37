import * as fs from 'fs';
import * as path from 'path';
import { App, CfnCondition, CfnOutput, CfnParameter, Duration, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { readAssembly } from '../../../emulator/assembly/assembly';
import { readDeployment } from '../../../emulator/assembly/read-deployment';
import { HeavyBatchCompute, HeavyBatchJob, HeavyBatchMap } from '../../../src';
import { deploymentOf, imageOf, oneJob, synthesize, temporary } from '../apps';

test('the resources that a run uses are found, with their connections', () => {
  const deployment = oneJob();
  const [submitFunction, checkFunction] = deployment.functions;
  expect(deployment.stateMachines.map((machine) => machine.path)).toEqual(['App/Job/Run']);
  const [stateMachine] = deployment.stateMachines;
  expect(deployment.roles.map((role) => role.arn)).toEqual(expect.arrayContaining([submitFunction.roleArn, checkFunction.roleArn, stateMachine.roleArn]));
  expect(fs.existsSync(path.join(submitFunction.codeDirectory, 'index.js'))).toBe(true);
  const watchQueue = deployment.queues.find((queue) => queue.arn === deployment.eventSources[0].queueArn)!;
  expect(watchQueue.url).toBe(submitFunction.environment.WATCH_QUEUE_URL);
  expect(deployment.queues.map((queue) => queue.arn)).toContain(watchQueue.deadLetterQueueArn);
  expect(deployment.rules.flatMap((rule) => rule.targets.map((target) => target.arn))).toEqual([watchQueue.arn, watchQueue.arn]);
  expect(deployment.jobQueues[0].computeEnvironmentArns).toEqual([deployment.computeEnvironments[0].arn]);
  expect(deployment.jobDefinitions[0].image!.dockerfile).toBe('Dockerfile');
  expect(JSON.stringify(deployment)).not.toMatch(/"(Ref|Fn::\w+)":/);
});

test('tables have their schema and their indexes, and no more than the emulator needs', () => {
  const { tables, faults } = deploymentOf((stack) => {
    const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
    const own = new dynamodb.TableV2(stack, 'Own', { partitionKey, timeToLiveAttribute: 'expiresAt' });
    own.addGlobalSecondaryIndex({ indexName: 'byOwner', partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING } });
    const kinesisStream = kinesis.Stream.fromStreamArn(stack, 'Stream', Fn.importValue('of-another-app'));
    new dynamodb.Table(stack, 'Named', { tableName: 'named', partitionKey, encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, kinesisStream });
    new dynamodb.CfnTable(stack, 'Broken', { keySchema: [{ attributeName: new CfnParameter(stack, 'Open').valueAsString, keyType: 'HASH' }] });
  });
  const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
  const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
  expect(tables).toEqual([
    expect.objectContaining({ path: 'App/Named', name: 'named', arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/named', description: { AttributeDefinitions, KeySchema } }),
    expect.objectContaining({
      path: 'App/Own',
      name: expect.stringMatching(/^App-Own/),
      arn: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:123456789012:table\/App-Own/),
      description: {
        AttributeDefinitions: [...AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
        KeySchema,
        GlobalSecondaryIndexes: [{ IndexName: 'byOwner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
      },
      timeToLiveAttribute: 'expiresAt',
    }),
  ]);
  expect(faults.map(({ path: constructPath }) => constructPath)).toEqual(['App/Broken']);
});

test('an HTTP API has its routes, and a function what may invoke it', () => {
  const { httpApis, functions, rules } = deploymentOf((stack) => {
    const handler = new lambda.Function(stack, 'Handler', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(imageOf({})) });
    const api = new apigateway.HttpApi(stack, 'Api', { apiName: 'named' });
    const integration = new HttpLambdaIntegration('Integration', handler, { timeout: Duration.seconds(10) });
    api.addRoutes({ path: '/runs/{id}', methods: [apigateway.HttpMethod.GET], integration, authorizer: new HttpIamAuthorizer() });
    api.addRoutes({ path: '/old', methods: [apigateway.HttpMethod.ANY], integration: new HttpLambdaIntegration('Old', handler, { payloadFormatVersion: apigateway.PayloadFormatVersion.VERSION_1_0 }) });
    new apigateway.WebSocketApi(stack, 'WebSocket');
    new events.Rule(stack, 'Rule', { eventPattern: { source: ['a'] }, targets: [new targets.LambdaFunction(handler)] });
    new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
  });
  const [{ arn }] = functions;
  expect(httpApis).toEqual([expect.objectContaining({
    path: 'App/Api',
    arn: `arn:aws:execute-api:us-east-1:123456789012:${httpApis[0].id}`,
    routes: [
      { key: 'GET /runs/{id}', authorization: 'AWS_IAM', functionArn: arn, timeoutMilliseconds: 10_000 },
      { key: 'ANY /old', authorization: 'NONE', functionArn: undefined, timeoutMilliseconds: 30_000 },
    ],
  })]);
  expect(functions[0].permissions).toEqual(expect.arrayContaining([
    { principal: 'apigateway.amazonaws.com', sourceArn: `${httpApis[0].arn}/*/*/runs/{id}` },
    { principal: 'events.amazonaws.com', sourceArn: rules[0].arn },
  ]));
});

test('an HTTP API says which pages may call it', () => {
  const corsOf = (corsPreflight?: apigateway.CorsPreflightOptions) => deploymentOf((stack) => new apigateway.HttpApi(stack, 'Api', { corsPreflight })).httpApis[0].cors;
  expect(corsOf()).toBeUndefined();
  expect(corsOf({ allowOrigins: ['https://a.example'] })).toEqual({ allowOrigins: ['https://a.example'], allowMethods: [], allowHeaders: [], exposeHeaders: [], allowCredentials: false });
  expect(corsOf({ allowMethods: [apigateway.CorsHttpMethod.GET], allowHeaders: ['a'], exposeHeaders: ['b'], allowCredentials: true, maxAge: Duration.minutes(1) }))
    .toEqual({ allowOrigins: [], allowMethods: ['GET'], allowHeaders: ['a'], exposeHeaders: ['b'], allowCredentials: true, maxAgeSeconds: 60 });
});

test('the stacks of an app and of its stages are read together', () => {
  const outdir = temporary();
  const app = new App({ outdir });
  const stage = new Stage(app, 'Prod', { env: { account: '111111111111', region: 'eu-west-1' } });
  const compute = new HeavyBatchCompute(new Stack(stage, 'Shared'), 'Compute');
  new HeavyBatchJob(new Stack(stage, 'Jobs'), 'Job', { compute, imageDirectory: imageOf({}) });
  app.synth();
  const deployment = readDeployment(readAssembly(outdir));
  expect(deployment.stateMachines[0].path).toBe('Prod/Jobs/Job/Run');
  expect([deployment.account, deployment.region]).toEqual(['111111111111', 'eu-west-1']);
  // The stack of the job imports values that the stack of the compute exports.
  expect(JSON.stringify(deployment.stateMachines[0].definition)).toContain(deployment.functions.find((deployed) => deployed.path.endsWith('SubmitFunction'))!.arn);
});

test('a resource whose condition does not hold is not there', () => {
  const { queues } = deploymentOf((stack) => {
    new CfnCondition(stack, 'Here', { expression: Fn.conditionEquals('a', 'a') });
    new CfnCondition(stack, 'Nowhere', { expression: Fn.conditionEquals('a', 'b') });
    for (const condition of ['Here', 'Nowhere']) {
      const queue = new sqs.Queue(stack, `Queue${condition}`).node.defaultChild as sqs.CfnQueue;
      queue.cfnOptions.condition = stack.node.findChild(condition) as CfnCondition;
    }
  });
  expect(queues.map(({ path: constructPath }) => constructPath)).toEqual(['App/QueueHere']);
});

test('the policies of a role are found wherever they are written', () => {
  const { roles } = deploymentOf((stack) => {
    const role = new iam.Role(stack, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Inline: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['a:Inline'], resources: ['*'] })] }) },
    });
    new s3.Bucket(stack, 'Bucket').grantRead(role);
    new iam.ManagedPolicy(stack, 'Managed', { roles: [role], statements: [new iam.PolicyStatement({ actions: ['a:Managed'], resources: ['*'] })] });
  });
  expect(roles[0].policies.flatMap((policy) => policy.Statement.flatMap((statement) => statement.Action))).toEqual(['a:Inline', 's3:GetObject*', 's3:GetBucket*', 's3:List*', 'a:Managed']);
});

test('a job in a nested stack has its construct path, and the values that the stacks give each other', () => {
  const deployment = deploymentOf((stack) => {
    const compute = new HeavyBatchCompute(stack, 'Compute');
    const nested = new NestedStack(stack, 'Nest');
    new HeavyBatchJob(nested, 'Job', { compute, imageDirectory: imageOf({}) });
    new HeavyBatchJob(new NestedStack(nested, 'Inner'), 'Job', { imageDirectory: imageOf({}) });
    // It has the logical id of the job in the nested stack.
    const job = new HeavyBatchJob(stack, 'Job', { compute, imageDirectory: imageOf({}) });
    new HeavyBatchMap(nested, 'Each', { job, bucket: s3.Bucket.fromBucketName(nested, 'Lists', 'lists'), resultBucket: new s3.Bucket(nested, 'Results') });
  });
  expect(deployment.faults).toEqual([]);
  expect(deployment.stateMachines.map((machine) => machine.path).sort()).toEqual(['App/Job/Run', 'App/Nest/Each', 'App/Nest/Inner/Job/Run', 'App/Nest/Job/Run']);
  expect(new Set(deployment.stateMachines.map((machine) => machine.arn)).size).toBe(4);
  const definitionOf = (end: string) => JSON.stringify(deployment.stateMachines.find((machine) => machine.path.endsWith(end))!.definition);
  expect(definitionOf('Nest/Job/Run')).toContain(deployment.functions.find((deployed) => deployed.path === 'App/Compute/Watch/SubmitFunction')!.arn);
  expect(definitionOf('Nest/Each')).toContain(deployment.stateMachines.find((machine) => machine.path === 'App/Job/Run')!.arn);
  expect(definitionOf('Inner/Job/Run')).toContain(deployment.functions.find((deployed) => deployed.path.startsWith('App/Nest/Inner/'))!.arn);
  expect(deployment.jobDefinitions.filter(({ image }) => image)).toHaveLength(3);
  expect(JSON.stringify(deployment)).not.toMatch(/"(Ref|Fn::\w+)":|unresolved/);
});

test('copies of stacks, with changed templates, are connected as the stacks are', () => {
  const assembly = readAssembly(synthesize((stack) => {
    new HeavyBatchJob(new NestedStack(stack, 'Nest'), 'Job', { compute: new HeavyBatchCompute(stack, 'Compute'), imageDirectory: imageOf({}) });
  }));
  const copies = assembly.stacks.map((stack) => ({ ...stack }));
  expect(readDeployment({ ...assembly, stacks: copies })).toEqual(readDeployment(assembly));
});

test('the rest of an app may be anything that the CDK can synthesize', () => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'definition.json'), '{"StartAt":"P","States":{"P":{"Type":"Pass","Result":"${what}","End":true}}}');
  const deployment = deploymentOf((stack) => {
    new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}) });
    const app = stack.node.root as App;
    new Stack(app, 'Empty');
    const other = new Stack(app, 'Other', { env: { account: '222222222222', region: 'eu-central-1' } });
    new sfn.StateMachine(other, 'OfFile', { definitionBody: sfn.DefinitionBody.fromFile(path.join(directory, 'definition.json')), definitionSubstitutions: { what: 'substituted' } });
    new sqs.Queue(other, 'Named', { queueName: new CfnParameter(other, 'Name').valueAsString });
    new sqs.Queue(other, 'Slow', { visibilityTimeout: Duration.seconds(new CfnParameter(other, 'Seconds', { type: 'Number' }).valueAsNumber) });
    new sqs.Queue(other, 'Imported', { queueName: Fn.importValue('of-another-app') });
    const inline = new lambda.Function(other, 'Inline', { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = () => {}') });
    new events.Rule(other, 'Daily', { schedule: events.Schedule.rate(Duration.days(1)), targets: [new targets.LambdaFunction(inline)] });
    new events.Rule(other, 'NoTargets', { eventPattern: { source: ['aws.s3'] } });
    const policy = new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [Fn.importValue('bucket-arn')] });
    new iam.Role(other, 'Role', { assumedBy: new iam.AccountRootPrincipal() }).addToPolicy(policy);
    new CfnInclude(other, 'Included', { templateFile: included(directory) });
    other.addTransform('AWS::LanguageExtensions');
  });
  expect(deployment.stateMachines.map(({ definition }) => definition)).toContainEqual({ StartAt: 'P', States: { P: { Type: 'Pass', Result: 'substituted', End: true } } });
  expect(deployment.queues.map((queue) => queue.path)).toEqual(expect.arrayContaining(['Other/Named', 'Other/Imported']));
  expect(deployment.roles.find((role) => role.path === 'Other/Role')!.policies).toEqual([{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'unresolved Fn::ImportValue' }] }]);
  expect(deployment.rules.find((rule) => rule.path === 'Other/NoTargets')!.targets).toEqual([]);
  expect(deployment.faults.map((fault) => [fault.type, fault.path, fault.message])).toEqual([
    ['AWS::Lambda::Function', 'Other/Inline', 'Other/Inline has code that is not an asset of the app, which the emulator cannot run; use Code.fromAsset()'],
    ['AWS::SQS::Queue', 'Other/Slow', 'Other/Slow needs the parameter Seconds of stack Other, which has no default; the emulator deploys with the defaults, so give it one'],
  ]);
});

/** Properties that CloudFormation does not require, or that are of a kind the CDK does not use. */
function included(directory: string): string {
  const file = path.join(directory, 'included.json');
  fs.writeFileSync(file, JSON.stringify({
    Resources: {
      BareQueue: { Type: 'AWS::SQS::Queue' },
      BareBucket: { Type: 'AWS::S3::Bucket' },
      BareJobQueue: { Type: 'AWS::Batch::JobQueue', Properties: { Priority: 1, JobQueueType: 'SAGEMAKER_TRAINING', ServiceEnvironmentOrder: [] } },
      BareDefinition: { Type: 'AWS::Batch::JobDefinition', Properties: { Type: 'multinode', NodeProperties: { NumNodes: 2, MainNode: 0, NodeRangeProperties: [] } } },
      Eks: { Type: 'AWS::Batch::JobDefinition', Properties: { Type: 'container', EksProperties: {} } },
      Unmanaged: { Type: 'AWS::Batch::ComputeEnvironment', Properties: { Type: 'UNMANAGED' } },
      Kafka: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: 'f', SelfManagedEventSource: {} } },
      OfNoQueue: { Type: 'AWS::SQS::QueuePolicy', Properties: { PolicyDocument: { Statement: [] }, Queues: [] } },
    },
  }));
  return file;
}
