// The `cdk` command, as a user has it, over every example: with the feature flags of a new app, which `cdk init` writes, and without any.
// Nothing is deployed: `diff` compares with a template in a file.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { stacksOf } from './assemblies.mjs';
import { CACHE, hashOf, madeOnce, ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';

const EXAMPLES = path.join(ROOT, 'examples', 'typescript');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const AT_ONCE = 2;

/** What `cdk synth` says beside the templates, and why that is so: warnings by what acknowledges them. */
const EXPLAINED = {
  'feature flags are not configured': 'an app without any flags is told that there are some',
  'Annotation::cdk-heavy-batch:otherPlatform': 'an image is for another architecture than this machine, which a deploy from here would have to emulate',
};

const findings = new Findings('cdk-cli');
const explained = new Set();
const work = path.join(CACHE, `cdk-cli-${process.pid}`);
try {
  const flags = await flagsOfANewApp();
  console.log(`${Object.keys(flags).length} context values of a new app`);
  const examples = fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'cdk.json'))).sort();
  const jobs = examples.flatMap((example) => [['with no flags', {}], ['with the flags of a new app', flags]].map(([how, context]) => () => judge(example, how, context)));
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = jobs.shift(); next; next = jobs.shift()) await next();
  }));
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
findings.explained(EXPLAINED, explained);
findings.end();

async function judge(example, how, context) {
  const name = `${example} ${how}`;
  process.stderr.write(`cdk synth, ls and diff of ${name} ...\n`);
  const directory = copy(example, how, context);

  const synth = await cdk(directory, ['synth', '--quiet', '--output', 'cdk.out']);
  if (synth.status !== 0) {
    findings.failed(`${name}: cdk synth exited with ${synth.status}: ${synth.said}`);
    return;
  }
  const isExplained = (told) => Object.keys(EXPLAINED).some((words) => told.includes(words) && explained.add(words));
  isExplained(synth.said);
  const acknowledgeable = [...synth.said.matchAll(/Acknowledge with '(.+)'/g)].map(([, id]) => id);
  const warnings = synth.said.match(/\b(WARNING|ERROR)\b|\[(Warning|Error) at /g) ?? [];
  const strange = acknowledgeable.filter((id) => !isExplained(id));
  findings.check(strange.length === 0 && warnings.length === acknowledgeable.length, `${name}: cdk synth warns of ${strange.join(', ') || 'what cannot be acknowledged'}: ${synth.said}`);

  const stacks = stacksOf(path.join(directory, 'cdk.out'));
  const listed = await cdk(directory, ['ls', '--app', 'cdk.out']);
  const ids = listed.status === 0 ? listed.out.trim().split('\n') : [];
  findings.check(ids.length === stacks.length && ids.length > 0, `${name}: cdk ls lists ${JSON.stringify(ids)} of ${stacks.length} stacks, and exited with ${listed.status}: ${listed.said}`);

  for (const { id, file, logicalIds } of stacks.map((stack) => ({ ...stack, logicalIds: removable(stack.file) }))) {
    const listedAs = ids.find((one) => one.replace(/ \(.*\)$/, '').replaceAll('/', '-') === id || one.replace(/ \(.*\)$/, '') === id);
    if (!findings.check(listedAs !== undefined, `${name}: cdk ls does not list ${id}, but ${JSON.stringify(ids)}`)) continue;
    const stack = listedAs.replace(/ \(.*\)$/, '');
    const same = await cdk(directory, ['diff', '--fail', '--exclusively', '--app', 'cdk.out', '--template', file, stack]);
    findings.check(same.status === 0 && same.said.includes('There were no differences'), `${name}: cdk diff of ${stack} with itself exited with ${same.status}: ${same.said}`);

    const older = path.join(directory, 'older.template.json');
    const template = JSON.parse(fs.readFileSync(file, 'utf8'));
    const [logicalId, { Type }] = logicalIds[0];
    delete template.Resources[logicalId];
    fs.writeFileSync(older, JSON.stringify(template));
    const changed = await cdk(directory, ['diff', '--fail', '--exclusively', '--app', 'cdk.out', '--template', older, stack]);
    findings.check(changed.status === 1 && changed.said.includes(`[+] ${Type}`) && changed.said.includes(logicalId), `${name}: cdk diff of ${stack} without its ${logicalId} exited with ${changed.status}: ${changed.said}`);
    findings.check(!/\[[-~]\]/.test(changed.said), `${name}: cdk diff of ${stack} shows more than the new ${logicalId}: ${changed.said}`);
  }
}

/** Those that `cdk diff` shows as a resource: not the CDK's own metadata. */
function removable(file) {
  return Object.entries(JSON.parse(fs.readFileSync(file, 'utf8')).Resources ?? {}).filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata');
}

/** A copy beside the library, so that the example finds what it imports, with these context values and no others. */
function copy(example, how, context) {
  const directory = path.join(work, `${example}-${how.replaceAll(' ', '-')}`);
  fs.cpSync(path.join(EXAMPLES, example), directory, { recursive: true, filter: (source) => !/[\\/](cdk\.out|node_modules)$/.test(source) });
  const file = path.join(directory, 'cdk.json');
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), context }, null, 2));
  return directory;
}

async function flagsOfANewApp() {
  const directory = await madeOnce('cdk-init', hashOf(path.join(ROOT, 'node_modules', 'aws-cdk', 'package.json')), async (aside) => {
    fs.mkdirSync(path.join(aside, 'new'), { recursive: true });
    const { status, said } = await cdk(path.join(aside, 'new'), ['init', 'app', '--language', 'typescript', '--generate-only']);
    if (status !== 0) throw new Error(`cdk init exited with ${status}: ${said}`);
  });
  return JSON.parse(fs.readFileSync(path.join(directory, 'new', 'cdk.json'), 'utf8')).context;
}

function cdk(cwd, args) {
  const child = spawn(process.execPath, [CDK, ...args, '--no-notices', '--no-color'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // No account, whatever the machine has.
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('AWS_'))),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CI: 'false', // in CI all goes to the standard output
      FORCE_COLOR: '0', // whatever the caller asks for
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
      JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1',
    },
  });
  let out = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => { out += text; said += text; });
  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (status) => resolve({ status, out, said })));
}
