import { spawnSync } from 'child_process';
import * as path from 'path';
import { buildSync } from 'esbuild';
import { temporary } from '../emulator/apps';

const root = path.join(__dirname, '..', '..');
let outdir: string;
let script: string;

beforeAll(() => {
  outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes when it is loaded
  delete process.env.CDK_OUTDIR;
  script = path.join(temporary(), 'simulation.js');
  buildSync({
    entryPoints: [path.join(root, 'simulation', 'main.ts')], outfile: script, bundle: true, platform: 'node', mainFields: ['module', 'main'], external: ['esbuild'],
  });
});

const NO_FINDINGS = { 'lost': 0, 'doubled': 0, 'leaked': 0, 'hung': 0, 'wrong': 0, 'stolen': 0, 'forged': 0, 'leaked to another': 0 };

function simulation(...args: string[]) {
  return spawnSync(process.execPath, [script, '--app', outdir, ...args], {
    cwd: root, encoding: 'utf8', env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') },
  });
}

test('--json prints one document on standard output, and nothing else', () => {
  const { status, stdout } = simulation('--scenario', 'nothing-wrong', '--scenario', 'input-wrong', '--seeds', '3', '--json', '--workers', '2');
  expect(JSON.parse(stdout)).toEqual({
    scenarios: ['nothing-wrong', 'input-wrong'].map((name) => ({
      name, seeds: 3, ...NO_FINDINGS, maxDelaySeconds: expect.any(Number), maxTransitions: expect.any(Number),
    })),
  });
  expect(status).toBe(0);
});

test('--seed prints the trace of one seed', () => {
  const { status, stdout, stderr } = simulation('--scenario', 'out-of-memory', '--seed', '3');
  expect(stderr).toContain('ExecutionStarted');
  expect(stderr).toContain('no findings');
  expect(stdout).toContain('out-of-memory');
  expect(status).toBe(0);
});

test('a scenario that fails is reported with its seed and its trace, and the exit code is 1', () => {
  const { status, stdout, stderr } = simulation('--scenarios', path.join(__dirname, '..', 'fixtures', 'simulation', 'scenarios'), '--seeds', '2', '--json');
  expect(JSON.parse(stdout).scenarios).toMatchObject([{ name: 'always-fails', seeds: 2, wrong: 2 }]);
  expect(stderr).toContain("the run's outcome is SUCCEEDED, not OrchestrationFailed");
  expect(stderr).toContain('npm run simulation -- --scenario always-fails --seed 0');
  expect(stderr).toContain('ExecutionSucceeded');
  expect(status).toBe(1);
});

test.each<[string, string[], RegExp]>([
  ['a scenario that does not exist', ['--scenario', 'none'], /there is no scenario 'none'; the scenarios are .*nothing-wrong/],
  ['a count that is not a number', ['--seeds', 'many'], /whole number/],
])('%s is a usage error, and the exit code is 2', (_, args, message) => {
  const { status, stdout, stderr } = simulation(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
