import { BatchClient, JobDetail, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../../src/contract/job-name';
import type { JobCheck } from '../../../src/contract/messages';
import type { RunRecord } from '../../../src/contract/run-record';
import { checkJob } from '../../../src/functions/check/check-job';
import { stateOfExecution } from '../../../src/functions/check/check-run';
import type { RunContext } from '../../../src/functions/shared/run-context';

const [batch, sfn, s3, logs] = [mockClient(BatchClient), mockClient(SFNClient), mockClient(S3Client), mockClient(CloudWatchLogsClient)];
const clients = { batch: new BatchClient({}), sfn: new SFNClient({}), s3: new S3Client({}), logs: new CloudWatchLogsClient({}) };
const now = Date.UTC(2026, 0, 1);
const execution = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const context: RunContext = { execution, redrive: 0, round: 2, vcpus: 1, memory: 1024, queue: 'queue', queueTimeout: 3600, logGroup: '/log', result: 's3://bucket/key', earlier: [] };
const name = jobName({ executionArn: execution, redrive: 0, round: 2 });
const FIELDS = { runId: 'run-1', jobId: 'job-1', round: 2 };

const job = (more: Partial<JobDetail> = {}) => ({
  jobId: 'job-1', jobName: name, status: 'RUNNING', createdAt: now - 120_000, parameters: { heavyBatchToken: 'old', heavyBatchRun: JSON.stringify(context) }, ...more,
}) as JobDetail;
const check = (found: JobDetail | undefined, more: Partial<JobCheck> = {}) => checkJob(clients, {
  jobId: 'job-1', job: found, messages: [{ kind: 'checkJob', check: { jobId: 'job-1', token: 'token', since: now - 60_000, ...more } }], watchQueue: 'https://queue', now,
});
const error = (errorName: string) => Object.assign(new Error('why'), { name: errorName });
const logged = () => jest.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line as string));
const terminated = () => batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input);
const waiting = (more: Partial<JobDetail> = {}) => job({ status: 'RUNNABLE', createdAt: now - 3_600_000, ...more });

beforeEach(() => {
  for (const client of [batch, sfn, s3, logs]) client.reset();
  batch.on(ListJobsCommand).resolves({});
  batch.on(TerminateJobCommand).resolves({});
  for (const command of [SendTaskHeartbeatCommand, SendTaskSuccessCommand, SendTaskFailureCommand]) sfn.on(command as never).resolves({});
  jest.spyOn(console, 'log').mockImplementation();
  Object.assign(process.env, { AWS_REGION: 'us-east-1', PAYLOAD_BUCKET: 'bucket' });
});

test('a job that does not belong to a run is ignored, which is logged; a job of another compute is ignored in silence', async () => {
  await expect(check(job({ parameters: {} }))).resolves.toBeUndefined();
  expect(logged()).toEqual([{ notice: 'ignored', jobId: 'job-1', message: 'the job does not belong to a run' }]);
  jest.mocked(console.log).mockClear();
  await checkJob(clients, { jobId: 'job-1', job: undefined, messages: [{ kind: 'jobEvent', jobId: 'job-1' }], watchQueue: 'https://queue', now });
  expect(logged()).toEqual([]);
});

test('a job that is not found is logged with the time since its submission', async () => {
  await expect(check(undefined)).resolves.toMatchObject({ delay: 30 });
  expect(logged()).toEqual([{ notice: 'not found', jobId: 'job-1', seconds: 60 }]);
});

test('a heartbeat that fails is logged, and the job is checked again', async () => {
  sfn.on(SendTaskHeartbeatCommand).rejects(error('ThrottlingException'));
  await expect(check(job())).resolves.toMatchObject({ delay: 15 });
  expect(logged()).toEqual([{ notice: 'failed', error: 'ThrottlingException', message: 'SendTaskHeartbeat: why' }]);
  expect(terminated()).toEqual([]);
});

