import type { JobDetail } from '@aws-sdk/client-batch';
import * as fc from 'fast-check';
import { jobName } from '../../../src/contract/job-name';
import type { JobCheck } from '../../../src/contract/messages';
import type { RunRecord } from '../../../src/contract/run-record';
import { decide, Decision } from '../../../src/functions/check/decide';
import { stateOf } from '../../../src/functions/check/time-limit';
import type { WatchMessage } from '../../../src/functions/check/watch-messages';
import type { RunContext } from '../../../src/functions/shared/run-context';

const now = Date.UTC(2026, 0, 1);
const OWN_QUEUE = 'https://queue';
const run: RunContext = {
  execution: 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1',
  redrive: 0,
  round: 1,
  vcpus: 1,
  memory: 1024,
  queue: 'queue',
  queueTimeout: 3600,
  logGroup: '/log',
  watchQueue: OWN_QUEUE,
  earlier: [],
};

function job(more: Partial<JobDetail> = {}, ofRun: Partial<RunContext> = {}): JobDetail {
  const context = { ...run, ...ofRun };
  return {
    jobId: 'job-1',
    jobName: jobName({ executionArn: context.execution, redrive: context.redrive, round: context.round }),
    status: 'RUNNING',
    createdAt: now - 120_000,
    parameters: { heavyBatchToken: 'of an earlier version', heavyBatchRun: JSON.stringify(context) },
    ...more,
  } as JobDetail;
}
const check = (more: Partial<JobCheck> = {}): WatchMessage => ({ kind: 'checkJob', check: { jobId: 'job-1', token: 'newer', since: now - 60_000, ...more } });
const event: WatchMessage = { kind: 'jobEvent', jobId: 'job-1' };
const record: RunRecord = { submissionIds: ['id'], jobId: 'job-1', token: 'first' };
const decideOn = (found: JobDetail | undefined, ...messages: WatchMessage[]) => decide({ jobId: 'job-1', job: found, messages, record, watchQueue: OWN_QUEUE, now });
/** The check that the next message asks for. */
const nextOf = (decision: Decision) => {
  if (decision.action === 'keep alive') return { ...decision.check, delay: decision.delay };
  return 'next' in decision && decision.next ? { ...JSON.parse(decision.next.body).checkJob, delay: decision.next.delay } : undefined;
};

test.each<[string, JobDetail | undefined, WatchMessage[], Decision['action']]>([
  ['a job that runs, and its check', job(), [check()], 'keep alive'],
  ['a job that waits, and its check', job({ status: 'RUNNABLE' }), [check()], 'keep alive'],
  ['a job that succeeded, and its event', job({ status: 'SUCCEEDED' }), [event], 'report'],
  ['a job that failed, and its check', job({ status: 'FAILED' }), [check()], 'report'],
  ['a job with an unknown status', job({ status: 'EVAPORATED' as never }), [check()], 'report'],
  ['a job that runs, and an event that came too early', job(), [event], 'check again'],
  ['a job that anyone has terminated in our words for a duplicate', job({ status: 'FAILED', statusReason: 'heavy-batch: duplicate of job-0' }), [check()], 'report'],
  ['a job that DescribeJobs does not find, and its check', undefined, [check()], 'wait until it is found'],
  ['a job that DescribeJobs does not find, and its event', undefined, [event], 'ignore'],
  ['a job without a run', job({ parameters: {} }), [event], 'ignore'],
  ['a job of another compute, and its event', job({ status: 'FAILED' }, { watchQueue: 'https://other' }), [event], 'ignore'],
  ['a job of a watch queue that was replaced, and its check', job({ status: 'FAILED' }, { watchQueue: 'https://replaced' }), [check()], 'report'],
  ['a job that names no watch queue, and its event', job({ status: 'FAILED' }, { watchQueue: undefined }), [event], 'report'],
])('for %s', (_, found, messages, action) => {
  expect(decideOn(found, ...messages).action).toBe(action);
});

test('a job that does not belong to a run is ignored with a reason for the log, and any other one without', () => {
  expect(decideOn(job({ parameters: {} }), event)).toEqual({ action: 'ignore', because: 'the job does not belong to a run' });
  expect(decideOn(job({ status: 'FAILED' }, { watchQueue: 'https://other' }), event)).toEqual({ action: 'ignore' });
  expect(decideOn(undefined, event)).toEqual({ action: 'ignore' });
});

