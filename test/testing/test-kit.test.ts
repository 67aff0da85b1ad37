import childProcess, { type ChildProcess } from 'child_process';
import * as path from 'path';
import { HeavyBatchAttempt, HeavyBatchTestKit, type HeavyBatchTestKitOptions } from '../../src/testing';

/** In the place of `heavy-batch test-kit`: says what it was sent, and does what a test asks for by the name of a job. */
const PROCESS = `
const print = (line) => console.log(JSON.stringify(line));
const apis = process.env.FAKE_APIS.split(' ').filter(Boolean).map((path) => ({ path, url: 'http://' + path }));
print({ type: 'ready', apis, jobs: [{ path: 'App/Job', stateMachineArn: 'arn' }], environment: { ARGS: process.argv.slice(1).join(' ') } });
const lines = require('readline').createInterface({ input: process.stdin });
if (process.env.FAKE_STAYS) setInterval(() => {}, 1000);
const held = [];
lines.on('line', (line) => {
  const { id, command, job, ...fields } = JSON.parse(line);
  if (command !== 'script') return print({ id, now: 1000, containers: [{ command, ...fields }] });
  switch (job) {
    case 'refused': return print({ id, error: 'no such job' });
    case 'late': return held.push(id);
    case 'answer': return held.reverse().forEach((each) => print({ id: each, error: 'the answer to ' + each })), print({ id });
    case 'unasked': return process.stdout.write([{ id: 77 }, { id: 78, error: 'no' }, { id }].map((each) => JSON.stringify(each) + '\\n').join(''));
    case 'dies': for (let note = 1; note <= 25; note++) console.error('note ' + note); return setTimeout(() => process.exit(3), 50);
    case 'killed': return process.kill(process.pid, 'SIGKILL');
    default: return print({ id });
  }
});`;

const { spawn } = childProcess;
let started: { readonly child: ChildProcess; readonly args: readonly string[] }[];
let kits: HeavyBatchTestKit[];

beforeEach(() => {
  started = [];
  kits = [];
});
afterEach(async () => {
  started.forEach(({ child }) => child.kill('SIGKILL'));
  await Promise.all(kits.map((kit) => kit.stop()));
  jest.restoreAllMocks();
});

/** A kit whose process is another one. */
async function kitWith(options?: HeavyBatchTestKitOptions, environment: Record<string, string> = {}): Promise<HeavyBatchTestKit> {
  jest.spyOn(childProcess, 'spawn').mockImplementation(((program: string, args: string[]) => {
    const env = { ...process.env, FAKE_APIS: 'App/Api', ...environment };
    const child = spawn(program, program === process.execPath ? ['-e', PROCESS, ...args.slice(1)] : args, { env });
    started.push({ child, args });
    return child;
  }) as typeof spawn);
  const kit = await HeavyBatchTestKit.start(options);
  kits.push(kit);
  return kit;
}

const optionsOf = (kit: HeavyBatchTestKit) => kit.environment.ARGS;
const scriptFails = (kit: HeavyBatchTestKit, job: string) => kit.script(job).then(() => 'it succeeds', (error: Error) => error.message);

describe('start', () => {
  test('runs the command line of this package with the app', async () => {
    expect(optionsOf(await kitWith())).toBe('test-kit --app cdk.out');
    expect(optionsOf(await kitWith({}))).toBe('test-kit --app cdk.out');
    expect(started[0].args[0]).toBe(path.join(__dirname, '..', '..', 'bin', 'heavy-batch.js'));
  });

  test('passes on each option', async () => {
    const kit = await kitWith({ app: 'out', claims: { sub: 'a', tenant: 'b' }, passEnv: ['HOME', 'LANG'], docker: true, onLog: () => undefined });
    expect(optionsOf(kit)).toBe('test-kit --app out --claim sub=a --claim tenant=b --pass-env HOME --pass-env LANG --docker --verbose');
  });

  test('knows the jobs', async () => {
    expect((await kitWith()).jobs).toEqual([{ path: 'App/Job', stateMachineArn: 'arn' }]);
  });
});

describe('the URL of an API', () => {
  const APIS = { FAKE_APIS: 'App/Api App/My/Api App/Other' };

  test('is found by the path, the end of the path, or without one where there is one', async () => {
    expect((await kitWith()).url()).toBe('http://App/Api');
    const kit = await kitWith({}, APIS);
    expect([kit.url('App/Api'), kit.url('Other'), kit.url('My/Api')]).toEqual(['http://App/Api', 'http://App/Other', 'http://App/My/Api']);
  });

  test('is an error with the APIs that there are, where it is not known which one is meant', async () => {
    const kit = await kitWith({}, APIS);
    const paths = 'App/Api, App/My/Api, App/Other';
    expect(() => kit.url()).toThrow(`the app has 3 APIs; name one of them: ${paths}`);
    expect(() => kit.url('Api')).toThrow(`the app has 2 APIs 'Api'; use ${paths}`);
    expect(() => kit.url('ther')).toThrow(`the app has no API 'ther'; use ${paths}`);
    const without = await kitWith({}, { FAKE_APIS: '' });
    expect(() => without.url()).toThrow(/^the app has no API$/);
    expect(() => without.url('Api')).toThrow(/^the app has no API$/);
  });
});

