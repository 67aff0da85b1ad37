import { Duration } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Faults } from '../../../emulator/faults';
import { NO_FAULTS } from '../../../emulator/faults';
import type { HttpAnswer } from '../../../emulator/services/api-gateway/http-apis';
import { HeavyBatchApi, HeavyBatchApiValueType, HeavyBatchJob } from '../../../src';
import { deploymentOf, imageOf } from '../../emulator/apps';
import { MINUTE, Script, scriptedEmulator, succeeds } from '../../emulator/scripted-emulator';

/** The API that ships: its construct, its bundled function, its table, its rules and its permissions, from the request to the end of the job. On virtual time. */
const deployment = deploymentOf((stack) => {
  const job = new HeavyBatchJob(stack, 'Job', {
    imageDirectory: imageOf({}), command: ['work', 'Ref::size'], parameters: { size: '1' }, attemptTimeout: Duration.hours(1), stateMachineName: 'job',
  });
  new HeavyBatchApi(stack, 'Api', {
    jobs: [{ job, parameters: { size: { valueType: HeavyBatchApiValueType.INTEGER, minimum: 1 } } }],
    authorizer: new HttpJwtAuthorizer('Jwt', 'https://issuer.example.com', { jwtAudience: ['api'] }),
    ownerClaim: 'sub',
    maxWaitingRequests: 2,
  });
});
const { emulator, clock, calls, requests, begin } = scriptedEmulator(deployment);
const [{ path: API }] = deployment.httpApis;

const seconds = (count: number): Script => () => ({ after: count * 1000, exit: { exitCode: 0 } });

interface Sent {
  readonly body?: object;
  readonly headers?: Record<string, string>;
  readonly caller?: string;
}

/** Sends a request and lets time pass until it is answered. */
async function send(method: string, path: string, { body, headers, caller = 'a' }: Sent = {}): Promise<{ status: number; headers: Record<string, string>; body: any }> {
  let answer: HttpAnswer | undefined;
  const authorizer = { jwt: { claims: { sub: caller }, scopes: null } };
  const request = emulator.httpApis.request(API, { method, path, headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body), authorizer });
  void request.then((given) => { answer = given; });
  await emulator.settle(() => answer !== undefined);
  return { status: answer!.status, headers: answer!.headers as Record<string, string>, body: JSON.parse(String(answer!.body)) };
}

/** Lets time pass until a run is over as the API sees it. */
async function end(id: string): Promise<any> {
  await emulator.settle(() => emulator.stepFunctions.executions().find(({ name }) => name === id)!.status !== 'RUNNING');
  await pass(5_000);
  return (await send('GET', `/runs/${id}`)).body;
}

async function pass(milliseconds: number): Promise<void> {
  const until = clock.now() + milliseconds;
  clock.after(milliseconds, () => undefined);
  await emulator.settle(() => clock.now() >= until);
}

const sfnCalls = (action: string) => calls.filter(({ service, call }) => service === 'sfn' && call.action === action);
const refused = () => calls.filter(({ error }) => error?.code.includes('AccessDenied')).map(({ error }) => error!.message);

test('a run is started, followed by its events, and gives its result', async () => {
  begin((request) => {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(request.environment.HEAVY_BATCH_RESULT)!;
    emulator.writeObject(request.jobRoleArn, bucket, key, Buffer.from('{"rows":3}'));
    return { after: 10 * MINUTE, exit: { exitCode: 0 } };
  });
  const { status, headers, body } = await send('POST', '/runs', { body: { size: 7 } });
  expect([status, headers.location]).toEqual([202, `/runs/${body.id}`]);
  await emulator.settle(() => requests.length > 0);
  await pass(2_000);
  expect((await send('GET', `/runs/${body.id}`)).body).toMatchObject({ status: 'RUNNING', round: 1, attempt: 1, jobId: expect.any(String), startedAt: expect.any(String) });
  expect(await end(body.id)).toMatchObject({ status: 'SUCCEEDED', result: { rows: 3 }, redrives: 0, logsUrl: expect.stringContaining('https://') });
  expect(requests[0].command).toEqual(['work', '7']);
  expect(sfnCalls('DescribeExecution')).toEqual([]);
  expect(refused()).toEqual([]);
});

