// cdk-nag's AwsSolutions rules over every example, in an app that a user would write: with the newest aws-cdk-lib, the library as it
// is packed, and nothing acknowledged but what the library acknowledges itself. https://github.com/cdklabs/cdk-nag
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { hashOf, madeOnce, ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';

/** cdk-nag 3 wants an aws-cdk-lib of 2.257 or later; the library itself is compiled against an older one. */
const PACKAGES = ['cdk-nag@3.0.2', 'aws-cdk-lib@2.276.0', 'constructs@10.8.1'];
const EXAMPLES = path.join(ROOT, 'examples', 'typescript');

/** What is an example's own, and not the library's: what the example does beside its job is judged there, by its own reasons. */
const OF_THE_EXAMPLES = {
};

const findings = new Findings('cdk-nag');
const home = await madeOnce('cdk-nag', hashOf(path.join(ROOT, 'conformance', 'cdk-nag.mjs')), async (aside) => {
  fs.mkdirSync(aside, { recursive: true });
  fs.writeFileSync(path.join(aside, 'package.json'), '{"private": true}\n');
  const { status, stderr } = spawnSync('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', ...PACKAGES], { cwd: aside, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install: ${stderr}`);
});

// Copied and not linked, so that what the library imports is found beside it.
const library = path.join(home, 'node_modules', 'cdk-heavy-batch');
fs.rmSync(library, { recursive: true, force: true });
for (const part of ['lib', 'assets', 'package.json']) fs.cpSync(path.join(ROOT, part), path.join(library, part), { recursive: true });

// Examples know nothing of cdk-nag: it is added to their app just before it synthesizes.
const hook = path.join(home, 'hook.js');
fs.writeFileSync(hook, `
const { App, Stage } = require('aws-cdk-lib');
const { AwsSolutionsChecks } = require('cdk-nag');
const { writeFileSync } = require('node:fs');
const synth = Stage.prototype.synth;
Stage.prototype.synth = function (...options) {
  const assembly = synth.apply(this, options);
  if (App.isApp(this)) writeFileSync(process.env.NAG_REPORT, JSON.stringify(new AwsSolutionsChecks(this, { verbose: true }).validateScope(this)));
  return assembly;
};
`);

const used = new Set();
for (const example of fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'app.ts'))).sort()) {
  process.stderr.write(`${example} ...\n`);
  const here = path.join(home, 'examples', example);
  fs.rmSync(here, { recursive: true, force: true });
  fs.cpSync(path.join(EXAMPLES, example), here, { recursive: true, filter: (from) => !from.includes('cdk.out') });
  const report = path.join(here, 'report.json');
  buildSync({ entryPoints: [path.join(here, 'app.ts')], outfile: path.join(here, 'app.js'), platform: 'node', format: 'cjs', logLevel: 'error' });
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', hook, 'app.js'], {
    cwd: here, encoding: 'utf8', env: { ...process.env, CDK_OUTDIR: path.join(here, 'cdk.out'), NAG_REPORT: report },
  });
  if (status !== 0 || !fs.existsSync(report)) {
    findings.failed(`${example} does not synthesize:\n${stdout}${stderr}`);
    continue;
  }
  const violations = JSON.parse(fs.readFileSync(report, 'utf8')).violations
    .flatMap(({ ruleName, description, violatingResources }) => violatingResources.map(({ constructPath }) => ({ finding: `${constructPath} ${ruleName}`, description })))
    .filter(({ finding }) => {
      if (finding in OF_THE_EXAMPLES) used.add(finding);
      return !(finding in OF_THE_EXAMPLES);
    });
  if (violations.length === 0) findings.passed();
  for (const { finding, description } of violations) findings.failed(`${example}: ${finding}: ${description}`);
}
findings.explained(OF_THE_EXAMPLES, used);
findings.end();
