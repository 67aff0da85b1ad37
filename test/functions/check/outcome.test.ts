import type { JobDetail } from '@aws-sdk/client-batch';
import type { RunOutput } from '../../../src/contract/run-output';
import { answerOf, outcomeOf } from '../../../src/functions/check/outcome';
import type { RunContext } from '../../../src/functions/shared/run-context';

const context: RunContext = {
  execution: 'arn', redrive: 0, round: 1, vcpus: 1, memory: 1024, maxMemory: 4096, queue: 'spot', onDemandQueue: 'on-demand', queueTimeout: 60, logGroup: 'log', earlier: [],
};
const job = (more: Partial<JobDetail>) => ({ jobId: 'job-1', ...more }) as JobDetail;
const outOfMemory = job({ status: 'FAILED', container: { reason: 'OutOfMemoryError: Container killed due to memory usage' } });
const output = { runId: 'run-1' } as RunOutput;
const answer = (ended: JobDetail, first: JobDetail[] = [], of: Partial<RunContext> = {}) => {
  const run = { ...context, ...of };
  return answerOf(outcomeOf(ended, { first }, run), output, run);
};

test('a success succeeds the task with the output of the run', () => {
  expect(answer(job({ status: 'SUCCEEDED' }))).toEqual({ kind: 'success', output: '{"runId":"run-1"}' });
});

test('a final failure fails the task with the reason and the output', () => {
  expect(answer(job({ status: 'FAILED', container: { exitCode: 3 } }))).toEqual({ kind: 'failure', error: 'ExitCode', cause: '{"runId":"run-1"}' });
});

test('a failure that another round may cure succeeds the task, and the output asks for the round', () => {
  const { kind, output: asked } = answer(outOfMemory) as { kind: string; output: string };
  expect([kind, JSON.parse(asked)]).toMatchObject(['success', { nextRound: { round: 2, memory: 2048, queue: 'spot' } }]);
});

test('the next round knows the job of this one, and how often its container was started', () => {
  const attempts = [{ container: { exitCode: 1 } }, { container: { reason: 'OutOfMemoryError' } }];
  expect(outcomeOf({ ...outOfMemory, attempts } as JobDetail, { first: [] }, context).nextRound!.earlier)
    .toEqual([{ jobId: 'job-1', reason: 'OutOfMemory', memory: 1024, queue: 'spot', attempts: 2 }]);
});

test('an array job has no other round, whatever its children failed for', () => {
  const array = job({ status: 'FAILED', arrayProperties: { size: 2, statusSummary: { SUCCEEDED: 1, FAILED: 1 } } });
  const child = { ...outOfMemory, jobId: 'job-1:1', arrayProperties: { index: 1 } };
  expect(outcomeOf(array, { first: [child] }, context)).toMatchObject({ verdict: { reason: 'OutOfMemory' }, array: { firstFailed: [{ index: 1, reason: 'OutOfMemory' }] } });
  expect(answer(array, [child])).toMatchObject({ kind: 'failure', error: 'OutOfMemory' });
});

test('a cause is cut to what Step Functions accepts', () => {
  const long = { ...output, message: 'x'.repeat(40_000) };
  const { cause } = answerOf(outcomeOf(job({ status: 'FAILED' }), { first: [] }, context), long, context) as { cause: string };
  expect(JSON.parse(cause)).toEqual({ ...output, message: 'x'.repeat(4_000) });
});

describe('a cause', () => {
  const failed = { verdict: { status: 'FAILED', reason: 'Unknown', message: '' } } as const;
  const causeOf = (whole: RunOutput) => (answerOf(failed, whole, context) as { cause: string }).cause;
  const withLength = (length: number): RunOutput => ({ ...output, message: 'x'.repeat(length - JSON.stringify({ ...output, message: '' }).length) });

  test('that has as many characters as Step Functions accepts is not cut', () => {
    expect(causeOf(withLength(32_768))).toBe(JSON.stringify(withLength(32_768)));
    expect(JSON.parse(causeOf(withLength(32_769))).message).toHaveLength(4_000);
  });

  test.each([null, undefined, 'x'.repeat(5_000)])('whose length is not that of its message is cut all the same', (message) => {
    expect(causeOf({ ...output, message, logStreams: ['y'.repeat(40_000)] } as RunOutput)).toHaveLength(32_768);
  });
});

