import * as fs from 'fs';
import * as path from 'path';
import { App, ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer, HttpLambdaAuthorizer, HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { JobQueue } from 'aws-cdk-lib/aws-batch';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { IMAGE, newJob, newStack } from './stacks';
import { matchesPattern } from '../emulator/services/events/event-pattern';
import { HeavyBatchApi, HeavyBatchApiParameter, HeavyBatchApiProps, HeavyBatchApiValueType, HeavyBatchCompute, HeavyBatchJob, HeavyBatchJobProps, HeavyBatchQueueCompute } from '../src';
import type { JobSpec, SubmitRequest } from '../src/contract/job-spec';
import { parseRunInput } from '../src/functions/shared/input/run-input';
import { jobRequest } from '../src/functions/submit/job-request';

const PARAMETERS: HeavyBatchJobProps = { command: ['work', 'Ref::size', 'Ref::mode'], parameters: { size: '10', mode: 'fast' } };
const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
const { TEXT, INTEGER, NUMBER, BOOLEAN } = HeavyBatchApiValueType;

type Props = Omit<HeavyBatchApiProps, 'jobs'> & Partial<Pick<HeavyBatchApiProps, 'jobs'>>;

function apiWith(props: Props | ((stack: Stack) => Props) = {}, jobProps: HeavyBatchJobProps = PARAMETERS) {
  const stack = newStack();
  const job = newJob(jobProps, stack);
  const api = new HeavyBatchApi(stack, 'Api', { jobs: [{ job }], ...typeof props === 'function' ? props(stack) : props });
  return { stack, job, api };
}

const templateOf = (props?: Parameters<typeof apiWith>[0], jobProps?: HeavyBatchJobProps) => Template.fromStack(apiWith(props, jobProps).stack);

/** The OpenAPI document beside the code of the function. */
function documentOf(api: HeavyBatchApi): any {
  const { directory } = (api.node.root as App).synth();
  const asset = fs.readdirSync(directory).find((name) => fs.existsSync(path.join(directory, name, 'openapi.json')))!;
  return JSON.parse(fs.readFileSync(path.join(directory, asset, 'openapi.json'), 'utf8'));
}

const parametersWith = (parameters: { [name: string]: HeavyBatchApiParameter }) => {
  const { api } = apiWith((stack) => ({ jobs: [{ job: stack.node.findChild('Job') as HeavyBatchJob, parameters }] }));
  return documentOf(api).components.schemas.Parameters_job;
};

describe('an API', () => {
  const { stack, api, job } = apiWith();
  const template = Template.fromStack(stack);

  test('has three routes to one function, and callers who sign their requests', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]))
      .toEqual(['GET', 'POST', 'DELETE'].map((method) => [`${method} /{proxy+}`, 'AWS_IAM']));
    expect(new Set(routes.map(({ Target }) => JSON.stringify(Target))).size).toBe(1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0', IntegrationUri: stack.resolve(api.apiFunction.functionArn) });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Name: 'Api', ProtocolType: 'HTTP', CorsConfiguration: Match.absent() });
  });

  test('limits and logs requests, without headers and queries', () => {
    const [{ Properties: stage }] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    expect(stage).toMatchObject({ StageName: '$default', AutoDeploy: true, DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } });
    expect(stage.AccessLogSettings.DestinationArn).toEqual(stack.resolve(api.logGroup.logGroupArn));
    const format = JSON.parse(stage.AccessLogSettings.Format);
    expect(Object.keys(format)).toEqual(['requestId', 'time', 'routeKey', 'status', 'responseLatency', 'integrationErrorMessage', 'protocol', 'sourceIp']);
    expect(JSON.stringify(format)).not.toMatch(/header|query|\.path/i);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('has a table that costs nothing without requests, and goes with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        GlobalSecondaryIndexes: [{
          IndexName: 'byStatus',
          KeySchema: [{ AttributeName: 'statusPk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'ALL' },
        }],
        SSESpecification: Match.absent(),
        PointInTimeRecoverySpecification: Match.absent(),
      },
    });
  });

  test('has a function that knows its jobs and its table', () => {
    const [{ Properties: properties }] = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { JOBS: Match.anyValue() } } } }));
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler', Architectures: ['arm64'], MemorySize: 256, Timeout: 30 });
    expect(properties.Environment.Variables).toEqual({
      TABLE: stack.resolve(api.table.tableName),
      JOBS: { 'Fn::Join': ['', ['[{"name":"job","stateMachineArn":"', stack.resolve(job.stateMachine.stateMachineArn), '"}]']] },
      RETENTION: String(90 * 86_400),
      MOST_WAITING: '50',
    });
  });

  test('may do what it does, and nothing else', () => {
    const machine = stack.resolve(job.stateMachine.stateMachineArn);
    const table = stack.resolve(api.table.tableArn);
    const executions = stack.resolve(stack.formatArn({ service: 'states', resource: 'execution', arnFormat: ArnFormat.COLON_RESOURCE_NAME, resourceName: `${Fn.select(6, Fn.split(':', job.stateMachine.stateMachineArn))}:*` }));
    const log = stack.resolve((api.node.findChild('FunctionLog') as logs.LogGroup).logGroupArn);
    const results = `results/${job._plan.resultFolder}`;
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve((api.node.findChild('Role') as iam.Role).roleName)],
      PolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: log },
          { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], Resource: table },
          { Effect: 'Allow', Action: 'dynamodb:Query', Resource: [table, { 'Fn::Join': ['', [table, '/index/byStatus']] }] },
          { Effect: 'Allow', Action: ['states:StartExecution', 'states:DescribeStateMachine'], Resource: machine },
          { Effect: 'Allow', Action: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'], Resource: executions },
          { Effect: 'Allow', Action: 'logs:GetLogEvents', Resource: stack.resolve(job.logGroup.logGroupArn) },
          { Effect: 'Allow', Action: 'batch:GetJobQueueSnapshot', Resource: stack.resolve(job.jobQueue.jobQueueArn) },
          { Effect: 'Allow', Action: 's3:GetObject', Resource: stack.resolve(job.compute.payloadBucket.arnForObjects(`${results}/*`)) },
        ],
      },
    });
  });

  test('lets a principal call it', () => {
    const given = apiWith();
    given.api.grantInvoke(new iam.Role(given.stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(given.stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: given.stack.resolve(given.api.httpApi.arnForExecuteApi()) }] },
    });
  });

  test('has the metrics of its HTTP API', () => {
    const metrics = [api.metricCount(), api.metricClientError(), api.metricServerError(), api.metricLatency({ statistic: 'p99' })];
    expect(metrics.map(({ namespace, metricName, statistic }) => [namespace, metricName, statistic]))
      .toEqual([['Count', 'SampleCount'], ['4xx', 'Sum'], ['5xx', 'Sum'], ['Latency', 'p99']].map((metric) => ['AWS/ApiGateway', ...metric]));
  });
});

