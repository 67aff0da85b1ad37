// What may happen to a run: each of its calls fails in one way or another, until one is answered, round after round.
import { between, chance, oneOf } from '../seeded.mjs';

/** In seconds of both interpreters. moto's has no other clock than the machine's, which may be busy: only where a heartbeat is to lapse is it short. */
const LAPSING_HEARTBEAT = 8;
const PATIENT_HEARTBEAT = 600;
const BEAT = 4;

const REASONS = ['SpotReclaimed', 'OutOfMemory', 'ImagePull', 'Infrastructure', 'AttemptTimeout', 'Stuck', 'Cancelled', 'ExitCode', 'Unknown', 'DiskFull'];
const UNCERTAIN = ['SubmitUncertain', 'Runtime.ExitError', 'Sandbox.Timedout', 'TimeoutError', 'TypeError'];
const REFUSALS = [['ServiceException', 500], ['AccessDeniedException', 403], ['ResourceNotFoundException', 404]];

/** A job's definition as both interpreters can run it: what differs in moto is said in `moto-deviations.mjs`. */
export function withShortTimes(definition, queueUrl, heartbeatLapses) {
  return JSON.parse(JSON.stringify(definition), (key, value) => {
    switch (key) {
      case 'HeartbeatSeconds': return heartbeatLapses ? LAPSING_HEARTBEAT : PATIENT_HEARTBEAT;
      case 'IntervalSeconds': return 1;
      case 'BackoffRate': return 1;
      case 'MaxDelaySeconds': return 2;
      case 'FunctionName': return 'function';
      case 'QueueUrl': return queueUrl;
      default: break;
    }
    // Neither redrives nor `HeartbeatSeconds` without `TimeoutSeconds` are the same in moto.
    for (const field of Object.keys(value ?? {})) {
      if (value[field] === '$$.Execution.RedriveCount') {
        delete value[field];
        value[field.slice(0, -2)] = 0;
      }
    }
    return value?.Type === 'Task' && value.HeartbeatSeconds ? { ...value, TimeoutSeconds: 99_999_999 } : value;
  });
}

/** Answers `{input, calls}`. In some a heartbeat is sent or lapses. */
export function jobExecution(random, heartbeatLapses) {
  const input = oneOf(random, [{}, { parameters: { size: String(between(random, 1, 9)) } }, { body: '{"a":1}' }, { containerOverrides: { vcpus: 2 } }, 'text', [1, 2], null]);
  const rounds = oneOf(random, [1, 1, 1, 2, 2, 3]);
  const calls = [];
  for (let round = 1; round <= rounds; round++) {
    const last = round === rounds;
    // moto does not count a state's retries anew when it is entered again: the third round has none.
    const { calls: faults, over } = round === 3 ? { calls: [] } : faultsOfARound(random, heartbeatLapses);
    calls.push(...faults);
    if (over) break;
    calls.push({ answer: { jobId: `job-${round}` }, then: [...heartbeatLapses ? heartbeats(random) : [], last ? verdict(random) : { after: 0.3, kind: 'success', output: { nextRound: { round: round + 1, memory: 2048 * round } } }] });
  }
  return { input, calls };
}

function verdict(random) {
  if (chance(random, 0.5)) return { after: 0.3, kind: 'success', output: oneOf(random, [{ status: 'SUCCEEDED', exitCode: 0 }, {}, { nextround: 1 }]) };
  return { after: 0.3, kind: 'failure', error: oneOf(random, REASONS), cause: JSON.stringify({ runId: 'run', exitCode: between(random, 1, 255) }) };
}

function heartbeats(random) {
  return chance(random, 0.5) ? Array.from({ length: between(random, 1, 2) }, () => ({ after: BEAT, kind: 'heartbeat' })) : [];
}

function faultsOfARound(random, heartbeatLapses) {
  if (heartbeatLapses) return { calls: times(random, 0, 2, () => silent(random)) };
  const kind = random();
  if (kind < 0.4) return { calls: [] };
  if (kind < 0.5) return { calls: [{ errorType: oneOf(random, ['InvalidInput', 'SubmitRefused']), errorMessage: "'parameters' is 5" }], over: true };
  if (kind < 0.56) return { calls: times(random, 9, 9, () => uncertain(random)), over: true };
  if (kind < 0.58) return { calls: times(random, 101, 101, () => throttled(random)), over: true };
  return { calls: times(random, 1, 5, () => oneOf(random, [throttled, uncertain])(random)) };
}

function times(random, least, most, make) {
  return Array.from({ length: between(random, least, most) }, make);
}

function throttled(random) {
  return chance(random, 0.7) ? { errorType: 'SubmitThrottled', errorMessage: 'Rate exceeded' } : { refusal: 'TooManyRequestsException', status: 429 };
}

function uncertain(random) {
  if (chance(random, 0.7)) return { errorType: oneOf(random, UNCERTAIN), errorMessage: 'socket hang up' };
  const [refusal, status] = oneOf(random, REFUSALS);
  return { refusal, status };
}

/** A call that is answered, and then nobody says any more. */
function silent(random) {
  return { answer: { jobId: 'lost' }, then: chance(random, 0.3) ? [{ after: BEAT, kind: 'heartbeat' }] : [] };
}
