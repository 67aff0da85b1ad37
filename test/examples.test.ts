import { execFile } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { promisify, stripVTControlCharacters } from 'util';
import { temporary } from './emulator/apps';
import { sampleOf } from './sample';
import { addSdk } from './sdk-in-image';

/** Every example, as a user would use a copy of it: its own app is synthesized, and each of its jobs runs in the emulator. */
const run = promisify(execFile);
const ROOT = path.join(__dirname, '..');
const EXAMPLES = path.join(ROOT, 'examples', 'typescript');

const names = fs.readdirSync(EXAMPLES);
const at = (...parts: string[]) => path.join(ROOT, ...parts);

/** Those that differ in how their jobs run here. The others differ in what AWS has: their templates have snapshots, and each synthesizes in `tasks/cdk-versions.mjs`. */
const KINDS: Record<string, string> = { 'quickstart': 'one job', 'run-many': 'a map', 'array': 'an array', 'multi-node': 'nodes', 'payloads-and-results': 'results', 'growing-memory': 'rounds' };
/** What keeps a run short. */
const SMALLER: Record<string, string> = { 'quickstart': 'megabytes=5', 'report-api': 'days=14' };
const SAMPLE = sampleOf('examples', 'test/examples.test.ts', names, (name) => [KINDS[name] ?? `another, ${names.indexOf(name) % 2}`]);

test.each(SAMPLE)('each job of the example %s succeeds in the emulator', async (name) => {
  const out = temporary();
  const env = { ...process.env, CDK_OUTDIR: out, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };
  const node = (cwd: string, ...args: string[]) => run(process.execPath, args, { cwd, env });
  await node(path.join(EXAMPLES, name), at('node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', at('tsconfig.dev.json'), 'app.ts');
  for (const image of fs.readdirSync(out).filter((entry) => fs.existsSync(path.join(out, entry, 'package.json')))) addSdk(path.join(out, image)); // npm install --prefix image
  const jobs: string[] = JSON.parse((await node(ROOT, at('bin', 'heavy-batch.js'), 'list', '--app', out, '--json')).stdout);
  expect(jobs.length).toBeGreaterThan(0);
  const smaller = SMALLER[name] ? ['--param', SMALLER[name]] : [];
  const list = (job: string) => job.endsWith('/Each') ? ['--list', path.join(EXAMPLES, name, 'list.csv')] : [];
  const outputs = await Promise.all(jobs.map(async (job) => JSON.parse((await node(ROOT, at('bin', 'heavy-batch.js'), 'run', job, '--app', out, '--json', ...smaller, ...list(job))).stdout)));
  expect(outputs.map(({ job, status, output }) => [job, status, output.exitCode ?? output.runs.failed])).toEqual(jobs.map((job) => [job, 'SUCCEEDED', 0]));
}, 180_000);

test('a run finds the files that another run has written to a file system', async () => {
  const [out, files] = [temporary(), temporary()];
  await run(process.execPath, [at('node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', at('tsconfig.dev.json'), 'app.ts'], {
    cwd: path.join(EXAMPLES, 'file-system'), env: { ...process.env, CDK_OUTDIR: out },
  });
  const factor = async (number: string) => stripVTControlCharacters((await run(process.execPath, [
    at('bin', 'heavy-batch.js'), 'run', '--app', out, '--mount', `/mnt/files=${files}`, '--param', `number=${number}`,
  ])).stdout);
  expect(await factor('600851475143')).toMatch(/\| made .*348513 primes\n +\| 600851475143 = 71 \* 839 \* 1471 \* 6857\n/);
  expect(await factor('9007199254740991')).toMatch(/\| found .*\n +\| 9007199254740991 = 6361 \* 69431 \* 20394401\n/);
  expect(fs.readdirSync(files)).toEqual(['primes-below-5000000']);
}, 180_000);

test('the examples of each kind are there', () => {
  expect(names).toEqual(expect.arrayContaining(Object.keys(KINDS)));
});

test('every example has a README that explains it and tells how to run it', () => {
  for (const name of names) {
    const readme = fs.readFileSync(path.join(EXAMPLES, name, 'README.md'), 'utf8');
    expect(readme).toMatch(/^# .+\n/);
    expect(readme).toContain('npx heavy-batch run ');
    for (const file of ['app.ts', 'cdk.json', 'image/Dockerfile']) expect(fs.existsSync(path.join(EXAMPLES, name, file))).toBe(true);
  }
});
