import type { StoredRun } from '../../../src/functions/api/stored-run';
import { runView } from '../../../src/functions/api/view';

const RUN: StoredRun = { id: 'run-1', job: 'sort', stateMachineArn: 'arn', status: 'RUNNING', step: '', createdAt: 1_000, updatedAt: 3_000, isStarted: true, redrives: 0, round: 1, attempt: 2, startedAt: 2_000, expiresAt: 9 };

beforeEach(() => { jest.spyOn(Date, 'now').mockReturnValue(5_550); });

test('a run that is under way', () => {
  expect(JSON.parse(JSON.stringify(runView(RUN)))).toEqual({
    id: 'run-1',
    job: 'sort',
    status: 'RUNNING',
    createdAt: '1970-01-01T00:00:01.000Z',
    startedAt: '1970-01-01T00:00:02.000Z',
    updatedAt: '1970-01-01T00:00:03.000Z',
    elapsedSeconds: 4.6,
    round: 1,
    attempt: 2,
    redrives: 0,
  });
});

test('a run that waits says why, in the words of AWS Batch and in ours', () => {
  expect(runView({ ...RUN, status: 'RUNNABLE', reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - …' })).toMatchObject({
    reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - …', explanation: expect.stringContaining('no free instance'),
  });
});

test('a run that succeeded has its result, and no output of a run that is not over is shown', () => {
  const output = JSON.stringify({ result: { rows: 3 }, resultUri: null, logsUrl: 'https://console/log' });
  expect(runView({ ...RUN, status: 'SUCCEEDED', endedAt: 4_000 }, { output })).toMatchObject({ result: { rows: 3 }, resultUri: undefined, logsUrl: 'https://console/log', elapsedSeconds: 3 });
  expect(runView(RUN, { output })).not.toHaveProperty('result');
});

test('a run without a result has null, and why', () => {
  expect(runView({ ...RUN, status: 'SUCCEEDED' }, { output: JSON.stringify({ result: null, resultUri: 's3://b/k', resultError: 'too long' }) })).toMatchObject({ result: null, resultUri: 's3://b/k', resultError: 'too long' });
});

test('a run in a list has no result, since its output is not read', () => {
  const view = runView({ ...RUN, status: 'SUCCEEDED' });
  expect(['result', 'resultUri', 'resultError'].filter((name) => name in view)).toEqual([]);
});

test('a run has the log of its last container, also while it runs', () => {
  const run = { ...RUN, stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:Sort', logGroup: '/a/b', logStreams: ['first', 'other', 'second/1'] };
  const url = 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fa$252Fb/log-events/second$252F1';
  expect(runView(run).logsUrl).toBe(url);
  expect(runView({ ...run, status: 'FAILED' }, { output: JSON.stringify({ logsUrl: 'https://other' }) }).logsUrl).toBe(url);
  for (const none of [{ logStreams: [] }, { logStreams: undefined }, { logGroup: undefined }]) expect(runView({ ...run, ...none }).logsUrl).toBeUndefined();
});

test('a run that failed has its failure, and no result', () => {
  const view = runView({ ...RUN, status: 'FAILED', failure: { reason: 'ExitCode', message: 'exit code 3' } }, { output: JSON.stringify({ result: 1, logsUrl: null }) });
  expect(view).toMatchObject({ failure: { reason: 'ExitCode', message: 'exit code 3' }, logsUrl: undefined });
  expect(view).not.toHaveProperty('result');
});

test('a run that failed for a known reason has advice, and one of another reason has none', () => {
  const failureOf = (reason: string) => runView({ ...RUN, status: 'FAILED', failure: { reason } }).failure;
  expect(failureOf('ExitCode')).toEqual({ reason: 'ExitCode', advice: 'Read the log: the program of the job failed.' });
  expect(failureOf('toString')).toEqual({ reason: 'toString', advice: undefined });
});

test('a run shows what its container has, and what it came through', () => {
  const timeline = [{ status: 'SUBMITTED', at: 1_000, redrives: 0 }, { status: 'RUNNABLE', at: 2_000, redrives: 0, round: 1, attempt: 1, reason: 'CAPACITY' }] as const;
  expect(runView({ ...RUN, vcpus: 2, memory: 4096 }, { timeline })).toMatchObject({
    resources: { vcpus: 2, memoryMiB: 4096 },
    timeline: [
      { status: 'SUBMITTED', at: '1970-01-01T00:00:01.000Z', redrives: 0 },
      { status: 'RUNNABLE', at: '1970-01-01T00:00:02.000Z', redrives: 0, round: 1, attempt: 1, reason: 'CAPACITY' },
    ],
  });
  expect(runView({ ...RUN, timeline })).toMatchObject({ timeline: undefined, resources: undefined });
});

test('no clock makes a time negative', () => {
  expect(runView({ ...RUN, createdAt: 99_000 }).elapsedSeconds).toBe(0);
});
