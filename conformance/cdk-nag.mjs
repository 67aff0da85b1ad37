// The AwsSolutions rules of cdk-nag check every example and generated apps, in an app as a user would have it: with the newest aws-cdk-lib and the
// built library. Apps that are `regulated` are checked with the rules of NIST 800-53, HIPAA and PCI DSS too. The library acknowledges what it creates. What an example itself creates
// and leaves as it is for the sake of its readers is listed here, finding by finding: an example cannot use `Validations` of aws-cdk-lib 2.257, since it runs with older ones.
// https://github.com/cdklabs/cdk-nag
import fs from 'node:fs';
import path from 'node:path';
import { build, buildSync } from 'esbuild';
import { APPS } from './common/assemblies.mjs';
import { cached, hashOf } from './common/cache.mjs';
import { Findings, SEED, SELF_TEST } from './common/findings.mjs';
import { at, EXAMPLES, typescriptExamples } from '../tasks/project.mjs';
import { step } from '../tasks/step.mjs';

/** cdk-nag 3 requires aws-cdk-lib 2.257 or later. The library itself is compiled with an older version. */
const PACKAGES = ['cdk-nag@3.0.2', 'aws-cdk-lib@2.276.0', 'constructs@10.8.1'];

/** Adds cdk-nag to the app of an example just before it is synthesized. */
const HOOK = `
const { App, Stage } = require('aws-cdk-lib');
const { AwsSolutionsChecks } = require('cdk-nag');
const { writeFileSync } = require('node:fs');
const synth = Stage.prototype.synth;
Stage.prototype.synth = function (...options) {
  const assembly = synth.apply(this, options);
  if (App.isApp(this)) writeFileSync(process.env.NAG_REPORT, JSON.stringify(new AwsSolutionsChecks(this, { verbose: true }).validateScope(this)));
  return assembly;
};
`;

/** In a self-test: constructs that are added to the app, and a library that acknowledges nothing. */
const BROKEN_HOOK = `
const s3 = require('aws-cdk-lib/aws-s3');
const sqs = require('aws-cdk-lib/aws-sqs');
const iam = require('aws-cdk-lib/aws-iam');
const { Stack } = require('aws-cdk-lib');
const plain = Stage.prototype.synth;
Stage.prototype.synth = function (...options) {
  const stack = this.node.findAll().find(Stack.isStack);
  if (!stack.node.tryFindChild('Broken')) {
    new s3.Bucket(stack, 'Broken');
    new sqs.Queue(stack, 'BrokenQueue');
    const role = new iam.Role(stack, 'BrokenRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
  }
  return plain.apply(this, options);
};
`;

