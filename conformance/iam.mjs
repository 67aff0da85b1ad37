// Every policy in every template, with the names and ARNs that a deployment gives, through two policy checkers: iam-policies.py.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { assemblies } from './assemblies.mjs';
import { ROOT } from './cache.mjs';
import { Deployer } from './deploy.mjs';
import { DeployedStack } from './deployed-stack.mjs';
import { Findings } from './findings.mjs';
import { ATTRIBUTES } from './moto-differences.mjs';
import { motoTemplate, motoTypes } from './moto-template.mjs';
import { startMoto } from './moto.mjs';
import { clientsOf } from './read-back.mjs';
import { prepareVenv } from './venv.mjs';

const findings = new Findings('iam');
const types = await motoTypes();
const moto = await startMoto();
const policies = [];
try {
  for (const app of await assemblies()) {
    await moto.reset();
    const deployer = new Deployer(moto);
    await deployer.bootstrap();
    for (const stack of app.stacks) policies.push(...await policiesOf(deployer, app, stack));
  }
} finally {
  await moto.stop();
}

const { stdout, stderr, status } = spawnSync(await prepareVenv(), [path.join(ROOT, 'conformance', 'iam-policies.py')], { input: JSON.stringify(policies), encoding: 'utf8', maxBuffer: 1 << 28 });
if (status !== 0) throw new Error(`iam-policies.py exited with ${status}: ${stderr}`);
const { results, passed, reasons } = JSON.parse(stdout);
findings.passed(passed);
for (const { where, failure } of results) if (failure) findings.failed(`${where}: ${failure}`);
const why = Object.fromEntries(results.filter(({ explained }) => explained).map((result) => [result.explained, result.why]));
findings.explained({ ...Object.fromEntries(reasons.map((reason) => [reason, why[reason]])) }, new Set(Object.keys(why)));
findings.end();

async function policiesOf(deployer, app, stack) {
  const where = `${app.name}/${stack.id}`;
  const template = motoTemplate(stack, types);
  const made = await deployer.deploy(stack, { template });
  const deployed = new DeployedStack({ stack, template, made, exports: deployer.exports, attribute: (what, answered) => ATTRIBUTES[what]?.aws(answered) ?? answered });
  await deployed.read(clientsOf(moto), (id, type, error) => findings.failed(`${where}: ${id} (${type}) cannot be read back: ${error.message}`));
  return Object.entries(template.Resources).flatMap(([id, { Type }]) => documentsIn(deployed.askedFor(id)).map(({ name, document }) => ({
    app: app.name,
    where: `${where}: ${id} (${Type})`,
    roles: Type === 'AWS::IAM::Role' ? [made.get(id).id] : deployed.askedFor(id).Roles ?? [],
    kind: name === 'AssumeRolePolicyDocument' ? 'trust' : /^AWS::IAM::/.test(Type) ? 'identity' : 'resource',
    document,
  })));
}

/** Whatever has statements is a policy document, of whatever resource type. */
function documentsIn(value, name) {
  if (typeof value !== 'object' || value === null) return [];
  if (value.Statement && value.Version) return [{ name, document: value }];
  return Object.entries(value).flatMap(([key, one]) => documentsIn(one, key));
}
