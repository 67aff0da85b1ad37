import * as os from 'node:os';
import * as path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { testMutants } from './mutant-suite';
import { simulateAll } from './pool';
import { formatFinding, jsonReport, textReport } from './report';
import { hasPassed, ScenarioResult } from './result';
import { readScenarios, Scenario, ScenarioError } from './scenario';
import { chunksOf, Simulator } from './simulator';
import { work, workOnMutants } from './worker';
import { readAssembly } from '../emulator/assembly/assembly';
import type { Deployment } from '../emulator/assembly/deployment';
import { readDeployment } from '../emulator/assembly/read-deployment';

const EXIT = { PASSED: 0, FAILED: 1, USAGE: 2 };

/** How many seeds of each scenario are simulated. */
const SEEDS = 200;
/** How many seeds a worker simulates before it asks for more. */
const CHUNK_SEEDS = 10;
/** How many failing seeds are printed with their trace. */
const PRINTED_TRACES = 3;

interface Options {
  readonly app: string;
  readonly scenarios: string;
  readonly scenario?: string[];
  readonly seeds?: number;
  readonly from?: number;
  readonly seed?: number;
  readonly json?: boolean;
  readonly mutants?: boolean;
  readonly mutant?: string;
  readonly sample?: number;
  readonly sampleSeed?: string;
  readonly matrix?: boolean;
  readonly workers: number;
}

async function main(options: Options): Promise<number> {
  const deployment = readDeployment(readAssembly(options.app));
  const allScenarios = readScenarios(options.scenarios);
  const scenarios = selectScenarios(allScenarios, options.scenario);
  if (options.mutants) return await testMutants(deployment, allScenarios, { ...options, script: __filename }) ? EXIT.PASSED : EXIT.FAILED;
  if (options.seed !== undefined) return replay(deployment, scenarios, options.seed, options);
  return simulate(deployment, scenarios, options);
}

function selectScenarios(scenarios: Scenario[], names: string[] | undefined): Scenario[] {
  if (!names) return scenarios;
  return names.map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name);
    if (!found) throw new ScenarioError(`there is no scenario '${name}'; the scenarios are ${scenarios.map((scenario) => scenario.name).join(', ')}`);
    return found;
  });
}

/** All seeds of the scenarios. */
async function simulate(deployment: Deployment, scenarios: Scenario[], { seeds = SEEDS, from, workers, json }: Options): Promise<number> {
  const startedAt = Date.now();
  const progress = progressLine();
  // The longest scenarios first, so that all workers are busy until the end.
  const byLength = [...scenarios].sort((a, b) => b.bounds.run[1] * b.runs - a.bounds.run[1] * a.runs);
  const byName = await simulateAll(byLength.flatMap((scenario) => chunksOf(scenario, seeds, CHUNK_SEEDS, from)), {
    script: __filename, workers, deployment, scenarios, onProgress: progress.show,
  });
  progress.end();
  const results = scenarios.map(({ name }) => byName.get(name)!);
  await printFailures(deployment, scenarios, results);
  process.stdout.write(`${json ? JSON.stringify(jsonReport(results)) : textReport(results)}\n`);
  const runs = results.reduce((sum, result) => sum + result.runs, 0);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(`${scenarios.length} scenarios, ${runs} runs, ${seconds} s: ${hasPassed(results) ? 'no run was lost, doubled, leaked, hung or wrong' : 'FAILED'}\n`);
  return hasPassed(results) ? EXIT.PASSED : EXIT.FAILED;
}

