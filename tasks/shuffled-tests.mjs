// Runs the tests three times, each time in another order, and names those that do not always end in the same way.
//
//   node tasks/shuffled-tests.mjs [--runs <number>] [--seed <number>] [test file...]
//
// A run is played again with `--runs 1 --seed <its seed>`.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { at } from './project.mjs';
import { dateSeed } from './seeds.mjs';
import { step } from './step.mjs';
import { readTestReport } from './test-report.mjs';

const { values: options, positionals: tests } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, seed: { type: 'string', default: String(dateSeed()) } },
  allowPositionals: true,
});
const [runs, first] = [Number(options.runs), Number(options.seed)];
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(first)) {
  console.error('--runs and --seed are whole numbers');
  process.exit(2);
}

const { stdout } = await step('jest --listTests', 'npx', ['jest', '--listTests', ...tests]);
const testFiles = stdout.trim().split('\n');
/** How each test ended in each run. */
const endings = new Map();
const problems = [];
for (let run = 0; run < runs; run++) await shuffled(first + run);

const unstable = [...endings].filter(([, statuses]) => new Set(statuses).size > 1 || statuses.length < runs);
for (const [name, statuses] of unstable) console.log(`not always the same: ${name}: ${statuses.join(', ')}`);
for (const [name, statuses] of endings) if (statuses.every((status) => status === 'failed')) console.log(`failed in every run: ${name}`);
for (const problem of problems) console.log(problem);
console.log(`${endings.size} tests in ${runs} orders, ${unstable.length} not always the same`);
process.exitCode = problems.length > 0 || unstable.length > 0 ? 1 : 0;

async function shuffled(seed) {
  const file = at('.cache', `shuffled-${seed}.json`);
  fs.rmSync(file, { force: true });
  console.log(`\n== in the order of seed ${seed}`);
  const startedAt = Date.now();
  const args = ['jest', '--ci', '--randomize', `--seed=${seed}`, '--json', `--outputFile=${file}`, ...tests];
  const { status } = await step(`seed ${seed}`, 'npx', args, { check: false, onStdout: () => undefined });
  const report = readTestReport(file, { startedAt, testFiles });
  problems.push(...report.problems.map((problem) => `seed ${seed}: ${problem}`), ...status === 0 ? [] : [`seed ${seed}: jest exited with ${status}`]);
  if (!fs.existsSync(file)) return;
  for (const { name, assertionResults } of JSON.parse(fs.readFileSync(file, 'utf8')).testResults) {
    for (const { fullName, status: ending } of assertionResults) {
      const test = `${name.slice(at().length + 1)}: ${fullName}`;
      endings.set(test, [...endings.get(test) ?? [], ending]);
    }
  }
}
