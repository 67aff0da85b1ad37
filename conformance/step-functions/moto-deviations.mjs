// How moto's interpreter, in the version of requirements.txt, differs from the service as AWS documents it. These differences are accepted;
// every other one is a finding.
import { isDeepStrictEqual } from 'node:util';

const DG = 'https://docs.aws.amazon.com/step-functions/latest/dg';
const API = 'https://docs.aws.amazon.com/step-functions/latest/apireference';

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const PAYLOAD = { 'executionName.$': '$$.Execution.Name' };

/**
 * `accept` makes the result of moto equal to that of the emulator if they differ in this way, in a state in which moto does differ, and
 * returns whether it did. `states` is a definition that shows the difference; the executions of jobs show those that have none.
 */
export const DEVIATIONS = [
  {
    name: 'the cause of a SendTaskFailure is lost in moto: in a state that waits for a task token, and with the error and the cause that were sent',
    documented: `${API}/API_SendTaskFailure.html`,
    accept: ({ steps, outcome }, moto, definition, { calls }) => {
      const sent = calls.at(-1)?.then?.at(-1);
      const isSent = sent?.kind === 'failure' && sent.error === outcome.error && sent.cause === outcome.cause;
      if (!isSent || moto.outcome.cause !== null || !/\.waitForTaskToken$/.test(stateAt({ steps }, definition)?.Resource)) return false;
      moto.outcome.cause = outcome.cause;
      return true;
    },
  },
  {
    name: 'a Choice without a rule that matches is States.Runtime in moto, and States.NoChoiceMatched in the service: in a Choice without Default',
    documented: `${DG}/state-choice.html`,
    states: { S0: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'S1' }] }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto, definition) => (
      acceptRuntimeError(emulator, moto, 'States.NoChoiceMatched', definition, ({ Type, Default }) => Type === 'Choice' && Default === undefined)
    ),
  },
  {
    name: 'a ResultPath that cannot be applied to the input is States.Runtime in moto, and States.ResultPathMatchFailure in the service: in a state with a ResultPath below a value',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { Type: 'Pass', Result: 'text', Next: 'S1' }, S1: { Type: 'Pass', ResultPath: '$.a', End: true } },
    accept: (emulator, moto, definition) => acceptRuntimeError(emulator, moto, 'States.ResultPathMatchFailure', definition, (state) => (
      [state, ...state.Catch ?? []].some(({ ResultPath }) => ResultPath?.startsWith('$.'))
    )),
  },
  {
    name: 'States.ALL includes States.Runtime in moto, but not in the service: in a task with a handler for States.ALL',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { ...TASK, Parameters: { 'FunctionName': 'function', 'Payload': PAYLOAD, 'Qualifier.$': '$.missing' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S1' }] }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto, definition) => acceptContinuation(emulator, moto, definition, ({ Type, Retry = [], Catch = [] }) => (
      Type === 'Task' && [...Retry, ...Catch].some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))
    )),
  },
  {
    name: 'a Variable of a Choice that does not exist matches nothing in moto, and is States.Runtime in the service: in a Choice with a Variable that its input lacks',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { Type: 'Choice', Choices: [{ Variable: '$.missing', NumericEquals: 1, Next: 'S1' }], Default: 'S1' }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto, definition) => acceptContinuation(emulator, moto, definition, ({ Type, Choices }, { input }) => (
      Type === 'Choice' && Choices.flatMap(variablesOf).some((path) => path.startsWith('$.') && !exists(path, input))
    )),
  },
  {
    name: 'an error or a cause that is an empty text is none in moto: in a Fail state',
    documented: `${API}/API_DescribeExecution.html`,
    states: { S0: { Type: 'Fail', Error: 'E', CausePath: "States.Format('')" } },
    accept: ({ steps, outcome }, moto, definition) => ['error', 'cause'].filter((field) => {
      const accepted = outcome[field] === '' && moto.outcome[field] === null && stateAt({ steps }, definition)?.Type === 'Fail';
      if (accepted) moto.outcome[field] = '';
      return accepted;
    }).length > 0,
  },
];

/** What moto cannot do, or does in another way, and is therefore not generated. The unit tests of emulator/states cover it. */
export const NOT_GENERATED = {
  'null and decimal numbers as arguments of an intrinsic function, and \\\' and \\{ in its text': `${DG}/intrinsic-functions.html`,
  'a path that continues after an element of a list: $.a[0].b is a list in moto': `${DG}/amazon-states-language-paths.html`,
  'a timestamp with a fraction of a second or in another time zone: moto does not compare it': `${DG}/state-choice.html`,
  'an element of a list that it does not have: moto fails with States.Runtime': `${DG}/intrinsic-functions.html`,
  'an escaped * in StringMatches': `${DG}/state-choice.html`,
  'a task token that is answered during the call that passes it: moto sees the answer when the heartbeat expires': `${DG}/connect-to-resource.html#connect-wait-token`,
  'a retry after SendTaskFailure: moto keeps the token, and with it the failure': `${DG}/connect-to-resource.html#connect-wait-token`,
  'retries of a state that is entered again: moto does not reset their count': `${DG}/concepts-error-handling.html`,
  'HeartbeatSeconds without TimeoutSeconds: moto uses 60 seconds': `${DG}/state-task.html`,
  '$$.Execution.RedriveCount: moto has no redrives': `${DG}/input-output-contextobject.html`,
};

/** The state of a step: the one that was entered last. Without an index, the state in which the execution ended. */
function stateAt({ steps }, definition, index = steps.length - 1) {
  return definition.States[enteredAt(steps, index)?.name];
}

function enteredAt(steps, index) {
  return steps.slice(0, index + 1).findLast(({ type }) => type.endsWith('StateEntered'));
}

function acceptRuntimeError(emulator, moto, error, definition, isLastState) {
  if (emulator.outcome.error !== error || moto.outcome.error !== 'States.Runtime' || !isLastState(stateAt(emulator, definition))) return false;
  moto.outcome.error = error;
  return true;
}

/** The execution fails with States.Runtime in the service, and continues in moto. */
function acceptContinuation(emulator, moto, definition, isLastState) {
  const steps = moto.steps.slice(0, emulator.steps.length);
  if (emulator.outcome.error !== 'States.Runtime' || !isDeepStrictEqual(emulator.steps, steps)) return false;
  if (!isLastState(stateAt(emulator, definition), enteredAt(emulator.steps, emulator.steps.length - 1))) return false;
  Object.assign(moto, { steps, outcome: emulator.outcome });
  return true;
}

/** The Variables of a choice rule and of the rules in it, but for those of IsPresent: they may be missing. */
function variablesOf({ And = [], Or = [], Not, Variable, IsPresent }) {
  return [...Variable !== undefined && IsPresent === undefined ? [Variable] : [], ...[...And, ...Or, ...Not ? [Not] : []].flatMap(variablesOf)];
}

function exists(path, input) {
  return path.match(/[\w-]+/g).reduce((value, key) => value?.[key] ?? (value !== null && typeof value === 'object' && key in value ? null : undefined), input) !== undefined;
}
