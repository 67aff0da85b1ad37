// Runs the conformance suites: programs from outside this project check what it generates and what it emulates.
import { parseArgs } from 'node:util';
import { at } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

/**
 * In the order in which they run. The last line of a suite is `<suite>: N checked, N failed`, and its exit status is 0 only if nothing failed.
 * A suite that needs what is not on this machine ends with `not run: <reason>` and 0.
 */
const SUITES = [
  'cfn-lint', 'cdk-nag', 'dockerfiles', 'deployment', 'event-patterns', 'iam', 'batch', 'step-functions', 'cdk-cli', 'newcomer', 'service-models', 'recorded',
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !SUITES.includes(name));
if (options.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`unknown suite: ${unknown.join(', ')}\n`);
  process.stderr.write(`npm run conformance [-- <suite>...] [-- --json]\nsuites: ${SUITES.join(', ')}\n`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const print = (text) => (options.json ? process.stderr : process.stdout).write(text);
const results = [];
for (const name of positionals.length > 0 ? positionals : SUITES) results.push(await runSuite(name));

if (options.json) {
  process.stdout.write(`${JSON.stringify({ suites: results, failed: results.filter(({ passed, notRun }) => !passed && !notRun).length }, null, 2)}\n`);
} else {
  print('\n');
  for (const { name, checked, failed, seconds, problem, notRun } of results) print(notRun ? `${name}: ${notRun}\n` : `${name}: ${checked} checked, ${failed} failed  (${seconds} s)${problem ? `  ${problem}` : ''}\n`);
}
process.exit(results.every(({ passed, notRun }) => passed || notRun) ? 0 : 1);

/** Runs one suite, and shows its output as it arrives. */
async function runSuite(name) {
  const started = Date.now();
  print(`\n== ${name}\n`);
  const { status, stdout } = await step(name, process.execPath, [at('conformance', `${name}.mjs`)], {
    env: { PYTHONUNBUFFERED: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    onStdout: print,
    check: false,
  });
  const last = stdout.trimEnd().split('\n').at(-1);
  if (status === 0 && last.startsWith('not run: ')) return { name, checked: 0, failed: 0, passed: false, notRun: last };
  const [, suite, checked = '0', failed = '0'] = /^([\w-]+): (\d+) checked, (\d+) failed$/.exec(last) ?? [];
  const problem = problemOf(name, suite, checked, failed, status);
  const seconds = Math.round((Date.now() - started) / 1000);
  return { name, checked: Number(checked), failed: Number(failed), passed: status === 0 && !problem, seconds, problem };
}

function problemOf(name, suite, checked, failed, status) {
  if (suite !== name) return `its last line is not '${name}: N checked, N failed'`;
  if (checked === '0') return 'nothing was checked';
  return (status === 0) === (failed === '0') ? undefined : `its exit status is ${status}`;
}
