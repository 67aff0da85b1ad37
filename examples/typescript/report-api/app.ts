import * as path from 'path';
import { App, CfnOutput, Size, Stack } from 'aws-cdk-lib';
import { HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchJob, HeavyBatchResultSource } from 'cdk-heavy-batch';

export const app = new App();
export const stack = new Stack(app, 'Shop');

const job = new HeavyBatchJob(stack, 'Report', {
  imageDirectory: path.join(__dirname, 'image'),
  memory: Size.gibibytes(1),
  maxMemory: Size.gibibytes(4), // a report that needs more than 1 GiB is computed again with 2, and then with 4
  maxvCpus: 4, // four reports at once; others wait in the queue
  command: ['node', 'report.js', 'Ref::from', 'Ref::days', 'Ref::country'],
  parameters: { from: '2026-01-01', days: '365', country: 'all' },
  resultSource: HeavyBatchResultSource.LOG, // a line that the program prints
});

// What clients may ask for. Anything else is answered with 400, and nothing starts.
const api = new HeavyBatchApi(stack, 'Api', {
  jobs: [{
    job,
    parameters: {
      from: { valueType: HeavyBatchApiValueType.TEXT, pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$', description: 'The first day, such as 2026-01-01.' },
      days: { valueType: HeavyBatchApiValueType.INTEGER, minimum: 1, maximum: 1100 },
      country: { allowedValues: ['all', 'AT', 'DE', 'FR', 'IT', 'NL'] },
    },
  }],
  allowAnonymousAccess: true, // everybody on the internet may ask for reports: the README says how people sign in
});

// The page is a route of the same API, so it needs no permission to call it from another origin.
const page = new lambda.Function(stack, 'Page', {
  code: lambda.Code.fromAsset(path.join(__dirname, 'page')),
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
});
api.httpApi.addRoutes({
  path: '/',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('PageIntegration', page),
  authorizer: new HttpNoneAuthorizer(), // the page itself has no data
});

new CfnOutput(stack, 'Url', { value: api.url });
