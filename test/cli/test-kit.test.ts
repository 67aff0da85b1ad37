import { spawnSync } from 'child_process';
import * as path from 'path';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Duration, Size } from 'aws-cdk-lib';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { heavyBatch, heavyBatchHere } from './heavy-batch';
import { call, echoJob } from './served';
import { HeavyBatchApi, HeavyBatchJob, HeavyBatchResultSource } from '../../src';
import { HeavyBatchAttempt, HeavyBatchTestKit } from '../../src/testing';
import { imageOf, synthesize, temporary } from '../emulator/apps';

const PYTHON_TEST = path.join(__dirname, 'test_kit_client.py');

const app = synthesize((stack) => {
  const report = new HeavyBatchJob(stack, 'Report', {
    imageDirectory: imageOf({}),
    command: ['report', 'Ref::pages'],
    parameters: { pages: '1' },
    attemptTimeout: Duration.hours(1),
    memory: Size.gibibytes(2),
    maxMemory: Size.gibibytes(8),
    resultSource: HeavyBatchResultSource.LOG,
  });
  new HeavyBatchApi(stack, 'Api', { jobs: [{ job: report }] });
  const echo = echoJob(stack);
  new HeavyBatchApi(stack, 'Owned', { jobs: [{ job: echo }], authorizer: new HttpJwtAuthorizer('Jwt', 'https://example.com', { jwtAudience: ['a'] }), ownerClaim: 'tenant' });
});

let kit: HeavyBatchTestKit;
beforeAll(async () => { kit = await HeavyBatchTestKit.start({ app, claims: { tenant: 'acme' } }); });
beforeEach(() => kit.reset());
afterAll(() => kit.stop());

async function start(body: object = { pages: '12' }, api = 'Api', headers = {}) {
  const { status, headers: { }, body: run } = await call(`${kit.url(api)}/runs`, { method: 'POST', body, headers });
  expect(status).toBeLessThan(300);
  return { url: `${kit.url(api)}/runs/${run.id}`, run };
}

test('a run out of memory has a second round with more memory', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.outOfMemory({ runsFor: { minutes: 3 } }), HeavyBatchAttempt.succeeds({ result: { pages: 12 } }));
  const { url } = await start();
  await kit.untilRunsEnd();
  expect((await call(url)).body).toMatchObject({ status: 'SUCCEEDED', result: { pages: 12 } });
  const containers = await kit.containers();
  expect(containers.map(({ job, attempt, command }) => ({ job, attempt, command }))).toEqual(Array(2).fill({ job: 'App/Report', attempt: 1, command: ['report', '12'] }));
  expect(containers[1].memory).toBeGreaterThan(containers[0].memory);
});

test('a program that never ends meets its time limit of an hour', async () => {
  const before = await kit.now();
  await kit.script('Report', HeavyBatchAttempt.neverEnds());
  const { url } = await start();
  await kit.untilRunsEnd();
  expect((await call(url)).body).toMatchObject({ status: 'FAILED', failure: { reason: 'AttemptTimeout' } });
  expect((await kit.now()).getTime() - before.getTime()).toBeGreaterThanOrEqual(3_600_000);
});

test('a Spot interruption starts the container again', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.spotInterruption(), HeavyBatchAttempt.succeeds());
  const { url } = await start();
  await kit.untilRunsEnd();
  expect((await call(url)).body).toMatchObject({ status: 'SUCCEEDED' });
  expect(await kit.containers()).toHaveLength(2);
});

test('a program that fails gives its exit code', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.fails({ exitCode: 7 }));
  const { url } = await start();
  await kit.untilRunsEnd();
  expect(JSON.stringify((await call(url)).body)).toMatch(/7/);
  expect((await call(url)).body).toMatchObject({ status: 'FAILED' });
});

