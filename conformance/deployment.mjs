// moto's CloudFormation creates, updates and deletes every stack. What decides what a job does is read back from the services.
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { assemblies } from './common/assemblies.mjs';
import { Explanations, placeOf } from './common/explanations.mjs';
import { Findings, SELF_TEST } from './common/findings.mjs';
import { ASKED } from './deployment/asked.mjs';
import { attributesOf } from './deployment/attributes.mjs';
import { BREAKS } from './deployment/breaks.mjs';
import { mismatch } from './deployment/matches.mjs';
import { readersOf } from './deployment/read-back.mjs';
import { Deployer } from './moto/deployer.mjs';
import { startMoto } from './moto/server.mjs';
import { CHANGE_EXPLANATIONS, motoTemplate, readTemplate } from './moto/template.mjs';

/** A stack that is updated to the template of another, as a deploy with other props does. */
const UPDATED = ['snapshot/of-a-job-with-nothing-but-its-image', 'snapshot/with-the-article-s-own-numbers'];

/** moto/template.mjs keeps it. */
const RETAINED_FOR_MOTO = 'AWS::EC2::VPC';

/** The apps that have a network. */
const WITH_NETWORK = /.+\/(?!existing-queue|of-a-job-on-a-queue-that-exists).+/;
const WITH_INGRESS = /.+\/(file-system|multi-node|private-network|of-a-job-with-every-prop|of-a-job-of-four-nodes|of-a-job-in-isolated-subnets)/;
const WITH_API = /.+\/(api|report-api|of-an-API-.+)/;
const WITH_ENDPOINTS_IN_SUBNETS = /.+\/(file-system|private-network|of-a-job-with-every-prop|of-a-job-in-isolated-subnets)/;

const explanations = new Explanations([
  ...CHANGE_EXPLANATIONS,
  { what: 'not counted', type: 'AWS::EC2::SecurityGroupIngress', place: WITH_INGRESS, reason: 'moto keeps the rules of a security group in the group' },
  { what: 'not counted', type: 'AWS::Lambda::Permission', place: WITH_API, reason: 'moto keeps it in its function' },
  { what: 'not counted', type: 'AWS::EC2::VPCGatewayAttachment', place: WITH_NETWORK, reason: 'moto keeps it in the internet gateway' },
  { what: 'not deleted', type: 'AWS::EC2::SecurityGroup', place: WITH_NETWORK, reason: 'moto does not delete the VPC, and so not its default security group' },
  { what: 'not deleted', type: 'AWS::EC2::Subnet', place: WITH_ENDPOINTS_IN_SUBNETS, reason: 'moto does not delete VPC endpoints and mount targets, and so not their subnets' },
]);

const findings = new Findings('deployment');
const notChecked = new Set();
const moto = await startMoto();
const readers = readersOf(moto);
let broken;
try {
  const apps = await assemblies();
  const article = apps.find(({ name }) => name === UPDATED[1]);
  for (const app of SELF_TEST ? [article] : apps) await attempt(app.name, () => createUpdateAndDelete(app));
  if (SELF_TEST) for (const aBreak of BREAKS) await deployBroken(aBreak, article);
  else await attempt(UPDATED.join(' updated to '), () => updateTo(...UPDATED.map((name) => apps.find((app) => app.name === name).stacks[0])));
} finally {
  await moto.stop();
}
for (const text of [...notChecked].sort()) console.log(`not checked, because moto ${text}`);
if (!SELF_TEST) explanations.report(findings);
findings.end();

/** What is deployed is broken; what was asked is not. */
async function deployBroken(aBreak, app) {
  findings.broken(aBreak.title, aBreak.pattern);
  broken = aBreak;
  await attempt(`${aBreak.title}: ${app.name}`, () => createUpdateAndDelete(app, `${aBreak.title}: ${app.name}`));
  broken = undefined;
}

async function attempt(name, work) {
  try {
    await work();
  } catch (error) {
    findings.failed(`${name}: ${await reasonOf(error)}`);
  }
}

