import * as fs from 'fs';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { heavyBatch } from './heavy-batch';
import { HeavyBatchJob } from '../../src';
import { imageOf, synthesize, temporary } from '../emulator/apps';

/** Runs with the command line that ships. The containers are processes of this machine. */
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
    .addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
  job('Quickstart', '', { imageDirectory: QUICKSTART, command: ['node', 'index.js', 'Ref::megabytes'], parameters: { megabytes: '300' } });
});

const run = (job: string, ...args: string[]) => heavyBatch('run', job, '--app', app, ...args).ended;

test('the quickstart goes through all states and prints its result', async () => {
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

test('a run whose container fails prints the verdict and the last 20 lines of output', async () => {
  const { code, out } = await run('App/Three');
  expect(code).toBe(1);
  expect(out).toContain('FAILED  ExitCode\nthe container exited with 3');
  const last = out.slice(out.indexOf("The last 20 lines of the container's output:"));
  expect(last).toContain('  line 11\n');
  expect(last).not.toContain('  line 10\n');
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
  const both = await Promise.all(['one', 'two'].map((word) => run('App/Echo', '--param', `word=${word}`, '--json')));
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

test('the container writes its result to a file, and gets a value that is too long for Batch as a file', async () => {
  expect(JSON.parse((await run('App/Result', '--param', 'text=short', '--json')).out).output).toMatchObject({ result: { length: 5, input: null }, resultUri: expect.stringMatching(/^s3:/) });
  const { output } = JSON.parse((await run('App/Result', '--param', `text=${'x'.repeat(40_000)}`, '--json')).out);
  expect(output.result).toEqual({ length: 40_000, input: expect.stringMatching(/^\/.*input\.json$/) });
  expect(fs.existsSync(output.result.input)).toBe(false);
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