describe('a result that the container prints', () => {
  const printing = { ...context, result: undefined, resultSource: 'LOG' };
  const ended = (secondsAgo: number, more: Partial<JobDetail> = {}) => job({
    status: 'SUCCEEDED',
    startedAt: now - 100_000,
    stoppedAt: now - secondsAgo * 1000,
    parameters: { heavyBatchRun: JSON.stringify(printing) },
    attempts: [{ startedAt: now - 100_000, stoppedAt: now - secondsAgo * 1000, container: { exitCode: 0, logStreamName: 'run/default/1' } }],
    ...more,
  });
  const outputs = () => sfn.commandCalls(SendTaskSuccessCommand).map((call) => JSON.parse(call.args[0].input.output!));

  test('is in the output of the run', async () => {
    logs.on(GetLogEventsCommand, { logGroupName: '/log', logStreamName: 'run/default/1' }).resolves({ events: [{ message: '::result {"trips":3}' }] });
    await expect(check(ended(2))).resolves.toBeUndefined();
    expect(outputs()).toMatchObject([{ status: 'SUCCEEDED', result: { trips: 3 }, resultUri: null }]);
    expect(s3.calls()).toEqual([]);
  });

  test('is waited for with the token of the run while the log may show it late', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [] });
    const next = { checkJob: { jobId: 'job-1', token: 'token', since: now - 60_000, readSince: now } };
    await expect(check(ended(2_000))).resolves.toEqual({ delay: expect.any(Number), body: JSON.stringify(next) });
    await expect(check(ended(2_000), { readSince: now - 59_000 })).resolves.toMatchObject({ body: expect.stringContaining(`"readSince":${now - 59_000}`) });
    expect(outputs()).toEqual([]);
  });

  test('is waited for a minute', async () => {
    logs.on(GetLogEventsCommand).resolves({ events: [] });
    await expect(check(ended(70), { readSince: now - 61_000 })).resolves.toBeUndefined();
    expect(outputs()).toMatchObject([{ status: 'SUCCEEDED', result: null, resultError: 'the log is empty, 61 s after the first look' }]);
  });

  test('of the last of several attempts counts', async () => {
    logs.on(GetLogEventsCommand, { logStreamName: 'run/default/2' }).resolves({ events: [{ message: '::result 2' }] });
    const attempt = (logStreamName: string, exitCode: number) => ({ startedAt: now - 9_000, stoppedAt: now - 8_000, container: { exitCode, logStreamName } });
    await check(ended(2, { startedAt: now - 9_000, attempts: [attempt('run/default/1', 1), attempt('run/default/2', 0)] }));
    expect(outputs()).toMatchObject([{ result: 2 }]);
  });

  test('is none of an array job', async () => {
    await check(ended(2, { arrayProperties: { size: 2, statusSummary: { SUCCEEDED: 2 } } }));
    expect(outputs()).toMatchObject([{ result: null, resultError: expect.stringContaining('each child of an array job has a log of its own') }]);
    expect(logs.calls()).toEqual([]);
  });

  test('is not read when the job has failed', async () => {
    await check(ended(2, { status: 'FAILED', statusReason: 'Essential container in task exited', attempts: [{ container: { exitCode: 1 } }] }));
    expect(logs.calls()).toEqual([]);
    expect(sfn.commandCalls(SendTaskFailureCommand)).toHaveLength(1);
  });
});

