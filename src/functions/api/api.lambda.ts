import * as fs from 'node:fs';
import * as path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { apiApp } from './app';
import type { BatchJobEvent, ExecutionEvent } from './events';
import { JobSpecs } from './job-specs';
import { changeOfExecution, changeOfJob } from './observations';
import { RunStore } from './run-store';
import { Runs } from './runs';
import { ApiJobEntry, DOCUMENT_FILE } from '../../contract/api-runs';
import { API_VARIABLES } from '../../contract/environment';
import { clientOptions } from '../shared/client-options';

const { TABLE, JOBS, RETENTION, MOST_WAITING, OWNER_CLAIM } = API_VARIABLES;
/** Milliseconds that are left for the answer when a request has waited. */
const SPARE_TIME = 3_000;

const sfn = new SFNClient(clientOptions);
const jobs = JSON.parse(process.env[JOBS] ?? '[]') as ApiJobEntry[];
const dynamodb = new DynamoDBClient({ ...clientOptions, cacheMiddleware: false }); // the document client changes the middleware, and refuses it otherwise
const store = new RunStore(dynamodb, { tableName: process.env[TABLE]!, retention: Number(process.env[RETENTION]) });
const runs = new Runs(sfn, store, jobs);
const app = apiApp({
  runs,
  store,
  jobs,
  specs: new JobSpecs(sfn),
  document: JSON.parse(fs.readFileSync(path.join(__dirname, DOCUMENT_FILE), 'utf8')),
  mostWaiting: Number(process.env[MOST_WAITING]),
  ownerClaim: process.env[OWNER_CLAIM],
});

type Event = APIGatewayProxyEventV2 | ExecutionEvent | BatchJobEvent;

/** API Gateway invokes it with a request, and EventBridge with an event about a run or about its job. */
export async function handler(event: Event, context: Context): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
  if (!('detail-type' in event)) return serve(event, context);
  if (event['detail-type'] === 'Step Functions Execution Status Change') {
    const { status, output, outputDetails } = event.detail;
    await runs.observeExecution(changeOfExecution(event), status !== 'SUCCEEDED' || output !== null && outputDetails?.included !== false);
  } else {
    const change = changeOfJob(event);
    if (change) await runs.observe(change);
  }
  return undefined;
}

async function serve(event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> {
  const { method } = event.requestContext.http;
  // A custom domain may have a base path, which is no part of what the route's `{proxy+}` has.
  const proxy = event.pathParameters?.proxy ?? '';
  const basePath = event.rawPath.endsWith(`/${proxy}`) ? event.rawPath.slice(0, -proxy.length - 1) : '';
  const url = `https://api/${proxy.split('/').map(encodeURIComponent).join('/')}${event.rawQueryString ? `?${event.rawQueryString}` : ''}`;
  const body = event.body === undefined || method === 'GET' || method === 'HEAD' ? undefined : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  const deadline = Date.now() + context.getRemainingTimeInMillis() - SPARE_TIME;
  const response = await app.fetch(new Request(url, { method, body }), { event, basePath, deadline });
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
