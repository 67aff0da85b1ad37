import * as fs from 'fs';
import * as path from 'path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand, GetExecutionHistoryCommand, ListExecutionsCommand, RedriveExecutionCommand, SFNClient, StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { heavyBatch, heavyBatchHere } from './heavy-batch';
import { call, echoJob, freePort, serve, Served, stop, until } from './served';
import { KeptApp } from '../../cli/state/kept-app';
import { HeavyBatchApi } from '../../src';
import { synthesize, temporary } from '../emulator/apps';

const app = synthesize((stack) => {
  const job = echoJob(stack);
  new HeavyBatchApi(stack, 'Api', { jobs: [{ job }] });
  new Bucket(stack, 'Data', { bucketName: 'data-of-the-app' });
});

const stateDirectory = () => path.join(temporary(), 'state');
const clientsOf = ({ environment }: Served) => {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  const config = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  return { sfn: new SFNClient(config), s3: new S3Client({ ...config, forcePathStyle: true }) };
};
const kill = async ({ child, ended }: Served) => {
  child.kill('SIGKILL');
  await ended;
};
const post = ({ apis: [{ url }] }: Served, body: object, headers = {}) => call(`${url}/runs`, { method: 'POST', body, headers });
const filesIn = (directory: string) => fs.readdirSync(directory, { recursive: true })
  .map((name) => path.join(directory, String(name)))
  .filter((file) => fs.statSync(file).isFile());

describe('after a restart', () => {
  const state = stateDirectory();
  const ports: string[] = [];
  const start = () => serve('--app', app, '--state', state, ...ports);
  let first: Served;
  let second: Served;
  let before: Record<string, any>;
  let after: Record<string, any>;
  let run: string;
  const answersOf = async (served: Served) => {
    const { sfn } = clientsOf(served);
    const [{ stateMachineArn }] = served.jobs;
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    const [{ executionArn }] = executions;
    const { $metadata: _, ...described } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    const { url } = served.apis[0];
    return {
      executions,
      described,
      events,
      list: (await call(`${url}/runs`)).body,
      run: (await call(`${url}${run}`)).body,
      logs: (await call(`${url}${run}/logs`)).body,
    };
  };
  beforeAll(async () => {
    ports.push('--port', String(await freePort()), '--aws-port', String(await freePort()));
    first = await start();
    const { headers } = await post(first, { word: 'kept' }, { 'idempotency-key': 'a' });
    run = headers.get('location')!;
    await until(`${first.apis[0].url}${run}`, ({ status }) => status === 'SUCCEEDED');
    const body = Buffer.alloc(1_000_000, 'x');
    await clientsOf(first).s3.send(new PutObjectCommand({ Bucket: 'data-of-the-app', Key: 'a/b c', Body: body, ContentType: 'text/plain', Metadata: { color: 'red' } }));
    before = await answersOf(first);
    await stop(first);
    second = await start();
    after = await answersOf(second);
  });
  afterAll(() => stop(second));

  test('the runs, their logs and results, and the executions are those of before', async () => {
    expect(before.run).toMatchObject({ status: 'SUCCEEDED', result: { word: 'kept' } });
    expect(before.logs.lines).toHaveLength(2);
    expect(after).toEqual(before);
  });

  test('an idempotency key stands for the run of before', async () => {
    const { body, status } = await post(second, { word: 'kept' }, { 'idempotency-key': 'a' });
    expect([status, body.id]).toEqual([200, before.run.id]);
  });

  test('the keys of before are those of now, and an object has its content and its headers', async () => {
    expect(second.environment).toEqual(first.environment);
    const { Body, ContentType, Metadata } = await clientsOf(first).s3.send(new GetObjectCommand({ Bucket: 'data-of-the-app', Key: 'a/b c' }));
    expect([(await Body!.transformToByteArray()).length, ContentType, Metadata]).toEqual([1_000_000, 'text/plain', { color: 'red' }]);
  });

  test('a run without a name has one that no run of before has', async () => {
    const { sfn } = clientsOf(second);
    const [{ stateMachineArn }] = second.jobs;
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
    expect(before.executions).not.toContainEqual(expect.objectContaining({ executionArn }));
  });

  test('the state is for its user only, and for no repository', () => {
    expect(second.state).toBe(state);
    expect(fs.readFileSync(path.join(state, '.gitignore'), 'utf8')).toBe('*\n');
    const modeOf = (file: string) => (fs.statSync(file).mode & 0o777).toString(8); // eslint-disable-line no-bitwise
    expect(modeOf(state)).toBe('700');
    expect([...new Set(filesIn(state).map(modeOf))]).toEqual(['600']);
  });

  test('another server does not take the same directory', async () => {
    const { code, err } = await heavyBatch('serve', '--app', app, '--state', state).ended;
    expect([code, err]).toEqual([2, expect.stringContaining(`heavy-batch: ${state} is in use by the process ${second.child.pid}; stop that heavy-batch serve, or name another directory with --state`)]);
  });
});

