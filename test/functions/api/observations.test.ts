import { isOver, RUN_STATUSES } from '../../../src/contract/api-runs';
import type { BatchJobEvent, ExecutionEvent } from '../../../src/functions/api/events';
import { changeOfAnswer, changeOfExecution, changeOfJob, outcomeIn } from '../../../src/functions/api/observations';
import { stepOf } from '../../../src/functions/api/stored-run';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Sort';
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const TIME = '2026-01-01T00:00:10Z';
const OUTPUT = JSON.stringify({ rounds: 2, jobId: 'job-2', startedAt: '2026-01-01T00:00:01.000Z', message: null, result: { rows: 3 } });

const executionEvent = (detail: Partial<ExecutionEvent['detail']>) => changeOfExecution({
  'detail-type': 'Step Functions Execution Status Change',
  'time': TIME,
  'detail': { executionArn: EXECUTION, stateMachineArn: MACHINE, status: 'RUNNING', stopDate: null, output: null, redriveCount: 0, ...detail },
});
const context = { execution: EXECUTION, redrive: 1, round: 2, vcpus: 1, memory: 1, queue: 'q', queueTimeout: 1, logGroup: 'log', earlier: [] };
const jobEvent = (detail: Partial<BatchJobEvent['detail']>) => changeOfJob({
  'detail-type': 'Batch Job State Change',
  'time': TIME,
  'detail': { jobId: 'job-2', status: 'RUNNABLE', parameters: { heavyBatchRun: JSON.stringify(context) }, ...detail },
});

describe('an event of an execution', () => {
  test('that runs is one of a run that is submitted', () => {
    expect(executionEvent({ redriveCount: 2 })).toEqual({
      id: 'run-1', stateMachineArn: MACHINE, status: 'SUBMITTED', step: '0002.0000.0000.0000', at: Date.parse(TIME), details: { redrives: 2 },
    });
  });

  test('that succeeded has the output', () => {
    expect(executionEvent({ status: 'SUCCEEDED', stopDate: 5_000, output: OUTPUT })).toEqual({
      id: 'run-1',
      stateMachineArn: MACHINE,
      status: 'SUCCEEDED',
      step: '0000.9999.9999.0009',
      at: Date.parse(TIME),
      details: { redrives: 0, round: 2, jobId: 'job-2', startedAt: Date.parse('2026-01-01T00:00:01Z'), endedAt: 5_000, failure: undefined },
      output: OUTPUT,
    });
  });

  test('that failed has the reason and the words of the verdict', () => {
    const cause = JSON.stringify({ message: 'the container ended with exit code 3', rounds: 1 });
    expect(executionEvent({ status: 'FAILED', stopDate: 5_000, error: 'ExitCode', cause })).toMatchObject({
      status: 'FAILED', details: { failure: { reason: 'ExitCode', message: 'the container ended with exit code 3' }, round: 1 }, output: cause,
    });
  });

  test('that failed for another cause has its words', () => {
    expect(executionEvent({ status: 'FAILED', error: 'OrchestrationFailed', cause: 'SubmitRefused: no' }).details.failure).toEqual({ reason: 'OrchestrationFailed', message: 'SubmitRefused: no' });
    expect(executionEvent({ status: 'FAILED' }).details.failure).toEqual({ reason: 'Unknown', message: undefined });
  });

  test('that took too long has failed', () => {
    expect(executionEvent({ status: 'TIMED_OUT' })).toMatchObject({ status: 'FAILED', details: { failure: { reason: 'States.Timeout' }, endedAt: Date.parse(TIME) } });
  });

  test('that was stopped is cancelled', () => {
    expect(executionEvent({ status: 'ABORTED', error: 'Cancelled', cause: 'a caller' })).toMatchObject({ status: 'CANCELLED', details: { failure: { reason: 'Cancelled', message: 'a caller' } } });
    expect(executionEvent({ status: 'ABORTED' }).details.failure).toEqual({ reason: 'Cancelled', message: undefined });
  });

  test('says the same as an answer of DescribeExecution', () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(TIME));
    const answer = { $metadata: {}, executionArn: EXECUTION, stateMachineArn: MACHINE, status: 'SUCCEEDED' as const, startDate: new Date(0), stopDate: new Date(5_000), output: OUTPUT };
    expect(changeOfAnswer(answer)).toEqual(executionEvent({ status: 'SUCCEEDED', stopDate: 5_000, output: OUTPUT }));
  });
});

