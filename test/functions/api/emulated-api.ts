import { BatchClient } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { TABLE_KEYS } from '../../../src/contract/api-runs';
import type { JobSpec } from '../../../src/contract/job-spec';
import { openApiDocument } from '../../../src/contract/openapi';
import { apiApp } from '../../../src/functions/api/app';
import { Estimates } from '../../../src/functions/api/estimates';
import type { JobSpecs } from '../../../src/functions/api/job-specs';
import { readQueueFront } from '../../../src/functions/api/queue-front';
import { QueuePositions } from '../../../src/functions/api/queue-positions';
import { ResultLinks } from '../../../src/functions/api/result-links';
import { RunLogs } from '../../../src/functions/api/run-logs';
import { RunStore } from '../../../src/functions/api/run-store';
import { Runs } from '../../../src/functions/api/runs';
import { s3LinkTo } from '../../../src/functions/api/s3-link';
import { SharedLimits } from '../../../src/functions/api/shared-limits';
import { Table } from '../../../src/functions/api/table';
import { Waiting } from '../../../src/functions/api/waiting';
import { deploymentOf } from '../../emulator/apps';
import { scriptedEmulator, succeeds } from '../../emulator/scripted-emulator';

/** Seconds */
export const RETENTION = 90 * 24 * 3600;
export const LOG_GROUP = 'log';
/** Where a job has its results. */
export const RESULTS = { bucket: 'results', folder: 'slow-1' };
const text = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });

/** A table as an API has it, and two state machines with the names of jobs: `slow` takes an hour, and `broken` fails at once. */
const deployment = deploymentOf((stack) => {
  const table = new dynamodb.Table(stack, 'Table', { partitionKey: text(TABLE_KEYS.partition), sortKey: text(TABLE_KEYS.sort), billingMode: dynamodb.BillingMode.PAY_PER_REQUEST });
  table.addGlobalSecondaryIndex({ indexName: TABLE_KEYS.byStatus, partitionKey: text(TABLE_KEYS.statusPartition), sortKey: text(TABLE_KEYS.sort) });
  new logs.LogGroup(stack, 'Log', { logGroupName: LOG_GROUP });
  new s3.Bucket(stack, 'Results', { bucketName: RESULTS.bucket });
  const machine = (id: string, states: object) => new sfn.StateMachine(stack, id, { definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({ StartAt: 'First', States: states })) });
  machine('slow', { First: { Type: 'Wait', Seconds: 3600, Next: 'Last' }, Last: { Type: 'Pass', Result: { rounds: 1, result: { rows: 3 } }, End: true } });
  machine('broken', { First: { Type: 'Fail', Error: 'ExitCode', Cause: '{"message":"exit code 3"}' } });
});
const [{ name: tableName }] = deployment.tables;

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: any;
}

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** The claim `sub` of the caller. */
  readonly caller?: string;
}

/** The handlers of an API, with the emulated DynamoDB and Step Functions. Nothing brings them events: tests do. */
export function emulatedApi() {
  const scripted = scriptedEmulator(deployment);
  const { emulator, begin } = scripted;
  let clients: { destroy(): void }[] = [];
  afterEach(() => {
    clients.forEach((client) => client.destroy());
    clients = [];
  });

  /** Starts over, with an API that has these options. */
  function open(options: { names?: string[]; ownerClaim?: string; mostWaiting?: number; sleep?: (milliseconds: number) => Promise<void> } = {}) {
    begin(succeeds);
    const { names = ['slow', 'broken'], mostWaiting = 5, sleep, ownerClaim } = options;
    const settings = { endpoint: emulator.endpoint, region: 'us-east-1', credentials: emulator.keys.user, maxAttempts: 1 };
    const client = new DynamoDBClient(settings);
    const sfnClient = new SFNClient(settings);
    const s3Client = new S3Client({ ...settings, forcePathStyle: true });
    const logsClient = new CloudWatchLogsClient(settings);
    const batchClient = new BatchClient(settings);
    clients.push(batchClient, s3Client, client, sfnClient, logsClient);
    const jobs = names.map((name) => ({ name, stateMachineArn: deployment.stateMachines.find(({ path }) => path.endsWith(`/${name}`))!.arn }));
    const table = new Table(client, tableName);
    const store = new RunStore(table, RETENTION);
    const limits = new SharedLimits(table, mostWaiting);
    const waiting = new Waiting(limits, sleep);
    const runs = new Runs(sfnClient, store, limits, jobs, waiting);
    const spec = { parameters: ['n'], defaults: {}, command: [], logGroup: LOG_GROUP, store: RESULTS } as unknown as JobSpec;
    const specs = { of: async () => spec } as unknown as JobSpecs;
    const results = new ResultLinks(specs, (uri) => s3LinkTo(s3Client, uri));
    const positions = new QueuePositions(limits, (jobQueue) => readQueueFront(batchClient, jobQueue));
    const document = openApiDocument({ title: 'Test', version: '1', jobs: names.map((name) => ({ name, parameters: { n: { type: 'integer' } } })) });
    const app = apiApp({ runs, waiting, jobs, specs, document, logs: new RunLogs(logsClient, store, limits), positions, results, estimates: new Estimates(store), console: () => '<p>The page.</p>', ownerClaim });

    async function send(method: string, path: string, { body, headers = {}, caller }: Sent = {}): Promise<Answer> {
      const event = { headers, requestContext: { requestId: 'request-1', authorizer: { jwt: { claims: { sub: caller } } } } } as unknown as APIGatewayProxyEventV2;
      const content = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      const [encoded, query = ''] = path.split('?');
      const request = new Request(`https://api/?${query}`, { method, body: content as string | undefined });
      const response = await app.fetch(request, { event, path: decodeURIComponent(encoded), basePath: '/base', deadline: Date.now() + 27_000 });
      const answered = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: answered === '' ? undefined : JSON.parse(answered) };
    }
    return { send, store, limits, runs, jobs, specs };
  }
  return { ...scripted, open };
}
