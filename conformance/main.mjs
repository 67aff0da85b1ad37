// Runs the judges: programs that nobody here wrote look at what the project emits. Each judge is a command of its own.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './cache.mjs';
import { prepareVenv } from './venv.mjs';

/** In the order in which they run. A judge's last line is `<judge>: N checked, N failed`; it exits 0 only when nothing failed. */
const JUDGES = {
  'cfn-lint': 'cfn-lint.mjs',
  'cdk-nag': 'cdk-nag.mjs',
  'dockerfiles': 'dockerfiles.mjs',
  'cloud': 'cloud.mjs',
  'event-patterns': 'event-patterns.mjs',
  'iam': 'iam.mjs',
  'batch': 'batch.mjs',
  'step-functions': 'step-functions.mjs',
  'cdk-cli': 'cdk-cli.mjs',
  'newcomer': 'newcomer.mjs',
  'service-models': 'service-models.mjs',
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !(name in JUDGES));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`no judge is called ${unknown.join(', ')}\n`);
  process.stderr.write(`npm run judges [-- <judge>...] [-- --json]\njudges: ${Object.keys(JUDGES).join(', ')}\n`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const say = (line) => (values.json ? process.stderr : process.stdout).write(line);
const python = await prepareVenv();
const results = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(JUDGES)) results.push(await judge(name));

if (values.json) {process.stdout.write(`${JSON.stringify({ judges: results, failed: results.filter((result) => !result.passed).length }, null, 2)}\n`);} else {
  say('\n');
  for (const { name, checked, failed, seconds, why } of results) say(`${name}: ${checked} checked, ${failed} failed  (${seconds} s)${why ? `  ${why}` : ''}\n`);
}
process.exit(results.every((result) => result.passed) ? 0 : 1);

/** Runs one judge, and shows what it says while it says it. */
async function judge(name) {
  const file = path.join(ROOT, 'conformance', JUDGES[name]);
  const started = Date.now();
  say(`\n== ${name}\n`);
  let tail = '';
  const child = spawn(file.endsWith('.py') ? python : process.execPath, [file], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1', PYTHONUNBUFFERED: '1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    say(text);
    tail = (tail + text).slice(-4096);
  });
  const status = await new Promise((resolve) => child.on('close', resolve).on('error', () => resolve(-1)));
  const last = tail.trimEnd().split('\n').at(-1) ?? '';
  const [, who, checked, failed] = /^([\w-]+): (\d+) checked, (\d+) failed$/.exec(last) ?? [];
  // A judge that looked at nothing has vouched for nothing.
  const why = who !== name ? `its last line is not '${name}: N checked, N failed'`
    : checked === '0' ? 'nothing was checked'
      : (status === 0) !== (failed === '0') ? `it exited with ${status}`
        : undefined;
  return { name, checked: Number(checked ?? 0), failed: Number(failed ?? 0), passed: status === 0 && !why, seconds: Math.round((Date.now() - started) / 1000), ...why ? { why } : {} };
}