describe('an event of a job', () => {
  test('says where the job is', () => {
    expect(jobEvent({ attempts: [{}] })).toEqual({
      id: 'run-1',
      stateMachineArn: MACHINE,
      status: 'RUNNABLE',
      step: '0001.0002.0002.0002',
      at: Date.parse(TIME),
      details: { redrives: 1, round: 2, attempt: 2, jobId: 'job-2', vcpus: 1, memory: 1, reason: undefined, startedAt: undefined },
      logStream: undefined,
    });
  });

  test('that blocks its queue says why it waits', () => {
    expect(jobEvent({ statusReason: 'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT' })!.details.reason).toBe('MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT');
    expect(jobEvent({ status: 'RUNNING', statusReason: 'old words' })!.details.reason).toBeUndefined();
  });

  test('that runs says since when', () => {
    expect(jobEvent({ status: 'RUNNING', startedAt: 7 })!.details.startedAt).toBe(7);
    expect(jobEvent({ status: 'RUNNABLE', startedAt: 7 })!.details.startedAt).toBeUndefined();
  });

  test('that runs says where its log is', () => {
    const container = { logStreamName: 'stream' };
    expect(jobEvent({ status: 'RUNNING', container })!.logStream).toBe('stream');
    expect(jobEvent({ status: 'STARTING', container })!.logStream).toBeUndefined();
    expect(jobEvent({ status: 'RUNNING' })!.logStream).toBeUndefined();
  });

  test.each(['SUBMITTED', 'SUCCEEDED', 'FAILED', 'NEW'])('with the status %s says nothing: its run does', (status) => {
    expect(jobEvent({ status })).toBeUndefined();
  });

  test('that is none of a run says nothing', () => {
    expect(jobEvent({ parameters: {} })).toBeUndefined();
    expect(jobEvent({ parameters: undefined })).toBeUndefined();
    expect(jobEvent({ parameters: { heavyBatchRun: '{}' } })).toBeUndefined();
  });
});

test('what an output has of another type is left out', () => {
  const output = JSON.stringify({ rounds: '2', jobId: 7, startedAt: 'soon' });
  expect(executionEvent({ status: 'SUCCEEDED', output }).details).toMatchObject({ round: undefined, jobId: undefined, startedAt: undefined });
});

test('the steps of a run grow', () => {
  const steps = [
    stepOf({ redrives: 0, status: 'SUBMITTED' }),
    ...(['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const).map((status) => stepOf({ redrives: 0, round: 1, attempt: 1, status })),
    stepOf({ redrives: 0, round: 1, attempt: 2, status: 'RUNNABLE' }),
    stepOf({ redrives: 0, round: 2, attempt: 1, status: 'PENDING' }),
    stepOf({ redrives: 0, round: 10, attempt: 1, status: 'PENDING' }),
    stepOf({ redrives: 0, round: 10, attempt: 10, status: 'PENDING' }),
    stepOf({ redrives: 0, status: 'FAILED' }),
    stepOf({ redrives: 1, status: 'SUBMITTED' }),
    stepOf({ redrives: 1, round: 1, attempt: 20_000, status: 'RUNNING' }),
    stepOf({ redrives: 1, status: 'SUCCEEDED' }),
  ];
  expect([...steps].sort()).toEqual(steps);
  expect(new Set(steps).size).toBe(steps.length);
});

test('the last three statuses are ends', () => {
  expect(RUN_STATUSES.filter((status) => isOver(status))).toEqual(['SUCCEEDED', 'FAILED', 'CANCELLED']);
});

test.each(['', 'words', '[]', 'null', undefined])('%j has no members of an outcome', (text) => {
  expect(outcomeIn(text)).toEqual({});
});
