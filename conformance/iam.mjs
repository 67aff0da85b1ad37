// Two policy checkers, parliament and policy_sentry, check every policy of every template: iam/policies.py. References are resolved by the
// emulator, so its ARNs are checked as well.
import { assemblies } from './common/assemblies.mjs';
import { Findings } from './common/findings.mjs';
import { load } from './common/modules.mjs';
import { mapReferences } from './common/references.mjs';
import { python } from './common/venv.mjs';
import { at } from '../tasks/project.mjs';

/** References to resources that the emulator does not have. */
const REFERENCES = {
  'AWS::EFS::FileSystem.Arn': ({ account, region }, id) => `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`,
  'AWS::SecretsManager::Secret.Ref': ({ account, region }, id) => `arn:aws:secretsmanager:${region}:${account}:secret:${id}`,
};

const findings = new Findings('iam');
const { readAssembly, readDeployment } = await load('emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts');
const policies = [];
for (const { name, directory } of await assemblies()) {
  const { stacks, ...assembly } = readAssembly(directory);
  const resolved = stacks.map((stack) => ({ ...stack, template: mapReferences(stack.template, (type, id) => REFERENCES[type]?.(stack, id)) }));
  const found = policiesOf(readDeployment({ ...assembly, stacks: resolved }));
  // A document of a resource type that is not read above would not be checked.
  const [expected, read] = [stacks.reduce((sum, { template }) => sum + documentsIn(template), 0), new Set(found.map(({ document }) => document)).size];
  findings.check(read === expected, `${name}: ${expected} policy documents in the templates, but ${read} in the deployment`);
  policies.push(...found.map((policy) => ({ ...policy, app: name, where: `${name}: ${policy.where}` })));
}

const { stdout } = await python('policies.py', [at('conformance', 'iam', 'policies.py')], { input: JSON.stringify(policies) });
const { passed, failures, explained, explanations } = JSON.parse(stdout);
findings.passed(passed);
for (const { where, failure } of failures) findings.failed(`${where}: ${failure}`);
findings.explained(explanations, new Set(explained));
findings.end();

function policiesOf({ roles, queues, buckets }) {
  return [
    ...roles.flatMap(({ path, name, assumedBy, policies: documents }) => [
      { where: path, kind: 'trust', document: assumedBy },
      ...documents.map((document) => ({ where: path, kind: 'identity', role: name, document })),
    ]),
    ...[...queues, ...buckets].flatMap(({ path, policies: documents }) => documents.map((document) => ({ where: path, kind: 'resource', document }))),
  ];
}

/** What has statements is a policy document, whatever the resource type. */
function documentsIn(value) {
  if (typeof value !== 'object' || value === null) return 0;
  return value.Statement && value.Version ? 1 : Object.values(value).reduce((sum, item) => sum + documentsIn(item), 0);
}
