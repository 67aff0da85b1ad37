// cfn-lint over every template: no error, and no warning that is not explained here.
// https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { assemblies } from './assemblies.mjs';
import { Findings } from './findings.mjs';
import { prepareVenv, scriptOf } from './venv.mjs';

/** Instance types, runtimes and resource types differ by region. */
const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1'];

const EXPLAINED = {
  W3005: 'the CDK lets a function and a state machine wait for their role\'s policies, and names the role as well, which they refer to anyhow',
};

const findings = new Findings('cfn-lint');
const python = await prepareVenv();
const templates = (await assemblies()).flatMap(({ name, stacks }) => stacks.map(({ id, file }) => ({ name: `${name}/${id}`, file })));

const { stdout, stderr, status } = spawnSync(python, [scriptOf(python, 'cfn-lint'), '--format', 'json', '--regions', ...REGIONS, '--', ...templates.map(({ file }) => file)], { encoding: 'utf8', maxBuffer: 1 << 28 });
// 0 to 14 is a sum of what was found; more is a failure of its own: https://github.com/aws-cloudformation/cfn-lint#exit-codes
if (status === null || status >= 16 || !stdout.startsWith('[')) throw new Error(`cfn-lint exited with ${status}: ${stderr || stdout}`);

const explained = new Set();
const found = JSON.parse(stdout).filter(({ Rule }) => {
  if (Rule.Id in EXPLAINED) explained.add(Rule.Id);
  return !(Rule.Id in EXPLAINED);
});
for (const { name, file } of templates) {
  const here = found.filter(({ Filename }) => path.resolve(Filename) === file);
  if (here.length === 0) findings.passed();
  for (const { Rule, Message, Location } of here) findings.failed(`${name}: ${Rule.Id} ${Message} (at ${Location.Path?.join('/') ?? `line ${Location.Start.LineNumber}`})`);
}
findings.explained(EXPLAINED, explained);
findings.end();
