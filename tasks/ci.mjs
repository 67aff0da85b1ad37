// Runs every check. The last lines say what failed, and how many passed and failed. CI is set, so that no check is skipped where a program is missing.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { advisories } from './advisories.mjs';
import { at, tarball } from './project.mjs';
import { dateSeed } from './seeds.mjs';
import { step } from './step.mjs';
import { readTestReport } from './test-report.mjs';
import { requireToolchains } from './toolchains.mjs';

/** The files of the npm package: those that it must have, and all that it may have. */
const NEEDED = [
  'lib/index.js', 'lib/index.d.ts', '.jsii', 'bin/heavy-batch.js', 'assets/functions/submit/submit.lambda/index.js',
  'assets/functions/check/check.lambda/index.js', 'assets/functions/api/api.lambda/index.js', 'assets/console/index.html', 'README.md', 'API.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE',
  'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json', 'lib/testing/index.js', 'lib/testing/index.d.ts', 'testing/package.json', 'testing/heavy_batch_testing.py',
];
const ALLOWED = /^(lib\/.+\.(js|d\.ts)|assets\/functions\/\w+\/\w+\.lambda\/index\.js|assets\/console\/index\.html|bin\/heavy-batch\.js|\.jsii|package\.json|(README|API|CHANGELOG|SECURITY)\.md|LICENSE|THIRD-PARTY-LICENSES\.txt|sbom\.cdx\.json|testing\/(package\.json|heavy_batch_testing\.py))$/;

process.env.CI = '1';
const seed = dateSeed();
const counts = { passed: 0, failed: 0 };
/** What failed and why, a line for each: whoever reads the end of a long output has to see it. */
const failures = [];
/** What is known not to be checked on this machine. */
const exceptions = [];

