// The `cdk` command synthesizes, lists and compares every example as a user does: with the feature flags of a new app, which `cdk init` writes,
// and without any. Nothing is deployed: `cdk diff` compares with a template in a file.
import fs from 'node:fs';
import path from 'node:path';
import { stacksOf } from './common/assemblies.mjs';
import { CACHE, cached, hashOf } from './common/cache.mjs';
import { Explanations } from './common/explanations.mjs';
import { Findings, sampleInCi, SAMPLED, SELF_TEST } from './common/findings.mjs';
import { WITHOUT_ACCOUNT } from './common/without-account.mjs';
import { at, EXAMPLES, typescriptExamples } from '../tasks/project.mjs';
import { forEach, step } from '../tasks/step.mjs';

const CDK = at('node_modules', 'aws-cdk', 'bin', 'cdk');

const WITHOUT_FLAGS = 'without flags';
const WITH_FLAGS = 'with the flags of a new app';
const NO_FLAGS = 'feature flags are not configured';

/** What `cdk synth` may print: part of a message, or the id that acknowledges a warning; in which variant, and of which app or construct. */
const explanations = new Explanations([
  { what: NO_FLAGS, type: WITHOUT_FLAGS, place: /.+/, reason: 'an app without flags is told about them' },
  ...[WITHOUT_FLAGS, WITH_FLAGS].map((type) => ({
    what: 'Annotation::cdk-heavy-batch:otherPlatform',
    type,
    place: /arm|fargate/,
    reason: 'an image is for another architecture than this machine; a deploy from here would have to emulate it',
  })),
]);

/** In a self-test: what is added to the app, and how the template with which it is compared differs. */
const BREAKS = {
  'a warning without an explanation': [/cdk synth prints [^]*broken/, "\n// @ts-ignore\nrequire('aws-cdk-lib').Annotations.of(stack).addWarningV2('broken:warning', 'broken');\n"],
  'a template that differs from the app': [/cdk diff of .* with itself exited with 1/, ''],
  'an app that cannot be synthesized': [/cdk synth exited with 1/, "\nthrow new Error('broken');\n"],
};

const findings = new Findings('cdk-cli');
const directories = path.join(CACHE, `cdk-cli-${process.pid}`);
try {
  if (SELF_TEST) {
    for (const [title, [pattern]] of Object.entries(BREAKS)) findings.broken(title, pattern);
    await forEach(Object.keys(BREAKS), (title) => checkExample({ example: 'quickstart', variant: WITHOUT_FLAGS, context: {}, broken: title }));
  } else {
    const flags = await flagsOfNewApp();
    console.log(`${Object.keys(flags).length} context values of a new app`);
    const variants = [[WITHOUT_FLAGS, {}], [WITH_FLAGS, flags]];
    const all = typescriptExamples();
    const examples = sampleInCi(all, Math.ceil(all.length / 3));
    await forEach(examples.flatMap((example) => variants.map(([variant, context]) => ({ example, variant, context }))), checkExample);
  }
} finally {
  fs.rmSync(directories, { recursive: true, force: true });
}
if (!SELF_TEST && !SAMPLED) explanations.report(findings);
findings.end();

async function checkExample({ example, variant, context, broken }) {
  const name = `${broken ? `${broken}: ` : ''}${example} ${variant}`;
  const directory = copy(example, broken ?? variant, context);
  if (broken) fs.appendFileSync(path.join(directory, 'app.ts'), BREAKS[broken][1]);
  const { status, output } = await cdk(directory, ['synth', '--quiet', '--output', 'cdk.out']);
  if (!findings.check(status === 0, `${name}: cdk synth exited with ${status}: ${output}`)) return;
  checkWarnings(name, output, variant, example);

  const stacks = stacksOf(path.join(directory, 'cdk.out'));
  if (broken) stacks[0].file = differentTemplate(directory, stacks[0].file);
  const list = await cdk(directory, ['ls', '--app', 'cdk.out']);
  const listed = list.status === 0 ? list.stdout.trim().split('\n').map((line) => line.replace(/ \(.*\)$/, '')) : [];
  findings.check(listed.length === stacks.length && listed.length > 0, `${name}: cdk ls lists ${listed.length} of ${stacks.length} stacks, and exited with ${list.status}: ${list.output}`);
  for (const { id, file } of stacks) {
    const stack = listed.find((line) => line === id || line.replaceAll('/', '-') === id);
    if (findings.check(stack !== undefined, `${name}: cdk ls does not list ${id}, but ${JSON.stringify(listed)}`)) await checkDiff(name, directory, stack, file);
  }
}

/** Every warning of `cdk synth` is explained. */
function checkWarnings(name, output, variant, example) {
  const isExplained = (what) => explanations.covers({ what, type: variant, place: example });
  if (output.includes(NO_FLAGS)) findings.check(isExplained(NO_FLAGS), `${name}: cdk synth prints ${NO_FLAGS}`);
  const ids = [...output.matchAll(/Acknowledge with '(.+)'/g)].map(([, id]) => id);
  const warnings = output.match(/\b(WARNING|ERROR)\b|\[(Warning|Error) at /g) ?? [];
  const unexplained = ids.filter((id) => !isExplained(id));
  findings.check(unexplained.length === 0 && warnings.length === ids.length, `${name}: cdk synth prints ${unexplained.join(', ') || 'warnings without an id'}: ${output}`);
}

/** In a self-test: a template with other memory than that of the app. */
function differentTemplate(directory, file) {
  const template = JSON.parse(fs.readFileSync(file, 'utf8'));
  const { Properties } = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::Batch::JobDefinition');
  Properties.ContainerProperties.ResourceRequirements[0].Value = '1';
  const different = path.join(directory, 'different.template.json');
  fs.writeFileSync(different, JSON.stringify(template));
  return different;
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
