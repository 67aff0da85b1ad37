import * as fs from 'node:fs';
import * as path from 'node:path';
import type { BatchClient } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { apiApp } from './app';
import { Estimates } from './estimates';
import type { BatchJobEvent, ExecutionEvent } from './events';
import { JobSpecs } from './job-specs';
import { changeOfExecution, changeOfJob } from './observations';
import type { QueueFront } from './queue-front';
import { QueuePositions } from './queue-positions';
import { ResultLinks } from './result-links';
import { RunLogs } from './run-logs';
import { RunStore } from './run-store';
import { Runs } from './runs';
import type { S3Link } from './s3-link';
import { SharedLimits } from './shared-limits';
import { Table } from './table';
import { Waiting } from './waiting';
import { ApiJobEntry, CONSOLE_FILE, DOCUMENT_FILE } from '../../contract/api-runs';
import { API_VARIABLES } from '../../contract/environment';
import { clientOptions } from '../shared/client-options';

const { TABLE, JOBS, RETENTION, MOST_WAITING, OWNER_CLAIM } = API_VARIABLES;
/** Milliseconds that are left for the answer when a request has waited. */
const SPARE_TIME = 3_000;

let batch: BatchClient | undefined;
let s3: S3Client | undefined;
const sfn = new SFNClient(clientOptions);
const jobs = JSON.parse(process.env[JOBS] ?? '[]') as ApiJobEntry[];
const dynamodb = new DynamoDBClient({ ...clientOptions, cacheMiddleware: false }); // the document client changes the middleware, and refuses it otherwise
const table = new Table(dynamodb, process.env[TABLE]!);
const store = new RunStore(table, Number(process.env[RETENTION]));
const limits = new SharedLimits(table, Number(process.env[MOST_WAITING]));
const specs = new JobSpecs(sfn);
const waiting = new Waiting(limits);
const runs = new Runs(sfn, store, limits, jobs, waiting);
const app = apiApp({
  runs,
  waiting,
  jobs,
  specs,
  logs: new RunLogs(new CloudWatchLogsClient(clientOptions), store, limits),
  positions: new QueuePositions(limits, frontOf),
  results: new ResultLinks(specs, linkTo),
  estimates: new Estimates(store),
  document: JSON.parse(read(DOCUMENT_FILE)),
  console: () => read(CONSOLE_FILE),
  region: process.env.AWS_REGION,
  ownerClaim: process.env[OWNER_CLAIM],
});

/** Most runs do not wait in their queue, so the client of Batch is loaded when the first one does. */
async function frontOf(jobQueue: string): Promise<QueueFront> {
  const { BatchClient, readQueueFront } = await import('./queue-front.js');
  batch ??= new BatchClient(clientOptions);
  return readQueueFront(batch, jobQueue);
}

/** Few runs have a result that needs a link, so the client of S3 is loaded when the first one does. */
async function linkTo(uri: string): Promise<S3Link> {
  const { S3Client, s3LinkTo } = await import('./s3-link.js');
  s3 ??= new S3Client(clientOptions);
  return s3LinkTo(s3, uri);
}

type Event = APIGatewayProxyEventV2 | ExecutionEvent | BatchJobEvent;

/** API Gateway invokes it with a request, and EventBridge with an event about a run or about its job. */
export async function handler(event: Event, context: Context): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
  if (!('detail-type' in event)) return serve(event, context);
  const change = event['detail-type'] === 'Step Functions Execution Status Change' ? changeOfExecution(event) : changeOfJob(event);
  if (change) await runs.observe(change);
  return undefined;
}

async function serve(event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> {
  const { method } = event.requestContext.http;
  const routePath = pathOf(event);
  const basePath = event.rawPath.endsWith(routePath) ? event.rawPath.slice(0, -routePath.length) : '';
  const url = `https://api/?${event.rawQueryString}`;
  const body = event.body === undefined || method === 'GET' ? undefined : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  const deadline = Date.now() + context.getRemainingTimeInMillis() - SPARE_TIME;
  const response = await app.fetch(new Request(url, { method, body }), { event, path: routePath, basePath, deadline });
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

/** The path within the API. A custom domain may have a base path, which is no part of a route. */
function pathOf({ pathParameters, routeKey }: APIGatewayProxyEventV2): string {
  return pathParameters?.proxy === undefined ? routeKey.slice(routeKey.indexOf('/')) : `/${pathParameters.proxy}`;
}

function read(file: string): string {
  return fs.readFileSync(path.join(__dirname, file), 'utf8');
}
