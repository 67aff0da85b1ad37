// cfn-lint checks every template: no error, and no warning that is not explained here.
// https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
import path from 'node:path';
import { assemblies } from './common/assemblies.mjs';
import { Findings } from './common/findings.mjs';
import { python } from './common/venv.mjs';

/** Instance types, runtimes and resource types differ between Regions. */
const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1'];

const EXPLAINED = {
  W3005: 'the CDK makes functions and state machines depend on the policies of their role; they depend on the role as well, because they refer to it',
};

/** An exit status below this is a sum of what was found. https://github.com/aws-cloudformation/cfn-lint#exit-codes */
const CFN_LINT_FAILED = 16;

const findings = new Findings('cfn-lint');
const templates = (await assemblies()).flatMap(({ name, stacks }) => stacks.map(({ id, file }) => ({ name: `${name}/${id}`, file })));

const args = ['cfn-lint', '--format', 'json', '--regions', ...REGIONS, '--', ...templates.map(({ file }) => file)];
const { status, stdout, output } = await python('cfn-lint', args, { check: false });
if (status === null || status >= CFN_LINT_FAILED || !stdout.startsWith('[')) throw new Error(`cfn-lint exited with ${status}: ${output}`);

const used = new Set();
const found = JSON.parse(stdout).filter(({ Rule }) => {
  if (Rule.Id in EXPLAINED) used.add(Rule.Id);
  return !(Rule.Id in EXPLAINED);
});
for (const { name, file } of templates) {
  const problems = found.filter(({ Filename }) => path.resolve(Filename) === file);
  if (problems.length === 0) findings.passed();
  for (const { Rule, Message, Location } of problems) findings.failed(`${name}: ${Rule.Id} ${Message} (at ${Location.Path?.join('/') ?? `line ${Location.Start.LineNumber}`})`);
}
findings.explained(EXPLAINED, used);
findings.end();