test.each([
  ['HostLost', 'Infrastructure'], ['InvalidCommand', 'Infrastructure'], ['SecretUnavailable', 'Infrastructure'], ['FileSystemUnavailable', 'Infrastructure'],
  ['RoleUnavailable', 'Infrastructure'], ['ExitCode', 'ExitCode'], ['OutOfMemory', 'OutOfMemory'], ['Unknown', 'Unknown'],
] as const)('a run from before a deploy that failed for %s fails with the error %s', (reason, error) => {
  const failed = { verdict: { status: 'FAILED', reason, message: '' } } as const;
  expect(answerOf(failed, output, { ...context, startTimeout: undefined })).toMatchObject({ kind: 'failure', error });
  expect(answerOf(failed, output, { ...context, startTimeout: 60 })).toMatchObject({ kind: 'failure', error: reason });
});

test('the state machine of a run from before a deploy gets a name that it knows', () => {
  const lost = job({ status: 'FAILED', statusReason: 'Host EC2 (instance i-1) terminated.' });
  expect(answer(lost, [], { spot: false })).toMatchObject({ error: 'Infrastructure' });
  expect(answer(lost, [], { spot: false, startTimeout: 60 })).toMatchObject({ error: 'HostLost' });
});

describe('an array job that was ended as a whole', () => {
  const child = (index: number, more: Partial<JobDetail>) => job({ jobId: `job-1:${index}`, status: 'FAILED', arrayProperties: { index }, ...more });
  const array = (more: Partial<JobDetail>) => job({ status: 'FAILED', arrayProperties: { size: 3, statusSummary: { FAILED: 3 } }, ...more });
  const failedBefore = child(0, { container: { exitCode: 3 } });

  test.each<[string, Partial<JobDetail>, string, string]>([
    ['by a person', { statusReason: 'enough', isTerminated: true }, 'Cancelled', 'enough; '],
    ['because a child found no place', { statusReason: 'heavy-batch: queued too long (60 s): CAPACITY:X', isTerminated: true }, 'Stuck', 'heavy-batch: queued too long (60 s): CAPACITY:X; '],
    ['because a child did not start', { statusReason: 'heavy-batch: starting too long (60 s): STARTING', isTerminated: true }, 'Stuck', 'heavy-batch: starting too long'],
    ['because a child did not end', { statusReason: 'heavy-batch: running too long (60 s): RUNNING', isTerminated: true }, 'AttemptTimeout', 'heavy-batch: running too long'],
  ])('%s has this as its reason, whatever its first child failed for', (_, ended, reason, message) => {
    const stopped = child(1, { ...ended, container: { exitCode: 137 } });
    for (const parent of [ended, { isTerminated: true, statusReason: 'Array Child Job failed' }, { isTerminated: true }]) {
      const { verdict } = outcomeOf(array(parent), { first: [failedBefore, stopped] }, context);
      expect(verdict).toMatchObject({ reason, message: expect.stringContaining(message) });
    }
    expect(outcomeOf(array(ended), { first: [] }, context).verdict).toMatchObject({ reason, message: expect.stringMatching(/; 3 of 3 children failed$/) });
  });

  test('has the reason of its time limit, even when Batch did not end it', () => {
    const lost = array({ statusReason: 'heavy-batch: starting too long (60 s): STARTING' });
    expect(outcomeOf(lost, { first: [failedBefore] }, context).verdict).toMatchObject({ reason: 'Stuck' });
  });

  test('has the words of its last child when its first ones failed before', () => {
    const last = child(2, { statusReason: 'heavy-batch: queued too long (60 s): CAPACITY:X', isTerminated: true });
    for (const parent of [{ isTerminated: true, statusReason: 'Array Child Job failed' }, { statusReason: 'Array Child Job failed' }]) {
      expect(outcomeOf(array(parent), { first: [failedBefore], last }, context).verdict).toMatchObject({ reason: 'Stuck', message: expect.stringContaining('CAPACITY:X') });
    }
  });

  test('keeps the outcomes of its children', () => {
    expect(outcomeOf(array({ isTerminated: true, statusReason: 'enough' }), { first: [failedBefore] }, context).array)
      .toMatchObject({ firstFailed: [{ index: 0, reason: 'ExitCode', message: 'the container exited with 3' }] });
  });
});

test('the children of an array job are judged like any other job', () => {
  const array = job({ status: 'FAILED', statusReason: 'Array Child Job failed', arrayProperties: { size: 2, statusSummary: { FAILED: 1, SUCCEEDED: 1 } } });
  const child = job({ jobId: 'job-1:1', status: 'FAILED', statusReason: 'Host EC2 (instance i-1) terminated.', arrayProperties: { index: 1 } });
  expect(outcomeOf(array, { first: [child] }, { ...context, spot: true }).verdict).toMatchObject({ reason: 'SpotReclaimed' });
  expect(outcomeOf(array, { first: [child] }, { ...context, spot: false }).verdict).toMatchObject({ reason: 'HostLost' });
});
