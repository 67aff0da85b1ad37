// moto's CloudFormation creates, updates and deletes every stack. What decides what a job does is read back from the services.
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { assemblies } from './common/assemblies.mjs';
import { Findings } from './common/findings.mjs';
import { mismatch } from './deployment/matches.mjs';
import { readersOf } from './deployment/read-back.mjs';
import { Deployer } from './moto/deployer.mjs';
import { startMoto } from './moto/server.mjs';
import { CHANGE_REASONS, motoTemplate } from './moto/template.mjs';

/** A stack that is updated to the template of another, as a deploy with other props does. */
const UPDATED = ['snapshot/of-a-job-with-nothing-but-its-image', 'snapshot/with-the-article-s-own-numbers'];

const EXPLAINED = {
  ...CHANGE_REASONS,
  'not counted: AWS::EC2::SecurityGroupIngress': 'moto keeps the rules of a security group in the group',
  'not counted: AWS::EC2::VPCGatewayAttachment': 'moto keeps it in the internet gateway',
  'not deleted: AWS::EC2::SecurityGroup': 'moto does not delete the VPC, and so not its default security group',
  'not deleted: AWS::EC2::Subnet': 'moto does not delete VPC endpoints and mount targets, and so not their subnets',
};

const findings = new Findings('deployment');
const used = new Set();
const notChecked = new Set();
const moto = await startMoto();
const readers = readersOf(moto);
try {
  const apps = await assemblies();
  for (const app of apps) await attempt(app.name, () => createUpdateAndDelete(app));
  await attempt(UPDATED.join(' updated to '), () => updateTo(...UPDATED.map((name) => apps.find((app) => app.name === name).stacks[0])));
} finally {
  await moto.stop();
}
for (const text of [...notChecked].sort()) console.log(`not checked, because moto ${text}`);
findings.explained(EXPLAINED, used);
findings.end();

async function attempt(name, work) {
  try {
    await work();
  } catch (error) {
    findings.failed(`${name}: ${await reasonOf(error)}`);
  }
}

async function createUpdateAndDelete(app) {
  const deployer = await bootstrapped();
  const before = await moto.inventory();
  const stacks = app.stacks.map((stack) => ({ stack, name: `${app.name}/${stack.id}`, template: templateOf(stack) }));
  for (const { stack, name, template } of stacks) await compare(deployer, name, template, await deployer.deploy(stack, template));

  const resources = stacks.flatMap(({ template }) => Object.values(template.Resources));
  const types = [...new Set(resources.map(({ Type }) => Type))].filter((type) => type in moto.types || !notChecked.add(`does not know it: ${type}`));
  const count = (type, isCounted = () => true) => resources.filter((resource) => resource.Type === type && isCounted(resource)).length;
  const created = await moto.inventory();
  for (const type of types) {
    const missing = count(type) - ((created[type] ?? 0) - (before[type] ?? 0));
    findings.check(missing <= 0 || isExplained(`not counted: ${type}`), `${app.name}: ${missing} of ${count(type)} resources of ${type} were not created`);
  }

  for (const { stack, name, template } of stacks) await addQueue(deployer, stack, name, template);

  for (const { stack } of stacks.toReversed()) await deployer.delete(stack);
  const deleted = await moto.inventory();
  for (const type of types) {
    if (!moto.types[type].delete) notChecked.add(`cannot delete it: ${type}`);
    const remaining = (deleted[type] ?? 0) - (before[type] ?? 0);
    const retained = count(type, ({ DeletionPolicy }) => DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate');
    const passed = !moto.types[type].delete || remaining === retained || isExplained(`not deleted: ${type}`);
    findings.check(passed, `${app.name}: ${remaining} resources of ${type} exist after the deletion instead of ${retained}`);
  }
}

/** An update that adds one queue replaces no other resource. */
async function addQueue(deployer, stack, name, template) {
  const before = await deployer.resources(stack);
  const after = await deployer.deploy(stack, { ...template, Resources: { ...template.Resources, Added: { Type: 'AWS::SQS::Queue' } } }, { update: true });
  const replaced = [...before].filter(([id, physicalId]) => after.get(id) !== physicalId).map(([id]) => id);
  findings.check(replaced.length === 0 && after.has('Added'), `${name}: an update that adds a queue replaced ${replaced.join(', ') || 'nothing, but did not add it'}`);
}

async function updateTo(stack, target) {
  const deployer = await bootstrapped();
  const [old, template] = [templateOf(stack), templateOf(target)];
  await deployer.deploy(stack, old);
  for (const [id, resource] of Object.entries(template.Resources)) {
    const isChanged = old.Resources[id] && JSON.stringify(resource) !== JSON.stringify(old.Resources[id]);
    if (!isChanged || !(resource.Type in moto.types) || moto.types[resource.Type].update) continue;
    notChecked.add(`cannot update it: ${resource.Type}`);
    template.Resources[id] = old.Resources[id];
  }
  await compare(deployer, `${stack.id} after the update`, template, await deployer.deploy({ ...target, name: stack.name }, template, { update: true }));
}

/** Every resource exists, and those that can be read back are as in the template. */
async function compare(deployer, name, template, ids) {
  const values = new Map([...ids, ...await deployer.exports()]);
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (!(Type in moto.types)) continue;
    if (!findings.check(ids.has(id), `${name}: ${id} (${Type}) was not created`) || !readers[Type]) continue;
    const returned = await readers[Type](ids.get(id), Properties, values);
    const expected = Object.fromEntries(Object.keys(returned).filter((property) => property in Properties).map((property) => [property, Properties[property]]));
    const problem = mismatch(expected, returned, values);
    findings.check(!problem, `${name}: ${id} (${Type}) ${problem}`);
  }
}

async function bootstrapped() {
  await moto.reset();
  const deployer = new Deployer(moto);
  await deployer.bootstrap();
  await new EC2Client(moto.client).send(new DescribeVpcsCommand({})); // creates the default VPC
  return deployer;
}

function templateOf(stack) {
  return motoTemplate(stack, moto.types, (change) => used.add(change));
}

function isExplained(name) {
  if (name in EXPLAINED) used.add(name);
  return name in EXPLAINED;
}

/** moto may answer with JSON instead of XML, or, for an error of its own, with HTML; the error is then on standard error, a moment later. */
async function reasonOf(error) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const last = moto.errors().split('\n').findLast((line) => /^[\w.]+(Error|Exception)\b/.test(line));
  if (error.$metadata?.httpStatusCode === 500 && last) return `moto: ${last}`;
  return typeof error.$response?.body === 'string' ? error.$response.body : error.stack;
}
