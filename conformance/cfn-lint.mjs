// cfn-lint checks every template: no error, and no warning that is not explained here.
// https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { assemblies, generatedAssemblies } from './common/assemblies.mjs';
import { Explanations, placeOf } from './common/explanations.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { python } from './common/venv.mjs';

/** Instance types, runtimes and resource types differ between Regions. */
const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1'];

const DEPENDS_ON_ITS_ROLE = 'the CDK makes it depend on the policies of its role; it depends on the role as well, because it refers to it';

const explanations = new Explanations([
  { what: 'W3005 its role', type: 'AWS::Lambda::Function', place: /\w+Watch(Submit|Watch)Function/, reason: DEPENDS_ON_ITS_ROLE },
  { what: 'W3005 its role', type: 'AWS::Lambda::Function', place: /\w*ApiFunction/, reason: DEPENDS_ON_ITS_ROLE },
  { what: 'W3005 its role', type: 'AWS::Lambda::Function', place: /Page/, reason: DEPENDS_ON_ITS_ROLE }, // of the example report-api
  { what: 'W3005', type: 'AWS::ApiGatewayV2::ApiMapping', place: /\w*ApiDefaultStage\w+/, reason: 'the CDK makes it depend on its domain, to which it refers' },
  { what: 'W3005 its role', type: 'AWS::StepFunctions::StateMachine', place: /\w+(Run|Each)/, reason: DEPENDS_ON_ITS_ROLE },
]);

/** Findings about what a generated app adds to its stacks itself. Whether a sample has them depends on its seed, so none of them has to occur. */
const OF_GENERATED_APPS = [
  { what: 'W2001', place: /\w*Values\w*Parameter\d*/, reason: 'the app has a parameter for a prop that needs no resource, such as the security groups of an existing queue' },
  { what: 'W3010', place: /\w+Subnet/, reason: 'the app names its account and Region, whose Availability Zones the CDK then looks up' },
  { what: 'W3005 its role', place: /\w+CustomResourceProviderHandler/, reason: 'a custom resource of the CDK' },
];

/** An exit status below this is a sum of what was found. https://github.com/aws-cloudformation/cfn-lint#exit-codes */
const CFN_LINT_FAILED = 16;

/** In a self-test: how a template is broken, and what must be found. */
const BREAKS = {
  'a property that CloudFormation does not have': {
    pattern: /E3002 .*'Memory' was unexpected/,
    change: (resources) => { resourceOf(resources, 'AWS::Batch::JobDefinition').Properties.Memory = 1; },
  },
  'a value of the wrong kind': {
    pattern: /E3012 .*'soon' is not of type 'integer'/,
    change: (resources) => { resourceOf(resources, 'AWS::Batch::JobDefinition').Properties.Timeout.AttemptDurationSeconds = 'soon'; },
  },
  'a reference to a resource that does not exist': {
    pattern: /E1010|E1012|E1020/,
    change: (resources) => { resourceOf(resources, 'AWS::Lambda::EventSourceMapping').Properties.FunctionName = { Ref: 'Nothing' }; },
  },
  'a dependency on a role, at a place that is not explained': {
    pattern: /W3005 /,
    change: (resources) => {
      const [role] = Object.entries(resources).find(([, { Type }]) => Type === 'AWS::IAM::Role');
      Object.assign(resourceOf(resources, 'AWS::Batch::JobDefinition'), { DependsOn: [role] });
      resourceOf(resources, 'AWS::Batch::JobDefinition').Properties.ContainerProperties.ExecutionRoleArn = { 'Fn::GetAtt': [role, 'Arn'] };
    },
  },
};

const findings = new Findings('cfn-lint');
const generated = SELF_TEST ? [] : (await generatedAssemblies()).flatMap(({ name, directory }) => templatesIn(directory).map((file) => ({ name: `${name}/${path.basename(file)}`, file, isGenerated: true })));
const all = (await assemblies()).flatMap(({ name, stacks }) => stacks.map(({ id, file }) => ({ name: `${name}/${id}`, file })));
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'heavy-batch-cfn-lint-'));
try {
  const [sound] = all.filter(({ name }) => name.includes('article'));
  await lint(SELF_TEST ? [sound, ...brokenCopiesOf(sound)] : [...all, ...generated]);
} finally {
  fs.rmSync(temporary, { recursive: true, force: true });
}
if (!SELF_TEST) explanations.report(findings);
findings.end();

async function lint(templates) {
  const args = ['cfn-lint', '--format', 'json', '--regions', ...REGIONS, '--', ...templates.map(({ file }) => file)];
  const { status, stdout, output } = await python('cfn-lint', args, { check: false });
  if (status === null || status >= CFN_LINT_FAILED || !stdout.startsWith('[')) throw new Error(`cfn-lint exited with ${status}: ${output}`);
  const found = JSON.parse(stdout);
  for (const { name, file, isGenerated } of templates) {
    const { Resources } = JSON.parse(fs.readFileSync(file, 'utf8'));
    const problems = found.filter(({ Filename }) => path.resolve(Filename) === file).filter((problem) => !isExplained(problem, Resources, isGenerated));
    if (problems.length === 0) findings.passed();
    for (const { Rule, Message, Location } of problems) findings.failed(`${name}: ${Rule.Id} ${Message} (at ${Location.Path?.join('/') ?? `line ${Location.Start.LineNumber}`})`);
  }
}

function isExplained({ Rule, Location: { Path } }, resources, isGenerated) {
  const resource = resources[Path?.[1]];
  const place = placeOf(Path?.[1] ?? '');
  const dependency = Rule.Id === 'W3005' && resource && resources[[resource.DependsOn].flat()[Path[3] ?? 0]];
  const what = dependency?.Type === 'AWS::IAM::Role' ? 'W3005 its role' : Rule.Id;
  if (isGenerated && OF_GENERATED_APPS.some((entry) => entry.what === what && new RegExp(`^(${entry.place.source})$`).test(place))) return true;
  return resource !== undefined && explanations.covers({ what, type: resource.Type, place });
}

/** The templates of an app, of its stages and of its nested stacks. */
function templatesIn(directory) {
  return fs.readdirSync(directory, { recursive: true }).filter((file) => file.endsWith('.template.json')).sort().map((file) => path.join(directory, file));
}

function brokenCopiesOf({ name, file }) {
  return Object.entries(BREAKS).map(([title, { change, pattern }], index) => {
    const template = JSON.parse(fs.readFileSync(file, 'utf8'));
    change(template.Resources);
    const copy = path.join(temporary, `${index}.template.json`);
    fs.writeFileSync(copy, JSON.stringify(template));
    findings.broken(title, pattern);
    return { name: `${title}, ${name}`, file: copy };
  });
}

function resourceOf(resources, type) {
  return Object.values(resources).find(({ Type }) => Type === type);
}