describe('a command', () => {
  test('is sent with its fields', async () => {
    const kit = await kitWith();
    expect(await kit.containers()).toEqual([{ command: 'containers' }]);
    expect(await kit.now()).toEqual(new Date(1000));
    const lines: string[] = [];
    jest.spyOn(started[0].child.stdin!, 'write').mockImplementation(((line: string) => {
      lines.push(line);
      return started[0].child.stdin!.emit('sent', line);
    }) as never);
    void Promise.allSettled([kit.script('App/Job', HeavyBatchAttempt.neverEnds()), kit.advance({ hours: 1 }), kit.untilRunsEnd(), kit.reset()]);
    expect(lines).toEqual([
      '{"id":3,"command":"script","job":"App/Job","attempts":[{"ends":"NEVER"}]}\n',
      '{"id":4,"command":"advance","milliseconds":3600000}\n',
      '{"id":5,"command":"untilRunsEnd"}\n',
      '{"id":6,"command":"reset"}\n',
    ]);
  });

  test('resolves when it is answered', async () => {
    const kit = await kitWith();
    for (const work of [kit.script('App/Job'), kit.advance({ hours: 1 }), kit.untilRunsEnd(), kit.reset()]) await expect(work).resolves.toBeUndefined();
  });

  test('rejects with the error of its answer, also when answers come in another order', async () => {
    const kit = await kitWith();
    expect(await scriptFails(kit, 'refused')).toBe('no such job');
    const late = [scriptFails(kit, 'late'), scriptFails(kit, 'late')];
    expect(await scriptFails(kit, 'answer')).toBe('it succeeds');
    expect(await Promise.all(late)).toEqual(['the answer to 2', 'the answer to 3']);
  });

  test('is not confused by an answer that nothing waits for', async () => {
    expect(await scriptFails(await kitWith(), 'unasked')).toBe('it succeeds');
  });
});

describe('a process that ends', () => {
  test('rejects what waits and what comes later, with its last 20 notes', async () => {
    const told: string[] = [];
    const kit = await kitWith({ onLog: (line) => told.push(line) });
    const both = [scriptFails(kit, 'late'), scriptFails(kit, 'dies')];
    const notes = Array.from({ length: 20 }, (_, index) => `note ${index + 6}`);
    const message = ['heavy-batch test-kit has ended with the exit code 3', ...notes].join('\n');
    expect(await Promise.all(both)).toEqual([message, message]);
    expect(await scriptFails(kit, 'App/Job')).toBe(message);
    expect(told).toHaveLength(25);
  });

  test('while a command is sent to it fails that command only', async () => {
    await kitWith();
    expect(() => started[0].child.stdin!.emit('error', new Error('write EPIPE'))).not.toThrow();
  });

  test('by a signal is told so', async () => {
    expect(await scriptFails(await kitWith(), 'killed')).toBe('heavy-batch test-kit has ended with SIGKILL');
  });

  test('since it cannot be started is told so', async () => {
    const { execPath } = process;
    try {
      process.execPath = '/no/such/program';
      await expect(kitWith()).rejects.toThrow(/^heavy-batch test-kit cannot be started: spawn .*\/no\/such\/program ENOENT/);
    } finally {
      process.execPath = execPath;
    }
  });
});

describe('stop', () => {
  test('ends the process by the end of its input', async () => {
    const kit = await kitWith();
    await kit.stop();
    expect(started[0].child).toMatchObject({ exitCode: 0, signalCode: null });
    expect(await scriptFails(kit, 'App/Job')).toBe('heavy-batch test-kit has ended with the exit code 0');
    await expect(kit.stop()).resolves.toBeUndefined();
  });

  test('kills a process that does not end within 10 seconds', async () => {
    const kit = await kitWith({}, { FAKE_STAYS: '1' });
    const { setTimeout: after } = global;
    const waits: (number | undefined)[] = [];
    jest.spyOn(global, 'setTimeout').mockImplementation(((work: () => void, ms?: number) => {
      waits.push(ms);
      return after(work, 50);
    }) as typeof setTimeout);
    await kit.stop();
    expect(waits).toEqual([10_000]);
    expect(started[0].child.signalCode).toBe('SIGKILL');
  });

  test('leaves no timer', async () => {
    const kit = await kitWith();
    const { setTimeout: after } = global;
    const timers: NodeJS.Timeout[] = [];
    jest.spyOn(global, 'setTimeout').mockImplementation(((work: () => void, ms?: number) => {
      timers.push(after(work, ms));
      return timers.at(-1)!;
    }) as typeof setTimeout);
    await kit.stop();
    expect(timers.map((timer) => (timer as unknown as { _destroyed: boolean })._destroyed)).toEqual([true]);
  });
});

test('a kit keeps the process of the test alive while a command waits, and not longer', async () => {
  const kit = await kitWith();
  const { child, child: { stdin, stdout, stderr } } = started[0];
  const keepsAlive = () => [...new Set([child, stdin, stdout, stderr].map((each) => (each as unknown as { _handle: { hasRef(): boolean } })._handle.hasRef()))];
  expect(keepsAlive()).toEqual([false]);
  const late = scriptFails(kit, 'late');
  expect(keepsAlive()).toEqual([true]);
  await kit.now();
  expect(keepsAlive()).toEqual([true]);
  await scriptFails(kit, 'answer');
  await late;
  expect(keepsAlive()).toEqual([false]);
});

test('a test file that forgets stop() ends all the same', () => {
  const script = `require('ts-node').register({ transpileOnly: true, project: 'tsconfig.dev.json' });
    const cp = require('child_process');
    const { spawn } = cp;
    cp.spawn = (program) => spawn(program, ['-e', process.env.PROCESS]);
    require('./src/testing').HeavyBatchTestKit.start().then((kit) => kit.now()).then((now) => console.log(now.getTime()));`;
  const { status, stdout } = childProcess.spawnSync(process.execPath, ['-e', script], { cwd: path.join(__dirname, '..', '..'), encoding: 'utf8', timeout: 30_000, env: { ...process.env, PROCESS, FAKE_APIS: '' } });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '1000\n' });
});
