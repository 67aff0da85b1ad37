import { ChildProcess, spawn } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { HeavyBatchJob } from '../../src';
import { imageOf, synthesize, temporary } from '../emulator/apps';

/** The command line that ships, as a process; the jobs are processes of this machine. */
const BIN = path.join(__dirname, '..', '..', 'bin', 'heavy-batch.js');
const QUICKSTART = path.join(__dirname, '..', '..', 'examples', 'typescript', 'quickstart', 'image');

const app = synthesize((stack) => {
  const job = (id: string, script: string, more: object = {}) => new HeavyBatchJob(stack, id, {
    imageDirectory: imageOf({ 'Dockerfile': 'FROM node:24\nCOPY . .\nCMD ["node", "index.js"]', 'index.js': script }), attemptTimeout: Duration.minutes(1), ...more,
  });
  job('Three', 'for (let i = 1; i <= 30; i++) console.log("line " + i); process.exitCode = 3');
  job('Deaf', 'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000); console.log("up")');
  job('Echo', 'console.log(process.argv[2]); setTimeout(() => {}, 300)', { command: ['node', 'index.js', 'Ref::word'], parameters: { word: 'none' } });
  job('Slow', 'console.log("up"); setInterval(() => {}, 1000)', { attemptTimeout: Duration.hours(1) });
  const result = 'const fs = require("fs"); const [input, index = ""] = [process.argv[2], process.env.AWS_BATCH_JOB_ARRAY_INDEX];'
    + ' const text = input.startsWith("/") ? fs.readFileSync(input, "utf8") : input;'
    + ' fs.writeFileSync(process.env.HEAVY_BATCH_RESULT + index, JSON.stringify({ length: text.length, input: process.env.HEAVY_BATCH_INPUT ?? null }))';
  job('Result', result, { command: ['node', 'index.js', 'Ref::text'], parameters: { text: 'none' } })
    .runMany('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  job('Quickstart', '', { imageDirectory: QUICKSTART, command: ['node', 'index.js', 'Ref::megabytes'], parameters: { megabytes: '300' } });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const children: ChildProcess[] = [];
// What a test that failed leaves running would keep the tests from ending.
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

function heavyBatch(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: '1' } });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  child.stderr.on('data', (chunk) => { err += chunk; });
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err }))) };
}

const run = (job: string, ...args: string[]) => heavyBatch('run', job, '--app', app, ...args).ended;