test('progress and logs are read from the log of the container', async () => {
  begin(succeeds);
  const { body: { id } } = await send('POST', '/runs');
  expect((await send('GET', `/runs/${id}/logs`)).body).toEqual({ lines: [], reason: 'no container of this run has started yet' });
  await emulator.settle(() => requests.length > 0);
  const [job] = emulator.batch.jobs();
  const write = (line: string) => emulator.logs.write(job.plan.logGroup!, job.current!.logStreamName, line);
  ['begin', '::progress 201/300 rendering tiles'].forEach(write);
  await pass(2_000);
  expect((await send('GET', `/runs/${id}`)).body.progress).toMatchObject({ percentage: 67, done: 201, total: 300, message: 'rendering tiles' });
  const page = (await send('GET', `/runs/${id}/logs`)).body;
  expect(page.lines.map(({ text }: { text: string }) => text)).toEqual(['begin', '::progress 201/300 rendering tiles']);
  await end(id);
  expect((await send('GET', `/runs/${id}/logs?next=${page.next}`)).body).toEqual({ lines: [] });
  expect(refused()).toEqual([]);
});

test('a request that waits has the result of a quick run, and 202 for another', async () => {
  begin(seconds(5));
  // Jobs are checked when their end is known: the run is over a little later than its container.
  const quick = await send('POST', '/runs', { headers: { prefer: 'wait=25' } });
  expect([quick.status, quick.body.status, quick.headers['preference-applied']]).toEqual([200, 'SUCCEEDED', 'wait=25']);
  begin(succeeds);
  const began = clock.now();
  const slow = await send('POST', '/runs', { headers: { prefer: 'wait=25' } });
  expect([slow.status, slow.body.status]).toEqual([202, 'RUNNING']);
  expect(Math.round((clock.now() - began) / 1000)).toBe(25);
});

test('one key is one run and one container, also 50 times at once', async () => {
  begin(succeeds);
  const answers = await Promise.all(Array.from({ length: 50 }, () => send('POST', '/runs', { body: { size: 2 }, headers: { 'idempotency-key': 'order-1' } })));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect((await end(answers[0].body.id)).status).toBe('SUCCEEDED');
  expect(requests).toHaveLength(1);
});

test('a cancelled run ends its job, and can be redriven', async () => {
  begin(succeeds);
  const { body: { id } } = await send('POST', '/runs');
  await emulator.settle(() => requests.length > 0);
  expect((await send('DELETE', `/runs/${id}`)).status).toBe(202);
  expect(await end(id)).toMatchObject({ status: 'CANCELLED', failure: { reason: 'Cancelled' } });
  await pass(5 * MINUTE);
  expect(emulator.batch.jobs().map(({ status }) => status)).toEqual(['FAILED']);
  expect((await send('POST', `/runs/${id}/redrive`)).status).toBe(202);
  expect(await end(id)).toMatchObject({ status: 'SUCCEEDED', redrives: 1 });
  expect(requests).toHaveLength(2);
  expect(refused()).toEqual([]);
});

test('a run that fails says why', async () => {
  begin(() => ({ after: MINUTE, exit: { exitCode: 3 } }));
  const { body: { id } } = await send('POST', '/runs');
  expect(await end(id)).toMatchObject({ status: 'FAILED', failure: { reason: 'ExitCode', message: expect.stringContaining('3') } });
  expect((await send('GET', '/runs?status=FAILED')).body.runs).toMatchObject([{ id, status: 'FAILED' }]);
});

