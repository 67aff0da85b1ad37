import * as path from 'path';
import { readAssembly } from '../../emulator/assembly/assembly';
import type { Deployment } from '../../emulator/assembly/deployment';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { jsonReport, textReport } from '../../simulation/report';
import { hasPassed, mergeResults, noFindings, ScenarioResult } from '../../simulation/result';
import { readScenario, readScenarios, Scenario } from '../../simulation/scenario';
import { chunksOf, Simulator } from '../../simulation/simulator';
import { temporary } from '../emulator/apps';
import { sampleOf } from '../sample';

const scenarios = readScenarios(path.join(__dirname, '..', '..', 'simulation', 'scenarios'));
const scenarioOf = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
let deployment: Deployment;
let simulator: Simulator;

beforeAll(async () => {
  const outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes when it is loaded
  delete process.env.CDK_OUTDIR;
  deployment = readDeployment(readAssembly(outdir));
  simulator = await Simulator.open(deployment);
});
afterAll(() => simulator.close());

// Worlds of 200 runs or of jobs of a month take long. `npm run simulation` simulates them, and all others: here is one scenario for each first word of their names.
const SINGLE = scenarios.filter(({ runs, lists }) => runs === 1 && !lists).map(({ name }) => name);
test.each(sampleOf('scenarios', 'test/simulation/simulator.test.ts', SINGLE, (name) => [name.split('-')[0]]))('%s: two worlds have no findings', async (name) => {
  const result = await simulator.simulate(scenarioOf(name), [0, scenarioOf(name).seedsPerWorld]);
  expect(result.failures).toEqual([]);
  expect(result.runs).toBe(2);
});

test.each(scenarios.filter(({ lists }) => lists).map(({ name }) => name))('%s: four worlds have no findings, and a run for each item', async (name) => {
  const result = await simulator.simulate(scenarioOf(name), [0, 2, 4, 6]);
  expect(result.failures).toEqual([]);
  expect(result.runs).toBeGreaterThan(4);
});

test('a seed has the same trace each time', async () => {
  const first = await simulator.replay(scenarioOf('everything-at-once'), 7);
  const second = await simulator.replay(scenarioOf('everything-at-once'), 7);
  expect(first.trace).toBe(second.trace);
  expect(first.trace).toContain('ExecutionStarted');
  expect(first.trace).not.toMatch(/AQC[A-Za-z0-9]{100}/);
});

describe('the oracle finds', () => {
  const withBounds = (name: string, bounds: Partial<Scenario['bounds']>): Scenario => ({ ...scenarioOf(name), bounds: { ...scenarioOf(name).bounds, ...bounds } });
  const simulateBroken = async (name: string, breakText: (text: string) => string, seeds: number[]): Promise<ScenarioResult> => {
    const json = JSON.stringify({ stateMachines: deployment.stateMachines, rules: deployment.rules });
    const broken = await Simulator.open({ ...deployment, ...JSON.parse(breakText(json)) });
    try {
      return await broken.simulate(scenarioOf(name), seeds);
    } finally {
      await broken.close();
    }
  };

  test('a run that gives up while its job is running', async () => {
    const { counts } = await simulateBroken('nothing-wrong', (text) => text.replace(/"MaxAttempts":10\b/g, '"MaxAttempts":0').replace(/"HeartbeatSeconds":2700/g, '"HeartbeatSeconds":1'), [0, 1]);
    expect(counts.wrong).toBeGreaterThan(0);
  });

  test('a job that continues after its run was stopped', async () => {
    const strict = withBounds('run-stopped-without-its-event', { orphans: [1_000, 1_000] });
    expect((await simulator.simulate(strict, Array.from({ length: 12 }, (_, seed) => seed))).counts.leaked).toBeGreaterThan(0);
  });

  test('more state transitions than the bound', async () => {
    const strict = withBounds('submit-throttled', { transitions: 3 });
    expect((await simulator.simulate(strict, [0, 1, 2])).counts.hung).toBeGreaterThan(0);
  });

  test('a delay that is longer than the bound', async () => {
    const strict = withBounds('every-event-lost', { delay: [1, 1] });
    expect((await simulator.simulate(strict, [0, 1])).counts.hung).toBe(2);
  });

  test('a run that times out, where the scenario does not expect it', async () => {
    const seeds = [0, 1, 2, 3, 4, 5];
    expect((await simulator.simulate(scenarioOf('run-times-out'), seeds)).counts.wrong).toBe(0);
    expect((await simulator.simulate({ ...scenarioOf('run-times-out'), expects: ['actual outcome'] }, seeds)).counts.wrong).toBeGreaterThan(0);
  });

  test('an outcome that the scenario does not expect', async () => {
    const other: Scenario = { ...scenarioOf('input-wrong'), expects: ['OrchestrationFailed'] };
    expect((await simulator.simulate(other, [0])).counts.wrong).toBe(1);
  });
});

test('a world of many runs counts for several seeds', async () => {
  const many = readScenario('many', 'description: Five runs in a world.\nruns: 5\nstartWithin: 1s\nseedsPerWorld: 10\ncontainer: [{ takes: 1s, ends: exit 0 }]');
  expect(chunksOf(many, 25, 10).map(({ seeds }) => [seeds[0], seeds.length])).toEqual([[0, 10], [10, 10], [20, 5]]);
  expect(chunksOf(many, 12, 10, 20260131).map(({ seeds }) => [seeds[0], seeds.length])).toEqual([[20260130, 10], [20260140, 2]]);
  const result = await simulator.simulate(many, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([result.seeds, result.runs, hasPassed([result])]).toEqual([10, 5, true]);
  expect(mergeResults(result, result)).toMatchObject({ seeds: 20, runs: 10 });
  expect(jsonReport([result])).toEqual({ scenarios: [{ name: 'many', seeds: 10, ...noFindings(), maxDelaySeconds: expect.any(Number), maxTransitions: 4 }] });
  expect(textReport([result]).split('\n')).toHaveLength(2);
});