const BEFORE = 'Execution was started before a restart or an edit, and the emulator cannot redrive it; start a new one';

test('a run that was in progress when the server was killed is cancelled, and cannot be redriven', async () => {
  const state = stateDirectory();
  const first = await serve('--app', app, '--state', state);
  const { headers, body: { id } } = await post(first, { word: 'wait' });
  const run = headers.get('location')!;
  await until(`${first.apis[0].url}${run}`, ({ progress }) => progress !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await kill(first);
  const second = await serve('--app', app, '--state', state);
  const [{ url }] = second.apis;
  expect(await until(`${url}${run}`, ({ status }) => status !== 'RUNNING')).toMatchObject({ id, status: 'CANCELLED' });
  expect((await call(`${url}${run}/logs`)).body.lines.map(({ text }: { text: string }) => text)).toEqual(['::progress 50 half']);
  const { sfn } = clientsOf(second);
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: second.jobs[0].stateMachineArn }));
  expect(executions.map(({ name, status }) => [name, status])).toEqual([[id, 'ABORTED']]);
  const { executionArn } = executions[0];
  expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ error: 'Interrupted', redriveStatus: 'NOT_REDRIVABLE' });
  await expect(sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({ name: 'ExecutionNotRedrivable', message: BEFORE });
  expect(await call(`${url}${run}/redrive`, { method: 'POST' })).toMatchObject({ status: 409, body: { detail: `Step Functions cannot redrive the execution of this run: ${BEFORE}` } });
  expect((await stop(second)).err).toContain('1 run was in progress when the former heavy-batch serve ended: ABORTED, with the error Interrupted.');
  const third = await serve('--app', app, '--state', state);
  expect((await stop(third)).err).not.toContain('in progress');
});

test('of a server that is killed at any time, a state is left that the next one reads', async () => {
  const state = stateDirectory();
  for (const after of [0, 150, 300, 450]) {
    const served = await serve('--app', app, '--state', state);
    await Promise.all(Array.from({ length: 4 }, (_, index) => post(served, { word: `${index}` })));
    await new Promise((resolve) => setTimeout(resolve, after));
    await kill(served);
  }
  const last = await serve('--app', app, '--state', state);
  const { body: { runs } } = await call(`${last.apis[0].url}/runs`);
  expect(runs.length).toBeGreaterThan(0);
  expect((await stop(last)).code).toBe(0);
});

