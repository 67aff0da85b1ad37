// Executions that AWS Step Functions ran, run again in the interpreter of the emulator, on a virtual clock. The answers of the services that
// they called are part of the recordings.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DIFFERENCES } from './executions-differences.mjs';
import { comparableJson, masked, withoutTokens } from './executions-masks.mjs';
import { scriptedCalls } from './executions-calls.mjs';
import { load } from '../common/modules.mjs';

const ACCOUNT = '111111111111';
const REGION = 'us-east-1';
const ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:recorded`;
const FILES = ['executions.json', 'executions-with-tasks.json'];

/**
 * Plays every recorded execution and compares its outcome, its states, its events and its calls.
 *
 * @param {import('../common/findings.mjs').Findings} findings
 * @param {string} recordedDirectory the directory of the recordings
 */
export async function checkExecutions(findings, recordedDirectory) {
  const emulator = await load('emulator/states/step-functions.ts', 'emulator/states/task-error.ts', 'emulator/clock.ts');
  const used = new Set();
  for (const file of FILES) {
    const cases = JSON.parse(await readFile(path.join(recordedDirectory, file), 'utf8'));
    let agreed = 0;
    for (const recorded of cases) {
      const differences = differencesOf(recorded, await play(emulator, recorded));
      const unexplained = differences.filter(({ field }) => {
        const difference = DIFFERENCES.find(({ fields, tests }) => fields.includes(field) && tests.test(recorded.test));
        if (difference) used.add(difference.name);
        return !difference;
      });
      if (differences.length === 0) agreed++;
      findings.check(unexplained.length === 0, `${file}: ${recorded.test}\n${unexplained.map(({ text }) => `  ${text}`).join('\n')}`);
    }
    console.log(`${file}: ${cases.length} executions, ${agreed} agree in everything, ${cases.length - agreed} are listed or failed`);
  }
  findings.explained(Object.fromEntries(DIFFERENCES.map(({ name, reason }) => [name, reason])), used);
}

/** Runs an execution to its end. */
async function play({ StepFunctions, TaskError, VirtualClock }, { definition, input, calls = [], s3 = [] }) {
  const clock = new VirtualClock();
  const script = scriptedCalls({ calls, objects: s3, clock, TaskError, answerToken: (action, fields) => sfn.handle({ action, input: fields }) });
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
  compare('status', status, expected.status);
  compare('output', masked(output, ignoreOutputAt), masked(expected.output, ignoreOutputAt));
  compare('error', error, expected.error);
  if (!ignoreCause) compare('cause', comparableJson(cause), comparableJson(expected.cause));
  compare('states', inOrder(history.filter(({ type }) => /StateEntered$/.test(type)).map(({ details }) => details.name)), inOrder(expected.states));
  // What was recorded has no ParallelStateSucceeded, and its id is missing in the numbers of the events: whoever sorted the events of the
  // branches lost the event behind them.
  if (expected.events) {
    compare('events', inOrder(history.map(({ type }) => type).filter((type) => type !== 'ParallelStateSucceeded')), inOrder(expected.events.map(({ type }) => type)));
  }
  const dataOf = (events) => events.filter(({ type, input, output }) => /State(Entered|Exited)$/.test(type) && (input ?? output) !== undefined)
    .map(({ type, name, input, output }) => JSON.stringify([type, name, sortedKeys(withoutTokens(input ?? output))]));
  if (expected.events) {
    compare('data', inOrder(dataOf(history.map(({ type, details }) => ({ type, ...details })))), inOrder(dataOf(expected.events)));
  }
  const withParameters = calls.map(({ resource, parameters }) => ({ resource, parameters: withoutTokens(parameters) }));
  compare('calls', inOrder(made.map((call) => JSON.stringify(sortedKeys(call)))), inOrder(withParameters.map((call) => JSON.stringify(sortedKeys(call)))));
  return differences;
}

function sortedKeys(value) {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sortedKeys(value[key])]));
}
