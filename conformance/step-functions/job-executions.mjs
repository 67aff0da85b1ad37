// Generates the executions of a job: in each round the calls of the function fail in one way or another, until one is answered.
import fc from 'fast-check';
import { between, listOf, pick, weighted } from '../common/arbitraries.mjs';
import { load } from '../common/modules.mjs';

/** In seconds, in both interpreters. moto uses the clock of the machine, which may be busy: the heartbeat is short only where it must expire. */
const SHORT_HEARTBEAT = 12;
const LONG_HEARTBEAT = 600;
const BEAT = 4;

const { FAILURE_REASONS, INVALID_INPUT, SUBMIT_ERRORS } = await load('src/contract/errors.ts');
const reason = pick(...FAILURE_REASONS);

/** A job's definition, as both interpreters can run it. moto-deviations.mjs says how moto differs. */
export function withShortTimes(definition, queueUrl, expires) {
  return JSON.parse(JSON.stringify(definition), (key, value) => {
    switch (key) {
      case 'HeartbeatSeconds': return expires ? SHORT_HEARTBEAT : LONG_HEARTBEAT;
      case 'IntervalSeconds': return 1;
      case 'BackoffRate': return 1;
      case 'MaxDelaySeconds': return 2;
      case 'FunctionName': return 'function';
      case 'QueueUrl': return queueUrl;
      default: break;
    }
    // moto has no redrives, and another default of `TimeoutSeconds`.
    for (const field of Object.keys(value ?? {})) {
      if (value[field] === '$$.Execution.RedriveCount') {
        delete value[field];
        value[field.slice(0, -2)] = 0;
      }
    }
    return value?.Type === 'Task' && value.HeartbeatSeconds ? { ...value, TimeoutSeconds: 99_999_999 } : value;
  });
}

const input = pick({}, { parameters: { size: '5' } }, { body: '{"a":1}' }, { containerOverrides: { vcpus: 2 } }, 'text', [1, 2], null);

const outcome = weighted(
  [5, pick({ status: 'SUCCEEDED', exitCode: 0 }, {}, { nextround: 1 }).map((output) => ({ after: 0.3, kind: 'success', output }))],
  [5, fc.tuple(reason, between(1, 255)).map(([error, exitCode]) => ({ after: 0.3, kind: 'failure', error, cause: JSON.stringify({ runId: 'run', exitCode }) }))],
);

const heartbeats = weighted([1, fc.constant([])], [1, listOf(fc.constant({ after: BEAT, kind: 'heartbeat' }), 1, 2)]);

const throttled = weighted([7, fc.constant({ errorType: SUBMIT_ERRORS.THROTTLED, errorMessage: 'Rate exceeded' })], [3, fc.constant({ refusal: 'TooManyRequestsException', status: 429 })]);

const uncertain = weighted(
  [7, pick(SUBMIT_ERRORS.UNCERTAIN, 'Runtime.ExitError', 'Sandbox.Timedout', 'TimeoutError', 'TypeError').map((errorType) => ({ errorType, errorMessage: 'socket hang up' }))],
  [3, pick(['ServiceException', 500], ['AccessDeniedException', 403], ['ResourceNotFoundException', 404]).map(([refusal, status]) => ({ refusal, status }))],
);

const refused = pick(INVALID_INPUT, SUBMIT_ERRORS.REFUSED).map((errorType) => ({ errorType, errorMessage: "'parameters' is 5" }));

/** The calls of a round before one is answered; `isLast` when the run fails with them. */
const faults = weighted(
  [40, fc.constant({ calls: [] })],
  [42, listOf(fc.oneof(throttled, uncertain), 1, 5).map((calls) => ({ calls }))],
  [10, refused.map((call) => ({ calls: [call], isLast: true }))],
  [6, listOf(uncertain, 9, 9).map((calls) => ({ calls, isLast: true }))],
  [2, listOf(throttled, 101, 101).map((calls) => ({ calls, isLast: true }))],
);

/** Calls that are answered, but whose task token is never answered. */
const unanswered = listOf(weighted([7, fc.constant([])], [3, fc.constant([{ after: BEAT, kind: 'heartbeat' }])]).map((then) => ({ answer: { jobId: 'lost' }, then })), 0, 2)
  .map((calls) => ({ calls }));

const rounds = (expires) => listOf(fc.record({ faults: expires ? unanswered : faults, beats: expires ? heartbeats : fc.constant([]) }), 1, 3);

/** `{input, calls}`. In an execution that `expires`, a heartbeat is sent or is late. */
export const jobExecution = (expires) => fc.record({ input, rounds: rounds(expires), outcome }).map(({ input: given, rounds: all, outcome: last }) => {
  const calls = [];
  for (const [index, { faults: { calls: failed, isLast }, beats }] of all.entries()) {
    const round = index + 1;
    // moto does not reset the count of a state's retries when the state is entered again: the third round has none.
    if (round < 3) {
      calls.push(...failed);
      if (isLast) break;
    }
    const nextRound = { after: 0.3, kind: 'success', output: { nextRound: { round: round + 1, memory: 2048 * round } } };
    calls.push({ answer: { jobId: `job-${round}` }, then: [...beats, round === all.length ? last : nextRound] });
  }
  return { input: given, calls };
});
