// Executions that AWS Step Functions ran, run again in the interpreter of the emulator, on a virtual clock. The answers of the services that
// they called are part of the recordings.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { scriptedCalls } from './executions-calls.mjs';
import { DIFFERENCES } from './executions-differences.mjs';
import { comparableJson, masked, matches, withoutRedrives, withoutTokens } from './executions-masks.mjs';
import { load, loadBroken } from '../common/modules.mjs';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:recorded`;
const FILES = ['executions.json', 'executions-with-tasks.json'];

const MODULES = ['emulator/states/step-functions.ts', 'emulator/states/task-error.ts', 'emulator/clock.ts'];
const BRANCH = 'emulator/states/branch.ts';

/** In a self-test: breaks of the interpreter, and the field of a recording that must differ. */
const BREAKS = {
  'a sum is not rounded': { field: 'output', file: 'emulator/states/intrinsics.ts', from: 'Math.round(a) + Math.round(b)', to: 'a + b' },
  'variables are not assigned': { field: 'status', file: BRANCH, from: 'this.variables.assign(withinPayloadLimit(assigned, name));\n    return', to: 'return' },
  'the cause does not say where': { field: 'cause', file: BRANCH, from: '(entered at the event id #${eventId})', to: '' },
  'a branch that failed leaves its state': { field: 'events', file: BRANCH, from: 'if (causeId !== undefined && this.enteredType', to: 'if (false && this.enteredType' },
  'an iteration has no item': { field: 'status', file: 'emulator/states/map-items.ts', from: 'Map: { Item: item }', to: 'Map: {}' },
  'a result that is too large is caught by nothing': { field: 'status', file: 'emulator/states/error-handlers.ts', from: "error !== 'States.Runtime')\n    || (name === 'States.TaskFailed'", to: "error !== 'States.DataLimitExceeded')\n    || (name === 'States.TaskFailed'" },
};

/**
 * Plays every recorded execution and compares its outcome, its states, its events and its calls.
 *
 * @param {import('../common/findings.mjs').Findings} findings
 * @param {string} recordedDirectory the directory of the recordings
 */
export async function checkExecutions(findings, recordedDirectory, { selfTest = false } = {}) {
  const files = await Promise.all(FILES.map(async (file) => ({ file, cases: JSON.parse(await readFile(path.join(recordedDirectory, file), 'utf8')) })));
  const used = new Set();
  await playAll(findings, files, await load(...MODULES), used);
  findings.explained(DIFFERENCES.flatMap(({ name, fields, reason }) => fields.map((field) => ({ name: `${name}, ${field}`, reason, isUsed: used.has(`${name}, ${field}`) }))));
  for (const [title, { field, ...change }] of Object.entries(selfTest ? BREAKS : {})) {
    findings.broken(title, new RegExp(`\\n  ${field}: here .*, recorded `));
    await playAll(findings, files, await loadBroken(change, ...MODULES), new Set(), `${title}: `);
  }
}

/** @param used the differences that occurred */
async function playAll(findings, files, emulator, used, prefix = '') {
  for (const { file, cases } of files) {
    let agreed = 0;
    for (const recorded of cases) {
      const differences = differencesOf(recorded, await play(emulator, recorded));
      const unexplained = differences.filter(({ field }) => {
        const difference = DIFFERENCES.find(({ fields, test }) => fields.includes(field) && test === recorded.test);
        if (difference) used.add(`${difference.name}, ${field}`);
        return !difference;
      });
      if (differences.length === 0) agreed++;
      findings.check(unexplained.length === 0, `${prefix}${file}: ${recorded.test}\n${unexplained.map(({ text }) => `  ${text}`).join('\n')}`);
    }
    console.log(`${prefix}${file}: ${cases.length} executions, ${agreed} agree in everything, ${cases.length - agreed} are listed or failed`);
  }
}

/** Runs an execution to its end. */
async function play({ StepFunctions, TaskError, VirtualClock }, { definition, input, calls = [], s3 = [] }) {
  const clock = new VirtualClock();
  const script = scriptedCalls({ calls, hasDistributedMap: JSON.stringify(definition).includes('"DISTRIBUTED"'), objects: s3, clock, TaskError, answerToken: (action, fields) => sfn.handle({ action, input: fields }) });
  let sfn;
  try {
    sfn = new StepFunctions({
      clock,
      account: ACCOUNT,
      region: REGION,
      stateMachines: [{ path: 'recorded', stack: 'stack', logicalId: 'recorded', arn: ARN, name: 'recorded', roleArn: 'snf_role_arn', definition, tracing: false }],
      integration: script.integration,
      random: () => 0.5,
      onEvent: () => undefined,
    });
  } catch (error) {
    return { status: `refused: ${error.message}`, history: [], made: [] };
  }
  const execution = sfn.start(ARN, input, 'recorded');
  for (;;) {
    await new Promise(setImmediate);
    if (execution.status !== 'RUNNING' || !clock.advance()) break;
  }
  const { status, output, error, cause, history } = execution;
  return { status, output, error, cause, history, made: script.made };
}

function differencesOf(recorded, { status, output, error, cause, history, made }) {
  const { expected, ignoreOutputAt = [], ignoreCause, statesInAnyOrder, calls = [] } = recorded;
  const inOrder = (list) => statesInAnyOrder ? [...list].sort() : list;
  const differences = [];
  const compare = (field, here, there) => {
    if (!isDeepStrictEqual(here, there)) differences.push({ field, text: `${field}: here ${JSON.stringify(here)}, recorded ${JSON.stringify(there)}` });
  };
  const compareAll = (field, here, there) => {
    const { more, missing } = unmatched(here, there, statesInAnyOrder);
    if (more.length + missing.length > 0) differences.push({ field, text: `${field}: here also ${JSON.stringify(more)}, recorded also ${JSON.stringify(missing)}` });
  };
  compare('status', status, expected.status);
  compare('output', masked(output, ignoreOutputAt), masked(expected.output, ignoreOutputAt));
  compare('error', error, expected.error);
  if (!ignoreCause) compare('cause', comparableJson(cause), comparableJson(expected.cause));
  compare('states', inOrder(history.filter(({ type }) => /StateEntered$/.test(type)).map(({ details }) => details.name)), inOrder(expected.states));
  // The recordings have no ParallelStateSucceeded, and its id is missing in the numbers of the events: it was lost when the events of the
  // branches were sorted.
  if (expected.events) {
    compare('events', inOrder(history.map(({ type }) => type).filter((type) => type !== 'ParallelStateSucceeded')), inOrder(expected.events.map(({ type }) => type)));
  }
  if (expected.events) compareAll('data', dataOf(history.map(({ type, details }) => ({ type, ...details }))), dataOf(expected.events));
  compareAll('calls', withoutRedrives(made), withoutTokens(withoutRedrives(calls)).map(({ resource, parameters }) => ({ resource, parameters })));
  return differences;
}

/** What is only in one of two lists. */
function unmatched(here, there, isInAnyOrder) {
  const more = [...here];
  const missing = there.filter((item) => {
    const index = more.findIndex((candidate, position) => (isInAnyOrder || position === 0) && matches(candidate, item));
    if (index >= 0) more.splice(index, 1);
    return index < 0;
  });
  return { more, missing };
}

/** The data with which each state is entered and left. */
function dataOf(events) {
  return events.filter(({ type, input, output }) => /State(Entered|Exited)$/.test(type) && (input ?? output) !== undefined)
    .map(({ type, name, input, output }) => ({ type, name, data: withoutTokens(withoutRedrives(input ?? output)) }));
}
