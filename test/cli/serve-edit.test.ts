import * as fs from 'fs';
import { createServer, request } from 'http';
import * as path from 'path';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { call, echoJob, freePort, serve, Served, stop, until } from './served';
import { HeavyBatchApi } from '../../src';
import { synthesize, temporary } from '../emulator/apps';

function edited(edit: string, more: (stack: Stack) => void = () => undefined, id?: string): string {
  return synthesize((stack) => {
    const job = echoJob(stack, { id, edit });
    new HeavyBatchApi(stack, 'Api', { jobs: [{ job }] });
    more(stack);
  });
}

const withOther = (stack: Stack) => void new HttpApi(stack, 'Other');
const apps = { first: edited('first'), second: edited('second'), larger: edited('larger', withOther), renamed: edited('renamed', undefined, 'Other') };
/** Copies an app as a synthesis writes it: the assets that are not there yet, which a function may be reading, then the stacks, and the manifest last. */
function copyInto(app: string, directory: string): void {
  const rank = (name: string) => ['.template.json', '.assets.json', 'manifest.json'].findIndex((end) => name.endsWith(end));
  const names = fs.readdirSync(app).sort((one, other) => rank(one) - rank(other));
  for (const name of names) {
    const [from, to] = [app, directory].map((parent) => path.join(parent, name));
    if (!fs.existsSync(to) || fs.statSync(from).isFile()) fs.cpSync(from, to, { recursive: true });
  }
}

/** A directory with an app, as `cdk synth` leaves it. */
function outputOf(app: string): string {
  const directory = path.join(temporary(), 'cdk.out');
  copyInto(app, directory);
  return directory;
}

