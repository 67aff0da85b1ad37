import { handles, retryDelay } from '../../../emulator/states/error-handlers';
import { runtimeError, TaskError, TimeoutError } from '../../../emulator/states/task-error';

const ALL = 'States.ALL';
const FAILED = 'States.TaskFailed';
const TIMEOUT = 'States.Timeout';
const HEARTBEAT = 'States.HeartbeatTimeout';

test.each<[string, TaskError, string[]]>([
  ['an error of a task', new TaskError('E', 'why'), ['E', ALL, FAILED]],
  ['an error without a name', new TaskError(null, null), [ALL, FAILED]],
  ['a result that is too large', new TaskError('States.DataLimitExceeded', 'why'), ['States.DataLimitExceeded', ALL, FAILED]],
  ['a time-out', new TimeoutError(false), [TIMEOUT, ALL]],
  ['a lapsed heartbeat', new TimeoutError(true), [TIMEOUT, HEARTBEAT, ALL]],
  ['an error of Step Functions itself', runtimeError('why'), []],
  ['a task that calls its error States.Runtime', new TaskError('States.Runtime', 'why'), ['States.Runtime']],
])('%s is handled by the names %#', (_, error, names) => {
  const all = ['E', 'F', ALL, FAILED, TIMEOUT, HEARTBEAT, 'States.Runtime', 'States.DataLimitExceeded'];
  expect(all.filter((name) => handles({ ErrorEquals: ['Other', name] }, error)).sort()).toEqual([...names].sort());
});

test.each<[object, number, number]>([
  [{}, 1, 1], [{}, 3, 4], [{ IntervalSeconds: 3, BackoffRate: 1.5 }, 3, 6.75], [{ IntervalSeconds: 3, MaxDelaySeconds: 5 }, 2, 5], [{ IntervalSeconds: 4, JitterStrategy: 'FULL' }, 1, 1],
  [{ IntervalSeconds: 4, JitterStrategy: 'NONE' }, 1, 4],
])('with %j, retry %d comes after %d s', (retrier, count, seconds) => {
  expect(retryDelay({ ErrorEquals: ['E'], ...retrier }, count, () => 0.25)).toBe(seconds);
});
