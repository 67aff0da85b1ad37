import * as fs from 'fs';
import * as path from 'path';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { heavyBatch, heavyBatchHere, heavyBatchWith } from './heavy-batch';
import * as assembly from '../../emulator/assembly/assembly';
import { HeavyBatchJob } from '../../src';
import { imageOf, synthesize, temporary } from '../emulator/apps';

const app = synthesize((stack) => {
  new HeavyBatchJob(stack, 'Echo', { imageDirectory: imageOf({}), command: ['echo', 'Ref::word'], parameters: { word: 'none' } });
  new HeavyBatchJob(stack, 'Result', { imageDirectory: imageOf({}) }).addMap('Each', { bucket: new s3.Bucket(stack, 'Lists') });
});

function fileWith(content: string | Buffer): string {
  const file = path.join(temporary(), 'input.json');
  fs.writeFileSync(file, content);
  return file;
}

test('list prints the construct paths of the jobs', async () => {
  const paths = ['App/Echo', 'App/Result', 'App/Result/Each'];
  expect(await heavyBatchHere('list', '--app', app)).toEqual({ code: 0, out: paths.map((jobPath) => `${jobPath}\n`).join(''), err: '' });
  expect(await heavyBatch('list', '--app', app, '--json').ended).toEqual({ code: 0, out: `${JSON.stringify(paths)}\n`, err: '' });
});

test.each([[[]], [['run']], [['list']]])('the help of %j says what there is', async (command) => {
  const { code, out, err } = await heavyBatchHere(...command, '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatchSnapshot();
});

test.each<[string, string[], string]>([
  ['a job that does not exist', ['run', 'App/None', '--app', app], "the app has no job 'App/None'; its jobs are:\n  App/Echo\n"],
  ['no job, in an app with several', ['run', '--app', app], 'the app has 3 jobs; name one of them:\n  App/Echo\n'],
  ['a directory without an app', ['run', '--app', '/nonexistent'], "there is no synthesized app in /nonexistent: run 'npx cdk synth' first"],
  ['a parameter without a value', ['run', 'App/Echo', '--app', app, '--param', 'word'], '--param word is not of the form name=value'],
  ['a mount without a directory', ['run', 'App/Echo', '--app', app, '--mount', '/mnt'], '--mount /mnt is not of the form path=directory'],
  ['an input that is not JSON', ['run', 'App/Echo', '--app', app, '--input', '{'], '--input is not JSON'],
  ['an input file that is not JSON', ['run', 'App/Echo', '--app', app, '--input', __filename], `--input ${__filename} is not JSON`],
  ['an input file that does not exist', ['run', 'App/Echo', '--app', app, '--input', 'none.json'], '--input none.json is neither JSON nor a file'],
  ['an input that is too long', ['run', 'App/Echo', '--app', app, '--param', ...['a', 'b', 'c'].flatMap((name) => [`${name}=${'x'.repeat(100_000)}`, '--param']), 'd=e'],
    'the input has 300045 bytes, and Step Functions accepts 262144 (256 KiB); put long values into a file that the job reads'],
  ['an input that is too long for the name of a file', ['run', 'App/Echo', '--app', app, '--input', 'x'.repeat(100_000)], `--input ${'x'.repeat(200)}... is neither JSON nor a file`],
  ['an input file that is too long', ['run', 'App/Echo', '--app', app, '--input', fileWith(JSON.stringify({ parameters: { word: 'x'.repeat(300_000) } }))], 'the input has 300026 bytes'],
  ['an input file that is not UTF-8', ['run', 'App/Echo', '--app', app, '--input', fileWith(Buffer.from('{"parameters":{"word":"\xe4"}}', 'latin1'))], 'is not text in UTF-8; save it as UTF-8'],
  ['an input that is a directory', ['run', 'App/Echo', '--app', app, '--input', __dirname], 'is neither JSON nor a file'],
  ['an input of too many levels', ['run', 'App/Echo', '--app', app, '--input', `${'['.repeat(60_000)}${']'.repeat(60_000)}`], 'the input is nested too deeply'],
  ['a number that loses digits', ['run', 'App/Echo', '--app', app, '--input', '{"parameters":{"word":616581622363398142}}'],
    '--input has the number 616581622363398142, which JavaScript reads as 616581622363398100; quote it, so that it is passed on as it is'],
  ['a parameter for an input that is a list', ['run', 'App/Echo', '--app', app, '--input', '[{}]', '--param', 'word=a'], '--param needs an --input that is an object'],
  ['a parameter that is given twice', ['run', 'App/Echo', '--app', app, '--param', 'word=a', '--param', 'word=b'], '--param word is given twice; give it once'],
  ['a variable that is not set', ['run', 'App/Echo', '--app', app, '--pass-env', 'NO_SUCH_VARIABLE'], '--pass-env NO_SUCH_VARIABLE names a variable that is not set; set it, or leave it out'],
  ['a variable with a value', ['run', 'App/Echo', '--app', app, '--pass-env', 'A=b'], '--pass-env A has a value; give the name only'],
  ['a time scale of 0', ['run', 'App/Echo', '--app', app, '--time-scale', '0'], 'It must be a number greater than 0'],
  ['no list', ['run', 'App/Result/Each', '--app', app], 'App/Result/Each runs a job for each item of a list; name a file with the list: --list <file>'],
  ['a list that does not exist', ['run', 'App/Result/Each', '--app', app, '--list', 'none.csv'], '--list none.csv is not a file; name a file with the list'],
  ['a list for a job that takes none', ['run', 'App/Echo', '--app', app, '--list', 'none.csv'], '--list cannot be used with App/Echo, which does not run for the items of a list'],
  ['an invalid name', ['run', 'App/Echo', '--app', app, '--name', 'a b'], "--name 'a b' is not a name of an execution; use 1 to 80 letters, digits, hyphens and underscores"],
  ['an unknown option', ['run', '--fast'], "unknown option '--fast'"],
])('%s is an error that says what to do, with the exit code 2', async (_, args, message) => {
  const { code, out, err } = await heavyBatchHere(...args);
  expect(err).toContain(message);
  expect(err).not.toMatch(/^ +at /m);
  expect([code, out]).toEqual([2, '']);
});

test.each<[string, string | undefined]>([
  ['is not installed', undefined],
  ['does not run', '#!/bin/sh\nexit 1\n'],
])('--docker is an error that says what to do where a container engine %s, whatever this machine has', async (_, program) => {
  const directory = temporary();
  if (program !== undefined) fs.writeFileSync(path.join(directory, 'docker'), program, { mode: 0o755 });
  const { code, out, err } = await heavyBatchWith({ PATH: directory }, 'run', 'App/Echo', '--app', app, '--docker').ended;
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^heavy-batch: --docker needs a container engine, but 'docker info' fails \(.+\); start it, name another program such as podman, finch or nerdctl in the environment variable CDK_DOCKER, or leave out --docker to run the command as a process\n$/);
});