/** The first failing seeds are simulated again for their trace. */
async function printFailures(deployment: Deployment, scenarios: Scenario[], results: ScenarioResult[]): Promise<void> {
  const scenarioOf = (result: ScenarioResult) => scenarios.find(({ name }) => name === result.scenario)!;
  const failures = results.flatMap((result) => result.failures.map((failure) => ({ ...failure, scenario: scenarioOf(result) })));
  if (failures.length === 0) return;
  const simulator = await Simulator.open(deployment);
  for (const [index, { scenario, seed, findings }] of failures.entries()) {
    process.stderr.write(`\n== ${scenario.name}, seed ${seed}: ${findings.slice(0, 5).map(formatFinding).join('; ')}\n`);
    process.stderr.write(`   run it again: npm run simulation -- --scenario ${scenario.name} --seed ${seed}\n`);
    if (index < PRINTED_TRACES) process.stderr.write(`${(await simulator.replay(scenario, seed)).trace}\n`);
  }
  await simulator.close();
}

/** One seed of each scenario, with its trace. */
async function replay(deployment: Deployment, scenarios: Scenario[], seed: number, { json }: Options): Promise<number> {
  const simulator = await Simulator.open(deployment);
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of scenarios) {
      const { trace, findings } = await simulator.replay(scenario, seed);
      process.stderr.write(`== ${scenario.name}, seed ${seed}\n${trace}\n${findings.map(formatFinding).join('\n') || 'no findings'}\n`);
      results.push(await simulator.simulate(scenario, [seed]));
    }
  } finally {
    await simulator.close();
  }
  process.stdout.write(`${json ? JSON.stringify(jsonReport(results)) : textReport(results)}\n`);
  return hasPassed(results) ? EXIT.PASSED : EXIT.FAILED;
}

/** Progress on standard error: one line that is rewritten on a terminal, and a line every ten seconds elsewhere. */
function progressLine() {
  const { isTTY } = process.stderr;
  let shownAt = Date.now();
  return {
    show: (done: number, total: number, failed: number) => {
      if (Date.now() - shownAt < (isTTY ? 200 : 10_000)) return;
      shownAt = Date.now();
      process.stderr.write(`${isTTY ? '\r' : ''}${done} of ${total} seeds${failed > 0 ? `, ${failed} FAILED` : ''}${isTTY ? '' : '\n'}`);
    },
    end: () => { if (isTTY) process.stderr.write('\r\x1b[K'); },
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It is not a whole number from 0.');
  return number;
}

if (process.argv[2] === '--worker') {
  work();
} else if (process.argv[2] === '--mutant-worker') {
  workOnMutants();
} else {
  new Command('simulation')
    .description('Simulates runs with injected faults: with the synthesized state machines, the bundled functions and the emulator. Compares what the runs report with what actually happened.')
    .option('--scenario <name>', 'only this scenario (repeatable)', (name: string, before?: string[]) => [...before ?? [], name])
    .option('--seeds <count>', 'the number of seeds of each scenario (default: 200; with --matrix: 4)', wholeNumber)
    .option('--from <number>', 'the first seed of each scenario (default: 0)', wholeNumber)
    .option('--seed <number>', 'only this seed, with its trace', wholeNumber)
    .option('--json', 'print one JSON document on standard output, and nothing else')
    .option('--mutants', 'break a copy of the app in many ways, one after another, and expect that scenarios fail')
    .option('--mutant <text>', 'with --mutants: only those whose description has this text')
    .option('--sample <count>', 'with --mutants: only so many of them, other ones each day', wholeNumber)
    .option('--sample-seed <text>', 'with --sample: the seed of the sample (default: the date)')
    .option('--matrix', 'with --mutants: each of them against each scenario, as a table')
    .option('--workers <count>', 'the number of processes', wholeNumber, os.availableParallelism())
    .option('--app <directory>', 'the synthesized app', path.join(__dirname, 'cdk.out'))
    .option('--scenarios <directory>', 'the directory of the scenario files', path.join('simulation', 'scenarios'))
    .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.PASSED : EXIT.USAGE))
    .action(async (options: Options) => { process.exitCode = await main(options); })
    .parseAsync().catch((error: Error) => {
      process.stderr.write(`simulation: ${error.name === 'ScenarioError' ? error.message : error.stack}\n`);
      process.exitCode = EXIT.USAGE;
    });
}