test('a request that waits for a run is answered as soon as time has passed, and time passes for requests only meanwhile', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.succeeds({ runsFor: { minutes: 1 } }));
  const { url } = await start();
  const before = await kit.now();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await kit.now()).toEqual(before);
  const began = performance.now();
  expect((await call(`${url}?wait=25`)).body).toMatchObject({ status: expect.stringMatching(/^(STARTING|RUNNING)$/) });
  const passed = (await kit.now()).getTime() - before.getTime();
  expect(passed).toBeGreaterThan(0);
  expect(passed).toBeLessThanOrEqual(30_000);
  for (let waits = 0; waits < 10 && (await call(`${url}?wait=25`)).body.status !== 'SUCCEEDED'; waits++);
  expect((await call(url)).body).toMatchObject({ status: 'SUCCEEDED' });
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('a start that prefers to wait is answered with the result', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.succeeds({ runsFor: { seconds: 5 }, result: 'done' }));
  const { run } = await start({}, 'Api', { prefer: 'wait=25' });
  expect(run).toMatchObject({ status: 'SUCCEEDED', result: 'done' });
});

test('progress is seen between two steps of time', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.succeeds({ runsFor: { minutes: 30 }, output: ['::progress 20 reading', '::progress 80 writing'] }));
  const { url } = await start();
  await kit.advance({ minutes: 15 });
  expect((await call(url)).body).toMatchObject({ status: 'RUNNING', progress: { percentage: 20, message: 'reading' } });
  await kit.advance({ minutes: 10 });
  expect((await call(url)).body).toMatchObject({ progress: { percentage: 80 } });
  await kit.advance({ minutes: 30 });
  expect((await call(url)).body).toMatchObject({ status: 'SUCCEEDED' });
});

test('a job without a script runs its program, and time stands still meanwhile', async () => {
  const { url } = await start({ word: 'hello' }, 'Owned');
  await kit.untilRunsEnd();
  expect((await call(url)).body).toMatchObject({ status: 'SUCCEEDED', result: { word: 'hello' } });
});