describe('the logs that an API may read', () => {
  const resourcesOf = (template: Template) => Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }) => [Action].flat().includes('logs:GetLogEvents')).map(({ Resource }) => Resource);

  test('are those of the log group that the log driver of the job names', () => {
    const stack = newStack();
    const logDriver = ecs.LogDrivers.awsLogs({ logGroup: logs.LogGroup.fromLogGroupName(stack, 'Given', 'given'), streamPrefix: 'mine' });
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job: newJob({ logDriver }, stack) }] });
    expect(resourcesOf(Template.fromStack(stack))).toEqual([stack.resolve(stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: 'given:*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }))]);
  });

  test('are none where the job logs elsewhere, or where it is imported', () => {
    expect(resourcesOf(templateOf({}, { logDriver: ecs.LogDrivers.jsonFile() }))).toEqual([]);
    expect(resourcesOf(templateOf((stack) => ({ jobs: [{ job: HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Imported', { stateMachineArn: ARN }) }] })))).toEqual([]);
  });
});

describe('the rules of an API', () => {
  const machines = [ARN, `${ARN}Other`];
  const stack = newStack();
  new HeavyBatchApi(stack, 'Api', { jobs: machines.map((stateMachineArn, index) => ({ job: HeavyBatchJob.fromHeavyBatchJobAttributes(stack, `Job${index}`, { stateMachineArn }) })) });
  const patternOf = (source: string) => {
    const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')).filter(({ Properties }) => Properties.EventPattern.source[0] === source);
    return rule.Properties.EventPattern;
  };
  const runEvent = (stateMachineArn: string) => ({ 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': { stateMachineArn, status: 'RUNNING' } });
  const executionOf = (machine: string) => `${machine.replace(':stateMachine:', ':execution:')}:run-1`;

  /** The event of a job that the submit function has submitted. */
  const jobEvent = (execution: string, { type = 'Batch Job State Change', ...detail }: { type?: string; status?: string; jobId?: string } = {}) => {
    const job: JobSpec = { definition: 'definition:1', vcpus: 1, memory: 1024, queueTimeout: 3600, logGroup: 'log', parameters: [], command: ['work'] };
    const request: SubmitRequest = { job, execution: { Id: execution, Input: {}, RedriveCount: 0 }, retryCount: 0, token: 't' };
    const { parameters } = jobRequest(request, parseRunInput({}, job), 'id', { jobQueues: ['queue'] }).submission;
    return { 'source': 'aws.batch', 'detail-type': type, 'detail': { status: 'RUNNABLE', jobId: 'a-b', parameters, ...detail } };
  };

  test('send each status of the runs of its jobs to its function', () => {
    expect([...machines, `${ARN}2`].map((machine) => matchesPattern(patternOf('aws.states'), runEvent(machine)))).toEqual([true, true, false]);
    Template.fromStack(stack).allResourcesProperties('AWS::Events::Rule', { Targets: [{ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('ApiFunction'), 'Arn'] } }] });
  });

  test('send the states of the jobs of these runs until their end', () => {
    const matches = (...of: Parameters<typeof jobEvent>) => matchesPattern(patternOf('aws.batch'), jobEvent(...of));
    expect([...machines, `${ARN}2`, ARN.slice(0, -1)].map((machine) => matches(executionOf(machine)))).toEqual([true, true, false, false]);
    const statuses = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'];
    expect(statuses.filter((status) => matches(executionOf(ARN), { status }))).toEqual(['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING']);
    expect(matches(executionOf(ARN), { type: 'Batch Job Queue Blocked' })).toBe(true);
    expect(['a:1', 'a#0'].map((jobId) => matches(executionOf(ARN), { jobId }))).toEqual([false, false]);
  });

  test('have patterns that EventBridge accepts, also with ten jobs of the longest names in a Region with a long name', () => {
    const large = newStack();
    const jobs = Array.from({ length: 10 }, (_, index) => {
      const stateMachineArn = `arn:aws-us-gov:states:ap-southeast-1:123456789012:stateMachine:${'x'.repeat(78)}${index}y`;
      return { job: HeavyBatchJob.fromHeavyBatchJobAttributes(large, `Job${index}`, { stateMachineArn }), name: `${'a'.repeat(39)}${index}` };
    });
    new HeavyBatchApi(large, 'Api', { jobs });
    const template = Template.fromStack(large);
    for (const { Properties } of Object.values(template.findResources('AWS::Events::Rule'))) expect(JSON.stringify(Properties.EventPattern).length).toBeLessThan(2_048);
    const [{ Properties: { Environment } }] = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(JSON.stringify(Environment.Variables).length).toBeLessThan(4_000);
  });
});

describe('who may call an API', () => {
  const JWT = { AuthorizationType: 'JWT', AuthorizerId: Match.anyValue() };
  const issuer = 'https://login.example.com';
  const CASES: [title: string, props: (stack: Stack) => Props, route: object, scheme: object | undefined][] = [
    ['a caller with IAM', () => ({}), { AuthorizationType: 'AWS_IAM' }, { 'type': 'apiKey', 'name': 'Authorization', 'in': 'header', 'description': 'Signature Version 4 of AWS.', 'x-amazon-apigateway-authtype': 'awsSigv4' }],
    ['a caller with IAM, as a given authorizer', () => ({ authorizer: new HttpIamAuthorizer() }), { AuthorizationType: 'AWS_IAM' }, { 'type': 'apiKey', 'name': 'Authorization', 'in': 'header', 'description': 'Signature Version 4 of AWS.', 'x-amazon-apigateway-authtype': 'awsSigv4' }],
    ['a user of a user pool', (stack) => ({ authorizer: new HttpUserPoolAuthorizer('Users', new cognito.UserPool(stack, 'Pool')) }), JWT, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    ['a caller with a JWT', () => ({ authorizer: new HttpJwtAuthorizer('Jwt', issuer, { jwtAudience: ['runs'] }) }), JWT, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    ['a caller that a function knows', (stack) => ({ authorizer: new HttpLambdaAuthorizer('Own', lambda.Function.fromFunctionName(stack, 'Authorizer', 'authorizer')) }), { AuthorizationType: 'CUSTOM', AuthorizerId: Match.anyValue() }, { type: 'apiKey', name: 'Authorization', in: 'header' }],
    ['everybody, where this is asked for', () => ({ allowAnonymousAccess: true }), { AuthorizationType: 'NONE' }, undefined],
  ];

  test.each(CASES)('%s', (_, props, route, scheme) => {
    const { stack, api } = apiWith(props);
    Template.fromStack(stack).allResourcesProperties('AWS::ApiGatewayV2::Route', route);
    const { components, security } = documentOf(api);
    expect(components.securitySchemes?.caller).toEqual(scheme);
    expect(security).toEqual(scheme && [{ caller: [] }]);
  });

  test('an authorizer of a class of its own is one whose callers send a header', () => {
    const bind = () => ({ authorizerId: 'a', authorizationType: 'CUSTOM' });
    const { api } = apiWith({ authorizer: { bind } });
    expect(documentOf(api).components.securitySchemes.caller).toEqual({ type: 'apiKey', name: 'Authorization', in: 'header' });
  });

  test('the page is open to everybody where this is asked for, and what it asks for is not', () => {
    const template = templateOf({ console: true });
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])).toEqual([
      ...['GET', 'POST', 'DELETE'].map((method) => [`${method} /{proxy+}`, 'AWS_IAM']), ['GET /console', 'NONE'],
    ]);
    const [[routeId]] = Object.entries(template.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey: 'GET /console' } }));
    template.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 100 }, RouteSettings: { 'GET /console': { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } } },
      DependsOn: Match.arrayWith([routeId]),
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { SourceArn: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('/console$')])] } });
  });

  test('a permission to call is refused where a call needs none', () => {
    const { stack, api } = apiWith({ allowAnonymousAccess: true });
    expect(() => api.grantInvoke(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() })))
      .toThrow("'authorizer' is not IAM, so a permission to call the API would have no effect; leave out 'authorizer' and 'allowAnonymousAccess', or the grant (at Stack/Api)");
  });

  test('the function knows what tells owners apart', () => {
    templateOf({ ownerClaim: 'userArn' }).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { OWNER_CLAIM: 'userArn' } } });
  });
});