test('the quickstart goes through every state to its result', async () => {
  const { code, out } = await run('App/Quickstart', '--param', 'megabytes=5');
  expect(code).toBe(0);
  const states = [...out.matchAll(/^\+0:\d\d:\d\d\.\d {2}(\w+)/gm)].map(([, state]) => state);
  expect(states).toEqual(['SUBMITTED', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']);
  expect(out).toContain('| result {"trips":');
  const output = JSON.parse(out.slice(out.indexOf('\n{')));
  expect(output).toMatchObject({ status: 'SUCCEEDED', exitCode: 0, attempts: 1, rounds: 1, reason: null, vcpus: 1, memory: 1024 });
  expect(Object.keys(output)).toEqual(expect.arrayContaining([
    'runId', 'jobId', 'jobName', 'status', 'exitCode', 'attempts', 'rounds', 'reason', 'submittedAt', 'startedAt', 'stoppedAt', 'queuedSeconds', 'ranSeconds',
    'logGroup', 'logStreams', 'logsUrl', 'vcpus', 'memory',
  ]));
});

test('a job that exits 3 says so, with its last 20 lines', async () => {
  const { code, out } = await run('App/Three');
  expect(code).toBe(1);
  expect(out).toContain('FAILED  ExitCode\nthe container exited with 3');
  const last = out.slice(out.indexOf("the last 20 lines of the container's output:"));
  expect(last).toContain('  line 11\n');
  expect(last).not.toContain('  line 10\n');
});

test('a job that ignores SIGTERM past its time-out is killed', async () => {
  const { code, out } = await run('App/Deaf', '--time-scale', '60');
  expect(code).toBe(1);
  expect(out).toMatch(/\| up\n[^]*\| no\n[^]*FAILED +.*Job attempt duration exceeded timeout/);
  expect(out).toContain('FAILED  AttemptTimeout');
});

test('a bad input fails before anything is submitted', async () => {
  const { code, out } = await run('App/Echo', '--param', 'wrd=x');
  expect(code).toBe(1);
  expect(out).toContain('FAILED  InvalidInput');
  expect(out).toContain('parameters.wrd');
  expect(out).not.toContain('SUBMITTED');
});

test('two runs at once do not meet', async () => {
  const both = await Promise.all(['one', 'two'].map((word) => run('App/Echo', '--param', `word=${word}`, '--json')));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  const outputs = both.map(({ out }) => JSON.parse(out));
  expect(outputs[0].output.jobId).not.toBe(outputs[1].output.jobId);
  expect(both.map(({ err }) => /\| (one|two)/.exec(err)![1])).toEqual(['one', 'two']);
});

test('--json is one document on standard output, of a failure too', async () => {
  const { code, out, err } = await run('App/Three', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ job: 'App/Three', status: 'FAILED', error: 'ExitCode', cause: { exitCode: 3, attempts: 1 } });
  expect(err).toContain('RUNNING');
});

test('--input is JSON or a file, and the body of an API call', async () => {
  const file = path.join(temporary(), 'input.json');
  fs.writeFileSync(file, '{"body":{"word":"of a file"}}');
  expect((await run('App/Echo', '--input', file)).out).toContain('| of a file');
  expect((await run('App/Echo', '--input', '{"body":"{\\"word\\":\\"of a body\\"}"}')).out).toContain('| of a body');
});

test('what a job writes is its result, and what is too long for Batch is a file', async () => {
  expect(JSON.parse((await run('App/Result', '--param', 'text=short', '--json')).out).output).toMatchObject({ result: { length: 5, input: null }, resultUri: expect.stringMatching(/^s3:/) });
  const { output } = JSON.parse((await run('App/Result', '--param', `text=${'x'.repeat(40_000)}`, '--json')).out);
  expect(output.result).toEqual({ length: 40_000, input: expect.stringMatching(/^\/.*input\.json$/) });
  expect(fs.existsSync(output.result.input)).toBe(false);
});

test('the children of an array job each leave what they have', async () => {
  const { code, out } = await run('App/Result', '--input', '{"arraySize":2}', '--json');
  expect([code, JSON.parse(out).output.resultUri]).toEqual([0, expect.stringMatching(/\/$/)]);
});

test('a list is run item for item', async () => {
  const list = path.join(temporary(), 'list.jsonl');
  fs.writeFileSync(list, '{"text":"a"}\n{"text":"bcd"}\n');
  const { code, out, err } = await run('App/Result/Each', '--list', list, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out).items.map((item: any) => [item.index, item.run.output.result.length])).toEqual([[0, 1], [1, 3]]);
  expect(err).toContain('SUCCEEDED  item 1');
});

test('Ctrl-C stops the job, and nothing is left', async () => {
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

test.each<[string, string[], string]>([
  ['a job that is not there', ['run', 'App/None', '--app', app], "there is no job 'App/None'; the app has\n  App/Three"],
  ['no job named', ['run', '--app', app], 'the app has 7 jobs; name one of'],
  ['no app', ['run', '--app', '/nonexistent'], "run 'npx cdk synth' first"],
  ['a parameter that is none', ['run', 'App/Echo', '--app', app, '--param', 'word'], '--param word is not name=value'],
  ['an input that is none', ['run', 'App/Echo', '--app', app, '--input', '{'], '--input is not JSON'],
  ['an input file that is not there', ['run', 'App/Echo', '--app', app, '--input', 'none.json'], '--input none.json is neither JSON nor a file'],
  ['a scale that is none', ['run', 'App/Echo', '--app', app, '--time-scale', '0'], 'it is a number above 0'],
  ['a list of which no file is named', ['run', 'App/Result/Each', '--app', app], 'App/Result/Each runs a job over a list; name a file with it: --list <file>'],
  ['a list that is no file', ['run', 'App/Result/Each', '--app', app, '--list', 'none.csv'], '--list none.csv is not a file'],
  ['a list for a job', ['run', 'App/Echo', '--app', app, '--list', 'none.csv'], '--list is for a state machine that runs a job over a list, which App/Echo is not'],
  ['a name that is none', ['run', 'App/Echo', '--app', app, '--name', 'a b'], "Invalid Name: 'a b'"],
  ['an option that is none', ['run', '--fast'], "unknown option '--fast'"],
  ['no engine', ['run', 'App/Echo', '--app', app, '--docker'], '--docker needs a container engine, and none answers'],
])('%s is told in a line, and exits 2', async (_, args, message) => {
  const { code, out, err } = await heavyBatch(...args).ended;
  expect(err).toContain(message);
  expect(err).not.toMatch(/^ +at /m);
  expect([code, out]).toEqual([2, '']);
});

test('list names the jobs', async () => {
  const { code, out } = await heavyBatch('list', '--app', app, '--json').ended;
  expect([code, JSON.parse(out)]).toEqual([0, ['App/Three', 'App/Deaf', 'App/Echo', 'App/Slow', 'App/Result', 'App/Result/Each', 'App/Quickstart']]);
});