describe('an event about a job', () => {
  const decideWith = (found: RunRecord | undefined, ...messages: WatchMessage[]) => decide({ jobId: 'job-1', job: job({ status: 'FAILED' }), messages, record: found, watchQueue: OWN_QUEUE, now });
  const unknown = { action: 'ignore', because: 'no record names the job' };

  test('needs the record of the round of that name', () => {
    expect(decideWith(undefined, event)).toEqual({ action: 'read the record', jobName: job().jobName });
    expect(decideWith(undefined, event, check()).action).toBe('report');
  });

  test.each<[string, RunRecord]>([
    ['is empty', { submissionIds: [] }],
    ['names no job yet', { submissionIds: ['id'] }],
    ['names another job', { ...record, jobId: 'job-2' }],
  ])('does not count when the record %s, whatever the parameters of the job say', (_, found) => {
    expect(decideWith(found, event)).toEqual(unknown);
  });

  test('counts when the record names the job', () => {
    expect(decideWith(record, event)).toMatchObject({ action: 'report', check: { token: 'first', since: now } });
  });
});

describe('the token', () => {
  test('is that of the newest check, whatever the order of the messages', () => {
    const messages = [check({ token: 'older', since: now - 90_000 }), check(), event];
    expect(decideOn(job({ status: 'FAILED' }), ...messages)).toMatchObject({ check: { token: 'newer', since: now - 60_000 } });
    expect(decideOn(job({ status: 'FAILED' }), ...messages.reverse())).toMatchObject({ check: { token: 'newer', since: now - 60_000 } });
  });

  test('is that of the record when only events came', () => {
    expect(decideOn(job({ status: 'FAILED' }), event)).toMatchObject({ check: { token: 'first' } });
  });

  test('is that of the check which follows an early event, when no other check came', () => {
    expect(decideOn(job({ status: 'FAILED' }), check({ early: 1, token: 'of the event' }))).toMatchObject({ check: { token: 'of the event' } });
    expect(decideOn(job({ status: 'FAILED' }), check({ early: 1, token: 'of the event' }), check())).toMatchObject({ check: { token: 'newer' } });
  });
});

describe('the next check', () => {
  test('of a job that lives follows the schedule, with the same token', () => {
    expect(nextOf(decideOn(job(), check()))).toEqual({ jobId: 'job-1', token: 'newer', since: now - 60_000, unchanged: { state: 'RUNNING 0', since: now }, delay: 15 });
  });

  test('of a job that waits comes when its time is over', () => {
    const decision = decideOn(job({ status: 'RUNNABLE', createdAt: now - 3_500_000 }), check());
    expect(decision).not.toHaveProperty('exceeded');
    expect(nextOf(decision)).toMatchObject({ delay: 100 });
  });

  test.each([[1, 5], [2, 10], [3, 15], [4, 20]])('after an early event comes soon: try %d after %d s', (early, delay) => {
    const messages = early === 1 ? [event] : [check({ early: early - 1 })];
    expect(nextOf(decideOn(job(), ...messages))).toMatchObject({ early, delay });
  });

  test('after an early event remembers when the first one came', () => {
    expect(nextOf(decideOn(job(), event))).toEqual({ jobId: 'job-1', token: 'first', since: now, early: 1, delay: 5 });
    expect(nextOf(decideOn(job(), check({ early: 1, since: 7 })))).toEqual({ jobId: 'job-1', token: 'newer', since: 7, early: 2, delay: 10 });
  });

  test('after four follow-ups to an early event is left to the schedule', () => {
    expect(decideOn(job(), check({ early: 4 }))).toEqual({ action: 'ignore' });
  });

  test('of a job that is not found comes after 30 s, up to a quarter of an hour', () => {
    expect(nextOf(decideOn(undefined, check({ since: now - 899_000 })))).toMatchObject({ delay: 30 });
    expect(decideOn(undefined, check({ since: now - 900_000 }))).toEqual({ action: 'wait until it is found', seconds: 900, next: undefined });
  });
});

describe('the time since which a job has not changed', () => {
  const unchangedOf = (...messages: WatchMessage[]) => nextOf(decideOn(job({ status: 'STARTING' }), ...messages)).unchanged;

  test('begins when a check first sees the state', () => {
    expect(unchangedOf(check())).toEqual({ state: 'STARTING 0', since: now });
    expect(unchangedOf(check({ unchanged: { state: 'RUNNABLE 0', since: 1 } }))).toEqual({ state: 'STARTING 0', since: now });
  });

  test('is passed on while the state is the same, and the earliest of several checks counts', () => {
    const seen = (since: number) => check({ unchanged: { state: 'STARTING 0', since } });
    expect(unchangedOf(seen(now - 7_000), seen(now - 9_000), check())).toEqual({ state: 'STARTING 0', since: now - 9_000 });
  });
});

