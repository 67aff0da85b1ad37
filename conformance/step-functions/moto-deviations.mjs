// How moto's interpreter, in the version of requirements.txt, differs from the service as AWS documents it. These differences are accepted;
// every other one is a finding.
import { isDeepStrictEqual } from 'node:util';

const DG = 'https://docs.aws.amazon.com/step-functions/latest/dg';
const API = 'https://docs.aws.amazon.com/step-functions/latest/apireference';

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true };
const PAYLOAD = { 'executionName.$': '$$.Execution.Name' };

/**
 * `accept` makes the result of moto equal to that of the emulator if they differ in this way, and returns whether it did. `states` is a
 * definition that shows the difference; the executions of jobs show those that have none.
 */
export const DEVIATIONS = [
  {
    name: 'the cause of a SendTaskFailure is lost in moto',
    documented: `${API}/API_SendTaskFailure.html`,
    accept: ({ outcome, failedByToken }, moto) => {
      if (!failedByToken || moto.outcome.cause !== null || outcome.cause === null) return false;
      moto.outcome.cause = outcome.cause;
      return true;
    },
  },
  {
    name: 'a Choice without a rule that matches is States.Runtime in moto, and States.NoChoiceMatched in the service',
    documented: `${DG}/state-choice.html`,
    states: { S0: { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'S1' }] }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto) => acceptRuntimeError(emulator, moto, 'States.NoChoiceMatched'),
  },
  {
    name: 'a ResultPath that cannot be applied to the input is States.Runtime in moto, and States.ResultPathMatchFailure in the service',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { Type: 'Pass', Result: 'text', Next: 'S1' }, S1: { Type: 'Pass', ResultPath: '$.a', End: true } },
    accept: (emulator, moto) => acceptRuntimeError(emulator, moto, 'States.ResultPathMatchFailure'),
  },
  {
    name: 'States.ALL includes States.Runtime in moto, but not in the service',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { ...TASK, Parameters: { 'FunctionName': 'function', 'Payload': PAYLOAD, 'Qualifier.$': '$.missing' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S1' }] }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto, definition) => acceptContinuation(emulator, moto, definition, ({ Retry = [], Catch = [] }) => (
      [...Retry, ...Catch].some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))
    )),
  },
  {
    name: 'a Variable of a Choice that does not exist matches nothing in moto, and is States.Runtime in the service',
    documented: `${DG}/concepts-error-handling.html#error-handling-error-representation`,
    states: { S0: { Type: 'Choice', Choices: [{ Variable: '$.missing', NumericEquals: 1, Next: 'S1' }], Default: 'S1' }, S1: { Type: 'Succeed' } },
    accept: (emulator, moto, definition) => acceptContinuation(emulator, moto, definition, ({ Type }) => Type === 'Choice'),
  },
];

/** What moto cannot do, or does in another way, and is therefore not generated. The unit tests of emulator/states cover it. */
export const NOT_GENERATED = {
  'null and decimal numbers as arguments of an intrinsic function, and \\\' and \\{ in its text': `${DG}/intrinsic-functions.html`,
  'a path that continues after an element of a list: $.a[0].b is a list in moto': `${DG}/amazon-states-language-paths.html`,
  'an escaped * in StringMatches': `${DG}/state-choice.html`,
  'a task token that is answered during the call that passes it: moto sees the answer when the heartbeat expires': `${DG}/connect-to-resource.html#connect-wait-token`,
  'a retry after SendTaskFailure: moto keeps the token, and with it the failure': `${DG}/connect-to-resource.html#connect-wait-token`,
  'retries of a state that is entered again: moto does not reset their count': `${DG}/concepts-error-handling.html`,
  'HeartbeatSeconds without TimeoutSeconds: moto uses 60 seconds': `${DG}/state-task.html`,
  '$$.Execution.RedriveCount: moto has no redrives': `${DG}/input-output-contextobject.html`,
};

function acceptRuntimeError(emulator, moto, error) {
  if (emulator.outcome.error !== error || moto.outcome.error !== 'States.Runtime') return false;
  moto.outcome.error = error;
  return true;
}

/** The execution fails with States.Runtime in the service, and continues in moto. */
function acceptContinuation(emulator, moto, definition, isLastState) {
  const state = definition.States[emulator.steps.findLast(({ type }) => type.endsWith('StateEntered')).name];
  const steps = moto.steps.slice(0, emulator.steps.length);
  if (emulator.outcome.error !== 'States.Runtime' || !isLastState(state) || !isDeepStrictEqual(emulator.steps, steps)) return false;
  Object.assign(moto, { steps, outcome: emulator.outcome });
  return true;
}