test('what cannot be written is told, also at the end, which is then no success', async () => {
  const state = stateDirectory();
  const served = await serve('--app', app, '--state', state);
  fs.rmSync(path.join(state, 'items'), { recursive: true });
  fs.writeFileSync(path.join(state, 'items'), '');
  await until(`${served.apis[0].url}${(await post(served, { word: 'a' })).headers.get('location')}`, ({ status }) => status === 'SUCCEEDED');
  const { code, err } = await stop(served);
  expect(code).toBe(1);
  expect(err).toMatch(/the state cannot be kept: items\/[^]* of the state could not be written, such as items\//);
  expect(fs.readdirSync(path.join(state, 'executions'))).toHaveLength(1);
  expect(fs.existsSync(path.join(state, 'lock'))).toBe(false);
});

test('a signal at any moment of the end leaves no lock, and loses nothing', async () => {
  const state = stateDirectory();
  const served = await serve('--app', app, '--state', state);
  await post(served, { word: 'wait' });
  const again = setInterval(() => served.child.kill('SIGINT'), 1);
  await served.ended;
  clearInterval(again);
  expect(fs.existsSync(path.join(state, 'lock'))).toBe(false);
  const [execution] = fs.readdirSync(path.join(state, 'executions'));
  expect(JSON.parse(fs.readFileSync(path.join(state, 'executions', execution), 'utf8'))).toMatchObject({ status: 'ABORTED' });
});

test('the time does not run backwards after a server whose time was scaled', async () => {
  const state = stateDirectory();
  const later = Date.now() + 3_600_000;
  const before = new KeptApp(state, () => undefined);
  before.journal.onExecution({
    arn: 'arn:a', stateMachineArn: 'arn:m', name: 'a', status: 'SUCCEEDED', input: {}, startedAt: later, stoppedAt: later, redriveCount: 0, transitions: 1, history: [],
  });
  before.close();
  const served = await serve('--app', app, '--state', state);
  expect((await post(served, { word: 'b' })).status).toBe(202);
  await stop(served);
  const times = fs.readdirSync(path.join(state, 'executions')).map((name) => JSON.parse(fs.readFileSync(path.join(state, 'executions', name), 'utf8')).startedAt as number);
  expect(times).toHaveLength(2);
  expect(Math.min(...times)).toBe(later);
});

describe('a state that cannot be read', () => {
  let state: string;
  beforeAll(async () => {
    state = stateDirectory();
    const served = await serve('--app', app, '--state', state);
    await until(`${served.apis[0].url}${(await post(served, { word: 'a' })).headers.get('location')}`, ({ status }) => status === 'SUCCEEDED');
    await stop(served);
  });
  /** What a server says of a state with such a file, which has to stay as it is. */
  const withFile = async (file: string, content: string) => {
    const copy = stateDirectory();
    fs.cpSync(state, copy, { recursive: true });
    const changed = path.join(copy, file.endsWith('/') ? `${file}${fs.readdirSync(path.join(copy, file))[0]}` : file);
    fs.writeFileSync(changed, content);
    const { code, err } = await heavyBatchHere('serve', '--app', app, '--state', copy);
    return { code, err, changed, after: fs.readFileSync(changed, 'utf8') };
  };

  test.each([['executions/', '{'], ['executions/', '{"a":1}'], ['items/', ''], ['log-streams/', '{}\n'], ['keys.json', 'null'], ['format.json', 'x']])('%s with %s is named, and stays', async (file, content) => {
    const { code, err, changed, after } = await withFile(file, content);
    expect([code, after]).toEqual([2, content]);
    expect(err).toBe(`heavy-batch: ${changed} is damaged: it is not what heavy-batch wrote. Delete it to go on without what it has, or name another directory with --state\n`);
  });

  test('one of a newer version is named, and stays', async () => {
    const { code, err, changed, after } = await withFile('format.json', '{"format":2}');
    expect([code, after]).toEqual([2, '{"format":2}']);
    expect(err).toContain(`${changed} says format 2, and this version of heavy-batch reads 1; use the newer version, name another directory with --state, or delete `);
  });

  test('a directory with other files is not taken', async () => {
    const directory = temporary();
    fs.writeFileSync(path.join(directory, 'mine'), '');
    const { code, err } = await heavyBatchHere('serve', '--app', app, '--state', directory);
    expect([code, err]).toEqual([2, `heavy-batch: ${directory} has other files, such as mine; name a directory for the state alone with --state\n`]);
    expect(fs.readdirSync(directory)).toEqual(['mine']);
  });

  test('a directory that cannot be made is named', async () => {
    const file = path.join(temporary(), 'file');
    fs.writeFileSync(file, '');
    const { code, err } = await heavyBatchHere('serve', '--app', app, '--state', path.join(file, 'state'));
    expect([code, err]).toEqual([2, expect.stringContaining(`the state cannot be kept in ${file}/state (ENOTDIR); name another directory with --state, or keep none with --no-state`)]);
  });
});
