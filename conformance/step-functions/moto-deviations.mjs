// Where moto's interpreter, as it is in the version of requirements.txt, is known to differ from the service as AWS documents it. These
// are allowed for, one by one; whatever else differs is a finding.
import { isDeepStrictEqual } from 'node:util';

/** What is made the same in both journeys. Each answers whether there was something to make the same. */
export const DEVIATIONS = [
  {
    what: 'a heartbeat that lapses is States.Timeout in moto, and States.HeartbeatTimeout in the service',
    documented: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation',
    same: (us, them) => eachStep(us, them, (ours, theirs) => (
      theirs.type === 'TaskTimedOut' && theirs.error === 'States.Timeout' && ours.error === 'States.HeartbeatTimeout' && Boolean(theirs.error = ours.error)
    )),
  },
  {
    what: 'a Choice without a choice that holds is States.Runtime in moto, and States.NoChoiceMatched in the service',
    documented: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html',
    same: ({ outcome: ours }, { outcome: theirs }) => ours.error === 'States.NoChoiceMatched' && theirs.error === 'States.Runtime' && Boolean(theirs.error = ours.error),
  },
  {
    what: 'a ResultPath that the input has no place for is States.Runtime in moto, and States.ResultPathMatchFailure in the service',
    documented: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation',
    same: ({ outcome: ours }, { outcome: theirs }) => ours.error === 'States.ResultPathMatchFailure' && theirs.error === 'States.Runtime' && Boolean(theirs.error = ours.error),
  },
  {
    what: 'States.ALL is for States.Runtime too in moto, and not in the service',
    documented: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation',
    same: (us, them, definition) => {
      const state = definition.States[us.steps.findLast(({ type }) => type.endsWith('StateEntered')).name];
      const forAll = [...state.Retry ?? [], ...state.Catch ?? []].some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
      const asFar = { ...them, steps: them.steps.slice(0, us.steps.length) };
      if (us.outcome.error !== 'States.Runtime' || !forAll || !isDeepStrictEqual(us.steps, asFar.steps)) return false;
      return Boolean(Object.assign(them, asFar, { outcome: us.outcome }));
    },
  },
  {
    what: 'the cause of a SendTaskFailure is lost in moto',
    documented: 'https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html',
    same: ({ outcome: ours, failedByToken }, { outcome: theirs }) => failedByToken && theirs.cause === null && ours.cause !== null && Boolean(theirs.cause = ours.cause),
  },
];

/** What is not generated, since moto cannot do it or does it otherwise. The unit tests of local/states have it. */
export const NOT_GENERATED = {
  'null and decimal numbers as arguments of an intrinsic function, and \\\' and \\{ in its text': 'https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html',
  'a path that goes on behind an element of a list: $.a[0].b is a list in moto': 'https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html',
  'a * that is escaped in StringMatches': 'https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html',
  'an answer to a task token while the call with the token is still under way: moto sees it when the heartbeat lapses': 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token',
  'a retry after SendTaskFailure: moto keeps the token, and with it the failure': 'https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token',
  'retries of a state that is entered again: moto goes on counting where it was': 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html',
  'HeartbeatSeconds without TimeoutSeconds: 60 seconds in moto': 'https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html',
  '$$.Execution.RedriveCount: moto has no redrive': 'https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html',
};

function eachStep(us, them, same) {
  return them.steps.map((theirs, index) => us.steps[index] !== undefined && same(us.steps[index], theirs)).some(Boolean);
}
