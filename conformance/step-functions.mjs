// moto's interpreter of Step Functions, whose code is LocalStack's, runs the same definitions as the emulator, with the same inputs and
// faults. Both must go through the same states, with the same data, to the same outcome.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { assemblies } from './common/assemblies.mjs';
import { Findings, SAMPLED, SEED, SELF_TEST } from './common/findings.mjs';
import { load, loadBroken } from './common/modules.mjs';
import { prepareVenv } from './common/venv.mjs';
import { BREAKS } from './step-functions/breaks.mjs';
import { runInEmulator } from './step-functions/emulator-executions.mjs';
import { jobExecution, withShortTimes } from './step-functions/job-executions.mjs';
import { machine as anyMachine } from './step-functions/machine-arbitrary.mjs';
import { DEVIATIONS, NOT_GENERATED } from './step-functions/moto-deviations.mjs';
import { at } from '../tasks/project.mjs';

/** In CI fewer, and other ones each day: moto runs in real time. */
const [WITH_SHORT_HEARTBEATS, WITH_JOBS, WITH_GENERATED_MACHINES] = SELF_TEST ? [0, 12, 120] : SAMPLED ? [10, 60, 100] : [30, 200, 300];
/**
 * Seconds that an execution may take in moto. The longest has 101 retries, each after a second. moto sometimes loses the answer of a task token, and
 * the state then waits for a heartbeat of 600 seconds, or for ever.
 */
const LONGEST = 300;
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/123456789012/watch';

const findings = new Findings('step-functions');
const MODULES = ['emulator/states/step-functions.ts', 'emulator/states/task-error.ts', 'emulator/clock.ts', 'emulator/assembly/assembly.ts', 'emulator/assembly/read-deployment.ts'];
const emulator = await load(...MODULES);
const definitions = await jobDefinitions();
const machines = {};
definitions.forEach((definition, index) => {
  machines[`job-${index}`] = withShortTimes(definition, QUEUE_URL, false);
  machines[`heartbeat-${index}`] = withShortTimes(definition, QUEUE_URL, true);
});
DEVIATIONS.forEach(({ states }, index) => {
  if (states) machines[`deviation-${index}`] = { StartAt: 'S0', States: states };
});
const executions = [
  // `alone`: they run before the others, because they must not be late.
  ...sample(jobExecution(true), WITH_SHORT_HEARTBEATS).map((fields, index) => ({ name: `heartbeat-run-${index}`, machine: `heartbeat-${index % definitions.length}`, alone: true, ...fields })),
  ...sample(jobExecution(false), WITH_JOBS).map((fields, index) => ({ name: `run-${index}`, machine: `job-${index % definitions.length}`, ...fields })),
  ...sample(anyMachine, WITH_GENERATED_MACHINES).map(({ definition, ...fields }, index) => {
    machines[`generated-${index}`] = definition;
    return { name: `generated-run-${index}`, machine: `generated-${index}`, ...fields };
  }),
  ...Object.keys(machines).filter((name) => name.startsWith('deviation-')).map((name) => ({ name: `run-of-${name}`, machine: name, input: {}, calls: [{ answer: null }] })),
];

const accepted = new Set();
const resultsInMoto = new Map();
// moto runs in real time, and sometimes loses an event of an execution on a busy machine: an execution that differs is run once more.
const different = (await differences(executions)).map(({ execution }) => execution);
if (different.length > 0) console.log(`run once more: ${different.map(({ name }) => name).join(', ')}`);
const failures = different.length > 0 ? await differences(different.map((execution) => ({ ...execution, alone: true }))) : [];
findings.passed(executions.length - failures.length);
for (const { problem } of failures) findings.failed(problem);
// A part of the heartbeats and of the jobs does not have all of the deviations.
if (!SELF_TEST && !SAMPLED) findings.explained(DEVIATIONS.map(({ name, documented }) => ({ name, reason: documented, isUsed: accepted.has(name) })));
for (const [name, documented] of Object.entries(NOT_GENERATED)) console.log(`not generated: ${name} (${documented})`);
if (SELF_TEST) await playBreaks();
console.log(`${WITH_SHORT_HEARTBEATS + WITH_JOBS} runs of ${definitions.length} state machines of jobs, ${WITH_GENERATED_MACHINES} of as many generated state machines (SEED=${SEED})`);
findings.end();

/** Compares a broken interpreter with what moto has answered. The first difference is enough. */
async function playBreaks() {
  for (const { title, ...change } of BREAKS) {
    findings.broken(title, / step \d+ in the emulator /);
    const broken = await loadBroken(change, ...MODULES);
    for (const execution of executions) {
      const problem = await differenceOf(broken, execution, resultsInMoto.get(execution.name));
      if (findings.check(!problem, `${title}: ${problem}`)) continue;
      break;
    }
  }
}

/** One moto process runs all executions at once, in real time: a failure is too slow to shrink. */
function sample(arbitrary, numRuns) {
  return fc.sample(arbitrary, { seed: SEED, numRuns });
}