test('owners do not meet', async () => {
  begin(succeeds);
  const key = { 'idempotency-key': 'k' };
  const [a, b] = [await send('POST', '/runs', { headers: key }), await send('POST', '/runs', { headers: key, caller: 'b' })];
  expect(b.body.id).not.toBe(a.body.id);
  expect((await send('GET', `/runs/${a.body.id}`, { caller: 'b' })).status).toBe(404);
  expect((await send('DELETE', `/runs/${a.body.id}`, { caller: 'b' })).status).toBe(404);
  expect((await send('GET', '/runs', { caller: 'b' })).body.runs.map(({ id }: { id: string }) => id)).toEqual([b.body.id]);
});

describe('what is wrong is refused before a run starts', () => {
  test.each([
    [{ size: 'x' }, "'size' is not of the type integer"], [{ size: 0 }, "'size' is less than 1"], [{ other: 1 }, "'parameters.other' is not a parameter of this job; it takes size"],
  ])('%j', async (body, detail) => {
    begin(succeeds);
    expect(await send('POST', '/runs', { body })).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' }, body: { detail } });
    expect(emulator.stepFunctions.executions()).toEqual([]);
  });
});

describe('a run is shown as it is', () => {
  /** Events of these detail-types are lost. */
  const losing = (...types: string[]): Faults => ({ ...NO_FAULTS, event: (event) => types.includes(event['detail-type'] as string) ? [] : [{ delay: 0, event }] });

  test('when the events of its execution are lost, a minute later', async () => {
    begin(succeeds, { faults: losing('Step Functions Execution Status Change') });
    const { body: { id } } = await send('POST', '/runs');
    await emulator.settle(() => emulator.stepFunctions.executions()[0].status !== 'RUNNING');
    await pass(MINUTE);
    expect((await send('GET', `/runs/${id}`)).body).toMatchObject({ status: 'SUCCEEDED', result: null });
    expect(refused()).toEqual([]);
  });

  test('when all events are lost', async () => {
    begin(succeeds, { faults: losing('Step Functions Execution Status Change', 'Batch Job State Change') });
    const { body: { id } } = await send('POST', '/runs');
    await emulator.settle(() => emulator.stepFunctions.executions()[0].status !== 'RUNNING');
    await pass(MINUTE);
    expect((await send('GET', `/runs/${id}`)).body.status).toBe('SUCCEEDED');
  });

  test('when each event comes twice, and in another order', async () => {
    let count = 0;
    begin(succeeds, { faults: { ...NO_FAULTS, event: (event) => [{ delay: (++count % 3) * 20_000, event }, { delay: 45_000, event }] } });
    const { body: { id } } = await send('POST', '/runs');
    await emulator.settle(() => emulator.stepFunctions.executions()[0].status !== 'RUNNING');
    await pass(2 * MINUTE);
    expect((await send('GET', `/runs/${id}`)).body.status).toBe('SUCCEEDED');
  });
});

test('a start whose answer is lost is the same run for the next request with its key', async () => {
  let lost = 0;
  const call: Faults['call'] = (_, { action }) => action === 'StartExecution' && lost++ < 3 ? { kind: 'accept-then-drop' } : undefined;
  begin(succeeds, { faults: { ...NO_FAULTS, call } });
  const headers = { 'idempotency-key': 'k' };
  const first = await send('POST', '/runs', { headers });
  expect(first.status).toBeGreaterThanOrEqual(500);
  const second = await send('POST', '/runs', { headers });
  expect([second.status, second.headers['idempotency-replayed']]).toEqual([202, 'true']);
  expect((await end(second.body.id)).status).toBe('SUCCEEDED');
  expect(requests).toHaveLength(1);
});

test('the document is that of this API', async () => {
  begin(succeeds);
  const { body } = await send('GET', '/openapi.json');
  expect(body.components.schemas.Parameters_job.properties).toEqual({ size: { type: 'integer', minimum: 1, default: 1 } });
  expect(body.components.securitySchemes.caller).toBeDefined();
});
