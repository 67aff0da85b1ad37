import { ChildProcess, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { setTimeout } from 'timers/promises';
import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { begunHere, Ended, heavyBatch, heavyBatchHere, heavyBatchWith } from './heavy-batch';
import { HeavyBatchJob, HeavyBatchResultSource } from '../../src';
import { imageOf, synthesize, temporary } from '../emulator/apps';
import { addSdk } from '../sdk-in-image';

/** The containers are processes of this machine. What needs a process of its own is tested with the command line that ships. */
const QUICKSTART = path.join(__dirname, '..', '..', 'examples', 'typescript', 'quickstart', 'image');

const NOTE = 'Running App/Echo in the emulator, with the state machine and the functions of the app. The emulator has no scheduler, no ECS agent and no Spot market, and it does not limit memory.';

/** A program that uses S3 as it would in AWS: what the AWS SDK needs is in its environment. */
const USES_S3 = `
const { S3Client, GetObjectCommand, PutObjectCommand } = require("@aws-sdk/client-s3");
const s3 = new S3Client();
const at = (uri) => ({ Bucket: uri.split("/")[2], Key: uri.split("/").slice(3).join("/") });
const get = async (uri) => (await s3.send(new GetObjectCommand(at(uri)))).Body.transformToString();
const put = (uri, value) => s3.send(new PutObjectCommand({ ...at(uri), Body: JSON.stringify(value) }));
`;

const app = synthesize((stack) => {
  const job = (id: string, script: string, more: object = {}) => {
    const imageDirectory = imageOf({ 'Dockerfile': 'FROM node:24\nCOPY . .\nCMD ["node", "index.js"]', 'index.js': script });
    if (script.startsWith(USES_S3)) addSdk(imageDirectory);
    return new HeavyBatchJob(stack, id, { imageDirectory, attemptTimeout: Duration.minutes(1), ...more });
  };
  job('Three', 'for (let i = 1; i <= 30; i++) console.log("line " + i); process.exitCode = 3');
  job('Deaf', 'process.on("SIGTERM", () => console.log("no")); setInterval(() => console.log("tick"), 200); console.log("up")', { command: ['node', 'index.js', 'of-the-deaf-job'] });
  job('Echo', 'console.log(process.argv[2]); setTimeout(() => {}, 300)', {
    command: ['node', 'index.js', 'Ref::word'], parameters: { word: 'none' }, allowedOverrides: { command: true },
  });
  job('Environment', 'const { env } = process; console.log(JSON.stringify(process.argv[2].split(" ").map((name) => Object.getOwnPropertyDescriptor(env, name)?.value ?? null)))', {
    command: ['node', 'index.js', 'Ref::names'],
    parameters: { names: '__proto__ constructor toString' },
    allowedOverrides: { environment: ['__proto__', 'constructor', 'toString', '..', 'a/b', 'a_b'] },
  });
  job('Slow', 'console.log("up"); setInterval(() => {}, 1000)', { attemptTimeout: Duration.hours(1) });
  job('Patient', 'process.on("SIGTERM", () => setTimeout(() => { console.log("in peace"); process.exit(0); }, 1_000)); setInterval(() => {}, 1000); console.log("up")');
  job('Volume', 'const file = process.argv[2] + "/model"; const fs = require("fs"); console.log(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "no model")', {
    command: ['node', 'index.js', '/mnt/models'],
    volumes: [batch.EcsVolume.host({ name: 'models', hostPath: '/models', containerPath: '/mnt/models' })],
  });
  job('Result', `${USES_S3} (async () => {
    const [uri, index = ""] = [process.argv[2], process.env.AWS_BATCH_JOB_ARRAY_INDEX];
    if (uri === "read") return get(process.env.HEAVY_BATCH_RESULT).catch((error) => console.log(error.name + ": " + error.message));
    if (uri === "long") return put(process.env.HEAVY_BATCH_RESULT, "x".repeat(300_000));
    const text = uri.startsWith("s3://") ? await get(uri) : uri;
    await put(process.env.HEAVY_BATCH_RESULT + index, { length: text.length, input: process.env.HEAVY_BATCH_INPUT ?? null });
  })();`, { command: ['node', 'index.js', 'Ref::text'], parameters: { text: 'none' } })
    .addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  job('File', 'const fs = require("fs"); const [how] = process.argv.slice(2); const uri = process.env.HEAVY_BATCH_RESULT;'
    + ' if (how === "directories") fs.mkdirSync(require("path").dirname(uri), { recursive: true }); fs.writeFileSync(uri, "1");', { command: ['node', 'index.js', 'Ref::how'], parameters: { how: 'none' } });
  job('Quickstart', '', {
    imageDirectory: QUICKSTART, command: ['node', 'index.js', 'Ref::megabytes'], parameters: { megabytes: '30' }, resultSource: HeavyBatchResultSource.LOG,
  });
});

const run = (job: string, ...args: string[]) => heavyBatchHere('run', job, '--app', app, '--time-scale', '5', ...args);
const runShipped = (job: string, ...args: string[]) => heavyBatch('run', job, '--app', app, ...args).ended;

test('the quickstart goes through all states and prints its result', async () => {
  const { code, out } = await runShipped('App/Quickstart', '--param', 'megabytes=5');
  expect(code).toBe(0);
  const states = [...out.matchAll(/^\+0:\d\d:\d\d\.\d {2}(\w+)/gm)].map(([, state]) => state);
  expect(states).toEqual(['SUBMITTED', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']);
  expect(out).toContain('| [############] 100 %  merged ');
  expect(out).toContain('| ::result {"trips":');
  const output = JSON.parse(out.slice(out.indexOf('\n{')));
  expect(output).toMatchObject({ status: 'SUCCEEDED', exitCode: 0, attempts: 1, rounds: 1, reason: null, vcpus: 1, memory: 1024, result: { trips: expect.any(Number) } });
  expect(Object.keys(output)).toEqual(expect.arrayContaining([
    'runId', 'jobId', 'jobName', 'status', 'exitCode', 'attempts', 'rounds', 'reason', 'submittedAt', 'startedAt', 'stoppedAt', 'queuedSeconds', 'ranSeconds',
    'logGroup', 'logStreams', 'logsUrl', 'vcpus', 'memory',
  ]));
});

test('the states and the output of the run are printed, then the output of its execution', async () => {
  const { code, out, err } = await run('App/Echo', '--param', 'word=hello', '--name', 'my-run');
  expect([code, err]).toEqual([0, '']);
  const [states, output] = out.split(/^(?=\{)/m);
  expect(states.replace(/^\+[\d:.]+/gm, '+')).toBe(`${NOTE}
+  SUBMITTED
+  RUNNABLE 
+  STARTING 
+  RUNNING  
            | hello
+  SUCCEEDED

SUCCEEDED  4 state transitions
`);
  expect(JSON.parse(output)).toMatchObject({ runId: 'my-run', status: 'SUCCEEDED' });
  expect(output).toMatch(/^\{\n {2}"\w/);
});

test('--json prints the whole execution', async () => {
  const { out, err } = await run('App/Echo', '--json', '--name', 'my-run');
  const { output, transitions, ...rest } = JSON.parse(out);
  expect(rest).toEqual({ executionArn: expect.stringMatching(/^arn:.*:execution:.*:my-run$/), job: 'App/Echo', status: 'SUCCEEDED' });
  expect([output.runId, transitions]).toEqual(['my-run', 4]);
  expect(err).toContain(`${NOTE}\n`);
});

test('the log lines of the functions are printed with --verbose only', async () => {
  const [brief, verbose] = [await run('App/Echo'), await run('App/Echo', '--verbose')];
  expect(verbose.out).toMatch(/^\w+ \{.*"runId":/m);
  expect(brief.out).not.toMatch(/^\w+ \{/m);
});

test('a mount is the directory of a volume', async () => {
  const directory = temporary();
  fs.writeFileSync(path.join(directory, 'model'), 'of the mount');
  expect((await run('App/Volume', '--mount', `/mnt/models=${directory}`)).out).toContain('| of the mount');
  expect((await run('App/Volume')).out).toContain('| no model');
});

test('time passes faster with a time scale', async () => {
  const seconds = async (scale: string) => /^\+0:00:(\S+) {2}SUCCEEDED/m.exec((await heavyBatchHere('run', 'App/Echo', '--app', app, '--time-scale', scale)).out)![1];
  expect(Number(await seconds('30'))).toBeGreaterThan(Number(await seconds('3')));
});

test('no listener of signals and no temporary directory are left after a run', async () => {
  const made = jest.spyOn(jest.requireActual<typeof fs>('fs'), 'mkdtempSync');
  const listeners = () => ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'exit'].map((event) => process.listenerCount(event));
  const before = listeners();
  await run('App/Volume');
  const directories = made.mock.results.map(({ value }) => value as string);
  expect(directories).toContainEqual(expect.stringContaining('heavy-batch-'));
  expect(directories.filter((directory) => fs.existsSync(directory))).toEqual([]);
  expect(listeners()).toEqual(before);
});

test.each([['SIGINT', 130, 'Ctrl-C'], ['SIGTERM', 143, 'SIGTERM']] as const)('%s stops the run, whose container can end in peace, and the second one ends this process', async (signal, exitCode, cause) => {
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const before = process.listenerCount(signal);
  const { ended, printed } = begunHere('run', 'App/Patient', '--app', app);
  while (!printed.out.includes('| up')) await setTimeout(10);
  process.emit(signal);
  process.emit(signal); // npm passes on what the terminal has sent already
  const exitsOfTheFirst = exit.mock.calls.length;
  await setTimeout(600);
  process.emit(signal);
  const { code, out } = await ended;
  expect([code, exitsOfTheFirst, exit.mock.calls]).toEqual([exitCode, 0, [[exitCode]]]);
  expect(process.listenerCount(signal)).toBe(before);
  expect(out).toMatch(/\| up\nStopping the run\. The container gets SIGTERM now and SIGKILL after 30 s\. Press Ctrl-C again to kill it immediately\.\n[^]*\| in peace\n[^]*\nABORTED  Interrupted\n/);
  expect(out).toContain(`\nABORTED  Interrupted\n${cause}\n`);
});

test('a run whose container fails prints the verdict and the last 20 lines of output', async () => {
  const { code, out } = await run('App/Three');
  expect(code).toBe(1);
  const last = Array.from({ length: 20 }, (_, index) => `  line ${index + 11}\n`).join('');
  expect(out.slice(out.indexOf('\n\n'))).toMatch(new RegExp(`^\n\nFAILED  ExitCode\nthe container exited with 3.*\n\nThe last 20 lines of the container's output:\n${last}$`));
});

test('a container that ignores SIGTERM after its timeout is killed', async () => {
  const { code, out } = await run('App/Deaf', '--time-scale', '60');
  expect(code).toBe(1);
  expect(out).toMatch(/\| up\n[^]*\| no\n[^]*FAILED +.*Job attempt duration exceeded timeout/);
  expect(out).toContain('FAILED  AttemptTimeout');
});

test('a run with an invalid input fails before a job is submitted', async () => {
  const { code, out } = await run('App/Echo', '--param', 'wrd=x');
  expect(code).toBe(1);
  expect(out).toContain('FAILED  InvalidInput');
  expect(out).toContain('parameters.wrd');
  expect(out).not.toContain('SUBMITTED');
});

test('two runs at the same time do not affect each other', async () => {
  const both = await Promise.all(['one', 'two'].map((word) => runShipped('App/Echo', '--param', `word=${word}`, '--json')));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const outputs = both.map(({ out }) => JSON.parse(out));
  expect(outputs[0].output.jobId).not.toBe(outputs[1].output.jobId);
  expect(both.map(({ err }) => /\| (one|two)/.exec(err)![1])).toEqual(['one', 'two']);
});

test('--json prints one document to standard output, also when the run fails', async () => {
  const { code, out, err } = await run('App/Three', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ job: 'App/Three', status: 'FAILED', error: 'ExitCode', cause: { exitCode: 3, attempts: 1 } });
  expect(err).toContain('RUNNING');
});

test('--input is JSON or a file, and may be the event of an API call', async () => {
  const file = path.join(temporary(), 'input.json');
  fs.writeFileSync(file, '{"body":{"word":"of a file"}}');
  expect((await run('App/Echo', '--input', file)).out).toContain('| of a file');
  expect((await run('App/Echo', '--input', '{"body":"{\\"word\\":\\"of a body\\"}"}')).out).toContain('| of a body');
});

test('the same program reads a value that is too long for Batch, and writes its result, as in AWS', async () => {
  expect(JSON.parse((await run('App/Result', '--param', 'text=short', '--json')).out).output).toMatchObject({ result: { length: 5, input: null }, resultUri: expect.stringMatching(/^s3:/) });
  const { output } = JSON.parse((await run('App/Result', '--param', `text=${'x'.repeat(40_000)}`, '--json')).out);
  expect(output.result).toEqual({ length: 40_000, input: expect.stringMatching(/^s3:\/\/.*\/input\.json$/) });
});

test('a container may do with S3 what its job role may do', async () => {
  const { code, out } = await run('App/Result', '--param', 'text=read');
  expect([code, out]).toEqual([0, expect.stringMatching(/\| AccessDenied: User: arn:aws:sts::.*JobRole.* is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::.*\/results\//)]);
});

test('a program that takes the URI of its result for the path of a file fails, as in AWS', async () => {
  const { code, out } = await run('App/File');
  expect([code, out]).toEqual([1, expect.stringMatching(/ENOENT: no such file or directory, open 's3:\/\//)]);
});

test('a program that makes a file of that path has no result, as in AWS', async () => {
  const { code, out } = await run('App/File', '--param', 'how=directories', '--json');
  expect([code, JSON.parse(out).output]).toEqual([0, expect.objectContaining({ result: null, resultUri: null })]);
});

describe('keys of AWS that are passed on', () => {
  const [id, secret] = ['AKIAOFAPERSON0000000', 'a secret of a person'];
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const withKeys = (of: string[], ...args: string[]) => heavyBatchWith({ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: 'token' }, 'run', ...args, '--app', app, '--time-scale', '5', ...of.flatMap((name) => ['--pass-env', name])).ended;

  test('are also those of the job role, and a line says so', async () => {
    const { code, out } = await withKeys(names, 'App/Result', '--param', `text=${'x'.repeat(40_000)}`);
    expect([code, out]).toEqual([0, expect.stringContaining('"length": 40000')]);
    expect(out).toContain('The container has your keys of AWS (--pass-env AWS_ACCESS_KEY_ID). S3 of this run takes them for those of the job role; calls to other services reach AWS.');
    expect((await withKeys(names, 'App/Result', '--param', 'text=read')).out).toMatch(/AccessDenied: User: .*JobRole.* is not authorized to perform: s3:GetObject/);
  });

  test('leave the endpoints of other services to AWS', async () => {
    const shown = async (of: string[]) => JSON.parse(/\| (\[.*\])/.exec((await withKeys(of, 'App/Environment', '--param', 'names=AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3')).out)![1]);
    const local = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await shown(names)).toEqual([id, secret, 'token', null, local]);
    expect(await shown([])).toEqual([expect.stringMatching(/^AKIA[A-Z2-7]{16}$/), expect.stringMatching(/^.{40}$/), null, local, local]);
  });

  test('are refused when the secret is missing', async () => {
    expect(await withKeys(['AWS_ACCESS_KEY_ID'], 'App/Result')).toMatchObject({ code: 2, err: expect.stringContaining('--pass-env of keys of AWS needs AWS_SECRET_ACCESS_KEY, too') });
  });
});

test.each<[string, object, string]>([
  ['a NUL', { parameters: { word: 'a\0b' } }, "'parameters.word' has a NUL character, which no container can receive; leave it out"],
  ['a number with an exponent', { parameters: { word: 1e21 } }, "'parameters.word' is the number 1e+21, which may have been written in another way; quote it"],
  ['an empty word', { containerOverrides: { command: ['node', ''] } }, "'containerOverrides.command.1' is empty"],
  ['too many vCPUs', { containerOverrides: { vcpus: 512 } }, "'containerOverrides.vcpus' is 512, but the job's compute has 256 vCPUs"],
  ['a list of two items', [{}, {}] as object, 'the input is a list of 2 items, but a run has one; set the batch size of the pipe to 1'],
])('an input with %s is InvalidInput, as in AWS', async (_, input, message) => {
  const { code, out, err } = await run('App/Echo', '--input', JSON.stringify(input));
  expect([code, err]).toEqual([1, '']);
  expect(out).toContain('FAILED  InvalidInput');
  expect(out).toContain(message);
});

test('names that objects have already reach the container', async () => {
  const named = '{"__proto__":"a","constructor":"b","toString":"c"}';
  const { out } = await run('App/Environment', '--input', `{"containerOverrides":{"environment":${named}}}`);
  expect(out).toContain('| ["a","b","c"]');
});

test('values that are too long become objects, whatever their names are', async () => {
  const environment = Object.fromEntries(['..', 'a/b', 'a_b'].map((name) => [name, name.repeat(4_000)]));
  const { out } = await run('App/Environment', '--input', JSON.stringify({ parameters: { names: '.. a/b a_b' }, containerOverrides: { environment } }));
  expect(JSON.parse(/\| (\[.*\])/.exec(out)![1])).toEqual(['..', 'a%2Fb', 'a_b'].map((name) => expect.stringMatching(new RegExp(`^s3://.*/payloads/.*/environment/${name}$`))));
});

test('each child of an array job writes a result', async () => {
  const { code, out } = await run('App/Result', '--input', '{"arraySize":2}', '--json');
  expect([code, JSON.parse(out).output.resultUri]).toEqual([0, expect.stringMatching(/\/$/)]);
});

test('--list runs the job for each item of a list', async () => {
  const list = path.join(temporary(), 'list.jsonl');
  fs.writeFileSync(list, '{"text":"a"}\n{"text":"bcd"}\n');
  const { code, out, err } = await run('App/Result/Each', '--list', list, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out).items.map((item: any) => [item.index, item.run.output.result.length])).toEqual([[0, 1], [1, 3]]);
  expect(err).toContain('SUCCEEDED  item 1');
  const shown = await run('App/Result/Each', '--list', list);
  expect(JSON.parse(shown.out.slice(shown.out.indexOf('\n{')))).toEqual({ mapRunArn: expect.any(String), results: expect.anything(), runs: expect.objectContaining({ succeeded: 2 }), items: [expect.anything(), expect.anything()] });
});

test('a list that is not JSON fails the run, and says what is wrong', async () => {
  const list = path.join(temporary(), 'list.jsonl');
  fs.writeFileSync(list, 'not JSON');
  const { code, out, err } = await run('App/Result/Each', '--list', list, '--json');
  expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ error: 'States.ItemReaderFailed', cause: expect.stringContaining('JSON'), items: [] })]);
  expect(err).toContain('The list cannot be read');
});

test('an input that is too long together with the name of its list is an error that says what to do', async () => {
  const list = path.join(temporary(), 'list.jsonl');
  fs.writeFileSync(list, '{}\n');
  const { code, err } = await run('App/Result/Each', '--list', list, '--input', JSON.stringify({ more: 'x'.repeat(262_144 - 11) }));
  expect([code, err]).toEqual([2, expect.stringMatching(/^heavy-batch: the run cannot be started: \w+: .*262144/)]);
});

test('a second Ctrl-C kills the container at once', async () => {
  const { child, ended } = heavyBatch('run', 'App/Deaf', '--app', app);
  let out = '';
  const printed = (text: string) => new Promise<void>((resolve) => child.stdout!.on('data', (chunk) => {
    out += chunk;
    if (out.includes(text)) resolve();
  }));
  await printed('| up');
  child.kill('SIGINT');
  await printed('| no');
  await setTimeout(600);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
  await setTimeout(100);
  expect(spawnSync('ps', ['-e', '-o', 'args='], { encoding: 'utf8' }).stdout).not.toContain('of-the-deaf-job');
});

test('Ctrl-C stops the run and its container', async () => {
  const { child, ended } = heavyBatch('run', 'App/Slow', '--app', app);
  let out = '';
  await new Promise<void>((resolve) => child.stdout!.on('data', (chunk) => {
    out += chunk;
    if (out.includes('| up')) resolve();
  }));
  child.kill('SIGINT');
  const { code, out: all } = await ended;
  expect(code).toBe(130);
  expect(all).toMatch(/FAILED +heavy-batch: its run ended/);
});

describe('whatever ends the command, no job and no file is left', () => {
  const isRunning = () => spawnSync('ps', ['-e', '-o', 'args='], { encoding: 'utf8' }).stdout.includes('of-the-deaf-job');
  const until = async (condition: () => boolean) => {
    for (let waited = 0; waited < 10_000 && !condition(); waited += 50) await setTimeout(50);
    expect(condition()).toBe(true);
  };

  test.each<[string, (child: ChildProcess) => void, Partial<Ended>]>([
    ['SIGKILL', (child) => child.kill('SIGKILL'), { code: null }],
    ['a closed terminal', (child) => child.kill('SIGHUP'), { code: 129 }],
    ['SIGQUIT', (child) => child.kill('SIGQUIT'), { code: 131 }],
    ['a reader that reads no more', (child) => child.stdout!.destroy(), { code: 141 }],
  ])('%s', async (_, end, expected) => {
    const directory = temporary();
    const { child, ended } = heavyBatchWith({ TMPDIR: directory }, 'run', 'App/Deaf', '--app', app);
    await until(isRunning);
    end(child);
    expect((await ended).code).toBe(expected.code);
    await until(() => !isRunning() && fs.readdirSync(directory).length === 0);
  });

  test('with --json, also a killed run is a document', async () => {
    const { child, ended } = heavyBatch('run', 'App/Deaf', '--app', app, '--json');
    await until(isRunning);
    child.kill('SIGQUIT');
    const { code, out } = await ended;
    expect([code, JSON.parse(out)]).toEqual([131, expect.objectContaining({ job: 'App/Deaf', status: 'ABORTED', error: 'Interrupted' })]);
    await until(() => !isRunning());
  });
});

test('a result that is too long for an output is in a file that stays', async () => {
  const directory = temporary();
  const { out } = await heavyBatchWith({ TMPDIR: directory }, 'run', 'App/Result', '--param', 'text=long', '--app', app, '--json').ended;
  const { result, resultPath } = JSON.parse(out).output;
  expect([result, resultPath.startsWith(directory)]).toEqual([null, true]);
  expect(JSON.parse(fs.readFileSync(resultPath, 'utf8'))).toHaveLength(300_000);
});

test('the results of an array job are in a directory that stays', async () => {
  const { output } = JSON.parse((await run('App/Result', '--input', '{"arraySize":2}', '--json')).out);
  expect(fs.readdirSync(output.resultPath).sort()).toEqual(['0', '1']);
  fs.rmSync(output.resultPath, { recursive: true });
});