test.each([['list'], ['run']])('%s prints an unexpected error in one line, and its stack trace only with --verbose', async (command) => {
  const reading = jest.spyOn(assembly, 'readAssembly').mockImplementation(() => { throw new TypeError('a defect'); });
  const [brief, verbose] = [await heavyBatchHere(command, '--app', app), await heavyBatchHere(command, '--app', app, '--verbose')];
  reading.mockRestore();
  expect(brief.err).toBe('heavy-batch: unexpected error: TypeError: a defect (run the command again with --verbose to see the stack trace)\n');
  expect(verbose.err).toMatch(/^heavy-batch: unexpected error: TypeError: a defect\n +at /);
  expect([brief.code, brief.out, verbose.code, verbose.out]).toEqual([2, '', 2, '']);
});

test.each<[string, string[], Record<string, string>]>([
  ['an unknown option', ['run', '--fast', '--json'], {}],
  ['an unknown command', ['walk', '--json'], {}],
  ['an app that is not there', ['list', '--app', '/nonexistent', '--json'], {}],
  ['a job that is not there', ['run', 'App/None', '--app', app, '--json'], {}],
  ['a mount of no volume', ['run', 'App/Echo', '--app', app, '--json', '--mount', '/data=/tmp'], {}],
  ['no place for temporary files', ['run', 'App/Echo', '--app', app, '--json'], { TMPDIR: '/nonexistent' }],
  ['no container engine', ['run', 'App/Echo', '--app', app, '--json', '--docker'], { CDK_DOCKER: '/nonexistent' }],
])('with --json, standard output is one JSON document, also for %s', async (_, args, environment) => {
  const { code, out, err } = await heavyBatchWith(environment, ...args).ended;
  expect([code, JSON.parse(out)]).toEqual([2, { error: expect.any(String) }]);
  expect(err).not.toMatch(/^ +at /m);
  expect(err).toContain(JSON.parse(out).error);
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '..', '..', 'package.json'), 'utf8'));
  expect(await heavyBatch('--version').ended).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('a mount that no volume has is an error that names the volumes', async () => {
  const { code, err } = await heavyBatchHere('run', 'App/Echo', '--app', app, '--mount', '/data=/tmp');
  expect([code, err]).toEqual([2, "heavy-batch: --mount /data=/tmp is for a volume that the job does not have; it has no volumes: add one to the 'volumes' of the job, or leave --mount out\n"]);
});