const BREAKS = {
  'a bucket that can be read without TLS': [/Broken\/Resource AwsSolutions-S10/, /\/Broken\//],
  'a queue without a dead-letter queue': [/BrokenQueue\/Resource AwsSolutions-SQS3/, /\/BrokenQueue\//],
  'a role that may read everything': [/BrokenRole\/DefaultPolicy\/Resource AwsSolutions-IAM5/, /\/BrokenRole\//],
};
const WITHOUT_KEY = 'a log group that is not encrypted with the key';
const UNACKNOWLEDGED = 'a library that acknowledges nothing';
const UNACKNOWLEDGED_BY_PACKS = 'the other packs, with a library that acknowledges nothing';

/** Resources that an app itself creates, but not what the library adds to its role and its security group. */
const OF_APP = /Values\d?\/(?!jobRole\/|Nodes\/from )|^Stack\/(Vpc|Secret|Files)\//;

/** Findings about what an example itself creates, as short as a reader can follow it. Each of them has to occur. */
const OF_EXAMPLES = {
  'report-api': {
    'Shop/Page/ServiceRole/Resource AwsSolutions-IAM4': 'the role that the CDK creates for a function',
    'Shop/Api/Api/GET--/Resource AwsSolutions-APIG4': 'everybody may open the page, which has no data',
    'Shop/Api/Api/GET--{proxy+}/Resource AwsSolutions-APIG4': 'allowAnonymousAccess',
    'Shop/Api/Api/POST--{proxy+}/Resource AwsSolutions-APIG4': 'allowAnonymousAccess',
    'Shop/Api/Api/DELETE--{proxy+}/Resource AwsSolutions-APIG4': 'allowAnonymousAccess',
  },
};

/**
 * Some generated apps keep logs for ever, or have a log driver of their own, for which the CDK creates a log group. The apps that are not generated do
 * not, so a log group of the library without a retention is found there.
 */
const isChoiceOfApp = ({ app, constructPath, rule }) => app.startsWith('generated/')
  && (rule.includes('-CloudWatchLogGroupRetentionPeriod:') || constructPath.endsWith('/Container/Definition/LogGroup/Resource'));

const findings = new Findings('cdk-nag');
const directory = await cached('cdk-nag', hashOf(at('conformance', 'cdk-nag.mjs')), async (temporary) => {
  fs.writeFileSync(path.join(temporary, 'package.json'), '{"private": true}\n');
  fs.writeFileSync(path.join(temporary, 'hook.js'), HOOK);
  await step('installing cdk-nag', 'npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', ...PACKAGES], { cwd: temporary });
});

// The library is copied and not linked, so that it finds its own imports here.
const library = path.join(directory, 'node_modules', 'cdk-heavy-batch');
fs.rmSync(library, { recursive: true, force: true });
for (const part of ['lib', 'assets', 'package.json']) fs.cpSync(at(part), path.join(library, part), { recursive: true });

if (SELF_TEST) prepareBreaks();
for (const example of SELF_TEST ? ['quickstart'] : typescriptExamples()) {
  const { problem, violations: all = [] } = await violationsOf(example);
  const explained = Object.keys(OF_EXAMPLES[example] ?? {});
  const violations = all.filter((violation) => !explained.some((start) => violation.startsWith(start)));
  violations.push(...explained.filter((start) => !all.some((violation) => violation.startsWith(start))).map((start) => `${start} is explained, and does not occur`));
  if (problem) findings.failed(`${example}: ${problem}`);
  else if (violations.length === 0) findings.passed();
  else violations.forEach((violation) => findings.failed(`${breakOf(violation)}${example}: ${violation}`));
}
await checkApps(SELF_TEST ? 0 : APPS);
findings.end();

/** Apps that are `regulated`, and as many generated apps, each once more as a `regulated` one. In one process, since an app needs much less time than Node.js and aws-cdk-lib need to start. */
async function checkApps(generated) {
  const apps = path.join(directory, 'generated');
  fs.rmSync(apps, { recursive: true, force: true });
  fs.cpSync(at('test', 'fixtures'), path.join(apps, 'fixtures'), { recursive: true }); // the directory of an image, beside the bundle
  await build({
    entryPoints: [at('conformance', 'cdk-nag', 'generated-apps.ts')],
    outfile: path.join(apps, 'app.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    external: ['aws-cdk-lib', 'constructs', 'cdk-nag'],
    plugins: [{ name: 'library', setup: ({ onResolve }) => onResolve({ filter: /^(\.\.\/)+src$/ }, () => ({ path: 'cdk-heavy-batch', external: true })) }],
  });
  const report = path.join(apps, 'report.json');
  const env = { CDK_OUTDIR: path.join(apps, 'cdk.out'), NAG_REPORT: report, SEED: String(SEED), APPS: String(generated) };
  const { status, output } = await step(`checking regulated apps, and ${generated} generated ones`, process.execPath, ['app.js'], { cwd: apps, env, check: false });
  if (status !== 0) return findings.failed(`the generated apps cannot be checked:\n${output}`);
  const { synthesized, violations } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const found = violations.filter((violation) => !OF_APP.test(violation.constructPath) && !isChoiceOfApp(violation));
  findings.passed(synthesized.filter((app) => !found.some((violation) => violation.app === app)).length);
  for (const { app, constructPath, rule } of found) {
    const violation = `${constructPath} ${rule}`;
    findings.failed(`${breakOf(violation)}${app}: ${violation}`);
  }
}

function prepareBreaks() {
  for (const [title, [pattern]] of Object.entries(BREAKS)) findings.broken(title, pattern);
  findings.broken(WITHOUT_KEY, /WatchLog\/Resource HIPAA\.Security-CloudWatchLogGroupEncrypted/);
  findings.broken(UNACKNOWLEDGED, /Quickstart\/Sort\/.* AwsSolutions-IAM5/);
  findings.broken(UNACKNOWLEDGED_BY_PACKS, /regulated\/.* PCI\.DSS\.321-LambdaInsideVPC/);
  fs.writeFileSync(path.join(directory, 'broken-hook.js'), `${HOOK}${BROKEN_HOOK}`);
  const nothing = ['acknowledge', 'acknowledgeGiven', 'acknowledgeFindings'].map((name) => `exports.${name} = () => undefined;\n`);
  fs.writeFileSync(path.join(library, 'lib', 'common', 'acknowledge.js'), nothing.join(''));
  const regulated = path.join(library, 'lib', 'compute', 'regulated.js');
  fs.writeFileSync(regulated, fs.readFileSync(regulated, 'utf8').replace('encryptionKey: regulated?.encryptionKey', 'encryptionKey: undefined'));
}

/** In a self-test: to which break a violation belongs. */
function breakOf(violation) {
  if (!SELF_TEST) return '';
  const title = Object.keys(BREAKS).find((name) => BREAKS[name][1].test(violation))
    ?? (violation.includes('CloudWatchLogGroupEncrypted') ? WITHOUT_KEY : violation.includes('AwsSolutions-') ? UNACKNOWLEDGED : UNACKNOWLEDGED_BY_PACKS);
  return `${title}: `;
}

async function violationsOf(example) {
  const app = path.join(directory, 'examples', example);
  fs.rmSync(app, { recursive: true, force: true });
  fs.cpSync(path.join(EXAMPLES, example), app, { recursive: true, filter: (source) => !source.includes('cdk.out') });
  const report = path.join(app, 'report.json');
  buildSync({ entryPoints: [path.join(app, 'app.ts')], outfile: path.join(app, 'app.js'), platform: 'node', format: 'cjs', logLevel: 'error' });
  const env = { CDK_OUTDIR: path.join(app, 'cdk.out'), NAG_REPORT: report };
  const { status, output } = await step(`checking ${example}`, process.execPath, ['--require', path.join(directory, SELF_TEST ? 'broken-hook.js' : 'hook.js'), 'app.js'], { cwd: app, env, check: false });
  if (status !== 0 || !fs.existsSync(report)) return { problem: `it cannot be synthesized:\n${output}` };
  const { violations } = JSON.parse(fs.readFileSync(report, 'utf8'));
  return {
    violations: violations.flatMap(({ ruleName, description, violatingResources }) => (
      violatingResources.map(({ constructPath }) => `${constructPath} ${ruleName}: ${description}`)
    )),
  };
}
