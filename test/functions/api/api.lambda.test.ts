import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { openApiDocument } from '../../../src/contract/openapi';
import type { handler as Handler } from '../../../src/functions/api/api.lambda';
import { newRunId, ownerHash } from '../../../src/functions/api/run-id';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
const [sfn, table] = [mockClient(SFNClient), mockClient(DynamoDBDocumentClient)];
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
const PAGE = '<meta name="region" content=""><p>The page.</p>';
let handler: typeof Handler;

beforeAll(() => {
  Object.assign(process.env, { TABLE: 'table', JOBS: JSON.stringify([{ name: 'sort', stateMachineArn: MACHINE }]), RETENTION: '60', MOST_WAITING: '5', AWS_REGION: 'us-east-1' });
  delete process.env.OWNER_CLAIM;
  const document = JSON.stringify(openApiDocument({ title: 'Test', version: '1', jobs: [{ name: 'sort', parameters: { n: {} } }] }));
  // It is beside the bundle, and not beside its source.
  const { readFileSync: original } = jest.requireActual<typeof import('node:fs')>('node:fs');
  const readFile = jest.spyOn(jest.requireActual<typeof import('node:fs')>('node:fs'), 'readFileSync');
  readFile.mockImplementation(((file: string, ...rest: []) => file.endsWith('openapi.json') ? document : file.endsWith('console.html') ? PAGE : original(file, ...rest)) as never);
  ({ handler } = jest.requireActual('../../../src/functions/api/api.lambda'));
});
beforeEach(() => {
  sfn.reset();
  table.reset();
  jest.spyOn(console, 'log').mockImplementation();
});

const request = (method: string, path: string, more: Partial<APIGatewayProxyEventV2> = {}) => ({
  rawPath: path, rawQueryString: '', headers: {}, pathParameters: { proxy: path.slice(1) }, requestContext: { requestId: 'request-1', http: { method } }, isBase64Encoded: false, ...more,
}) as unknown as APIGatewayProxyEventV2;
const send = async (...args: Parameters<typeof request>) => {
  const { statusCode, body, headers } = (await handler(request(...args), context))!;
  return { status: statusCode, headers, body: JSON.parse(body!) };
};

test('a request is answered', async () => {
  expect(await send('GET', '/openapi.json')).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' }, body: { openapi: '3.1.1', servers: [{ url: '/' }] } });
  expect(await send('GET', '/')).toMatchObject({ status: 404, body: { requestId: 'request-1' } });
});

test('a path under the base path of a custom domain is the same', async () => {
  expect(await send('GET', '/v1/openapi.json', { pathParameters: { proxy: 'openapi.json' } })).toMatchObject({ status: 200, body: { servers: [{ url: '/v1' }] } });
});

test('a route of its own is the same as one of all paths: the page knows the Region', async () => {
  const open = { routeKey: 'GET /console', pathParameters: undefined };
  for (const [path, more] of [['/console', {}], ['/console', open], ['/v1/console', open]] as const) {
    const { statusCode, headers, body } = (await handler(request('GET', path, more), context))!;
    expect([statusCode, headers!['content-type'], body]).toEqual([200, 'text/html; charset=UTF-8', '<meta name="region" content="us-east-1"><p>The page.</p>']);
    expect(headers).toMatchObject({ 'content-security-policy': "frame-ancestors 'none'", 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-cache' });
  }
});

test('a path with dots leads nowhere else', async () => {
  expect((await send('GET', '/runs/../openapi.json')).status).toBe(404);
  expect((await send('GET', '/runs/\ud800')).status).toBe(404);
});

test('a request waits for the end of a run, as long as the function has time', async () => {
  const id = newRunId(ownerHash(''), Date.now());
  const run = { id, job: 'sort', stateMachineArn: MACHINE, status: 'SUBMITTED', redrives: 0, createdAt: Date.now(), updatedAt: Date.now(), expiresAt: Date.now() };
  const ask = async (milliseconds: number) => {
    table.reset();
    table.onAnyCommand().resolves({});
    table.on(GetCommand).resolvesOnce({ Item: run }).resolves({ Item: { ...run, status: 'SUCCEEDED' } });
    const remaining = { getRemainingTimeInMillis: () => milliseconds } as Context;
    return JSON.parse((await handler(request('GET', `/runs/${id}`, { rawQueryString: 'wait=5' }), remaining))!.body!).status;
  };
  expect(await ask(30_000)).toBe('SUCCEEDED');
  expect(await ask(3_900)).toBe('SUBMITTED');
});

test('a query is read', async () => {
  expect(await send('GET', '/runs', { rawQueryString: 'limit=0' })).toMatchObject({ status: 400, body: { detail: expect.stringContaining("'limit'") } });
});

test.each([['[', false], [Buffer.from('[').toString('base64'), true]])('a body is read: %s', async (body, isBase64Encoded) => {
  sfn.rejects(new Error('no call is expected'));
  sfn.onAnyCommand().resolves({ definition: JSON.stringify({ States: { Run: { Parameters: { Payload: { job: { definition: 'arn', parameters: ['n'] } } } } } }) });
  expect(await send('POST', '/runs', { body, isBase64Encoded })).toMatchObject({ status: 400, body: { detail: expect.stringContaining('not JSON') } });
});

test('an event about a run is looked up in the table, and others are not', async () => {
  table.on(GetCommand).resolves({});
  const detail = (name: string) => ({ executionArn: `${MACHINE.replace(':stateMachine:', ':execution:')}:${name}`, stateMachineArn: MACHINE, status: 'RUNNING', stopDate: null, output: null, redriveCount: 0 });
  const event = (name: string) => ({ 'detail-type': 'Step Functions Execution Status Change' as const, 'time': '2026-01-01T00:00:00Z', 'detail': detail(name) });
  expect(await handler(event('by-hand'), context)).toBeUndefined();
  expect(table.calls()).toHaveLength(0);
  await handler(event(newRunId(ownerHash(''), 0)), context);
  expect(table.commandCalls(GetCommand)).toHaveLength(1);
});

test('an event about a job that is none of a run is ignored', async () => {
  const detail = { jobId: 'job-1', status: 'RUNNING', parameters: {} };
  expect(await handler({ 'detail-type': 'Batch Job State Change', 'time': '2026-01-01T00:00:00Z', detail }, context)).toBeUndefined();
  expect(table.calls()).toHaveLength(0);
});