/** Every state machine that runs a job, each definition once. */
async function jobDefinitions() {
  const all = (await assemblies()).flatMap(({ name, directory }) => (
    emulator.readDeployment(emulator.readAssembly(directory)).stateMachines.map(({ path, definition }) => ({ name: `${name}: ${path}`, definition }))
  ));
  const isForeign = ({ Type, Resource }) => !['Task', 'Choice', 'Succeed', 'Fail', 'Pass', 'Wait'].includes(Type) || (Type === 'Task' && !/:states:::(lambda:invoke|sqs:sendMessage)/.test(Resource));
  const texts = all.flatMap(({ name, definition }) => {
    const foreign = Object.values(definition.States).find(isForeign);
    if (foreign) console.log(`skipped ${name}: it runs no job, but has a ${foreign.Type} of ${foreign.Resource ?? 'states'}`);
    return foreign ? [] : [JSON.stringify(definition)];
  });
  return [...new Set(texts)].map((text) => JSON.parse(text));
}

/** Runs the executions in moto and in the emulator. Returns those whose results differ. */
async function differences(all) {
  const found = [];
  let compared = 0;
  for await (const result of runInMoto({ machines, executions: all, longest: LONGEST })) {
    const execution = all[compared++];
    resultsInMoto.set(execution.name, structuredClone(result));
    const problem = await differenceOf(emulator, execution, result);
    if (problem) found.push({ execution, problem });
    if (compared % 100 === 0) process.stderr.write(`${compared} of ${all.length} executions\n`);
  }
  if (compared !== all.length) throw new Error(`moto ran ${compared} of ${all.length} executions`);
  return found;
}

async function differenceOf(interpreter, execution, result) {
  const definition = machines[execution.machine];
  const { input, calls } = execution;
  if (result.status === 'UNFINISHED') {
    const last = JSON.stringify(result.history.at(-1));
    return `${execution.name} (SEED=${SEED}) had not ended in moto after ${LONGEST} s\n  its last event in moto ${last}\n  ${JSON.stringify({ input, calls, definition })}`;
  }
  const here = journeyOf(await runInEmulator(interpreter, execution.machine, definition, execution));
  const moto = journeyOf(result);
  for (const { name, accept } of DEVIATIONS) if (accept(here, moto, definition, execution)) accepted.add(name);
  const agreed = isDeepStrictEqual([here.steps, here.outcome], [moto.steps, moto.outcome]);
  return agreed ? undefined : `${execution.name} (SEED=${SEED})\n${describe(here, moto)}\n  ${JSON.stringify({ input, calls, definition })}`;
}

/** What is compared: the states with their data, each call, and the outcome. */
function journeyOf({ status, error, cause, output, history }) {
  const entries = [];
  const steps = history.flatMap((event) => {
    const { type, name } = event;
    if (/StateEntered$/.test(type)) return [{ type, name, input: json(event.input) }];
    if (/StateExited$/.test(type)) return [{ type, name, output: json(event.output) }];
    if (type === 'TaskScheduled') return [{ type, parameters: comparable(json(event.parameters), entries) }];
    if (type === 'TaskSucceeded') return [{ type }];
    // A task whose parameters cannot be resolved fails before it is scheduled.
    if (['TaskFailed', 'TaskTimedOut'].includes(type) && event.error !== 'States.Runtime') return [{ type, error: event.error }];
    return [];
  });
  // Each interpreter has its own texts for the causes of its own errors.
  return { steps, outcome: { status, error: error ?? null, cause: /^States\./.test(error ?? '') ? null : cause ?? null, output: output ?? null } };
}

function json(value) {
  return value === undefined ? undefined : JSON.parse(value);
}

/**
 * Without what each interpreter generates, and without `RedriveCount`, which moto does not have. The time at which a state was entered
 * becomes its position among these times: a retry must have the time of the first try.
 */
function comparable(parameters, entries) {
  return JSON.parse(JSON.stringify(parameters), (key, value) => {
    if (key !== 'enteredAt') return ['token', 'StartTime', 'RoleArn', 'RedriveCount'].includes(key) ? undefined : value;
    if (!entries.includes(value)) entries.push(value);
    return entries.indexOf(value);
  });
}

function describe(here, moto) {
  const index = here.steps.findIndex((step, position) => !isDeepStrictEqual(step, moto.steps[position]));
  const first = index < 0 ? here.steps.length : index;
  return [
    `  step ${first} in the emulator ${JSON.stringify(here.steps[first])}`, `  step ${first} in moto ${JSON.stringify(moto.steps[first])}`,
    `  outcome in the emulator ${JSON.stringify(here.outcome)}`, `  outcome in moto ${JSON.stringify(moto.outcome)}`,
  ].join('\n');
}

/** The results are in the order of the executions. A call of moto may hang, which no limit in its own process ends: then the process is ended. */
async function* runInMoto(given) {
  const child = spawn(await prepareVenv(), [at('conformance', 'step-functions', 'moto-executions.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise((resolve) => child.on('close', resolve));
  const silence = setTimeout(() => child.kill('SIGKILL'), (60 + 2 * LONGEST) * 1000);
  let results = 0;
  child.stdin.end(JSON.stringify(given));
  for await (const line of createInterface(child.stdout)) {
    silence.refresh();
    results++;
    yield JSON.parse(line);
  }
  const status = await closed;
  clearTimeout(silence);
  if (status !== 0) throw new Error(`moto-executions.py exited with ${status ?? 'no status: it was silent for too long, and was ended'}; ${results} executions have a result (SEED=${SEED})`);
}
