import * as path from 'path';
import { readAssembly } from '../../emulator/assembly/assembly';
import type { Deployment } from '../../emulator/assembly/deployment';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { readMutants } from '../../simulation/mutants';
import { documentOf, isGreen, tableOf } from '../../simulation/report';
import { readScenario, readScenarios } from '../../simulation/scenario';
import { portionsOf, Stage, together } from '../../simulation/suite';
import { temporary } from '../emulator/apps';

const simulation = path.join(__dirname, '..', '..', 'simulation');
const scenarios = readScenarios(path.join(simulation, 'scenarios'));
const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
let deployment: Deployment;
let stage: Stage;

beforeAll(async () => {
  const outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes as it is loaded
  delete process.env.CDK_OUTDIR;
  deployment = readDeployment(readAssembly(outdir));
  stage = await Stage.open(deployment);
});
afterAll(() => stage.close());

// The worlds of a month and of 200 runs take their time; the suite itself plays them.
test.each(scenarios.filter(({ runs }) => runs === 1).map(({ name }) => name))('%s: two seeds come to what is true', async (name) => {
  const tally = await stage.play(named(name), [0, 1]);
  expect(tally.failures).toEqual([]);
  expect(tally.runs).toBe(2);
});

test('a seed that is played again has the same story', async () => {
  const [first, second] = [await stage.replay(named('everything-at-once'), 7), await stage.replay(named('everything-at-once'), 7)];
  expect(first.story).toBe(second.story);
  expect(first.story).toContain('ExecutionStarted');
  expect(first.story).not.toMatch(/AQC[A-Za-z0-9]{100}/);
});

describe('the oracle sees', () => {
  const broken = async (name: string, spoil: (text: string) => string, seeds: number[]) => {
    const parts = JSON.stringify({ stateMachines: deployment.stateMachines, rules: deployment.rules });
    const its = await Stage.open({ ...deployment, ...JSON.parse(spoil(parts)) });
    try {
      return await its.play(named(name), seeds);
    } finally {
      await its.close();
    }
  };

  test('a run whose task nobody answers, and what goes on when it gives up', async () => {
    const { counts } = await broken('nothing-wrong', (text) => text.replace(/"MaxAttempts":10\b/g, '"MaxAttempts":0').replace(/"HeartbeatSeconds":2700/g, '"HeartbeatSeconds":1'), [0, 1]);
    expect(counts.wrong).toBeGreaterThan(0);
  });

  test('a job that goes on when its run is stopped', async () => {
    const tight = { ...named('run-stopped-without-its-event'), bounds: { ...named('run-stopped-without-its-event').bounds, leftovers: [1_000, 1_000] as const } };
    expect((await stage.play(tight, Array.from({ length: 12 }, (_, seed) => seed))).counts.leaked).toBeGreaterThan(0);
  });

  test('more transitions than there may be', async () => {
    const tight = { ...named('submit-throttled'), bounds: { ...named('submit-throttled').bounds, transitions: 3 } };
    expect((await stage.play(tight, [0, 1, 2])).counts.hung).toBeGreaterThan(0);
  });

  test('a longer delay than there may be', async () => {
    const tight = { ...named('every-event-lost'), bounds: { ...named('every-event-lost').bounds, delay: [1, 1] as const } };
    expect((await stage.play(tight, [0, 1])).counts.hung).toBe(2);
  });

  test('an outcome that was not expected', async () => {
    const other = { ...named('input-wrong'), expects: ['OrchestrationFailed'] };
    expect((await stage.play(other, [0])).counts.wrong).toBe(1);
  });
});

test('a world of many runs stands for its seeds', async () => {
  const many = readScenario('many', 'about: Five runs in a world.\nruns: 5\nwithin: 1s\nseedsPerWorld: 10\ncontainer: [{ takes: 1s, ends: exit 0 }]');
  expect(portionsOf(many, 25, 10).map(({ seeds }) => [seeds[0], seeds.length])).toEqual([[0, 10], [10, 10], [20, 5]]);
  const tally = await stage.play(many, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([tally.seeds, tally.runs, isGreen([tally])]).toEqual([10, 5, true]);
  expect(together(tally, tally)).toMatchObject({ seeds: 20, runs: 10 });
  expect(documentOf([tally])).toEqual({ scenarios: [{ name: 'many', seeds: 10, lost: 0, doubled: 0, leaked: 0, hung: 0, wrong: 0, maxDelaySeconds: expect.any(Number), maxTransitions: 4 }] });
  expect(tableOf([tally]).split('\n')).toHaveLength(2);
});

test('every rule from 1 to 7 has a mutant, and each mutant a scenario that is there', () => {
  const mutants = readMutants(path.join(simulation, 'mutants.yaml'));
  expect([...new Set(mutants.map(({ rule }) => rule))].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(mutants.filter(({ seenBy }) => !named(seenBy))).toEqual([]);
});