describe('the OpenAPI document', () => {
  test('has the parameters of a job by name, each with its default value', () => {
    const { api } = apiWith();
    const document = documentOf(api);
    expect([document.info.title, document.info.version, Object.keys(document.paths['/runs']), document.paths['/jobs/job/runs'].post.operationId]).toEqual(['Api', '1.0', ['post', 'get'], 'startRunOf_job']);
    const any = { type: ['string', 'number', 'boolean'] };
    expect(document.components.schemas.Parameters_job.properties).toEqual({ mode: { ...any, default: 'fast' }, size: { ...any, default: '10' } });
  });

  test('has what is said of the parameters', () => {
    expect(parametersWith({
      size: { valueType: INTEGER, description: 'Megabytes.', minimum: 1, maximum: 100, allowedValues: ['10', '20'] },
      mode: { valueType: TEXT, pattern: '^[a-z]+$', minLength: 1, maxLength: 8, required: true },
    })).toMatchObject({
      properties: {
        size: { type: 'integer', description: 'Megabytes.', minimum: 1, maximum: 100, enum: [10, 20], default: 10 },
        mode: { type: 'string', pattern: '^[a-z]+$', minLength: 1, maxLength: 8 },
      },
      required: ['mode'],
      additionalProperties: false,
    });
  });

  test('says true and false as JSON does, and nothing of a default value that is not known', () => {
    const stack = newStack();
    const job = newJob({ command: ['Ref::dry', 'Ref::place', 'Ref::rate'], parameters: { dry: 'true', place: stack.region, rate: '1.5' } }, stack);
    const api = new HeavyBatchApi(stack, 'Api', { jobs: [{ job, parameters: { dry: { valueType: BOOLEAN }, place: { valueType: TEXT, maxLength: 3 }, rate: { valueType: NUMBER, minimum: 0.5 } } }] });
    expect(documentOf(api).components.schemas.Parameters_job.properties).toEqual({
      dry: { type: 'boolean', default: true }, place: { type: 'string', maxLength: 3 }, rate: { type: 'number', minimum: 0.5, default: 1.5 },
    });
  });

  test('limits the length of what is matched with a pattern', () => {
    const limits = { short: { maxLength: 8 }, long: { maxLength: 5_000 }, other: {} };
    const of = (text: HeavyBatchApiParameter) => parametersWith({ size: { valueType: TEXT, ...text } }).properties.size.maxLength;
    expect(Object.values(limits).map((limit) => of({ pattern: '.', ...limit }))).toEqual([8, 5_000, 1_024]);
    expect(of({})).toBeUndefined();
  });

  test('has any parameters of an imported job, or those that are listed', () => {
    const schemaWith = (parameters?: { [name: string]: HeavyBatchApiParameter }) => {
      const stack = newStack();
      const api = new HeavyBatchApi(stack, 'Api', { jobs: [{ job: HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: ARN }), parameters }] });
      return documentOf(api).components.schemas.Parameters_job;
    };
    expect(schemaWith()).toMatchObject({ additionalProperties: { type: ['string', 'number', 'boolean'] } });
    expect(schemaWith({ size: { valueType: INTEGER } })).toMatchObject({ properties: { size: { type: 'integer' } }, additionalProperties: false });
  });

  test('is the same in whatever order parameters are listed, and so is the code of the function', () => {
    const codeOf = (parameters: { [name: string]: HeavyBatchApiParameter }) => {
      const { stack } = apiWith((scope) => ({ jobs: [{ job: scope.node.findChild('Job') as HeavyBatchJob, parameters }] }));
      return Template.fromStack(stack).findResources('AWS::Lambda::Function', { Properties: { Timeout: 30, Environment: { Variables: { JOBS: Match.anyValue() } } } });
    };
    expect(codeOf({ size: { valueType: INTEGER, minimum: 1 }, mode: {} })).toEqual(codeOf({ mode: {}, size: { minimum: 1, valueType: INTEGER } }));
    expect(codeOf({ size: { valueType: INTEGER } })).not.toEqual(codeOf({}));
  });
});

