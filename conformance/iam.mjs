// Two policy checkers, parliament and policy_sentry, check every policy of every template: iam/policies.py. References are resolved by the
// emulator, so its ARNs are checked as well.
import { assemblies, generatedAssemblies } from './common/assemblies.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { load } from './common/modules.mjs';
import { mapReferences } from './common/references.mjs';
import { python } from './common/venv.mjs';
import { BREAKS } from './iam/breaks.mjs';
import { explanations } from './iam/explanations.mjs';
import { at } from '../tasks/project.mjs';

/** References to resources that the emulator does not have. */
const REFERENCES = {
  'AWS::ECR::Repository.Arn': ({ account, region }, id) => `arn:aws:ecr:${region}:${account}:repository/${id}`,
  'AWS::EFS::FileSystem.Arn': ({ account, region }, id) => `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`,
  'AWS::KMS::Key.Arn': ({ account, region }, id) => `arn:aws:kms:${region}:${account}:key/${id}`,
  'AWS::SecretsManager::Secret.Ref': ({ account, region }, id) => `arn:aws:secretsmanager:${region}:${account}:secret:${id}`,
};

/** Findings about what the CDK or a checker does with what a generated app gives. Whether a sample has them depends on its seed, so none of them has to occur. */
const OF_GENERATED_APPS = [
  { what: /ssm:DescribeParameters on a resource/, reason: 'the CDK allows it on each parameter of the Parameter Store that it allows to read, although it supports no resource' },
  { what: /s3:\w+ on a key with a colon/, reason: 'a key in S3 may contain colons, but parliament takes them for separators of the ARN' },
];

const findings = new Findings('iam');
const { readAssembly, readDeployment } = await load('emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts');
const policies = [];
for (const { name, directory } of await assemblies()) {
  const { stacks, ...assembly } = readAssembly(directory);
  addPolicies(name, stacks, assembly);
  if (SELF_TEST && name.includes('article')) BREAKS.forEach((aBreak) => addBroken(aBreak, name, stacks, assembly));
}

// The emulator reads no nested stacks, so the policies in them are not checked.
for (const { name, directory } of SELF_TEST ? [] : await generatedAssemblies()) {
  const { stacks, ...assembly } = readAssembly(directory);
  addPolicies(name, stacks, assembly, { mayHaveOthers: true });
}

const { stdout } = await python('policies.py', [at('conformance', 'iam', 'policies.py')], { input: JSON.stringify(policies) });
for (const { where, place, kind, findings: found } of JSON.parse(stdout)) {
  const problems = found.filter(({ what }) => !explanations.covers({ what, type: kind, place }) && !isOfGeneratedApps(where, what));
  if (problems.length === 0) findings.passed();
  for (const { failure } of problems) findings.failed(`${where}: ${failure}`);
}
explanations.report(findings);
findings.end();

function isOfGeneratedApps(where, what) {
  return /(^|the role )generated\//.test(where) && OF_GENERATED_APPS.some((entry) => new RegExp(`^(${entry.what.source})$`).test(what));
}

/** `mayHaveOthers`: whether the app may have policies that the emulator does not read, such as that of a KMS key. */
function addPolicies(name, stacks, assembly, { mayHaveOthers = false } = {}) {
  const resolved = stacks.map((stack) => ({ ...stack, template: mapReferences(stack.template, (type, id) => REFERENCES[type]?.(stack, id)) }));
  const found = policiesOf(readDeployment({ ...assembly, stacks: resolved }));
  // A document of a resource type that is not read above would not be checked.
  const [expected, read] = [stacks.reduce((sum, { template }) => sum + documentsIn(template), 0), new Set(found.map(({ document }) => document)).size];
  findings.check(read === expected || mayHaveOthers, `${name}: ${expected} policy documents in the templates, but ${read} in the deployment`);
  policies.push(...found.map((policy) => ({ ...policy, app: name, where: `${name}: ${policy.where}` })));
}

/** The app once more, with a break in the template of its first stack. */
function addBroken({ title, pattern, change }, name, [{ template, ...stack }, ...others], assembly) {
  findings.broken(title, pattern);
  const broken = structuredClone(template);
  change?.(broken.Resources);
  if (change) addPolicies(title, [{ ...stack, template: broken }, ...others], assembly);
  else explanations.list.push({ what: title, type: 'identity', place: /Nowhere/, reason: 'none' });
}

function policiesOf({ roles, queues, buckets }) {
  return [
    ...roles.flatMap(({ path, name, assumedBy, policies: documents }) => [
      { where: path, place: path, kind: 'trust', document: assumedBy },
      ...documents.map((document) => ({ where: path, place: path, kind: 'identity', role: name, document })),
    ]),
    ...[...queues, ...buckets].flatMap(({ path, policies: documents }) => documents.map((document) => ({ where: path, place: path, kind: 'resource', document }))),
  ];
}

/** What has statements is a policy document, whatever the resource type. */
function documentsIn(value) {
  if (typeof value !== 'object' || value === null) return 0;
  if (value.Type === 'AWS::EFS::FileSystem') return 0; // the emulator has no file systems, so it does not read their policies
  return value.Statement && value.Version ? 1 : Object.values(value).reduce((sum, item) => sum + documentsIn(item), 0);
}
