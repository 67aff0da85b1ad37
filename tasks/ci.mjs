// Runs every check and ends with a line of what passed and what failed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const counts = { passed: 0, failed: 0 };
const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

function run(command, args, { cwd = root, quiet = false } = {}) {
  const { status, stdout } = spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', quiet ? 'pipe' : 'inherit', 'inherit'], maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}${quiet ? `\n${stdout}` : ''}`);
  return stdout;
}

function check(what, work) {
  const started = Date.now();
  console.log(`\n== ${what}`);
  try {
    work();
    counts.passed++;
    console.log(`== ${what}: passed, ${((Date.now() - started) / 1000).toFixed(0)} s`);
  } catch (error) {
    counts.failed++;
    console.log(`== ${what}: FAILED: ${error.message}`);
  }
}

/** What is committed is what is generated. */
function unchanged(...files) {
  run('git', ['diff', '--exit-code', '--stat', '--', ...files]);
}

check('the tests', () => {
  const report = path.join(root, '.cache', 'jest.json');
  try {
    run('npm', ['test', '--', '--json', `--outputFile=${report}`]);
  } finally {
    const { numPassedTests = 0, numFailedTests = 0 } = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : {};
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
  }
});
check('the fault suite', () => run('npm', ['run', '--silent', 'simulation']));
check('the fault suite sees what it should', () => run('npm', ['run', '--silent', 'simulation', '--', '--mutants']));
check('the project is as projen would write it', () => {
  run('npx', ['projen', '--no-post'], { quiet: true });
  unchanged();
});
check('API.md is as the docs say', () => {
  run('npx', ['projen', 'docgen'], { quiet: true });
  unchanged('API.md');
});
check("the README's tables of props are as the API says", () => run('node', ['tasks/props.mjs', '--check']));
check('every code sample compiles', () => run('npx', ['projen', 'samples'], { quiet: true }));
check('the API breaks nothing of the last tag', () => run('node', ['tasks/compat.mjs']));
check('the npm package is built', () => run('npx', ['projen', 'package:js'], { quiet: true }));
check('the npm package has what it needs and no more', () => {
  const files = run('tar', ['-tzf', tarball()], { quiet: true }).trim().split('\n').map((file) => file.replace(/^package\//, ''));
  const needed = ['lib/index.js', 'lib/index.d.ts', '.jsii', 'bin/heavy-batch.js', 'assets/functions/submit/submit.lambda/index.js', 'assets/functions/check/check.lambda/index.js', 'README.md', 'API.md', 'LICENSE'];
  const missing = needed.filter((file) => !files.includes(file));
  const strange = files.filter((file) => !/^(lib\/.+\.(js|d\.ts)|assets\/functions\/\w+\/\w+\.lambda\/index\.js|bin\/heavy-batch\.js|\.jsii|package\.json|README\.md|API\.md|LICENSE|NOTICE)$/.test(file));
  if (missing.length + strange.length > 0) throw new Error(`missing: ${missing.join(', ') || 'nothing'}; strange: ${strange.join(', ') || 'nothing'}`);
  console.log(`${files.length} files, ${(fs.statSync(tarball()).size / 1024).toFixed(0)} KiB`);
});
check('a new user: the package in an empty app, synthesized and run', () => {
  const app = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-new-user-'));
  try {
    fs.mkdirSync(path.join(app, 'image'));
    fs.writeFileSync(path.join(app, 'image', 'Dockerfile'), 'FROM node:24-alpine\nCOPY . .\nCMD ["node", "-e", "console.log(6 * 7)"]\n');
    fs.writeFileSync(path.join(app, 'app.js'), `
      const { App, Stack } = require('aws-cdk-lib');
      const { HeavyBatchJob } = require('cdk-heavy-batch');
      new HeavyBatchJob(new Stack(new App(), 'New'), 'Job', { imageDirectory: './image' });
    `);
    fs.writeFileSync(path.join(app, 'package.json'), '{"private":true}');
    const { devDependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    run('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', tarball(), `aws-cdk@${devDependencies['aws-cdk']}`], { cwd: app });
    run('npx', ['cdk', 'synth', '--quiet', '--app', 'node app.js'], { cwd: app });
    run('npx', ['heavy-batch', 'run', 'New/Job'], { cwd: app });
  } finally {
    fs.rmSync(app, { recursive: true, force: true });
  }
});

check('the examples with the lowest aws-cdk-lib and the newest', () => run('node', ['tasks/cdk-versions.mjs']));
check('the same template from every language', () => run('npm', ['run', '--silent', 'languages']));
check('the conformance suites', () => run('npm', ['run', '--silent', 'conformance']));

console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed > 0 ? 1 : 0);

function tarball() {
  const directory = path.join(root, 'dist', 'js');
  const name = fs.readdirSync(directory).find((file) => file.endsWith('.tgz'));
  return path.join(directory, name);
}
