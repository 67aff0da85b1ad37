// The `cdk` command synthesizes, lists and compares every example as a user does: with the feature flags of a new app, which `cdk init` writes,
// and without any. Nothing is deployed: `cdk diff` compares with a template in a file.
import fs from 'node:fs';
import path from 'node:path';
import { stacksOf } from './common/assemblies.mjs';
import { CACHE, cached, hashOf } from './common/cache.mjs';
import { Findings } from './common/findings.mjs';
import { WITHOUT_ACCOUNT } from './common/without-account.mjs';
import { at, EXAMPLES, typescriptExamples } from '../tasks/project.mjs';
import { forEach, step } from '../tasks/step.mjs';

const CDK = at('node_modules', 'aws-cdk', 'bin', 'cdk');

/** What `cdk synth` may print: part of a message, or the id that acknowledges a warning. */
const EXPLAINED = {
  'feature flags are not configured': 'an app without flags is told about them',
  'Annotation::cdk-heavy-batch:otherPlatform': 'an image is for another architecture than this machine; a deploy from here would have to emulate it',
};

const findings = new Findings('cdk-cli');
const used = new Set();
const directories = path.join(CACHE, `cdk-cli-${process.pid}`);
try {
  const flags = await flagsOfNewApp();
  console.log(`${Object.keys(flags).length} context values of a new app`);
  const variants = [['without flags', {}], ['with the flags of a new app', flags]];
  await forEach(typescriptExamples().flatMap((example) => variants.map(([variant, context]) => ({ example, variant, context }))), checkExample);
} finally {
  fs.rmSync(directories, { recursive: true, force: true });
}
findings.explained(EXPLAINED, used);
findings.end();

async function checkExample({ example, variant, context }) {
  const name = `${example} ${variant}`;
  const directory = copy(example, variant, context);
  const { status, output } = await cdk(directory, ['synth', '--quiet', '--output', 'cdk.out']);
  if (!findings.check(status === 0, `${name}: cdk synth exited with ${status}: ${output}`)) return;
  checkWarnings(name, output);

  const stacks = stacksOf(path.join(directory, 'cdk.out'));
  const list = await cdk(directory, ['ls', '--app', 'cdk.out']);
  const listed = list.status === 0 ? list.stdout.trim().split('\n').map((line) => line.replace(/ \(.*\)$/, '')) : [];
  findings.check(listed.length === stacks.length && listed.length > 0, `${name}: cdk ls lists ${listed.length} of ${stacks.length} stacks, and exited with ${list.status}: ${list.output}`);
  for (const { id, file } of stacks) {
    const stack = listed.find((line) => line === id || line.replaceAll('/', '-') === id);
    if (findings.check(stack !== undefined, `${name}: cdk ls does not list ${id}, but ${JSON.stringify(listed)}`)) await checkDiff(name, directory, stack, file);
  }
}

/** Every warning of `cdk synth` is explained. */
function checkWarnings(name, output) {
  const isExplained = (text) => Object.keys(EXPLAINED).some((part) => text.includes(part) && used.add(part));
  isExplained(output);
  const ids = [...output.matchAll(/Acknowledge with '(.+)'/g)].map(([, id]) => id);
  const warnings = output.match(/\b(WARNING|ERROR)\b|\[(Warning|Error) at /g) ?? [];
  const unexplained = ids.filter((id) => !isExplained(id));
  findings.check(unexplained.length === 0 && warnings.length === ids.length, `${name}: cdk synth prints ${unexplained.join(', ') || 'warnings without an id'}: ${output}`);
}

/** `cdk diff` finds no difference between a stack and its template, and only the resource that another template lacks. */
async function checkDiff(name, directory, stack, file) {
  const diff = (template) => cdk(directory, ['diff', '--fail', '--exclusively', '--app', 'cdk.out', '--template', template, stack]);
  const same = await diff(file);
  findings.check(same.status === 0 && same.output.includes('There were no differences'), `${name}: cdk diff of ${stack} with itself exited with ${same.status}: ${same.output}`);

  const template = JSON.parse(fs.readFileSync(file, 'utf8'));
  const [logicalId, { Type }] = Object.entries(template.Resources).find(([, resource]) => resource.Type !== 'AWS::CDK::Metadata');
  delete template.Resources[logicalId];
  const older = path.join(directory, 'older.template.json');
  fs.writeFileSync(older, JSON.stringify(template));
  const changed = await diff(older);
  const isFound = changed.status === 1 && changed.output.includes(`[+] ${Type}`) && changed.output.includes(logicalId);
  findings.check(isFound, `${name}: cdk diff of ${stack} without ${logicalId} exited with ${changed.status}: ${changed.output}`);
  findings.check(!/\[[-~]\]/.test(changed.output), `${name}: cdk diff of ${stack} finds more than the new ${logicalId}: ${changed.output}`);
}

/** A copy below the library, so that the example finds its imports. It has these context values only. */
function copy(example, variant, context) {
  const directory = path.join(directories, `${example}-${variant.replaceAll(' ', '-')}`);
  fs.cpSync(path.join(EXAMPLES, example), directory, { recursive: true, filter: (source) => !/[\\/](cdk\.out|node_modules)$/.test(source) });
  const file = path.join(directory, 'cdk.json');
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), context }, null, 2));
  return directory;
}

async function flagsOfNewApp() {
  const directory = await cached('cdk-init', hashOf(at('node_modules', 'aws-cdk', 'package.json')), async (temporary) => {
    fs.mkdirSync(path.join(temporary, 'new'), { recursive: true });
    const { status, output } = await cdk(path.join(temporary, 'new'), ['init', 'app', '--language', 'typescript', '--generate-only']);
    if (status !== 0) throw new Error(`cdk init exited with ${status}: ${output}`);
  });
  return JSON.parse(fs.readFileSync(path.join(directory, 'new', 'cdk.json'), 'utf8')).context;
}

function cdk(cwd, args) {
  // With CI set, the command would print everything to standard output.
  const env = { ...WITHOUT_ACCOUNT, CI: 'false', FORCE_COLOR: '0' };
  return step(`cdk ${args[0]} (${path.basename(cwd)})`, process.execPath, [CDK, ...args, '--no-notices', '--no-color'], { cwd, env, check: false });
}