test('reset ends a program, answers the requests in progress and forgets the runs', async () => {
  const began = await kit.now();
  const { url } = await start({ word: 'wait' }, 'Owned');
  const waiting = call(`${url}?wait=25`);
  while ((await kit.containers()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await kit.reset();
  expect((await waiting).status).toBe(503);
  expect((await call(url)).status).toBe(404);
  expect(await kit.now()).toEqual(began);
  expect(await kit.containers()).toEqual([]);
  await kit.script('Echo', HeavyBatchAttempt.succeeds({ result: 'again' }));
  const again = await start({ word: 'x' }, 'Owned');
  await kit.untilRunsEnd();
  expect((await call(again.url)).body).toMatchObject({ result: 'again' });
});

test('a cancelled run ends, and its container is stopped', async () => {
  await kit.script('Report', HeavyBatchAttempt.neverEnds());
  const { url } = await start();
  await kit.advance({ minutes: 5 });
  expect((await call(url, { method: 'DELETE' })).status).toBe(202);
  await kit.untilRunsEnd();
  expect((await call(url)).body).toMatchObject({ status: 'CANCELLED' });
});

test('two APIs have URLs of their own, and owners are known by --claim and by tokens of this machine', async () => {
  expect(() => kit.url()).toThrow(/the app has 2 APIs; name one of them: App\/Api, App\/Owned/);
  expect(() => kit.url('Other')).toThrow(/no API 'Other'; use App\/Api, App\/Owned/);
  await kit.script('Echo', HeavyBatchAttempt.succeeds());
  const { url } = await start({}, 'App/Owned');
  const now = Math.floor(Date.now() / 1000);
  const token = (claims: object) => ({ authorization: `Bearer a.${Buffer.from(JSON.stringify({ nbf: now - 5, exp: now + 60, ...claims })).toString('base64url')}.b` });
  expect((await call(url, { headers: token({ tenant: 'acme' }) })).status).toBe(200);
  expect((await call(url, { headers: token({ tenant: 'other' }) })).status).toBe(404);
  expect((await call(url, { headers: token({ tenant: 'acme', exp: now - 60 }) })).status).toBe(401);
});

test('an AWS SDK with the environment of the kit starts a run', async () => {
  await kit.script('App/Report', HeavyBatchAttempt.succeeds({ result: 'sdk' }));
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = kit.environment;
  const client = new SFNClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { stateMachineArn } = kit.jobs.find((job) => job.path === 'App/Report')!;
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  await kit.untilRunsEnd();
  await kit.advance({ days: 3 });
  const { status, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
  expect([status, JSON.parse(output!)]).toEqual(['SUCCEEDED', expect.objectContaining({ result: 'sdk' })]);
  client.destroy();
});

test('commands that are wrong have an error with the field, and the kit goes on', async () => {
  const wrong = (attempt: object) => kit.script('Report', attempt as HeavyBatchAttempt);
  await expect(kit.script('Nothing', HeavyBatchAttempt.succeeds())).rejects.toThrow("'job' is \"Nothing\", and the app has no such job; use App/Report or App/Echo");
  await expect(wrong({ ends: 'EXPLODES' })).rejects.toThrow("'attempts[0].ends' is \"EXPLODES\"; use SUCCEEDS, FAILS, OUT_OF_MEMORY, SPOT_INTERRUPTION or NEVER");
  await expect(wrong({ colour: 'red' })).rejects.toThrow("'attempts[0].colour' is not known; use runsFor, output, result, ends, exitCode");
  await expect(wrong({ runsFor: -1 })).rejects.toThrow("'attempts[0].runsFor' is -1; use a whole number of milliseconds");
  await expect(wrong({ ends: 'FAILS', exitCode: 0 })).rejects.toThrow("'attempts[0].exitCode' is 0; use a whole number from 1 to 255");
  await expect(wrong({ exitCode: 1 })).rejects.toThrow("'attempts[0].exitCode' is 1; use it only where 'ends' is FAILS");
  await expect(wrong({ output: ['a\nb'] })).rejects.toThrow("'attempts[0].output[0]' is \"a\\nb\"; use a text without line breaks");
  await expect(kit.advance({ days: -1 })).rejects.toThrow("'milliseconds' is -86400000; use");
  await expect(kit.advance({ weeks: 1 } as object)).rejects.toThrow("a duration has 'weeks'; use days, hours, minutes, seconds");
  expect((await kit.now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
});

describe('the process', () => {
  const answersTo = async (...lines: string[]) => {
    const { child, ended } = heavyBatch('test-kit', '--app', app);
    child.stdin!.end(lines.map((line) => `${line}\n`).join(''));
    const { code, out, err } = await ended;
    const [ready, ...answers] = out.trim().split('\n').map((line) => JSON.parse(line));
    return { code, err, ready, answers };
  };

  test('says what is ready, answers each line, and ends with its standard input', async () => {
    const { code, ready, answers } = await answersTo('{"id":"a","command":"now"}', 'no JSON', '[]', '{"id":2,"command":"fly"}', '{"id":3,"command":"script","job":"Report"}', '{"id":4,"command":"advance","milliseconds":1000}');
    expect(code).toBe(0);
    expect(ready).toEqual({
      type: 'ready',
      apis: ['App/Api', 'App/Owned'].map((api) => ({ path: api, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) })),
      jobs: ['App/Report', 'App/Echo'].map((job) => ({ path: job, stateMachineArn: expect.stringContaining(':stateMachine:') })),
      environment: expect.objectContaining({ AWS_ENDPOINT_URL: expect.any(String) }),
      now: Date.UTC(2026, 0, 1),
    });
    expect(answers).toEqual([
      { id: 'a', now: ready.now },
      { id: null, error: expect.stringContaining('the line is not JSON') },
      { id: null, error: 'the line is []; send an object, for example {"id":1,"command":"now"}' },
      { id: 2, error: "'command' is \"fly\"; use script, containers, advance, untilRunsEnd, reset, now" },
      { id: 3, error: "'attempts' is missing; use a list of attempts" },
      { id: 4, now: ready.now + 1000 },
    ]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends at %s', async (signal) => {
    const { child, ended } = heavyBatch('test-kit', '--app', app);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, err: '' });
  });

  test('refuses an app that cannot be read', async () => {
    const nothing = temporary();
    expect(await heavyBatchHere('test-kit', '--app', nothing)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^heavy-batch: .*\n$/) });
    await expect(HeavyBatchTestKit.start({ app: nothing })).rejects.toThrow(/heavy-batch test-kit has ended with the exit code 2\nheavy-batch: /);
  });
});

test('the client for Python does the same', () => {
  const { status, stdout, stderr } = spawnSync('python3', [PYTHON_TEST, app], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe('all is well\n');
});
