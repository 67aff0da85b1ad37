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
  jest.requireActual('../fixtures/simulation/app'); // synthesizes as it is loaded
  delete process.env.CDK_OUTDIR;
  script = path.join(temporary(), 'simulation.js');
  buildSync({
    entryPoints: [path.join(root, 'simulation', 'main.ts')], outfile: script, bundle: true, platform: 'node', mainFields: ['module', 'main'], external: ['esbuild'],
  });
});

function simulation(...args: string[]) {
  return spawnSync(process.execPath, [script, '--app', outdir, ...args], {
    cwd: root, encoding: 'utf8', env: { ...process.env, NODE_PATH: path.join(root, 'node_modules') },
  });
}

test('--json is one document on standard output, and nothing else', () => {
  const { status, stdout } = simulation('--scenario', 'nothing-wrong', '--scenario', 'input-wrong', '--seeds', '3', '--json', '--workers', '2');
  expect(JSON.parse(stdout)).toEqual({
    scenarios: ['nothing-wrong', 'input-wrong'].map((name) => ({
      name, seeds: 3, lost: 0, doubled: 0, leaked: 0, hung: 0, wrong: 0, maxDelaySeconds: expect.any(Number), maxTransitions: expect.any(Number),
    })),
  });
  expect(status).toBe(0);
});

test('one seed tells its timeline', () => {
  const { status, stdout, stderr } = simulation('--scenario', 'out-of-memory', '--seed', '3');
  expect(stderr).toContain('ExecutionStarted');
  expect(stderr).toContain('as promised');
  expect(stdout).toContain('out-of-memory');
  expect(status).toBe(0);
});

test('a scenario that is not kept is told with its seed and its timeline, and the exit code is 1', () => {
  const { status, stdout, stderr } = simulation('--scenarios', path.join(__dirname, '..', 'fixtures', 'simulation', 'scenarios'), '--seeds', '2', '--json');
  expect(JSON.parse(stdout).scenarios).toMatchObject([{ name: 'never-kept', seeds: 2, wrong: 2 }]);
  expect(stderr).toContain('it came to SUCCEEDED, not to OrchestrationFailed');
  expect(stderr).toContain('npm run simulation -- --scenario never-kept --seed 0');
  expect(stderr).toContain('ExecutionSucceeded');
  expect(status).toBe(1);
});

test.each<[string, string[], RegExp]>([
  ['a scenario that is not there', ['--scenario', 'none'], /there is no scenario 'none'; there are .*nothing-wrong/],
  ['a count that is none', ['--seeds', 'many'], /whole number/],
])('%s is a matter of usage', (_, args, message) => {
  const { status, stdout, stderr } = simulation(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});