await check('the toolchains are installed', async () => {
  exceptions.push(...await requireToolchains());
  exceptions.forEach((exception) => console.log(exception));
});
await check('the tests', tests);
await check('the simulation', () => run('npm', 'run', '--silent', 'simulation', '--', '--seeds', '6'));
await check(`the simulation with other seeds each day, from ${seed} on`, () => run('npm', 'run', '--silent', 'simulation', '--', '--seeds', '12', '--from', String(seed)));
await check('the simulation finds the mutants', () => run('npm', 'run', '--silent', 'simulation', '--', '--mutants', '--sample', '40'));
await check('the tests notice mutants of the functions', () => run('npm', 'run', '--silent', 'mutation', '--', 'src/contract', 'src/functions', '--sample', '50'));
await check('the generated files are the files that projen generates', async () => {
  await step('projen', 'npx', ['projen', '--no-post']);
  await unchanged();
});
await check('the picture matches its source', () => run('node', 'tasks/picture.mjs', '--check'));
await check('API.md matches the API', async () => {
  await step('projen docgen', 'npx', ['projen', 'docgen']);
  await unchanged('API.md');
});
await check('every code sample compiles', () => run('node', 'tasks/samples.mjs'));
await check('nothing in the API of the last tag is broken', () => run('node', 'tasks/compat.mjs'));
await check('the npm package can be built', () => step('projen package:js', 'npx', ['projen', 'package:js']));
await check('the npm package has the files that it needs, and no others', async () => {
  const { stdout } = await step('tar', 'tar', ['-tzf', tarball()]);
  const files = stdout.trim().split('\n').map((file) => file.replace(/^package\//, ''));
  const missing = NEEDED.filter((file) => !files.includes(file));
  const unexpected = files.filter((file) => !ALLOWED.test(file));
  if (missing.length + unexpected.length > 0) throw new Error(`missing: ${missing.join(', ') || 'none'}; unexpected: ${unexpected.join(', ') || 'none'}`);
  console.log(`${files.length} files, ${(fs.statSync(tarball()).size / 1024).toFixed(0)} KiB`);
});
await check('no package that ships has a known advisory', async () => {
  const { bundledPackages } = await import('./third-party.mjs'); // it imports a package, and a fresh clone has none
  const { unchecked, shipping, building } = await advisories((await bundledPackages()).map(({ name }) => name));
  if (unchecked) exceptions.push(`the registry does not say which packages have advisories (${unchecked}): they are not checked`);
  building.forEach((line) => console.log(`only used to build and test: ${line}`));
  if (shipping.length > 0) throw new Error(shipping.join('\n'));
});
await check('a new user can install the package in an empty app, synthesize the app and run its job', newUser);
await check('the examples work with the lowest aws-cdk-lib and with the newest', () => run('node', 'tasks/cdk-versions.mjs'));
await check('every language gives the same template', () => run('npm', 'run', '--silent', 'languages'));
await check('conformance suites can fail: three of them, other ones each day', () => run('npm', 'run', '--silent', 'conformance', '--', '--self-test', '--sample', '3'));
await check('the conformance suites, of the long ones three, other ones each day', () => run('npm', 'run', '--silent', 'conformance', '--', '--long', '3'));

exceptions.forEach((exception) => console.log(`\n${exception}`));
if (failures.length > 0) console.log(`\nFAILED\n${failures.join('\n')}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);

async function check(name, work) {
  const started = Date.now();
  console.log(`\n== ${name}`);
  try {
    await work();
    counts.passed++;
    console.log(`== ${name}: passed, ${((Date.now() - started) / 1000).toFixed(0)} s`);
  } catch (error) {
    counts.failed++;
    console.log(`== ${name}: FAILED: ${error.message}`);
    failures.push(`${name}: ${error.message.slice(0, 2000)}`);
  }
}

/** Runs a check that is a command and reports for itself. */
function run(command, ...args) {
  return step(command, command, args, { inherit: true });
}

/** What is committed is what is generated. */
function unchanged(...files) {
  return step('git diff', 'git', ['diff', '--exit-code', '--stat', '--', ...files]);
}

/** The tests, in an order that is another one every day, with other generated apps. */
async function tests() {
  const file = at('.cache', 'jest.json');
  fs.rmSync(file, { force: true });
  const startedAt = Date.now();
  console.log(`in the order of seed ${seed}: SEED=${seed} npm test -- --randomize --seed=${seed}`);
  const { status } = await step('npm test', 'npm', ['test', '--', '--randomize', `--seed=${seed}`, '--json', `--outputFile=${file}`], { env: { SEED: String(seed) }, inherit: true, check: false });
  const { stdout } = await step('jest --listTests', 'npx', ['jest', '--listTests']);
  const { passed, failed, problems } = readTestReport(file, { startedAt, testFiles: stdout.trim().split('\n').filter(Boolean) });
  counts.passed += passed;
  counts.failed += failed;
  if (status !== 0) problems.push(`npm test exited with ${status}`);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

async function newUser() {
  const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-new-user-'));
  try {
    fs.mkdirSync(path.join(cwd, 'image'));
    fs.writeFileSync(path.join(cwd, 'image', 'Dockerfile'), 'FROM node:24-alpine\nCOPY . .\nCMD ["node", "-e", "console.log(6 * 7)"]\n');
    fs.writeFileSync(path.join(cwd, 'app.js'), `
      const { App, Stack } = require('aws-cdk-lib');
      const { HeavyBatchJob } = require('cdk-heavy-batch');
      new HeavyBatchJob(new Stack(new App(), 'New'), 'Job', { imageDirectory: './image' });
    `);
    fs.writeFileSync(path.join(cwd, 'package.json'), '{"private":true}');
    const { devDependencies } = JSON.parse(fs.readFileSync(at('package.json'), 'utf8'));
    await step('npm install', 'npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', tarball(), `aws-cdk@${devDependencies['aws-cdk']}`], { cwd });
    await step('cdk synth', 'npx', ['cdk', 'synth', '--quiet', '--app', 'node app.js'], { cwd });
    await step('heavy-batch run', 'npx', ['heavy-batch', 'run', 'New/Job'], { cwd });
  } finally {
    fs.rmSync(cwd, { recursive: true, force: true });
  }
}