describe.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('a token that is closed (%s)', (closed) => {
  beforeEach(() => { sfn.on(SendTaskHeartbeatCommand).rejects(error(closed)); });

  describe('of a run that goes on', () => {
    const recordIs = (record: RunRecord | undefined) => {
      if (!record) return s3.on(GetObjectCommand).rejects(error('NoSuchKey'));
      return s3.on(GetObjectCommand, { Bucket: 'bucket', Key: `runs/${name}` }).resolves({ Body: { transformToString: async () => JSON.stringify(record) } as never });
    };
    beforeEach(() => { sfn.on(DescribeExecutionCommand, { executionArn: execution }).resolves({ status: 'RUNNING', redriveCount: 0 }); });

    test('leaves its job to the check with the newer token', async () => {
      recordIs({ submissionIds: ['a'], jobId: 'job-1', token: 'newer' });
      await expect(check(job())).resolves.toBeUndefined();
      expect(terminated()).toEqual([]);
      expect(logged()).toEqual([{ notice: 'handed over', ...FIELDS, status: 'RUNNING' }]);
    });

    test('ends its job when the run waits for another one', async () => {
      recordIs({ submissionIds: ['a', 'b'], jobId: 'job-2', token: 'newer' });
      await expect(check(job())).resolves.toBeUndefined();
      expect(terminated()).toEqual([{ jobId: 'job-1', reason: 'heavy-batch: duplicate of job-2' }]);
      expect(logged()).toEqual([{ notice: 'handed over', ...FIELDS, status: 'RUNNING' }]);
    });

    test.each<[string, RunRecord | undefined]>([
      ['a retry has not begun', { submissionIds: ['a'], jobId: 'job-1', token: 'token' }],
      ['a retry has not submitted or adopted a job yet', { submissionIds: ['a', 'b'] }],
      ['there is no record', undefined],
    ])('checks its job again when %s', async (_, record) => {
      recordIs(record);
      await expect(check(job())).resolves.toMatchObject({ delay: 15, body: expect.stringContaining('"token":"token"') });
      expect(terminated()).toEqual([]);
    });

    test('is left to the next delivery of the message when the record cannot be read', async () => {
      s3.on(GetObjectCommand).rejects(error('SlowDown'));
      await expect(check(job())).rejects.toThrow('why');
      expect(terminated()).toEqual([]);
    });
  });

  test.each([['SUCCEEDED', 0], ['ABORTED', 0], ['RUNNING', 1]] as const)('ends the job of a run that is %s at redrive %d', async (status, redriveCount) => {
    sfn.on(DescribeExecutionCommand, { executionArn: execution }).resolves({ status, redriveCount });
    await expect(check(job())).resolves.toBeUndefined();
    expect(terminated()).toEqual([{ jobId: 'job-1', reason: 'heavy-batch: its run ended' }]);
    expect(logged()).toEqual([{ notice: 'terminated', ...FIELDS, status: 'RUNNING', message: 'heavy-batch: its run ended' }]);
  });
});

describe('a job that waited for too long', () => {
  test('is terminated with the reason of Batch, and checked again', async () => {
    await expect(check(waiting({ statusReason: 'CAPACITY:X' }))).resolves.toBeDefined();
    const reason = 'heavy-batch: queued too long (3600 s): CAPACITY:X';
    expect(terminated()).toEqual([{ jobId: 'job-1', reason }]);
    expect(logged()).toEqual([{ notice: 'terminated', ...FIELDS, status: 'RUNNABLE', message: reason }]);
    expect(batch.commandCalls(ListJobsCommand)).toHaveLength(0);
  });

  test.each([
    [undefined, 'heavy-batch: queued too long (3600 s): RUNNABLE, and AWS Batch reported no reason'],
    ['heavy-batch: queued too long (60 s): CAPACITY:X', 'heavy-batch: queued too long (60 s): CAPACITY:X'],
    ['x'.repeat(2_000), `heavy-batch: queued too long (3600 s): ${'x'.repeat(1_000)}`.slice(0, 1_000)],
  ])('has the reason %s', async (statusReason, reason) => {
    await check(waiting({ statusReason }));
    expect(terminated()).toEqual([{ jobId: 'job-1', reason }]);
  });

  test('and is an array job has the reason of one of its children', async () => {
    batch.on(ListJobsCommand, { arrayJobId: 'job-1', jobStatus: 'RUNNABLE' }).resolves({ jobSummaryList: [{ jobId: 'job-1:0', jobName: 'x' }, { jobId: 'job-1:1', jobName: 'x', statusReason: 'CAPACITY:Y' }] });
    await check(waiting({ status: 'PENDING', arrayProperties: { size: 2, statusSummary: { RUNNABLE: 2 } } }), { unchanged: { state: 'RUNNABLE 2', since: now - 3_600_000 } });
    expect(terminated()).toEqual([{ jobId: 'job-1', reason: 'heavy-batch: queued too long (3600 s): CAPACITY:Y' }]);
  });

  test('is terminated when the last start of a child is not later than its state', async () => {
    batch.on(ListJobsCommand).resolves({ jobSummaryList: [{ jobId: 'job-1:0', jobName: 'x', startedAt: now - 3_600_000 }] });
    await check(waiting({ status: 'PENDING', arrayProperties: { size: 2, statusSummary: { RUNNABLE: 2 } } }), { unchanged: { state: 'RUNNABLE 2', since: now - 3_600_000 } });
    expect(terminated()).toHaveLength(1);
  });

  test('and has not ended an hour after its termination is reported, with the token of its check', async () => {
    const unchanged = { state: 'RUNNABLE 0', since: now - 9_000_000, terminatedAt: now - 3_600_000 };
    await expect(check(waiting({ statusReason: 'CAPACITY:X' }), { unchanged })).resolves.toBeUndefined();
    const { taskToken, error: reported } = sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input;
    expect([taskToken, reported]).toEqual(['token', 'Stuck']);
  });
});