async function seen(served: Served, expected: object): Promise<Record<string, any>> {
  for (;;) {
    const found = served.lines().find((line) => Object.entries(expected).every(([name, value]) => line[name] === value));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const taken = (served: Served) => served.lines().filter(({ type, status }) => type === 'app' && status === 'taken');
const run = async ({ apis: [{ url }] }: Served, word: string) => `${url}${(await call(`${url}/runs`, { method: 'POST', body: { word } })).headers.get('location')}`;
const succeeded = ({ status }: { status: string }) => status === 'SUCCEEDED';

describe.each<[string, string[]]>([['with a state', []], ['without a state', ['--no-state']]])('%s, a new app', (_, args) => {
  const output = outputOf(apps.first);
  let served: Served;
  let former: string;
  let current: keyof typeof apps = 'first';
  beforeAll(async () => {
    served = await serve('--app', output, ...args.length > 0 ? args : ['--state', path.join(temporary(), 'state')]);
    former = await run(served, 'a');
    await until(former, succeeded);
  });
  afterAll(() => stop(served));

  /** Waits for one more line about a new app with this status, and returns it. */
  const next = async (status: string, work: () => unknown) => {
    const lines = () => served.lines().filter((line) => line.type === 'app' && line.status === status);
    const before = lines().length;
    await work();
    while (lines().length === before) await new Promise((resolve) => setTimeout(resolve, 50));
    return lines()[before];
  };
  /** Whichever test is the first, it begins with this app. */
  const begin = async (app: keyof typeof apps) => {
    if (current !== app) await next('taken', () => copyInto(apps[app], output));
    current = app;
  };

  test('is served at the same ports while requests go on, with the runs of before', async () => {
    await begin('first');
    const refusals: unknown[] = [];
    let told = '';
    served.child.stderr!.on('data', (chunk) => { told += chunk; });
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        const { status, body } = await call(former);
        if (status !== 200) refusals.push({ status, body, told });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const app = await next('taken', () => copyInto(apps.second, output));
    current = 'second';
    isOver = true;
    await asking;
    expect(refusals).toEqual([]);
    expect([app.apis, app.jobs]).toEqual([served.apis, served.jobs]);
    expect((await call(former)).body).toMatchObject({ status: 'SUCCEEDED', result: { word: 'a', edit: 'first' } });
    expect((await call(`${former}/logs`)).body.lines).toHaveLength(2);
    expect((await until(await run(served, 'b'), succeeded)).result).toEqual({ word: 'b', edit: 'second' });
    const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = served.environment;
    const sfn = new SFNClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const executionArn = `${served.jobs[0].stateMachineArn.replace(':stateMachine:', ':execution:')}:${former.split('/').at(-1)}`;
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('that is synthesized without a change is not told', async () => {
    const before = served.lines().length;
    copyInto(apps[current], output);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(served.lines()).toHaveLength(before);
  });

  test('waits until no run is in progress', async () => {
    await begin('first');
    const waits = await run(served, 'wait');
    await until(waits, ({ status }) => status === 'RUNNING');
    const before = taken(served).length;
    await next('waiting', () => copyInto(apps.second, output));
    const told = served.lines().length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(served.lines()).toHaveLength(told);
    expect(taken(served)).toHaveLength(before);
    expect((await call(waits)).body.status).toBe('RUNNING');
    await next('taken', () => call(waits, { method: 'DELETE' }));
    current = 'second';
    expect((await call(waits)).body.status).toBe('CANCELLED');
    expect((await until(await run(served, 'c'), succeeded)).result).toEqual({ word: 'c', edit: 'second' });
  });

  test('that cannot be read is told, and the former one goes on', async () => {
    await begin('first');
    const refused = await next('refused', () => fs.writeFileSync(path.join(output, 'manifest.json'), '{'));
    expect(refused).toEqual({ type: 'app', status: 'refused', error: expect.stringContaining('manifest.json') });
    expect((await until(await run(served, 'd'), succeeded)).result).toEqual({ word: 'd', edit: 'first' });
    await begin('second');
    expect((await until(await run(served, 'e'), succeeded)).result).toEqual({ word: 'e', edit: 'second' });
  });
});

test('a new app with one API more has the next port, if that is free', async () => {
  const output = outputOf(apps.first);
  const [port, awsPort] = [await freePort(), await freePort()];
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port + 1, '127.0.0.1', resolve));
  const served = await serve('--app', output, '--no-state', '--port', String(port), '--aws-port', String(awsPort));
  copyInto(apps.larger, output);
  expect(await seen(served, { type: 'app', status: 'refused' })).toMatchObject({ error: `the port ${port + 1} is in use; name another one with --port` });
  expect((await call(`${served.apis[0].url}/runs`)).status).toBe(200);
  await new Promise((resolve) => other.close(resolve));
  copyInto(apps.larger, output);
  const { apis } = await seen(served, { type: 'app', status: 'taken' });
  expect(apis.map(({ url }: { url: string }) => Number(new URL(url).port))).toEqual([port, port + 1]);
  expect((await call(apis[1].url)).status).toBe(404);
  copyInto(apps.first, output);
  while (taken(served).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  await expect(fetch(apis[1].url)).rejects.toThrow('fetch failed');
  const { code, err } = await stop(served);
  expect(code).toBe(0);
  expect(err).toContain(`took the new app in ${output}\n`);
});

test('runs of a job that the new app does not have are still there', async () => {
  const output = outputOf(apps.first);
  const served = await serve('--app', output, '--no-state');
  const former = await run(served, 'a');
  await until(former, succeeded);
  copyInto(apps.renamed, output);
  await seen(served, { type: 'app', status: 'taken' });
  expect((await call(former)).body).toMatchObject({ status: 'SUCCEEDED', result: { word: 'a', edit: 'first' } });
  expect((await until(await run(served, 'b'), succeeded)).result).toEqual({ word: 'b', edit: 'renamed' });
  expect((await stop(served)).code).toBe(0);
});

test('a new app waits for a request that takes long, and that is told', async () => {
  const output = outputOf(apps.first);
  const served = await serve('--app', output, '--no-state');
  const slow = request(`${served.apis[0].url}/runs`, { method: 'POST', headers: { 'content-type': 'application/json' } });
  const answered = new Promise<number | undefined>((resolve) => slow.on('response', (response) => resolve(response.resume().statusCode)));
  slow.write('{');
  copyInto(apps.second, output);
  await seen(served, { type: 'app', status: 'waiting' });
  expect(taken(served)).toHaveLength(0);
  slow.end('"word":"a"}');
  expect(await answered).toBe(202);
  await seen(served, { type: 'app', status: 'taken' });
  expect(served.lines().filter(({ status }) => status === 'waiting')).toHaveLength(1);
  await stop(served);
});

test('sources that are newer than the app are told when a run starts, with what to do', async () => {
  const output = outputOf(apps.first);
  const project = path.dirname(output);
  const old = new Date(Date.now() - 60_000);
  fs.writeFileSync(path.join(project, 'cdk.json'), '{}');
  fs.utimesSync(path.join(project, 'cdk.json'), old, old);
  const served = await serve('--app', output, '--state', path.join(project, 'state'));
  const stale = () => served.lines().filter(({ status }) => status === 'stale');
  try {
    await until(await run(served, 'a'), succeeded);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(stale()).toEqual([]);
    fs.writeFileSync(path.join(project, 'app.ts'), '');
    await until(await run(served, 'b'), succeeded);
    expect(await seen(served, { status: 'stale' })).toEqual({ type: 'app', status: 'stale', sources: ['app.ts'] });
    copyInto(apps.second, output);
    await seen(served, { status: 'taken' });
    expect((await until(await run(served, 'c'), succeeded)).result).toEqual({ word: 'c', edit: 'second' });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(stale()).toHaveLength(1);
  } finally {
    const { code, err } = await stop(served);
    expect(code).toBe(0);
    expect(err).toContain(`app.ts is newer than ${output}, which is what runs. Run 'npx cdk synth': the new app is taken without a restart.\n`);
  }
});

test('sources that are newer than the app are told at the start', async () => {
  const output = outputOf(apps.first);
  const source = path.join(path.dirname(output), 'cdk.json');
  fs.writeFileSync(source, '{}');
  fs.utimesSync(source, new Date(), new Date(Date.now() + 1_000));
  const served = await serve('--app', output, '--no-state');
  try {
    expect(await seen(served, { status: 'stale' })).toEqual({ type: 'app', status: 'stale', sources: ['cdk.json'] });
    expect(served.lines()[0].type).toBe('ready');
  } finally {
    await stop(served);
  }
});
