import * as fs from 'fs';
import * as path from 'path';
import { Stack } from 'aws-cdk-lib';
import { heavyBatchHere, heavyBatchWith } from './heavy-batch';
import { HeavyBatchJob } from '../../src';
import { imageOf, synthesize, temporary } from '../emulator/apps';

const app = synthesize((stack) => {
  const more = new Stack(stack, 'More'); // one stack has too few resources
  const job = (id: string, files: Record<string, string>, props: object = {}, scope = stack) => (
    new HeavyBatchJob(scope, id, { imageDirectory: imageOf(files), attempts: 1, ...props })
  );
  job('OfRun', { Dockerfile: 'FROM debian:12\nRUN apt-get update && \\\n  apt-get install -y no-such-tool\nCMD ["no-such-tool"]' });
  job('OfBase', { Dockerfile: 'FROM company/no-such-tool:6\nRUN pip install other\nENTRYPOINT ["no-such-tool", "-y"]' });
  job('OfBuild', { Dockerfile: 'FROM golang AS build\nCOPY . .\nRUN go build -o /out/tool .\nFROM debian\nCOPY --from=build /out/tool /tool\nCMD ["/tool"]' });
  job('OfScript', { 'Dockerfile': 'FROM debian\nCOPY --chmod=755 run.sh /\nCMD ["/run.sh"]', 'run.sh': '#!/usr/bin/env no-such-shell\n' });
  job('OfInterpreter', { 'Dockerfile': 'FROM debian\nCOPY --chmod=755 run.sh /\nCMD ["/run.sh"]', 'run.sh': '#!/opt/no/such/python\n' });
  job('OfShell', { Dockerfile: 'FROM debian\nCMD no-such-tool --input x' });
  job('OfCommand', { Dockerfile: 'FROM debian' }, { command: ['no-such-tool', 'Ref::a'], parameters: { a: '1' } });
  job('Unknown', { Dockerfile: 'FROM debian' }, { command: ['Ref::tool'], parameters: { tool: 'no-such-tool' } });
  job('Skipped', { 'Dockerfile': 'FROM debian\nRUN pip install numpy\nRUN chmod +x /run.sh\nCOPY run.sh /\nCMD ["sh", "/run.sh"]', 'run.sh': 'echo ran; exit 5' });
  job('NoImage', { Dockerfile: 'ARG BASE\nFROM ${BASE}\nCMD ["true"]' });
  job('ByScript', {
    'Dockerfile': 'FROM debian\nRUN apt-get install -y no-such-tool other-tool\nCOPY run.sh inner.sh /\nRUN chmod +x /*.sh\nCMD /run.sh',
    'run.sh': '#!/bin/bash\necho begin\n./inner.sh\nno-such-package\nexit 0',
    'inner.sh': '#!/bin/sh\n# no-such-tool is a comment here\nif true; then\n  no-such-tool --input "$1" || true\nfi\n',
  }, {}, more);
  job('Long', {
    'Dockerfile': `FROM debian\n${Array.from({ length: 12 }, (_, at) => `RUN make part${at}\n`).join('')}CMD bash -c "sh run.sh"\nCOPY run.sh /`,
    'run.sh': '\npart3 -x',
  }, {}, more);
});

const run = (id: string, ...args: string[]) => heavyBatchHere('run', `App/${id}`, '--app', app, '--time-scale', '20', ...args);

test.each([
  ['OfRun', 'no-such-tool', 'RUN apt-get update && apt-get install -y no-such-tool (line 2 of the Dockerfile) would have brought it'],
  ['OfBase', 'no-such-tool', 'Its base image, company/no-such-tool:6, would have brought it'],
  ['OfBuild', '/tool', /COPY --from=build \/out\/tool \/tool|RUN go build -o \/out\/tool \./],
  ['OfScript', 'no-such-shell', 'Its base image, debian, would have brought it'],
  ['OfInterpreter', '/opt/no/such/python', 'Its base image, debian, would have brought it'],
  ['OfShell', 'no-such-tool', 'Its base image, debian, would have brought it'],
  ['OfCommand', 'no-such-tool', 'Its base image, debian, would have brought it'],
])('%s: a missing program is said before the run starts, in one line, with what would have brought it', async (id, missing, source) => {
  const { code, out, err } = await run(id);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(new RegExp(`^heavy-batch: App/${id} needs ${missing}, which this machine does not have\\. .*and only a container engine can do that\\. (Install ${missing} on this machine, or run|Run) the job with --docker\\.\\n$`));
  expect(err).toMatch(source);
});

