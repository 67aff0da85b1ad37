import type { JobDetail } from '@aws-sdk/client-batch';
import { isArray, stateOf, timeLimitOf } from '../../../src/functions/check/time-limit';
import type { RunContext } from '../../../src/functions/shared/run-context';

const context: RunContext = { execution: 'arn', redrive: 0, round: 1, vcpus: 1, memory: 1024, queue: 'queue', queueTimeout: 60, startTimeout: 70, attemptTimeout: 80, logGroup: 'log', earlier: [] };
const array = (statusSummary: Record<string, number>) => ({ status: 'PENDING', arrayProperties: { size: 3, statusSummary } }) as JobDetail;
const job = (more: Partial<JobDetail>) => ({ createdAt: 5, ...more }) as JobDetail;

test.each<[string, JobDetail, string]>([
  ['a job', job({ status: 'RUNNING' }), 'RUNNING 0'],
  ['a job with attempts', job({ status: 'RUNNABLE', attempts: [{}, {}] }), 'RUNNABLE 2'],
  ['an array job, in a fixed order and without what it has none of', array({ SUCCEEDED: 1, FAILED: 0, RUNNABLE: 2 }), 'RUNNABLE 2, SUCCEEDED 1'],
  ['an array job whose children are not counted yet', array({}), 'PENDING 0'],
])('the state of %s is told by a text', (_, found, state) => {
  expect(stateOf(found)).toBe(state);
});

test('an array job is one once its children are counted', () => {
  expect([array({ RUNNING: 1 }), array({}), job({})].map(isArray)).toEqual([true, false, false]);
});

test.each<[string, JobDetail, object | undefined]>([
  ['runs', job({ status: 'RUNNING' }), { kind: 'run', status: 'RUNNING', since: 9, seconds: 1_880 }],
  ['runs since it was last seen', job({ status: 'RUNNING', startedAt: 12 }), { kind: 'run', status: 'RUNNING', since: 12, seconds: 1_880 }],
  ['starts', job({ status: 'STARTING' }), { kind: 'start', status: 'STARTING', since: 9, seconds: 70 }],
  ['waits', job({ status: 'RUNNABLE' }), { kind: 'queue', status: 'RUNNABLE', since: 5, seconds: 60 }],
  ['waits again', job({ status: 'RUNNABLE', startedAt: 6, attempts: [{ stoppedAt: 7 }] }), { kind: 'queue', status: 'RUNNABLE', since: 7, seconds: 60 }],
  ['waits again, with an attempt that is not listed', job({ status: 'RUNNABLE', startedAt: 8, attempts: [{ stoppedAt: 7 }] }), { kind: 'queue', status: 'RUNNABLE', since: 9, seconds: 60 }],
  ['waits, since all of its children do', array({ RUNNABLE: 3 }), { kind: 'queue', status: 'RUNNABLE', since: 9, seconds: 60 }],
  ['starts, since a child does', array({ STARTING: 1, RUNNABLE: 2, RUNNING: 0 }), { kind: 'start', status: 'STARTING', since: 9, seconds: 70 }],
  ['runs, since a child does', array({ RUNNING: 1, STARTING: 1, RUNNABLE: 1 }), { kind: 'run', status: 'RUNNING', since: 9, seconds: 1_880 }],
])('the time limit of a job that %s', (_, found, limit) => {
  expect(timeLimitOf(found, context, 9)).toEqual(limit);
});

test('a job of an older definition starts within the default, and runs without a limit', () => {
  const older = { ...context, startTimeout: undefined, attemptTimeout: undefined };
  expect(timeLimitOf(job({ status: 'STARTING' }), older, 9)).toMatchObject({ seconds: 10_800 });
  expect(timeLimitOf(job({ status: 'RUNNING' }), older, 9)).toBeUndefined();
});