describe('the names of jobs', () => {
  test('are their ids in lower case, or those that are given', () => {
    const stack = newStack();
    const compute = new HeavyBatchCompute(stack, 'Compute');
    const jobs = ['Sort', 'Render Video_2', 'Third'].map((id) => ({ job: new HeavyBatchJob(stack, id, { compute, imageDirectory: IMAGE }) }));
    const api = new HeavyBatchApi(stack, 'Api', { jobs: [jobs[0], jobs[1], { ...jobs[2], name: 'pack' }] });
    expect(Object.keys(documentOf(api).paths).filter((name) => name.startsWith('/jobs/'))).toEqual(['/jobs/sort/runs', '/jobs/render-video-2/runs', '/jobs/pack/runs']);
  });
});

describe('the options of an API', () => {
  test('are written into its resources', () => {
    const template = templateOf({ title: 'Sorting', retention: Duration.days(7), maxWaitingRequests: 0, throttle: { rateLimit: 5 }, logRetention: logs.RetentionDays.ONE_WEEK });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Name: 'Sorting' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 200 } });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { RETENTION: '604800', MOST_WAITING: '0' } } });
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 7 }, 2);
  });

  test('add what a browser needs to know of the headers and methods of the API', () => {
    const corsOf = (props: Props) => Object.values(templateOf(props).findResources('AWS::ApiGatewayV2::Api'))[0].Properties.CorsConfiguration;
    const allowOrigins = ['https://app.example.com'];
    expect(corsOf({ cors: { allowOrigins, allowHeaders: ['X-Own', 'authorization'], maxAge: Duration.minutes(5) }, allowAnonymousAccess: true })).toEqual({
      AllowOrigins: allowOrigins,
      AllowHeaders: ['X-Own', 'authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'Prefer'],
      AllowMethods: ['GET', 'POST', 'DELETE'],
      ExposeHeaders: ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'Preference-Applied'],
      MaxAge: 300,
    });
    expect(corsOf({ cors: { allowOrigins, allowMethods: [apigatewayv2.CorsHttpMethod.ANY], exposeHeaders: ['*'] } })).toMatchObject({
      AllowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-None-Match', 'Prefer', 'X-Amz-Content-Sha256', 'X-Amz-Date', 'X-Amz-Security-Token'], AllowMethods: ['*'], ExposeHeaders: ['*'],
    });
  });

  test('give it a domain', () => {
    const urlWith = (mappingKey?: string) => {
      const { stack, api } = apiWith((scope) => {
        const certificate = acm.Certificate.fromCertificateArn(scope, 'Certificate', 'arn:aws:acm:us-east-1:123456789012:certificate/a');
        return { domain: { domainName: new apigatewayv2.DomainName(scope, 'Domain', { domainName: 'runs.example.com', certificate }), mappingKey } };
      });
      Template.fromStack(stack).resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
      return stack.resolve(api.url);
    };
    const domain = { Ref: 'Domain66AC69E0' };
    expect(urlWith()).toEqual({ 'Fn::Join': ['', ['https://', domain]] });
    expect(urlWith('v1')).toEqual({ 'Fn::Join': ['', ['https://', domain, '/v1']] });
    const { stack, api } = apiWith();
    expect(stack.resolve(api.url)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Api/), 'ApiEndpoint'] });
  });
});