async function createUpdateAndDelete(app, title = app.name) {
  const deployer = await bootstrapped();
  const before = await moto.inventory();
  const stacks = app.stacks.map((stack) => ({ stack, name: `${title}/${stack.id}`, template: templateOf(stack), asked: readTemplate(stack) }));
  for (const { stack, name, template, asked } of stacks) {
    const ids = await deployer.deploy(stack, template);
    await compare(deployer, name, asked, ids);
    await compareWithProps(name, ASKED[app.name] ?? {}, asked, ids);
  }

  const resources = stacks.flatMap(({ asked }) => Object.values(asked.Resources));
  const types = [...new Set(resources.map(({ Type }) => Type))].filter((type) => type in moto.types || !notChecked.add(`does not know it: ${type}`));
  const count = (type, isCounted = () => true) => resources.filter((resource) => resource.Type === type && isCounted(resource)).length;
  const created = await moto.inventory();
  for (const type of types) {
    const missing = count(type) - ((created[type] ?? 0) - (before[type] ?? 0));
    findings.check(missing <= 0 || explanations.covers({ what: 'not counted', type, place: app.name }), `${title}: ${missing} of ${count(type)} resources of ${type} were not created`);
  }

  for (const { stack, name, template } of stacks) await addQueue(deployer, stack, name, template);

  for (const { stack } of stacks.toReversed()) await deployer.delete(stack);
  const deleted = await moto.inventory();
  for (const type of types) {
    if (!moto.types[type].delete) notChecked.add(`cannot delete it: ${type}`);
    const remaining = (deleted[type] ?? 0) - (before[type] ?? 0);
    const retained = count(type, ({ DeletionPolicy }) => DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate' || type === RETAINED_FOR_MOTO);
    const passed = !moto.types[type].delete || remaining === retained || explanations.covers({ what: 'not deleted', type, place: app.name });
    findings.check(passed, `${title}: ${remaining} resources of ${type} exist after the deletion instead of ${retained}`);
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
  const [old, template, asked] = [templateOf(stack), templateOf(target), readTemplate(target)];
  await deployer.deploy(stack, old);
  for (const [id, resource] of Object.entries(template.Resources)) {
    const isChanged = old.Resources[id] && JSON.stringify(resource) !== JSON.stringify(old.Resources[id]);
    if (!isChanged || !(resource.Type in moto.types) || moto.types[resource.Type].update) continue;
    notChecked.add(`cannot update it: ${resource.Type}`);
    template.Resources[id] = old.Resources[id];
    delete asked.Resources[id];
  }
  await compare(deployer, `${stack.id} after the update`, asked, await deployer.deploy({ ...target, name: stack.name }, template, { update: true }));
}

/** Every resource of the synthesized template exists, and those that can be read back are as in this template. */
async function compare(deployer, name, asked, ids) {
  const values = new Map([...ids, ...await deployer.exports(), ...attributesOf(asked, ids)]);
  for (const [id, { Type, Properties = {} }] of Object.entries(asked.Resources)) {
    if (!(Type in moto.types)) continue;
    if (!findings.check(ids.has(id), `${name}: ${id} (${Type}) was not created`) || !readers[Type]) continue;
    const returned = await readers[Type](ids.get(id), Properties, values);
    // moto has no multi-node jobs: it gets the container of their nodes.
    const container = Properties.NodeProperties?.NodeRangeProperties[0].Container;
    const all = container ? { ContainerProperties: container, ...Properties } : Properties;
    const expected = Object.fromEntries(Object.keys(returned).filter((property) => property in all).map((property) => [property, all[property]]));
    const problem = mismatch(expected, returned, values);
    findings.check(!problem, `${name}: ${id} (${Type}) ${problem}`);
  }
}

/** What the services return is what the props of the app ask for. */
async function compareWithProps(name, places, { Resources }, ids) {
  for (const [place, expected] of Object.entries(places)) {
    const [id, { Type, Properties }] = Object.entries(Resources).find(([logicalId]) => placeOf(logicalId) === place);
    const problem = mismatch(expected, await readers[Type](ids.get(id), Properties, ids), ids);
    findings.check(!problem, `${name}: ${id} (${Type}) is not as its props ask: ${problem}`);
  }
}

async function bootstrapped() {
  await moto.reset();
  const deployer = new Deployer(moto);
  await deployer.bootstrap();
  await new EC2Client(moto.client).send(new DescribeVpcsCommand({})); // creates the default VPC
  return deployer;
}

/** The template that is deployed. */
function templateOf(stack) {
  const template = motoTemplate(stack, moto.types, (change) => explanations.covers(change));
  broken?.change(template);
  return template;
}

/** moto may answer with JSON instead of XML, or, for an error of its own, with HTML; the error is then on standard error, a moment later. */
async function reasonOf(error) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const last = moto.errors().split('\n').findLast((line) => /^[\w.]+(Error|Exception)\b/.test(line));
  if (error.$metadata?.httpStatusCode === 500 && last) return `moto: ${last}`;
  return typeof error.$response?.body === 'string' ? error.$response.body : error.stack;
}
