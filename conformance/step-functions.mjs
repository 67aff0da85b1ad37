// moto's interpreter of Step Functions, whose code is LocalStack's, as a second opinion on the local runner's: the same definitions,
// inputs and faults lead both through the same states, with the same data, to the same outcome.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { assemblies } from './assemblies.mjs';
import { ROOT } from './cache.mjs';
import { Findings } from './findings.mjs';
import { load } from './modules.mjs';
import { seeded } from './seeded.mjs';
import { jobExecution, withShortTimes } from './step-functions/job-executions.mjs';
import { DEVIATIONS, NOT_GENERATED } from './step-functions/moto-deviations.mjs';
import { runOne } from './step-functions/own-executions.mjs';
import { randomMachine } from './step-functions/random-machines.mjs';
import { prepareVenv } from './venv.mjs';

const OF_LAPSING_HEARTBEATS = 30;
const OF_JOBS = 200;
const OF_RANDOM_MACHINES = 300;
const SEED = Number(process.env.SEED ?? 1);
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/watch';

const findings = new Findings('step-functions');
const python = await prepareVenv();
const local = await load(
  'emulator/states/step-functions.ts', 'emulator/states/task-error.ts', 'emulator/clock.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts');
const random = seeded(SEED);

const machines = {};
const executions = [];
const ofJobs = await jobMachines();
ofJobs.forEach((definition, index) => {
  machines[`job-${index}`] = withShortTimes(definition, QUEUE_URL, false);
  machines[`heartbeat-${index}`] = withShortTimes(definition, QUEUE_URL, true);
});
// Alone, and before the others: they are the ones that must not be late.
for (let index = 0; index < OF_LAPSING_HEARTBEATS; index++) executions.push({ name: `heartbeat-run-${index}`, machine: `heartbeat-${index % ofJobs.length}`, alone: true, ...jobExecution(random, true) });
for (let index = 0; index < OF_JOBS; index++) executions.push({ name: `run-${index}`, machine: `job-${index % ofJobs.length}`, ...jobExecution(random, false) });
for (let index = 0; index < OF_RANDOM_MACHINES; index++) {
  const { definition, input, calls } = randomMachine(random);
  machines[`random-${index}`] = definition;
  executions.push({ name: `random-run-${index}`, machine: `random-${index}`, input, calls });
}

const allowedFor = new Set();
const byMoto = runInMoto({ machines, executions });
let compared = 0;
for await (const theirs of byMoto) {
  const execution = executions[compared++];
  if (compared % 100 === 0) process.stderr.write(`${compared} of ${executions.length} executions\n`);
  const definition = machines[execution.machine];
  const ours = await runOne(local, execution.machine, definition, execution);
  const us = { ...journey(ours), failedByToken: execution.calls.at(-1)?.then?.at(-1)?.kind === 'failure' };
  const them = journey(theirs);
  for (const { what, same } of DEVIATIONS) if (same(us, them, definition)) allowedFor.add(what);
  const agreed = isDeepStrictEqual([us.steps, us.outcome], [them.steps, them.outcome]);
  findings.check(agreed, `${execution.name} (SEED=${SEED})\n${difference(us, them)}\n  input ${JSON.stringify(execution.input)}\n  calls ${JSON.stringify(execution.calls)}\n  definition ${JSON.stringify(definition)}`);
}
if (compared !== executions.length) findings.failed(`moto ran ${compared} of ${executions.length} executions`);
findings.explained(Object.fromEntries(DEVIATIONS.map(({ what, documented }) => [what, documented])), allowedFor);
for (const [what, documented] of Object.entries(NOT_GENERATED)) console.log(`not generated: ${what} (${documented})`);
console.log(`${OF_LAPSING_HEARTBEATS + OF_JOBS} runs of ${ofJobs.length} state machines of jobs, ${OF_RANDOM_MACHINES} of as many generated state machines`);
findings.end();

async function jobMachines() {
  const all = (await assemblies()).flatMap(({ name, directory }) => local.readDeployment(local.readAssembly(directory)).stateMachines.map((machine) => ({ name: `${name}: ${machine.path}`, machine })));
  const definitions = all.flatMap(({ name, machine: { definition } }) => {
    const strange = Object.values(definition.States).find(({ Type, Resource }) => !['Task', 'Choice', 'Succeed', 'Fail', 'Pass', 'Wait'].includes(Type) || (Type === 'Task' && !/:states:::(lambda:invoke|sqs:sendMessage)/.test(Resource)));
    if (strange) console.log(`left out ${name}: it is no job's, it has a ${strange.Type} of ${strange.Resource ?? 'states'}`);
    return strange ? [] : [JSON.stringify(definition)];
  });
  return [...new Set(definitions)].map((definition) => JSON.parse(definition));
}

/** What is compared: the states with their data, each call, and the outcome. */
function journey({ status, error, cause, output, history }) {
  const steps = history.flatMap((event) => {
    const { type, name } = event;
    if (/StateEntered$/.test(type)) return [{ type, name, input: json(event.input) }];
    if (/StateExited$/.test(type)) return [{ type, name, output: json(event.output) }];
    if (type === 'TaskScheduled') return [{ type, parameters: comparable(json(event.parameters)) }];
    if (type === 'TaskSucceeded') return [{ type }];
    // A task whose parameters cannot be filled has failed before it was one.
    if (['TaskFailed', 'TaskTimedOut'].includes(type) && event.error !== 'States.Runtime') return [{ type, error: event.error }];
    return [];
  });
  // What the interpreters say of an error of their own is told in other words by each.
  return { steps, outcome: { status, error: error ?? null, cause: /^States\./.test(error ?? '') ? null : cause ?? null, output: output ?? null } };
}

function json(value) {
  return value === undefined ? undefined : JSON.parse(value);
}

/** Without what each interpreter makes for itself, and `RedriveCount`, which moto does not have. */
function comparable(parameters) {
  return JSON.parse(JSON.stringify(parameters), (key, value) => ['token', 'StartTime', 'RoleArn', 'RedriveCount'].includes(key) ? undefined : value);
}

function difference(us, them) {
  const at = us.steps.findIndex((step, index) => !isDeepStrictEqual(step, them.steps[index]));
  const first = at < 0 ? us.steps.length : at;
  return [`  step ${first} here   ${JSON.stringify(us.steps[first])}`, `  step ${first} in moto ${JSON.stringify(them.steps[first])}`, `  outcome here   ${JSON.stringify(us.outcome)}`, `  outcome in moto ${JSON.stringify(them.outcome)}`].join('\n');
}

async function* runInMoto(given) {
  const child = spawn(python, [path.join(ROOT, 'conformance', 'step-functions', 'moto_executions.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.end(JSON.stringify(given));
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
  const status = await ended;
  if (status !== 0) throw new Error(`moto_executions.py exited with ${status}`);
}