describe('the data of an API over a regulated job', () => {
  const { stack, job, api } = apiWith({}, { ...PARAMETERS, regulated: {} });
  const template = Template.fromStack(stack);
  const key = stack.resolve(job.compute.encryptionKey!.keyArn);

  test('is encrypted with the key of the job, can be restored, and stays when the stack is deleted', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key }, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { KmsKeyArn: key, Environment: { Variables: { JOBS: Match.anyValue() } } });
    for (const id of ['AccessLog', 'FunctionLog']) {
      const name = stack.getLogicalId((api.node.findChild(id) as logs.LogGroup).node.defaultChild as logs.CfnLogGroup);
      expect(template.findResources('AWS::Logs::LogGroup')[name]).toMatchObject({ DeletionPolicy: 'Retain', Properties: { KmsKeyId: key, RetentionInDays: 365 } });
    }
  });

  test('may be used by the function', () => {
    const machine = stack.resolve(job.stateMachine.stateMachineArn);
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve((api.node.findChild('Role') as iam.Role).roleName)],
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: key },
          {
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: key,
            Condition: { StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': [machine, { 'Fn::Join': ['', [machine, '/*']] }] } },
          },
        ]),
      },
    });
  });

  test('follows the rules of the job, and of an imported job with a key', () => {
    const longer = templateOf({}, { ...PARAMETERS, regulated: { logRetention: logs.RetentionDays.TWO_YEARS } });
    longer.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 731 });
    const imported = newStack();
    const encryptionKey = kms.Key.fromKeyArn(imported, 'Key', 'arn:aws:kms:us-east-1:123456789012:key/a');
    new HeavyBatchApi(imported, 'Api', { jobs: [{ job: HeavyBatchJob.fromHeavyBatchJobAttributes(imported, 'Job', { stateMachineArn: ARN, encryptionKey }) }] });
    Template.fromStack(imported).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: encryptionKey.keyArn });
  });
});

describe('the jobs of an API', () => {
  test.each([undefined, {}])('may be in another stack, which does not depend on the API (regulated: %j)', (regulated) => {
    const app = new App({ analyticsReporting: false });
    const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
    const job = new HeavyBatchJob(first, 'Job', { imageDirectory: IMAGE, regulated });
    new HeavyBatchApi(second, 'Api', { jobs: [{ job }] });
    app.synth();
    expect([first, second].map((stack) => stack.dependencies)).toEqual([[], [first]]);
  });

  const snapshots = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }) => Action === 'batch:GetJobQueueSnapshot').map(({ Resource }) => Resource);

  test('wait in queues that a deployment may replace, so an API of another stack does not import them', () => {
    const app = new App({ analyticsReporting: false });
    const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
    const [spot, named] = [newJob({ spot: true }, first), JobQueue.fromJobQueueArn(first, 'Queue', 'arn:aws:batch:us-east-1:123456789012:job-queue/named')];
    const compute = new HeavyBatchQueueCompute(first, 'Compute', { jobQueue: named });
    const onNamed = new HeavyBatchJob(first, 'Named', { imageDirectory: IMAGE, compute });
    new HeavyBatchApi(second, 'Api', { jobs: [{ job: spot }, { job: onNamed }] });
    new HeavyBatchApi(first, 'Api', { jobs: [{ job: spot }] });
    expect(snapshots(second)).toEqual([
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':batch:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':job-queue/*']] },
      named.jobQueueArn,
    ]);
    expect(snapshots(first)).toEqual([spot.compute._plan.jobQueues.map((queue) => first.resolve(queue.jobQueueArn))]);
  });

  test('may be imported, with permissions on the executions of their ARNs', () => {
    const stack = newStack();
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job: HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: ARN }) }] });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: Match.arrayWith(['states:RedriveExecution']), Resource: 'arn:aws:states:us-east-1:123456789012:execution:Sort:*' })]) },
    });
  });

  test('are refused in another Region or account, from where no event would come', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { env: { region: 'eu-west-1', account: '123456789012' } });
    const job = HeavyBatchJob.fromHeavyBatchJobAttributes(stack, 'Job', { stateMachineArn: ARN });
    expect(() => new HeavyBatchApi(stack, 'Api', { jobs: [{ job }] })).toThrow(
      "'jobs[0].job' is in us-east-1 of account 123456789012, but the API is in eu-west-1 of account 123456789012; use a job of the same account and Region, or another 'env' for the stack (at Stack/Api)");
  });
});

const withJobs = (entries: (job: HeavyBatchJob, stack: Stack) => HeavyBatchApiProps['jobs']) => (stack: Stack): Props => ({ jobs: entries(stack.node.findChild('Job') as HeavyBatchJob, stack) });
const withParameter = (parameter: HeavyBatchApiParameter, name = 'size') => withJobs((job) => [{ job, parameters: { [name]: parameter } }]);
const imported = (stack: Stack, id: string, name = id) => ({ job: HeavyBatchJob.fromHeavyBatchJobAttributes(stack, id, { stateMachineArn: `${ARN}${name}` }) });
const SIZE = "'jobs[0].parameters.size";

test.each<[title: string, props: Parameters<typeof apiWith>[0], message: string]>([
  ['no job', { jobs: [] }, "'jobs' is an empty list; name a job"],
  ['eleven jobs', withJobs((_, stack) => Array.from({ length: 11 }, (_each, index) => imported(stack, `J${index}`))), "'jobs' has 11 jobs; use 1 to 10, and another API for the others"],
  ['a job that is there twice', withJobs((job) => [{ job }, { job, name: 'other' }]), "'jobs[1].job' is Stack/Job, which is in 'jobs' twice; leave one of them out"],
  ['two jobs of one name', withJobs((job, stack) => [{ job }, { ...imported(stack, 'Other'), name: 'job' }]), "'jobs[1].name' is 'job', the name of another job of the API; set 'name' to another one"],
  ['a name in upper case', withJobs((job) => [{ job, name: 'Sort' }]), "'jobs[0].name' is 'Sort'; use a letter and up to 39 more letters, digits and hyphens, all in lower case"],
  ['a name of 41 letters', withJobs((job) => [{ job, name: 'a'.repeat(41) }]), `'jobs[0].name' is '${'a'.repeat(41)}'; use a letter and up to 39 more letters, digits and hyphens, all in lower case`],
  ['an id that makes no name', withJobs((_, stack) => [imported(stack, '7 zip')]), "'jobs[0].name' would be '7-zip' by the id of Stack/7 zip; use a letter and up to 39 more letters, digits and hyphens, all in lower case"],
  ['a parameter that its job does not have', withParameter({}, 'speed'), "'jobs[0].parameters' has 'speed', but Stack/Job has no such parameter; use size or mode"],
  ['a type that there is not', withParameter({ valueType: 'DATE' as never }), `${SIZE}.valueType' is "DATE"; use TEXT, INTEGER, NUMBER or BOOLEAN`],
  ['no allowed values', withParameter({ allowedValues: [] }), `${SIZE}.allowedValues' is an empty list; leave it out, or name the values that are accepted`],
  ['an allowed value twice', withParameter({ allowedValues: ['10', '10'] }), `${SIZE}.allowedValues' has '10' twice; leave one of them out`],
  ['an allowed value that is no number', withParameter({ valueType: NUMBER, allowedValues: ['10', 'ten'] }), `${SIZE}.allowedValues[1]' is 'ten', which is no number; use another value`],
  ['an allowed value that is no whole number', withParameter({ valueType: INTEGER, allowedValues: ['10', '1.5'] }), `${SIZE}.allowedValues[1]' is '1.5', which is no whole number; use another value`],
  ['an allowed value below its minimum', withParameter({ valueType: INTEGER, minimum: 5, allowedValues: ['4', '10'] }), `${SIZE}.allowedValues[0]' is '4', which is less than the 'minimum' of 5; use another value`],
  ['allowed values of a flag', withParameter({ valueType: BOOLEAN, allowedValues: ['true'] }), `${SIZE}.allowedValues' is ["true"], but 'valueType' is BOOLEAN; set 'valueType' to TEXT or INTEGER or NUMBER, or leave 'allowedValues' out`],
  ['a pattern of a number', withParameter({ valueType: INTEGER, pattern: '^1' }), `${SIZE}.pattern' is "^1", but 'valueType' is INTEGER; set 'valueType' to TEXT, or leave 'pattern' out`],
  ['a length of what may be a number', withParameter({ maxLength: 3 }), `${SIZE}.maxLength' is 3, but 'valueType' is not set; set 'valueType' to TEXT, or leave 'maxLength' out`],
  ['a minimum of a text', withParameter({ valueType: TEXT, minimum: 3 }), `${SIZE}.minimum' is 3, but 'valueType' is TEXT; set 'valueType' to INTEGER or NUMBER, or leave 'minimum' out`],
  ['a pattern that is no regular expression', withParameter({ valueType: TEXT, pattern: '(' }), `${SIZE}.pattern' is '(', which is no regular expression with the flag u: Unterminated group; use another one`],
  ['a pattern that is one only without the flag u', withParameter({ valueType: TEXT, pattern: '\\-' }), `${SIZE}.pattern' is '\\-', which is no regular expression with the flag u: Invalid escape; use another one`],
  ['a minimum above the maximum', withParameter({ valueType: NUMBER, minimum: 3, maximum: 2 }), `${SIZE}.minimum' is 3, but 'maximum' is 2; use 2 or less, or a larger 'maximum'`],
  ['a least length above the largest', withParameter({ valueType: TEXT, minLength: 3, maxLength: 2 }), `${SIZE}.minLength' is 3, but 'maxLength' is 2; use 2 or less, or a larger 'maxLength'`],
  ['a least length above what a pattern allows', withParameter({ valueType: TEXT, pattern: '.', minLength: 1_025 }), `${SIZE}.minLength' is 1025, but 'maxLength' is 1024; use 1024 or less, or a larger 'maxLength'`],
  ['an allowed value that is too long for a pattern', withParameter({ valueType: TEXT, pattern: '.', allowedValues: ['x'.repeat(1_025)] }), `${SIZE}.allowedValues[0]' is '${'x'.repeat(1_025)}', which has more than the 'maxLength' of 1024 characters; use another value`],
  ['half a number as the minimum of whole ones', withParameter({ valueType: INTEGER, minimum: 0.5 }), `${SIZE}.minimum' is 0.5; use a whole number`],
  ['an infinite maximum', withParameter({ valueType: NUMBER, maximum: Infinity }), `${SIZE}.maximum' is Infinity; use a number`],
  ['a negative length', withParameter({ valueType: TEXT, minLength: -1 }), `${SIZE}.minLength' is -1; use 0 or more`],
  ['a default value above the maximum', withParameter({ valueType: INTEGER, maximum: 9 }), `${SIZE}' does not accept the job's own default value '10', which is more than the 'maximum' of 9; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default value that is not allowed', withParameter({ valueType: INTEGER, allowedValues: ['1'] }), `${SIZE}' does not accept the job's own default value '10', which is not among 'allowedValues'; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default text that is not allowed', withParameter({ allowedValues: ['1'] }), `${SIZE}' does not accept the job's own default value '10', which is not among 'allowedValues'; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default value that is no flag', withParameter({ valueType: BOOLEAN }), `${SIZE}' does not accept the job's own default value '10', which is neither true nor false; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default value that is too short', withParameter({ valueType: TEXT, minLength: 3 }), `${SIZE}' does not accept the job's own default value '10', which has less than the 'minLength' of 3 characters; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default value that is too long', withParameter({ valueType: TEXT, maxLength: 1 }), `${SIZE}' does not accept the job's own default value '10', which has more than the 'maxLength' of 1 characters; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['a default value that does not match', withParameter({ valueType: TEXT, pattern: '^a' }), `${SIZE}' does not accept the job's own default value '10', which does not match the 'pattern' ^a; use another default value in the 'parameters' of the job, or set 'required' to true`],
  ['an authorizer and anonymous access', { authorizer: new HttpIamAuthorizer(), allowAnonymousAccess: true }, "'allowAnonymousAccess' is true, but there is an 'authorizer', which refuses callers who are not known; leave one of them out"],
  ['an owner and anonymous access', { ownerClaim: 'sub', allowAnonymousAccess: true }, "'ownerClaim' is 'sub', but 'allowAnonymousAccess' is true, so callers are not known; leave one of them out"],
  ['an authorizer that lets everybody in', { authorizer: new apigatewayv2.HttpNoneAuthorizer() }, "'authorizer' lets everybody in; leave it out and set 'allowAnonymousAccess' to true, or use an authorizer that knows its callers"],
  ['an empty claim', { ownerClaim: '' }, "'ownerClaim' is empty; use the name of a claim, such as 'sub', or leave it out"],
  ['a claim of a caller with IAM', { ownerClaim: 'sub' }, "'ownerClaim' is 'sub', but with IAM a caller has no claims; use userArn, userId, accountId or callerId, or an 'authorizer' for JWTs"],
  ['a retention of 91 days', { retention: Duration.days(91) }, "'retention' is 91 days; use 1 to 90 days"],
  ['a retention of an hour', { retention: Duration.hours(6) }, "'retention' is 0.25 days; use 1 to 90 days"],
  ['501 requests that wait', { maxWaitingRequests: 501 }, "'maxWaitingRequests' is 501; use 0 to 500"],
  ['a rate of nothing', { throttle: { rateLimit: 0 } }, "'throttle.rateLimit' is 0; use 1 or more requests in each second"],
  ['half a request at once', { throttle: { burstLimit: 1.5 } }, "'throttle.burstLimit' is 1.5; use a whole number from 1 on"],
  ['pages of no origin', { cors: {} }, "'cors.allowOrigins' is missing, so no page could call the API; use origins such as 'https://app.example.com'"],
  ['credentials from pages of all origins', { cors: { allowOrigins: ['*'], allowCredentials: true } }, "'cors.allowOrigins' has '*', which browsers do not accept together with 'allowCredentials'; use a list without '*'"],
  ['an empty title', { title: '' }, "'title' has 0 characters; use 1 to 128"],
  ['a first part of its paths that is a token', (stack) => ({ domain: { domainName: apigatewayv2.DomainName.fromDomainNameAttributes(stack, 'Domain', { name: 'a', regionalDomainName: 'b', regionalHostedZoneId: 'c' }), mappingKey: stack.region } }), "'domain.mappingKey' is a token, but it is needed at synth; use a value that is known"],
  ['the name of a domain', { domain: { domainName: 'runs.example.com' as never } }, "'domain.domainName' is \"runs.example.com\", which is not an object; use new apigatewayv2.DomainName(this, 'Domain', { domainName: 'runs.example.com', certificate })"],
])('an API is refused with %s', (_, props, message) => {
  expect(() => apiWith(props)).toThrow(`${message} (at Stack/Api)`);
});

test('an API is refused with a parameter of a job that has one other parameter, or none', () => {
  const refused = (jobProps: HeavyBatchJobProps) => () => apiWith(withParameter({}, 'speed'), jobProps);
  expect(refused({})).toThrow("'jobs[0].parameters' has 'speed', but Stack/Job has no such parameter; add it to the job's 'parameters' (at Stack/Api)");
  expect(refused({ command: ['Ref::a'], parameters: { a: 'b' } })).toThrow("has 'speed', but Stack/Job has no such parameter; use a (at Stack/Api)");
});
