import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { buildSync } from 'esbuild';
import { readAssembly } from '../../emulator/assembly/assembly';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { bundle } from '../../simulation/bundle';
import { matrixText, mutantReport } from '../../simulation/mutant-report';
import { sampleOf } from '../../simulation/mutant-suite';
import { runTrials, sightedIn, TrialResult } from '../../simulation/mutant-trials';
import { appText, Mutant, mutateText, readMutants } from '../../simulation/mutants';
import { readScenarios } from '../../simulation/scenario';
import { temporary } from '../emulator/apps';

const root = path.join(__dirname, '..', '..');
const broken = path.join(root, 'test', 'fixtures', 'simulation', 'broken');
const scenarios = fs.readdirSync(path.join(root, 'simulation', 'scenarios')).filter((file) => file.endsWith('.yaml')).map((file) => path.basename(file, '.yaml'));
const mutants = readMutants(path.join(root, 'simulation', 'mutants'));
let outdir: string;
let app: string;

beforeAll(() => {
  outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes when it is loaded
  delete process.env.CDK_OUTDIR;
  app = appText(readDeployment(readAssembly(outdir)));
});

test('each rule that the functions keep has a mutant', () => {
  const rules = new Set(mutants.flatMap(({ rule }) => rule ?? []));
  expect([...rules].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
});

test('each scenario has a mutant that it has to catch', () => {
  const catching = new Set(mutants.flatMap(({ caughtBy }) => caughtBy));
  expect(scenarios.filter((name) => !catching.has(name))).toEqual([]);
});

test('no two mutants have the same description', () => {
  expect(new Set(mutants.map(({ breaks }) => breaks)).size).toBe(mutants.length);
});

test.each(mutants.map((mutant) => [mutant.breaks, mutant] as const))('%s: the text and the scenarios exist', (_, mutant) => {
  const text = mutant.file === undefined ? app : fs.readFileSync(path.join(root, mutant.file), 'utf8');
  expect(mutateText(mutant, text)).not.toBe(text);
  expect(mutant.caughtBy.filter((name) => !scenarios.includes(name))).toEqual([]);
});

test('a mutant whose text does not occur is an error', () => {
  expect(() => mutateText({ ...mutants[0], find: 'no such text' }, app)).toThrow(/its text to replace occurs 0 times/);
});

test('a mutant whose text occurs twice is an error, unless it is replaced everywhere', () => {
  const mutant = { ...mutants[0], find: 'a', replace: 'c', everywhere: false };
  expect(() => mutateText(mutant, 'a b a')).toThrow(/its text to replace occurs 2 times/);
  expect(mutateText({ ...mutant, everywhere: true }, 'a b a')).toBe('c b c');
});

test('a mutant may change queues, event sources, roles, buckets and job queues, and no place of code', () => {
  expect(Object.keys(JSON.parse(app))).toEqual(expect.arrayContaining(['roles', 'queues', 'eventSources', 'rules', 'stateMachines', 'jobDefinitions', 'jobQueues', 'buckets']));
  expect(app).not.toContain('codeDirectory');
});

test.each([
  ['src/functions/submit/submit.lambda.ts', true, false],
  ['src/contract/job-name.ts', true, true],
  ['src/common/tags.ts', false, false],
])('a bundle with a changed %s is made where the bundle contains it', async (file, inSubmit, inCheck) => {
  const text = `${fs.readFileSync(path.join(root, file), 'utf8')}\nconsole.log('changed source');`;
  const bundles = await Promise.all([bundle('submit', { file, text }), bundle('check', { file, text })]);
  expect(bundles.map((code) => code?.includes('changed source') ?? false)).toEqual([inSubmit, inCheck]);
});

const mutant = (breaks: string, ...caughtBy: string[]): Mutant => ({ breaks, find: 'a', replace: 'b', everywhere: false, caughtBy });
const seen = (scenario: string) => ({ scenario, seed: 0, finding: 'wrong: something' });
const results: TrialResult[] = [
  { mutant: mutant('one', 'first', 'second'), sightings: [seen('first'), { scenario: 'second' }, { scenario: 'third' }], milliseconds: 1 },
  { mutant: mutant('two', 'first'), sightings: [seen('first'), { scenario: 'second' }, { scenario: 'third' }], milliseconds: 1 },
];

describe('the report', () => {
  test('has what a scenario did not see that has to see it, and the scenarios that saw nothing', () => {
    const { notCaught, blindScenarios } = mutantReport(results, ['first', 'second', 'third']);
    expect(notCaught).toEqual([{ breaks: 'one', scenario: 'second' }]);
    expect(blindScenarios).toEqual(['second', 'third']);
  });

  test('of a sample does not call a scenario blind whose mutants were not tried', () => {
    const all = [...results.map((result) => result.mutant), mutant('three', 'third')];
    expect(mutantReport(results, ['first', 'second', 'third', 'fourth'], all).blindScenarios).toEqual(['second', 'fourth']);
  });

  test('as a matrix has a row for each scenario, with the number of mutants that it saw', () => {
    expect(matrixText(results, ['first', 'second', 'third'])).toBe([
      '        12',
      'first   XX  2',
      'second  -.  0',
      'third   ..  0',
      '',
      '1  one',
      '2  two',
    ].join('\n'));
  });
});

test('a sample has as many mutants as are wanted, in their order: the same ones with the same seed, and others with another seed', () => {
  const sample = sampleOf(mutants, 20, '2031-02-03');
  expect(sample).toHaveLength(20);
  expect(mutants.filter((each) => sample.includes(each))).toEqual(sample);
  expect(sampleOf(mutants, 20, '2031-02-03')).toEqual(sample);
  expect(sampleOf(mutants, 20, '2031-02-04')).not.toEqual(sample);
  expect(sampleOf(mutants, mutants.length + 1, '2031-02-03')).toEqual(mutants);
});

describe('a seed that fails', () => {
  const failure = (...messages: string[]) => ({ seed: 0, findings: messages.map((message) => ({ kind: 'wrong' as const, run: '-', message })) });

  test('is seen by its first finding', () => {
    expect(sightedIn(failure('first', 'second'), {})).toEqual({ finding: 'wrong: first' });
  });

  test('is seen by the finding that the mutant names, and by no other', () => {
    expect(sightedIn(failure('first', 'second'), { finding: 'sec' })).toEqual({ finding: 'wrong: second' });
    expect(sightedIn(failure('first'), { finding: 'sec' })).toEqual({ error: 'other findings than /sec/: wrong: first' });
  });

  test.each(['ReferenceError', 'SyntaxError', 'TypeError'])('says nothing when code ends with a %s', (name) => {
    expect(sightedIn(failure('first', `App/SubmitFunction crashed: ${name}: it is wrong`), {}).error).toMatch(/^the mutant is broken code: wrong: App/);
  });
});

describe('the command', () => {
  let script: string;

  beforeAll(() => {
    script = path.join(temporary(), 'simulation.js');
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(path.dirname(script), 'node_modules'));
    buildSync({
      entryPoints: [path.join(root, 'simulation', 'main.ts')], outfile: script, bundle: true, platform: 'node', mainFields: ['module', 'main'], external: ['esbuild'],
    });
  });

  function run(...args: string[]) {
    return spawnSync(process.execPath, [script, '--app', outdir, '--mutants', '--workers', '2', '--seeds', '2', '--scenarios', path.join(broken, 'scenarios'), ...args], {
      cwd: root, encoding: 'utf8',
    });
  }

  test('fails for a mutant that is not caught, and for a scenario that sees no mutant', () => {
    const { status, stdout, stderr } = run();
    expect(stdout.trim().split('\n')).toEqual([
      'NOT CAUGHT by success: nothing',
      'NOT CAUGHT by success: a misspelt name',
      'BLIND: no mutant turns the scenario wrong-input red, so it sees nothing, or it is not needed',
      '1 of 3 mutants were caught',
    ]);
    expect(stderr).toMatch(/NOT KNOWN of success: the mutant is broken code: .* crashed: ReferenceError: /);
    expect(stderr).toMatch(/the record has no job \(.* s\)\n {2}seen by success, seed \d: /);
    expect(status).toBe(1);
  });

  test('tries each mutant against each scenario for a matrix', () => {
    const { status, stdout } = run('--matrix', '--json');
    const report = JSON.parse(stdout);
    expect(report.mutants.map(({ sightings }: TrialResult) => sightings.map(({ scenario, finding }) => [scenario, finding !== undefined]))).toEqual([
      [['success', true], ['wrong-input', false]],
      [['success', false], ['wrong-input', false]],
      [['success', false], ['wrong-input', false]],
    ]);
    expect(status).toBe(1);
  });

  test('tries only the scenarios that are named', () => {
    const { status, stdout } = run('--scenario', 'success', '--mutant', 'no job');
    expect(stdout).toBe('1 of 1 mutants were caught, of 3 that there are\n');
    expect(status).toBe(0);
  });

  test.each([
    ['a text that no mutant has', ['--mutant', 'typo']],
    ['an empty sample', ['--sample', '0']],
    ['a scenario that no mutant names', ['--scenario', 'wrong-input']],
  ])('ends with an error for %s', (_, args) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('no mutant is selected, so nothing would be tried');
  });

  test('ends a mutant with an endless loop, and goes on', async () => {
    const deployment = readDeployment(readAssembly(outdir));
    const endless: Mutant = { ...mutant('endless', 'success'), file: 'src/functions/submit/submit.lambda.ts', find: 'const { execution, token } = request;', replace: 'for (;;);' };
    const setup = { deployment, scenarios: readScenarios(path.join(broken, 'scenarios')), seeds: 1 };
    const trials = [endless, mutant('nothing', 'success')].map((each) => ({ mutant: { ...each, everywhere: true }, scenarios: each.caughtBy }));
    trials[1].mutant = { ...trials[1].mutant, find: '"HeartbeatSeconds":2700', replace: '"HeartbeatSeconds":2701' };
    const found = await runTrials(trials, setup, { script, workers: 1, longestSilence: 15_000, onResult: () => undefined });
    expect(found.map(({ sightings }) => sightings)).toEqual([
      [{ scenario: 'success', error: 'no seeds were simulated within 15 s' }],
      [{ scenario: 'success', error: undefined }],
    ]);
  }, 120_000);

  test('prints the seed of a sample', () => {
    const { stdout, stderr } = run('--sample', '1', '--sample-seed', 'a');
    expect(stderr).toContain('a sample of 1 of 3 mutants; the same again: --sample 1 --sample-seed a');
    expect(stdout).toMatch(/of 1 mutants were caught, of 3 that there are/);
  });
});