describe('a job that is reported', () => {
  const succeeded = () => check(job({ status: 'SUCCEEDED' }));
  const outputs = () => sfn.commandCalls(SendTaskSuccessCommand).map((call) => JSON.parse(call.args[0].input.output!));
  const resultIs = (text: string) => {
    const Body = { transformToByteArray: async () => Buffer.from(text) } as never;
    s3.on(GetObjectCommand).resolves({ ContentLength: text.length, Body });
  };

  test('with a status that is not known is terminated, and no other one is', async () => {
    await check(job({ status: 'EVAPORATED' as never }));
    expect(terminated()).toEqual([{ jobId: 'job-1', reason: 'heavy-batch: unknown status EVAPORATED' }]);
    expect(logged()[0]).toEqual({ notice: 'terminated', ...FIELDS, status: 'EVAPORATED', message: 'heavy-batch: unknown status EVAPORATED' });
    batch.resetHistory();
    await check(job({ status: 'FAILED' }));
    await succeeded();
    expect(terminated()).toEqual([]);
  });

  test('is logged with its verdict, and with why it has no result', async () => {
    resultIs('no JSON');
    await succeeded();
    await check(job({ status: 'FAILED', container: { exitCode: 3 } }));
    expect(logged()).toEqual([
      { notice: 'over', ...FIELDS, status: 'SUCCEEDED', error: 'the output does not carry the result' },
      { notice: 'over', ...FIELDS, status: 'FAILED', verdict: 'ExitCode' },
    ]);
  });

  test.each(['InvalidOutput', 'ValidationException'])('is reported without a result that Step Functions refuses (%s)', async (refused) => {
    resultIs('{"a":1}');
    sfn.on(SendTaskSuccessCommand).rejectsOnce(error(refused)).resolves({});
    await succeeded();
    expect(outputs()).toMatchObject([{ result: { a: 1 } }, { result: null, resultUri: 's3://bucket/key', resultError: 'AWS Step Functions refused the result: why' }]);
  });

  test.each([['InvalidOutput', 'null'], ['ValidationException', 'null'], ['ThrottlingException', '{"a":1}']])('is reported later when %s is not about its result %s', async (refused, text) => {
    resultIs(text);
    sfn.on(SendTaskSuccessCommand).rejects(error(refused));
    await expect(succeeded()).rejects.toThrow('why');
    expect(outputs()).toHaveLength(1);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('to a token that is closed (%s) was reported before', async (closed) => {
    resultIs('1');
    sfn.on(SendTaskSuccessCommand).rejects(error(closed));
    await expect(succeeded()).resolves.toBeUndefined();
  });
});

test.each([
  ['RUNNING', 2, { running: true, redrive: 2 }], ['PENDING_REDRIVE', 1, { running: true, redrive: 1 }], ['FAILED', undefined, { running: false, redrive: 0 }],
  ['SUCCEEDED', 0, { running: false, redrive: 0 }], ['TIMED_OUT', 0, { running: false, redrive: 0 }], ['ABORTED', 0, { running: false, redrive: 0 }],
] as const)('an execution that is %s, redriven %s times: %j', async (status, redriveCount, expected) => {
  sfn.on(DescribeExecutionCommand, { executionArn: execution }).resolves({ status, redriveCount });
  await expect(stateOfExecution(clients.sfn, execution)).resolves.toEqual(expected);
});