test('a program that only the input names is looked for in the run, which fails after one attempt', async () => {
  const { code, out } = await run('Unknown');
  expect(code).toBe(1);
  expect(out).toMatch(/no-such-tool.*executable file not found/);
});

test('an instruction that is not carried out is said before the run, and again when it fails', async () => {
  const { code, out } = await run('Skipped');
  expect(code).toBe(1);
  expect(out).toMatch(/^Not carried out: RUN pip install numpy \(line 2 of the Dockerfile\): .+\n/m);
  expect(out.indexOf('Not carried out')).toBeLessThan(out.indexOf('SUBMITTED'));
  expect(out.slice(out.indexOf('FAILED  ExitCode'))).toContain('The image was not built, so it lacks:\n  RUN pip install numpy (line 2 of the Dockerfile): ');
});

test('a program that only a script of the image names is said before the run, which goes on', async () => {
  const { code, out } = await run('More/ByScript');
  expect(code).toBe(0);
  expect(out).toContain('\n/inner.sh (line 4) names no-such-tool, which this machine does not have. RUN apt-get install -y no-such-tool other-tool (line 2 of the Dockerfile) would have brought it.\nRunning App/More/ByScript ');
  expect(out.slice(0, out.indexOf('SUBMITTED'))).not.toContain('no-such-package');
});

test('of many instructions that are not carried out, the last ones are said one by one', async () => {
  const { out } = await run('More/Long');
  const lines = out.split('\n');
  expect(lines[0]).toBe('Not carried out: RUN make part0 (line 2, and 4 others up to line 6 of the Dockerfile): RUN steps do not run without an engine');
  expect(lines.slice(1, 8).map((line) => /part\d+ \(line \d+/.exec(line)?.[0])).toEqual([5, 6, 7, 8, 9, 10, 11].map((at) => `part${at} (line ${at + 2}`));
  expect(lines[8]).toBe('/run.sh (line 2) names part3, which this machine does not have. RUN make part3 (line 5 of the Dockerfile) would have brought it.');
});

test('an image that no engine could build is an error with its place', async () => {
  const { code, err } = await run('NoImage');
  expect([code, err]).toEqual([2, expect.stringMatching(/^heavy-batch: App\/NoImage\S* cannot run: .*Dockerfile:2: the image in FROM \$\{BASE\} is blank; .+\n$/)]);
});

test('a source that is newer than the synthesized app is said before the run', async () => {
  const project = temporary();
  fs.cpSync(app, path.join(project, 'cdk.out'), { recursive: true });
  fs.writeFileSync(path.join(project, 'cdk.json'), '{}');
  const old = new Date(Date.now() - 60_000);
  fs.utimesSync(path.join(project, 'cdk.json'), old, old);
  const runHere = () => heavyBatchHere('run', 'App/Skipped', '--app', path.join(project, 'cdk.out'), '--time-scale', '20');
  fs.mkdirSync(path.join(project, 'node_modules'));
  fs.writeFileSync(path.join(project, 'node_modules', 'new.js'), '');
  expect((await runHere()).out).not.toContain('newer');
  fs.mkdirSync(path.join(project, 'image'));
  fs.writeFileSync(path.join(project, 'image', 'job.py'), '');
  expect((await runHere()).out).toMatch(/^image\/job\.py is newer than \S+cdk\.out, which is what runs\. Run 'npx cdk synth' before, or add --synth\.\n/);
});

test('--synth without the CDK CLI says what would do', async () => {
  const project = temporary();
  fs.writeFileSync(path.join(project, 'cdk.json'), '{}');
  const { code, err } = await heavyBatchWith({ PATH: '/nonexistent' }, 'run', '--synth', '--app', path.join(project, 'cdk.out')).ended;
  expect([code, err]).toEqual([2, expect.stringMatching(/^heavy-batch: 'cdk synth' cannot be run \(spawn cdk ENOENT\); install the CDK CLI, .+\n$/)]);
});

test('--synth needs the app', async () => {
  const { code, err } = await run('Skipped', '--synth');
  expect([code, err]).toEqual([2, expect.stringMatching(/^heavy-batch: --synth finds no cdk\.json/)]);
});
