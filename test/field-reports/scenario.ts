import * as path from 'path';
import * as v from 'valibot';
import { readAssembly } from '../../emulator/assembly/assembly';
import { readDeployment } from '../../emulator/assembly/read-deployment';
import { readScenarios } from '../../simulation/scenario';
import { Simulator } from '../../simulation/simulator';
import { temporary } from '../emulator/apps';

const DIRECTORY = path.join(__dirname, '..', '..', 'simulation', 'scenarios');
const SEEDS = [2]; // the tests of the simulation play seeds 0 and 1

/** The name of a scenario of the simulation that plays the situation. */
export const scenario = v.pipe(v.string(), v.minLength(3));

let opened: Promise<Simulator> | undefined;

/** Simulates the scenario. The oracle of the simulation looks for runs that are lost, doubled, hung or wrong, and for jobs that go on. */
export async function replayScenario(name: v.InferOutput<typeof scenario>, directory = DIRECTORY): Promise<void> {
  const scenarios = readScenarios(directory);
  expect(scenarios.map((each) => each.name)).toContain(name);
  opened ??= open();
  const { failures, runs } = await (await opened).simulate(scenarios.find((each) => each.name === name)!, SEEDS);
  expect(failures).toEqual([]);
  expect(runs).toBeGreaterThan(0);
}

async function open(): Promise<Simulator> {
  const outdir = temporary();
  process.env.CDK_OUTDIR = outdir;
  jest.requireActual('../fixtures/simulation/app'); // synthesizes when it is loaded
  delete process.env.CDK_OUTDIR;
  return Simulator.open(readDeployment(readAssembly(outdir)));
}

export async function closeSimulator(): Promise<void> {
  await (await opened)?.close();
}
