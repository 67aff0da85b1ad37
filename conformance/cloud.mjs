// moto as the cloud: every stack is created, read back through its services' own APIs and compared with what was asked for, updated, and deleted.
import { differences } from './asked-for.mjs';
import { assemblies } from './assemblies.mjs';
import { Deployer } from './deploy.mjs';
import { DeployedStack } from './deployed-stack.mjs';
import { Findings } from './findings.mjs';
import { ANSWERS, ATTRIBUTES, NOT_MADE, REFERRED, WANTED } from './moto-differences.mjs';
import { motoTemplate, motoTypes } from './moto-template.mjs';
import { startMoto } from './moto.mjs';
import { clientsOf, READERS } from './read-back.mjs';

/** The stack that is updated, and what to. */
const UPDATED = ['snapshot/of-a-job-with-nothing-but-its-image', 'snapshot/with-the-article-s-own-numbers'];

const findings = new Findings('cloud');
const types = await motoTypes();
const unknownTypes = new Set();
const explained = new Set();
const moto = await startMoto();
const clients = clientsOf(moto);
try {
  const apps = await assemblies();
  for (const app of apps) {
    const deployer = await freshCloud();
    const deployed = [];
    for (const stack of app.stacks) deployed.push(await create(deployer, `${app.name}/${stack.id}`, stack));
    for (const one of deployed.reverse()) if (one) await remove(deployer, `${app.name}/${one.stack.id}`, one);
  }
  await update(...UPDATED.map((name) => apps.find((app) => app.name === name)));
} finally {
  await moto.stop();
}
for (const type of [...unknownTypes].sort()) console.log(`unknown to moto, and so not judged here: ${type}`);
findings.explained({
  ...Object.fromEntries(WANTED.map(({ what, why }) => [`asked of moto: ${what}`, why])),
  ...Object.fromEntries(Object.entries(REFERRED).map(([attribute, { why }]) => [`asked of moto: ${attribute}`, why])),
  ...Object.fromEntries(Object.entries(NOT_MADE).map(([type, why]) => [`not made: ${type}`, why])),
  ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([what, { why }]) => [`attribute ${what}`, why])),
  ...Object.fromEntries(Object.entries(ANSWERS).map(([what, { why }]) => [what, why])),
}, explained);
findings.end();

async function freshCloud() {
  await moto.reset();
  const deployer = new Deployer(moto);
  await deployer.bootstrap();
  return deployer;
}

function templateFor(stack) {
  return motoTemplate(stack, types, (what) => explained.add(`asked of moto: ${what}`));
}

async function create(deployer, what, stack) {
  try {
    const template = templateFor(stack);
    return await compare(deployer, what, stack, template, await deployer.deploy(stack, { template }));
  } catch (error) {
    findings.failed(`${what} cannot be created: ${await reasonOf(error)}`);
    return undefined;
  }
}

async function compare(deployer, what, stack, template, made) {
  const attribute = (name, answered) => {
    if (!(name in ATTRIBUTES)) return answered;
    explained.add(`attribute ${name}`);
    return ATTRIBUTES[name].moto(answered);
  };
  const deployed = new DeployedStack({ stack, template, made, exports: deployer.exports, attribute });
  await deployed.read(clients, (id, type, error) => findings.failed(`${what}: ${id} (${type}) cannot be read back: ${error.name}: ${error.message}`));
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (!(Type in types)) unknownTypes.add(Type);
    else if (Type in NOT_MADE) explained.add(`not made: ${Type}`);
    else if (!READERS[Type]) findings.failed(`${what}: there is no reader for ${Type}`);
    else if (!made.has(id)) findings.failed(`${what}: ${id} (${Type}) was not created`);
    const answer = deployed.answerFor(id);
    if (!answer) continue;
    const found = differences(deployed.askedFor(id), answer).filter((difference) => !isExplained(Type, difference));
    findings.check(found.length === 0, `${what}: ${id}: ${found.map(({ path, what: how, asked, answered }) => `${[Type, ...path].join('.')} ${how}: asked for ${JSON.stringify(asked)}, answered ${JSON.stringify(answered)}`).join('; ')}`);
  }
  return deployed;
}

function isExplained(type, { path, asked, answered }) {
  const what = [...path.keys()].map((depth) => [type, ...path.slice(0, depth + 1)].join('.')).find((property) => property in ANSWERS);
  if (what === undefined) return false;
  explained.add(what);
  return !ANSWERS[what].same || ANSWERS[what].same(asked, answered);
}

async function remove(deployer, what, deployed) {
  const { stack, template, made } = deployed;
  const asked = new Map([...made.keys()].map((id) => [id, template.Resources[id] && deployed.askedFor(id)]));
  try {
    await deployer.delete(stack);
  } catch (error) {
    findings.failed(`${what} cannot be deleted: ${await reasonOf(error)}`);
    return;
  }
  for (const [id, { Type, DeletionPolicy }] of Object.entries(template.Resources)) {
    if (!types[Type]?.delete || !READERS[Type] || !made.has(id) || DeletionPolicy === 'Retain') continue;
    let left;
    try {
      left = await READERS[Type](clients, made.get(id).id, asked.get(id));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    findings.check(!left, `${what}: ${id} (${Type}) is still there after the stack was deleted`);
  }
}

/** Updates one stack to another's template, as a deploy of changed props does. */
async function update(before, after) {
  const what = `${before.name} updated to ${after.name}`;
  const deployer = await freshCloud();
  const [stack] = before.stacks;
  const [target] = after.stacks;
  await create(deployer, before.name, stack);
  const old = templateFor(stack);
  const template = templateFor(target);
  const cannot = new Set();
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (!(resource.Type in types) || types[resource.Type].update || !old.Resources[id] || JSON.stringify(resource) === JSON.stringify(old.Resources[id])) continue;
    cannot.add(resource.Type);
    template.Resources[id] = old.Resources[id];
  }
  for (const type of [...cannot].sort()) console.log(`moto cannot update, and so not judged after an update: ${type}`);
  try {
    await compare(deployer, what, stack, template, await deployer.deploy({ ...target, name: stack.name }, { template, update: true }));
  } catch (error) {
    findings.failed(`${what}: ${await reasonOf(error)}`);
  }
}

function isGone(error) {
  return /NotFound|NoSuchEntity|NonExistentQueue|DoesNotExist|not exist/i.test(`${error.name} ${error.message}`) || error.$metadata?.httpStatusCode === 404;
}

/** moto answers a bug of its own with a page of HTML, and says more to its standard error, a moment later. */
async function reasonOf(error) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const last = moto.said().split('\n').findLast((line) => /^\w+(Error|Exception)\b/.test(line));
  if (error.$metadata?.httpStatusCode === 500 && last) return `moto: ${last}`;
  return `${error.name}: ${typeof error.$response?.body === 'string' ? error.$response.body : error.message}`;
}
