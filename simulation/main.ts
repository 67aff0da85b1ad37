import * as os from 'node:os';
import * as path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { catchMutant, Caught, checkBundling, readMutants } from './mutants';
import { playAll } from './pool';
import { documentOf, isGreen, tableOf } from './report';
import { readScenarios, Scenario, ScenarioError } from './scenario';
import { portionsOf, Stage, Tally } from './suite';
import { work } from './worker';
import { readAssembly } from '../emulator/assembly/assembly';
import type { Deployment } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';

export const EXIT = { GREEN: 0, RED: 1, USAGE: 2 };

/** Seeds that a worker plays before it asks for more. */
const PORTION = 10;
/** Failing seeds whose timelines are told. */
const TOLD = 3;

interface Options {
  readonly app: string;
  readonly scenarios: string;
  readonly scenario?: string[];
  readonly seeds: number;
  readonly seed?: number;
  readonly json?: boolean;
  readonly mutants?: boolean;
  readonly workers: number;
}

async function main(options: Options): Promise<number> {
  const deployment = readDeployment(readAssembly(options.app));
  const scenarios = chosen(readScenarios(options.scenarios), options.scenario);
  if (options.mutants) return hunt(deployment, readScenarios(options.scenarios), options);
  if (options.seed !== undefined) return replay(deployment, scenarios, options.seed, options);

  const started = Date.now();
  const progress = progressLine();
  // The longest first, so that no worker is left alone with it at the end.
  const byLength = [...scenarios].sort((a, b) => b.bounds.run[1] * b.runs - a.bounds.run[1] * a.runs);
  const tallies = await playAll(byLength.flatMap((scenario) => portionsOf(scenario, options.seeds, PORTION)), {
    script: __filename, workers: options.workers, deployment, scenarios, onProgress: progress.show,
  });
  progress.end();
  const results = scenarios.map(({ name }) => tallies.get(name)!);
  await tellFailures(deployment, scenarios, results);
  const runs = results.reduce((sum, { runs: some }) => sum + some, 0);
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(results))}\n`);
  else process.stdout.write(`${tableOf(results)}\n`);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stderr.write(`${scenarios.length} scenarios, ${runs} runs, ${seconds} s: ${isGreen(results) ? 'no run lost, doubled, leaked, hung or wrong' : 'FAILED'}\n`);
  return isGreen(results) ? EXIT.GREEN : EXIT.RED;
}

function chosen(scenarios: Scenario[], names: string[] | undefined): Scenario[] {
  if (!names) return scenarios;
  return names.map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name);
    if (!found) throw new ScenarioError(`there is no scenario '${name}'; there are ${scenarios.map((scenario) => scenario.name).join(', ')}`);
    return found;
  });
}

/** One seed of each scenario, with its story. */
async function replay(deployment: Deployment, scenarios: Scenario[], seed: number, { json }: Options): Promise<number> {
  const stage = await Stage.open(deployment);
  const tallies: Tally[] = [];
  try {
    for (const scenario of scenarios) {
      const { story, findings } = await stage.replay(scenario, seed);
      process.stderr.write(`== ${scenario.name}, seed ${seed}\n${story}\n${findings.map(({ kind, run, what }) => `${kind}: ${run}: ${what}\n`).join('') || 'as promised\n'}`);
      tallies.push(await stage.play(scenario, [seed]));
    }
  } finally {
    await stage.close();
  }
  process.stdout.write(json ? `${JSON.stringify(documentOf(tallies))}\n` : `${tableOf(tallies)}\n`);
  return isGreen(tallies) ? EXIT.GREEN : EXIT.RED;
}

/** Breaks each rule in turn, and expects that a scenario goes red. */
async function hunt(deployment: Deployment, scenarios: Scenario[], { json, scenarios: directory }: Options): Promise<number> {
  checkBundling(deployment);
  const results: Caught[] = [];
  for (const mutant of readMutants(path.join(directory, '..', 'mutants.yaml'))) {
    const caught = await catchMutant(mutant, deployment, scenarios);
    results.push(caught);
    const { rule, breaks, seenBy } = mutant;
    process.stderr.write(`rule ${rule}, ${breaks}: ${caught.as === undefined ? `NOT SEEN by ${seenBy}` : `seen by ${seenBy}, seed ${caught.seed}: ${caught.as.slice(0, 140)}`}\n`);
  }
  const lived = results.filter((caught) => caught.as === undefined).length;
  if (json) process.stdout.write(`${JSON.stringify({ mutants: results.map(({ mutant: { rule, breaks, seenBy }, seed, as }) => ({ rule, breaks, seenBy, seed, as })) })}\n`);
  else process.stdout.write(`${results.length - lived} of ${results.length} broken rules were seen\n`);
  return lived > 0 ? EXIT.RED : EXIT.GREEN;
}

/** The first few seeds that failed, played again for their timeline. */
async function tellFailures(deployment: Deployment, scenarios: Scenario[], tallies: Tally[]): Promise<void> {
  const named = (name: string) => scenarios.find((scenario) => scenario.name === name)!;
  const failures = tallies.flatMap((tally) => tally.failures.map((failure) => ({ ...failure, scenario: named(tally.scenario) })));
  if (failures.length === 0) return;
  const stage = await Stage.open(deployment);
  for (const [index, { scenario, seed, findings }] of failures.entries()) {
    process.stderr.write(`\n== ${scenario.name}, seed ${seed}: ${findings.slice(0, 5).map(({ kind, run, what }) => `${kind}: ${run}: ${what}`).join('; ')}\n`);
    process.stderr.write(`   again with: npm run simulation -- --scenario ${scenario.name} --seed ${seed}\n`);
    if (index < TOLD) process.stderr.write(`${(await stage.replay(scenario, seed)).story}\n`);
  }
  await stage.close();
}

/** A line that says how far it is: rewritten on a terminal, now and then elsewhere. */
function progressLine() {
  const { isTTY } = process.stderr;
  let last = Date.now();
  return {
    show: (done: number, of: number, failed: number) => {
      if (Date.now() - last < (isTTY ? 200 : 10_000)) return;
      last = Date.now();
      process.stderr.write(`${isTTY ? '\r' : ''}${done} of ${of} seeds${failed > 0 ? `, ${failed} FAILED` : ''}${isTTY ? '' : '\n'}`);
    },
    end: () => { if (isTTY) process.stderr.write('\r\x1b[K'); },
  };
}

function whole(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('it is a whole number from 0.');
  return number;
}

if (process.argv[2] === '--worker') {
  work();
} else {
  new Command('faults')
    .description('Plays faulty worlds with the synthesized state machines and the bundled functions, and holds what runs came to against what truly happened.')
    .option('--scenario <name>', 'only this one (repeatable)', (name: string, before?: string[]) => [...before ?? [], name])
    .option('--seeds <count>', 'seeds of each scenario', whole, 200)
    .option('--seed <number>', 'only this seed, with its timeline', whole)
    .option('--json', 'one JSON document on standard output, and nothing else')
    .option('--mutants', 'break each rule in a copy of the bundles and of the definitions, and expect that it is seen')
    .option('--workers <count>', 'processes', whole, os.availableParallelism())
    .option('--app <directory>', 'the synthesized app', path.join(__dirname, 'cdk.out'))
    .option('--scenarios <directory>', 'the scenario files', path.join('local', 'faults', 'scenarios'))
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.GREEN : EXIT.USAGE))
    .action(async (options: Options) => { process.exitCode = await main(options); })
    .parseAsync().catch((error: Error) => {
      process.stderr.write(`faults: ${error.name === 'ScenarioError' ? error.message : error.stack}\n`);
      process.exitCode = EXIT.USAGE;
    });
}