describe('a job has to end because of its time in one state', () => {
  const hour = 3_600_000;
  const limits: Partial<RunContext> = { queueTimeout: 3_600, startTimeout: 7_200, attemptTimeout: 36_000 };
  const array = (statusSummary: Record<string, number>): Partial<JobDetail> => ({ status: 'PENDING', createdAt: now - 90 * hour, arrayProperties: { size: 3, statusSummary } });

  test.each<[string, Partial<JobDetail>, number, 'queue' | 'start' | 'run' | undefined]>([
    ['it waited for its whole queueTimeout', { status: 'RUNNABLE', createdAt: now - hour }, 0, 'queue'],
    ['not a second before', { status: 'RUNNABLE', createdAt: now - hour + 1_000 }, 0, undefined],
    ['not when its last attempt is not listed', { status: 'RUNNABLE', createdAt: now - 30 * hour, startedAt: now - 29 * hour, attempts: [] }, 0.5, undefined],
    ['not when its time began again with an attempt', { status: 'RUNNABLE', createdAt: now - 9 * hour, attempts: [{ stoppedAt: now - 10_000 }] }, 9, undefined],
    ['it was starting for its whole startTimeout', { status: 'STARTING', createdAt: now - 90 * hour }, 2, 'start'],
    ['not when it is starting for a shorter time, however long it waited before', { status: 'STARTING', createdAt: now - 90 * hour }, 1.9, undefined],
    ['it was running for half an hour longer than its attemptTimeout', { status: 'RUNNING', createdAt: now - 90 * hour }, 10.5, 'run'],
    ['not when Batch may be about to end it', { status: 'RUNNING', createdAt: now - 90 * hour }, 10.4, undefined],
    ['all children of an array job waited', array({ RUNNABLE: 3 }), 1, 'queue'],
    ['the last child of an array job waited', array({ RUNNABLE: 1, SUCCEEDED: 2 }), 1, 'queue'],
    ['not when a child has come to its end meanwhile', array({ RUNNABLE: 1, SUCCEEDED: 2 }), 0.9, undefined],
    ['not when a child runs and others wait for their turn', array({ RUNNING: 1, RUNNABLE: 2 }), 9, undefined],
    ['a child of an array job was starting, and no other one ran', array({ STARTING: 1, RUNNABLE: 1, FAILED: 1 }), 2, 'start'],
    ['a child of an array job was running for too long', array({ RUNNING: 1, SUCCEEDED: 2 }), 10.5, 'run'],
  ])('%s', (_, more, unchangedHours, kind) => {
    const found = job(more, limits);
    const decision = decideOn(found, check({ unchanged: { state: stateOf(found), since: now - unchangedHours * hour } }));
    const exceeded = decision.action === 'keep alive' ? decision.exceeded : undefined;
    expect([decision.action, exceeded?.kind, exceeded?.isLost]).toEqual(['keep alive', kind, kind && false]);
  });

  test('but not for its time of running when that has no limit', () => {
    const found = job({ createdAt: now - 9_000 * hour });
    expect(decideOn(found, check({ unchanged: { state: stateOf(found), since: now - 9_000 * hour } }))).not.toHaveProperty('exceeded');
  });

  test('and is lost when it has not ended an hour after it was terminated', () => {
    const starting = (terminatedAt?: number) => decideOn(job({ status: 'STARTING' }, limits), check({ unchanged: { state: 'STARTING 0', since: now - 9 * hour, terminatedAt } }));
    expect(starting()).toMatchObject({ exceeded: { isLost: false }, check: { unchanged: { since: now - 9 * hour, terminatedAt: now } } });
    expect(starting(now - hour + 1_000)).toMatchObject({ exceeded: { isLost: false }, check: { unchanged: { terminatedAt: now - hour + 1_000 } } });
    expect(starting(now - hour)).toMatchObject({ exceeded: { isLost: true } });
  });
});

test('every decision on a job of a run reports it, or schedules another check, or leaves it to a check that is scheduled', () => {
  const messages = fc.array(fc.oneof(
    fc.constant(event),
    fc.record({ token: fc.constantFrom('a', 'b'), since: fc.integer({ min: now - 10_000_000, max: now }), early: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }) }).map(check),
  ), { minLength: 1, maxLength: 5 });
  const status = fc.constantFrom('SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED');
  fc.assert(fc.property(messages, status, fc.integer({ min: now - 10_000_000, max: now }), (received, state, createdAt) => {
    const decision = decideOn(job({ status: state as never, createdAt }), ...received);
    const checks = received.flatMap((message) => message.kind === 'checkJob' ? [message.check] : []);
    const ended = state === 'SUCCEEDED' || state === 'FAILED';
    const scheduled = checks.some(({ early }) => early === undefined);
    // The first follow-up counts: the fourth one is the last.
    const followUp = checks[0]?.early === 4 ? 'ignore' : 'check again';
    const unended = scheduled ? 'keep alive' : followUp;
    expect(decision.action).toBe(ended ? 'report' : unended);
    expect(typeof nextOf(decision)?.delay).toBe(decision.action === 'keep alive' || decision.action === 'check again' ? 'number' : 'undefined');
  }));
});
