// Runs the conformance suites: programs from outside this project check what it generates and what it emulates.
import { parseArgs } from 'node:util';
import { SEED } from './common/findings.mjs';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

/**
 * In the order in which they run. The last line of a suite is `<suite>: N checked, N failed`, and its exit status is 0 only if nothing failed.
 * A suite that needs what is not on this machine ends with `not run: <reason>` and 0.
 */
const SUITES = [
  'cfn-lint', 'cdk-nag', 'dockerfiles', 'deployment', 'event-patterns', 'iam', 'batch', 'step-functions', 'cdk-cli', 'newcomer', 'service-models', 'inputs', 'recorded', 'json-path', 'event-schemas', 's3-clients', 'api', 'console', 'containers',
];

/** Those of them that take a minute or more. In CI they take turns. */
const LONG = ['cdk-nag', 'newcomer', 'step-functions', 'api', 'console', 'cdk-cli', 'containers'];

/** Minutes. A suite that does not end would keep all others from being played. */
const LIMIT = 20;

const DAY = 24 * 60 * 60 * 1000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'json': { type: 'boolean', default: false },
    'self-test': { type: 'boolean', default: false },
    'help': { type: 'boolean', default: false },
    /** Plays this many suites only, other ones each day. */
    'sample': { type: 'string' },
    /** Plays all suites, but only this many of those that take long, other ones each day. */
    'long': { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !SUITES.includes(name));
const wrongSize = ['sample', 'long'].find((name) => options[name] !== undefined && (positionals.length > 0 || !/^[1-9]\d*$/.test(options[name])));
if (options.help || wrongSize || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`unknown suite: ${unknown.join(', ')}\n`);
  if (wrongSize) process.stderr.write(`--${wrongSize} ${options[wrongSize]} is not a number of suites from 1 on, without names of suites\n`);
  process.stderr.write(`npm run conformance [-- <suite>...] [-- --json] [-- --self-test] [-- --sample N] [-- --long N]\nsuites: ${SUITES.join(', ')}\n`);
  process.exit(options.help ? 0 : 2);
}

const isSelfTest = options['self-test'];
const print = (text) => (options.json ? process.stderr : process.stdout).write(text);
print(`SEED=${SEED}\n`);
const results = [];
for (const name of suites()) results.push(await runSuite(name));

if (options.json) {
  process.stdout.write(`${JSON.stringify({ seed: SEED, suites: results, failed: results.filter(({ passed, notRun }) => !passed && !notRun).length }, null, 2)}\n`);
} else {
  print('\n');
  for (const { name, checked, failed, seconds, breaks, problem, notRun } of results) {
    print(notRun ? `${name}: ${notRun}\n` : `${name}: ${checked} checked, ${failed} failed  (${seconds} s)${problem ? `  ${problem}` : ''}\n`);
    for (const { text, isSeen } of breaks ?? []) print(`  ${isSeen ? 'red' : 'NOT RED'}  ${text}\n`);
  }
  if (isSelfTest) print(`${results.filter(({ passed }) => passed).length} of ${results.filter(({ notRun }) => !notRun).length} suites are red where they should be\n`);
}
process.exit(results.every(({ passed, notRun }) => passed || notRun) ? 0 : 1);

/** The suites that are named, or all, or those of this day. */
function suites() {
  if (positionals.length > 0) return positionals;
  if (options.sample !== undefined) {
    const sample = ofToday(SUITES, Number(options.sample));
    print(`a sample of ${sample.length} of ${SUITES.length} suites: ${sample.join(', ')}\n`);
    return sample;
  }
  if (options.long === undefined) return SUITES;
  const long = ofToday(LONG, Number(options.long));
  const others = LONG.filter((name) => !long.includes(name));
  if (others.length > 0) print(`not played today, since they take long: ${others.join(', ')}; all: npm run conformance\n`);
  return SUITES.filter((name) => !others.includes(name));
}

/** So many of the names. Each has its turn: the days go round the list. */
function ofToday(names, count) {
  const size = Math.min(count, names.length);
  const day = Math.floor(Date.now() / DAY);
  return Array.from({ length: size }, (_, index) => names[(day * size + index) % names.length]);
}

/** Runs one suite, and shows its output as it arrives. */
async function runSuite(name) {
  const started = Date.now();
  print(`\n== ${name}\n`);
  const { status, stdout } = await step(name, process.execPath, [at('conformance', `${name}.mjs`), ...isSelfTest ? ['--self-test'] : []], {
    // The seed of a date is the same for all suites, even after midnight.
    env: { SEED: String(SEED), PYTHONUNBUFFERED: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    onStdout: print,
    check: false,
    limit: LIMIT * 60_000,
  });
  const lines = stdout.trimEnd().split('\n');
  if (status === 0 && lines.at(-1).startsWith('not run: ')) return { name, checked: 0, failed: 0, passed: false, notRun: lines.at(-1) };
  const [, suite, checked = '0', failed = '0'] = /^([\w-]+): (\d+) checked, (\d+) failed$/.exec(lines.at(-1)) ?? [];
  const breaks = isSelfTest ? breaksOf(lines) : undefined;
  const problem = problemOf(name, suite, checked, failed) ?? (isSelfTest ? problemOfSelfTest(status, failed, lines, breaks) : problemOfStatus(status, failed));
  const seconds = Math.round((Date.now() - started) / 1000);
  return { name, checked: Number(checked), failed: Number(failed), passed: !problem, seconds, breaks, problem };
}

function problemOf(name, suite, checked) {
  if (suite !== name) return `its last line is not '${name}: N checked, N failed'`;
  return checked === '0' ? 'nothing was checked' : undefined;
}

function problemOfStatus(status, failed) {
  if ((status === 0) !== (failed === '0')) return `its exit status is ${status}`;
  return status === 0 ? undefined : 'FAILED';
}

/** What a suite broke, and whether it had a finding about it. */
function breaksOf(lines) {
  return lines.filter((line) => line.startsWith('BREAK ')).map((line) => line.slice('BREAK '.length)).map((text) => ({ text, isSeen: lines.some((line) => line.startsWith(`SEEN ${text}`)) }));
}

/** A suite is red for each of its breaks, and for nothing else. */
function problemOfSelfTest(status, failed, lines, breaks) {
  if (breaks.length === 0) return 'it breaks nothing';
  if (breaks.some(({ isSeen }) => !isSeen)) return 'it does not see every break';
  if (lines.some((line) => line.startsWith('FAILED '))) return 'it has findings that are not about a break';
  return status === 1 && failed !== '0' ? undefined : `its exit status is ${status}, and ${failed} failed`;
}
