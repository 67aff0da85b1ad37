import { BatchClient, DescribeJobsCommand, JobDetail, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName as nameOf } from '../../../src/contract/job-name';
import type { RunRecord } from '../../../src/contract/run-record';
import { handler } from '../../../src/functions/check/check.lambda';
import { RunContext } from '../../../src/functions/shared/run-context';

const batch = mockClient(BatchClient);
const sfn = mockClient(SFNClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);

const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const now = Date.UTC(2026, 0, 1);
const context: RunContext = { execution: executionArn, redrive: 0, round: 1, vcpus: 1, memory: 1024, queue: 'queue', queueTimeout: 3600, logGroup: '/log', earlier: [] };

function job(more: Partial<JobDetail> = {}, of: Partial<RunContext> = {}): JobDetail {
  const run = { ...context, ...of };
  return {
    jobId: 'job-1',
    jobName: nameOf({ executionArn: run.execution, redrive: run.redrive, round: run.round }),
    status: 'RUNNING',
    createdAt: now - 120_000,
    parameters: { heavyBatchRun: JSON.stringify(run) },
    ...more,
  } as JobDetail;
}
const check = (more: object = {}) => ({ checkJob: { jobId: 'job-1', token: 'new', since: now - 60_000, ...more } });
const jobEvent = { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId: 'job-1', status: 'SUCCEEDED' } };
const executionEvent = { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': { executionArn, status: 'ABORTED' } };
/** Messages of our own roles, and events. */
const receive = (...messages: (object | string)[]) => receiveFrom('AROAWATCH:Watch', ...messages);
const receiveFrom = (SenderId: string, ...messages: (object | string)[]) => handler({
  Records: messages.map((message, index) => ({ messageId: `m${index}`, body: typeof message === 'string' ? message : JSON.stringify(message), attributes: { SenderId } })),
} as never);
const recordIs = (record: RunRecord) => s3.on(GetObjectCommand, { Bucket: 'bucket', Key: `runs/${job().jobName}` })
  .resolves({ Body: { transformToString: async () => JSON.stringify(record) } as never });
const error = (name: string) => Object.assign(new Error(name), { name });
const sent = () => sqs.commandCalls(SendMessageBatchCommand).flatMap((call) => call.args[0].input.Entries!)
  .map((entry) => ({ ...JSON.parse(entry.MessageBody!), delay: entry.DelaySeconds }));
const failedMessages = async (answer: ReturnType<typeof receive>) => (await answer).batchItemFailures.map((failure) => failure.itemIdentifier);

beforeEach(() => {
  for (const client of [batch, sfn, s3, sqs]) client.reset();
  batch.on(DescribeJobsCommand).resolves({ jobs: [job()] });
  batch.on(ListJobsCommand).resolves({ jobSummaryList: [] });
  batch.on(TerminateJobCommand).resolves({});
  for (const command of [SendTaskHeartbeatCommand, SendTaskSuccessCommand, SendTaskFailureCommand]) sfn.on(command as never).resolves({});
  sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', redriveCount: 0 });
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  jest.spyOn(console, 'log').mockImplementation();
  jest.useFakeTimers({ now, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue,on-demand', AWS_REGION: 'us-east-1', PAYLOAD_BUCKET: 'bucket', SENDERS: 'AROASUBMIT,AROAWATCH' });
  recordIs({ submissionIds: ['id'], jobId: 'job-1', token: 'old' });
});
afterEach(() => jest.useRealTimers());

describe('a job that runs', () => {
  test('its run gets a heartbeat with the newest token, and the job is checked again', async () => {
    expect(await failedMessages(receive(check()))).toEqual([]);
    expect(sfn.commandCalls(SendTaskHeartbeatCommand)[0].args[0].input.taskToken).toBe('new');
    expect(sent()).toEqual([{ ...check({ unchanged: { state: 'RUNNING 0', since: now } }), delay: 15 }]);
  });

  test('of two checks the newer token is used, and one message is sent', async () => {
    await receive(check({ token: 'older', since: now - 90_000 }), check());
    expect(sfn.commandCalls(SendTaskHeartbeatCommand).map((call) => call.args[0].input.taskToken)).toEqual(['new']);
    expect(sent()).toHaveLength(1);
  });

  test('a heartbeat that is throttled does not end the checks', async () => {
    sfn.on(SendTaskHeartbeatCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(receive(check()))).toEqual([]);
    expect(sent()).toHaveLength(1);
  });

  test('an event that came before DescribeJobs showed the end is followed up four times', async () => {
    await receive(jobEvent);
    expect(sent()).toMatchObject([{ checkJob: { jobId: 'job-1', token: 'old', early: 1 }, delay: 5 }]);
    sqs.resetHistory();
    await receive(check({ early: 4 }));
    expect(sent()).toEqual([]);
  });
});

describe('a job whose token is closed', () => {
  beforeEach(() => sfn.on(SendTaskHeartbeatCommand).rejects(error('TaskTimedOut')));

  test('goes on when its run lives: the newer token has a check of its own', async () => {
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
    expect(sent()).toEqual([]);
  });

  test('is terminated when its run waits for another job', async () => {
    recordIs({ submissionIds: ['id', 'other'], jobId: 'job-2', token: 'newer' });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-1']);
  });

  test.each(['ABORTED', 'TIMED_OUT', 'FAILED', 'SUCCEEDED'] as const)('is terminated when its run is %s', async (status) => {
    sfn.on(DescribeExecutionCommand).resolves({ status, redriveCount: 0 });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
    expect(sent()).toEqual([]);
  });

  test('is terminated when its run was redriven', async () => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', redriveCount: 1 });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
  });

  test('is left to the next delivery of the message when the state of its run cannot be read', async () => {
    sfn.on(DescribeExecutionCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(receive(check()))).toEqual(['m0']);
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });
});

describe('a job that waits for its place', () => {
  test('is terminated after its time, with the reason that Batch reports', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 3_600_000, statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' })] });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)[0].args[0].input.reason).toBe('heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
    expect(sent()).toHaveLength(1);
  });

  test('is checked when its time is over, and not later', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 3_500_000 })] });
    await receive(check());
    expect(sent()[0].delay).toBe(100);
  });

  test('has its whole time again after each attempt', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 9_000_000, attempts: [{ stoppedAt: now - 10_000 }] })] });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });

  test('and is an array job is terminated after its time, with the reason that Batch reports of its children', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'PENDING', createdAt: now - 9_000_000, arrayProperties: { size: 9, statusSummary: { RUNNABLE: 2, SUCCEEDED: 7 } } })] });
    // Batch gives a reason only to the job at the head of its queue.
    const children = [{ jobId: 'job-1:7', jobName: 'x' }, { jobId: 'job-1:8', jobName: 'x', statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' }];
    batch.on(ListJobsCommand, { arrayJobId: 'job-1', jobStatus: 'RUNNABLE' }).resolves({ jobSummaryList: children });
    await receive(check({ unchanged: { state: 'RUNNABLE 2, SUCCEEDED 7', since: now - 3_600_000 } }));
    expect(batch.commandCalls(TerminateJobCommand)[0].args[0].input.reason).toBe('heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
  });

  test('and is an array job whose children took turns between two checks has its time again', async () => {
    const lastStart = now - 60_000;
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'PENDING', createdAt: now - 9_000_000, arrayProperties: { size: 3, statusSummary: { RUNNABLE: 3 } } })] });
    batch.on(ListJobsCommand, { arrayJobId: 'job-1', jobStatus: 'RUNNABLE' })
      .resolvesOnce({ jobSummaryList: [{ jobId: 'job-1:0', jobName: 'x' }], nextToken: 'more' })
      .resolves({ jobSummaryList: [{ jobId: 'job-1:1', jobName: 'x', startedAt: lastStart }] });
    await receive(check({ unchanged: { state: 'RUNNABLE 3', since: now - 3_600_000 } }));
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
    expect(sent()).toMatchObject([check({ unchanged: { state: 'RUNNABLE 3', since: lastStart } })]);
  });

  test('and is an array job with a running child is not stuck', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'PENDING', createdAt: now - 9_000_000, arrayProperties: { size: 2, statusSummary: { RUNNING: 1, RUNNABLE: 1 } } })] });
    await receive(check({ unchanged: { state: 'RUNNABLE 1, RUNNING 1', since: now - 9_000_000 } }));
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });
});

describe('a job whose container does not start', () => {
  const hours = (count: number) => check({
    unchanged: { state: 'STARTING 0', since: now - count * 3_600_000, ...(count > 3 ? { terminatedAt: now - (count - 3) * 3_600_000 } : {}) },
  });
  const starting = (more: Partial<JobDetail> = {}) => batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'STARTING', createdAt: now - 90_000_000, ...more })] });

  test('is terminated after three hours, and checked again', async () => {
    starting();
    await receive(hours(3));
    const reason = 'heavy-batch: starting too long (10800 s): STARTING, and AWS Batch reported no reason';
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input)).toEqual([{ jobId: 'job-1', reason }]);
    expect(sent()).toHaveLength(1);
    expect(sfn.commandCalls(SendTaskFailureCommand)).toHaveLength(0);
  });

  test('is terminated once more after another hour, and its run ends', async () => {
    starting({ statusReason: 'pulling' });
    await receive(hours(4));
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
    const [failure] = sfn.commandCalls(SendTaskFailureCommand).map((call) => call.args[0].input);
    expect(failure.error).toBe('Stuck');
    expect(JSON.parse(failure.cause!)).toMatchObject({ reason: 'Stuck', message: expect.stringContaining('pulling') });
    expect(sent()).toEqual([]);
  });

  test('and that a person cancelled keeps the words of that person', async () => {
    starting({ isCancelled: true, statusReason: 'wrong input' });
    await receive(hours(3));
    await receive({ checkJob: sent()[0].checkJob });
    expect(sfn.commandCalls(SendTaskFailureCommand)).toHaveLength(0);
    jest.setSystemTime(now + 3_600_000);
    await receive({ checkJob: sent()[1].checkJob });
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input).toMatchObject({ error: 'Cancelled', cause: expect.stringContaining('wrong input') });
  });
});

describe('a job that has ended', () => {
  const over = (more: Partial<JobDetail>, of: Partial<RunContext> = {}) => batch.on(DescribeJobsCommand).resolves({
    jobs: [job({
      startedAt: now - 100_000,
      stoppedAt: now - 5_500,
      attempts: [{ startedAt: now - 100_000, container: { exitCode: 0, logStreamName: 'run/default/abc', ...more.container } }],
      ...more,
    }, of)],
  });

  test('keeps its success when Step Functions refuses its result', async () => {
    over({ status: 'SUCCEEDED' }, { result: 's3://bucket/results/x' });
    s3.on(GetObjectCommand, { Key: 'results/x' }).resolves({ ContentLength: 7, Body: { transformToByteArray: async () => Buffer.from('{"a":1}') } as never });
    sfn.on(SendTaskSuccessCommand).rejectsOnce(error('InvalidOutput')).resolves({});
    expect(await failedMessages(receive(jobEvent))).toEqual([]);
    const outputs = sfn.commandCalls(SendTaskSuccessCommand).map((call) => JSON.parse(call.args[0].input.output!));
    expect(outputs).toMatchObject([{ result: { a: 1 } }, { result: null, resultUri: 's3://bucket/results/x', resultError: 'AWS Step Functions refused the result: InvalidOutput' }]);
  });

  test('successfully becomes the output of its run', async () => {
    over({ status: 'SUCCEEDED', container: { exitCode: 0, logStreamName: 'run/default/abc' } });
    await receive(jobEvent);
    const { taskToken, output } = sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input;
    expect(taskToken).toBe('old');
    expect(JSON.parse(output!)).toEqual({
      runId: 'run-1',
      jobId: 'job-1',
      jobName: job().jobName,
      status: 'SUCCEEDED',
      exitCode: 0,
      attempts: 1,
      rounds: 1,
      reason: null,
      message: null,
      submittedAt: '2025-12-31T23:58:00.000Z',
      startedAt: '2025-12-31T23:58:20.000Z',
      stoppedAt: '2025-12-31T23:59:54.500Z',
      queuedSeconds: 20,
      ranSeconds: 94.5,
      logGroup: '/log',
      logStreams: ['run/default/abc'],
      logsUrl: 'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Flog/log-events/run$252Fdefault$252Fabc',
      logsHint: null,
      vcpus: 1,
      memory: 1024,
      earlierRounds: [],
      result: null,
      resultUri: null,
    });
    expect(sent()).toEqual([]);
    expect(s3.calls()).toHaveLength(1); // the record
  });

  test('has the result of its container in its output', async () => {
    const result = 's3://bucket/results/Job/hb-1';
    s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'results/Job/hb-1' }).resolves({ ContentLength: 7, Body: { transformToByteArray: async () => Buffer.from('{"a":1}') } as never });
    over({ status: 'SUCCEEDED' }, { result });
    await receive(check());
    expect(JSON.parse(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output!)).toMatchObject({ status: 'SUCCEEDED', result: { a: 1 }, resultUri: result });
  });

  test('is reported without its result, and at once, when S3 does not answer', async () => {
    s3.on(GetObjectCommand).rejects(Object.assign(new Error('busy'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }));
    over({ status: 'SUCCEEDED' }, { result: 's3://bucket/results/Job/hb-1' });
    expect(await failedMessages(receive(check()))).toEqual([]);
    expect(JSON.parse(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output!))
      .toMatchObject({ status: 'SUCCEEDED', result: null, resultError: 'the result could not be read: SlowDown: busy' });
  });

  test('without its result is logged without a word of that result', async () => {
    s3.on(GetObjectCommand).resolves({ ContentLength: 6, Body: { transformToByteArray: async () => Buffer.from('secret') } as never });
    over({ status: 'SUCCEEDED' }, { result: 's3://bucket/results/Job/hb-1' });
    await receive(check());
    expect(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output).toContain('the result is not JSON');
    const lines = jest.mocked(console.log).mock.calls.map(([line]) => line as string);
    expect(lines.filter((line) => line.includes('the output does not carry the result'))).toHaveLength(1);
    expect(lines.join()).not.toContain('secret');
  });

  test('with a failure has no result, and S3 is not called', async () => {
    over({ status: 'FAILED', container: { exitCode: 3 } }, { result: 's3://bucket/results/Job/hb-1' });
    await receive(check());
    expect(JSON.parse(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.cause!)).toMatchObject({ result: null, resultUri: null });
    expect(s3.calls()).toHaveLength(0);
  });

  test('as a multi-node job has the outcome of its main node', async () => {
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', startedAt: now - 100_000, nodeProperties: { numNodes: 4, mainNode: 0, nodeRangeProperties: [] } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1#0'] }).resolves({ jobs: [{ jobId: 'job-1#0', container: { exitCode: 3, logStreamName: 'run/default/main' } } as JobDetail] });
    await receive(check());
    expect(JSON.parse(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.cause!))
      .toMatchObject({ reason: 'ExitCode', exitCode: 3, logStreams: ['run/default/main'], nodes: { count: 4, main: 0 } });
  });

  test('with a final failure fails the task, with the reason as the error name', async () => {
    over({ status: 'FAILED', container: { exitCode: 3 } });
    await receive(check());
    const { taskToken, error: name, cause } = sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input;
    expect({ taskToken, name }).toEqual({ taskToken: 'new', name: 'ExitCode' });
    expect(JSON.parse(cause!)).toMatchObject({ status: 'FAILED', reason: 'ExitCode', exitCode: 3, message: 'the container exited with 3' });
  });

  test('with a failure that another round may mend succeeds the task, and the output asks for the round', async () => {
    over({ status: 'FAILED', container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } }, { maxMemory: 4096 });
    await receive(check());
    expect(JSON.parse(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output!)).toMatchObject({ nextRound: { round: 2, memory: 2048, queue: 'queue' } });
    expect(sfn.commandCalls(SendTaskFailureCommand)).toHaveLength(0);
    expect(JSON.parse(jest.mocked(console.log).mock.lastCall![0] as string)).toEqual({ notice: 'another round', runId: 'run-1', jobId: 'job-1', round: 1, status: 'FAILED', verdict: 'OutOfMemory' });
  });

  test('is reported once, however many messages are about it', async () => {
    over({ status: 'SUCCEEDED' });
    await receive(jobEvent, jobEvent, check());
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(1);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('and whose token is closed (%s) is reported already', async (name) => {
    over({ status: 'SUCCEEDED' });
    sfn.on(SendTaskSuccessCommand).rejects(error(name));
    expect(await failedMessages(receive(check()))).toEqual([]);
  });

  test('is reported again when Step Functions refused the answer', async () => {
    over({ status: 'SUCCEEDED' });
    sfn.on(SendTaskSuccessCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(receive(jobEvent, check(), 'noise'))).toEqual(['m0', 'm1']);
  });

  test('with an unknown status is terminated, and its run fails', async () => {
    over({ status: 'EVAPORATED' as never });
    await receive(check());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.error).toBe('Unknown');
  });

  test.each([
    ['heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 'Stuck'],
    ['not needed any more', 'Cancelled'],
  ])('as an array job that was ended (%s) is %s', async (statusReason, reason) => {
    const children = [0, 1].map((index) => ({ jobId: `job-1:${index}`, arrayProperties: { index }, status: 'FAILED' as const, statusReason, isTerminated: true }));
    batch.on(ListJobsCommand, { arrayJobId: 'job-1' }).resolves({ jobSummaryList: children as never });
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', isTerminated: true, arrayProperties: { size: 2, statusSummary: { FAILED: 2 } } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1:0', 'job-1:1'] }).resolves({ jobs: children as never });
    await receive(jobEvent);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.error).toBe(reason);
  });

  test('as an array job names its first failed children', async () => {
    const child = (index: number) => ({ jobId: `job-1:${index}`, arrayProperties: { index }, status: 'FAILED' as const, container: { exitCode: 3 } });
    batch.on(ListJobsCommand, { arrayJobId: 'job-1' }).resolves({ jobSummaryList: [child(7), child(2)] as never });
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', arrayProperties: { size: 9, statusSummary: { SUCCEEDED: 7, FAILED: 2 } } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1:2', 'job-1:7'] }).resolves({ jobs: [child(7), child(2)] as never });
    await receive(check());
    const { error: name, cause } = sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input;
    expect(name).toBe('ExitCode');
    expect(JSON.parse(cause!)).toMatchObject({
      message: '2 of 9 children failed, first 2 (ExitCode: the container exited with 3), 7 (ExitCode: the container exited with 3)',
      array: { size: 9, children: { SUCCEEDED: 7, FAILED: 2 }, firstFailed: [{ index: 2 }, { index: 7 }] },
    });
  });
});

describe('what the function ignores', () => {
  test.each(['noise', '{}', '[]', 'null', '{"checkJob":{}}', '{"source":"aws.s3"}'])('the message %s', async (body) => {
    expect(await failedMessages(receive(body))).toEqual([]);
    expect(batch.calls()).toHaveLength(0);
  });

  test('a job that no run submitted', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [{ ...job({ status: 'FAILED' }), parameters: {} }] });
    await receive(jobEvent);
    expect(sfn.calls()).toHaveLength(0);
  });

  test('a job of another compute on the same job queue', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' }, { watchQueue: 'https://another' })] });
    expect(await failedMessages(receive(jobEvent))).toEqual([]);
    expect(sfn.calls()).toHaveLength(0);
  });

  test('but not a job with a check of its own, and not a job that names no watch queue', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' }, { watchQueue: 'https://replaced' })] });
    await receive(check());
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' })] });
    await receive(jobEvent);
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(2);
  });

  test.each([['under another name', 'my-copy'], ['under its name', undefined]])('a copy of a job, %s', async (_, jobName) => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED', jobId: 'copy', ...jobName ? { jobName } : {} })] });
    s3.on(GetObjectCommand, { Key: 'runs/my-copy' }).rejects(error('NoSuchKey'));
    await receive({ ...jobEvent, detail: { jobId: 'copy' } });
    expect(sfn.calls()).toHaveLength(0);
  });
});

describe('a job that is not found', () => {
  beforeEach(() => batch.on(DescribeJobsCommand).resolves({ jobs: [] }));

  test('is checked again', async () => {
    await receive(check());
    expect(sent()).toEqual([{ ...check(), delay: 30 }]);
  });

  test('for a quarter of an hour is left to the heartbeat', async () => {
    await receive(check({ since: now - 901_000 }));
    expect(sent()).toEqual([]);
  });
});

describe('an execution that ended', () => {
  const orphaned = { jobSummaryList: [{ jobId: 'job-1', jobName: job().jobName!, status: 'RUNNABLE' as const, createdAt: 1 }] };

  test.each([['an event', executionEvent], ['the submit function', { checkRun: { execution: executionArn } }]])('leaves no job running, and is cleaned up once more, when %s asks for a check', async (_, message) => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', redriveCount: 0 });
    batch.on(ListJobsCommand, { jobQueue: 'on-demand' }).resolves(orphaned);
    await receive(message);
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-1']);
    expect(sent()).toEqual([{ cleanUp: { execution: executionArn, redrive: 0 }, delay: 60 }]);
  });

  test('and was redriven before its event came keeps its new job', async () => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', redriveCount: 1 });
    const jobs = [0, 1].map((redrive) => ({ jobId: `job-${redrive}`, jobName: nameOf({ executionArn, redrive, round: 1 }), status: 'RUNNING' as const, createdAt: redrive }));
    s3.on(GetObjectCommand).rejects(error('NoSuchKey'));
    batch.on(ListJobsCommand, { jobQueue: 'queue' }).resolves({ jobSummaryList: jobs });
    await receive(executionEvent);
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-0']);
  });

  test.each([['an event', executionEvent], ['the submit function', { checkRun: { execution: executionArn } }]])('that runs keeps its jobs, when %s asks for a check', async (_, message) => {
    await receive(message);
    expect(batch.calls()).toHaveLength(0);
  });

  test('because it gave up has its jobs ended', async () => {
    batch.on(ListJobsCommand, { jobQueue: 'queue' }).resolves(orphaned);
    await receive({ cleanUp: { execution: executionArn, redrive: 0 } });
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
  });
});

test('250 jobs are described in three calls, and their next checks are sent ten at a time', async () => {
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => job({ jobId })) }));
  await receive(...Array.from({ length: 250 }, (_, index) => check({ jobId: `job-${index}` })));
  expect(batch.commandCalls(DescribeJobsCommand).map((call) => call.args[0].input.jobs!.length)).toEqual([100, 100, 50]);
  expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(25);
});

test('only the messages whose jobs could not be described are returned to the queue', async () => {
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => {
    if (jobs.includes('job-0')) throw error('TooManyRequestsException');
    return { jobs: jobs.map((jobId) => job({ jobId })) };
  });
  const failed = await failedMessages(receive(...Array.from({ length: 150 }, (_, index) => check({ jobId: `job-${index}` }))));
  expect(failed).toHaveLength(100);
  expect(sent()).toHaveLength(50);
});

test('a message whose next check SQS did not accept is returned to the queue', async () => {
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] });
  batch.on(DescribeJobsCommand).resolves({ jobs: ['a', 'b'].map((jobId) => job({ jobId })) });
  expect(await failedMessages(receive(check({ jobId: 'a' }), check({ jobId: 'b' })))).toEqual(['m1']);
});

test('no log line contains a token, or a value of a parameter or of a variable', async () => {
  const TOKENS = ['a-token-of-the-job', 'a-token-of-a-check'];
  const parameters = { ...job().parameters, heavyBatchToken: TOKENS[0], size: 'a-value-of-a-parameter' };
  const container = { environment: [{ name: 'A', value: 'a-value-of-a-variable' }] };
  const states: [string, Partial<JobDetail>[]][] = [
    ['not found', []],
    ['ignored', [{ parameters: { size: 'a-value-of-a-parameter' } }]],
    ['over', [{ status: 'FAILED', container: { ...container, exitCode: 3 } }]],
    ['terminated', [{ status: 'RUNNABLE', createdAt: now - 9_000_000 }]],
    ['failed', [{ status: 'RUNNING' }]],
    ['handed over', [{ status: 'RUNNING' }]],
  ];
  sfn.on(SendTaskHeartbeatCommand).resolvesOnce({}).rejectsOnce(error('ThrottlingException')).rejects(error('TaskTimedOut'));
  for (const [, found] of states) {
    batch.on(DescribeJobsCommand).resolves({ jobs: found.map((more) => job({ container, parameters, ...more })) });
    await receive(check({ token: TOKENS[1] }));
  }
  const lines = jest.mocked(console.log).mock.calls.map(([line]) => line as string);
  expect(lines.map((line) => JSON.parse(line).notice)).toEqual(states.map(([notice]) => notice));
  expect(lines.join('\n')).not.toMatch(/a-token-of|a-value-of/);
});

describe('the log', () => {
  const logged = () => jest.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line as string));

  test('has each message that cannot be read, without its text', async () => {
    expect(await failedMessages(receive('noise'))).toEqual([]);
    expect(logged()).toEqual([{ notice: 'ignored', message: 'a message of an unknown kind' }]);
  });

  test('has the call that failed for several jobs, and how many', async () => {
    batch.on(DescribeJobsCommand).rejects(error('TooManyRequestsException'));
    expect(await failedMessages(receive(check({ jobId: 'a' }), check({ jobId: 'b' })))).toEqual(['m0', 'm1']);
    expect(logged()).toEqual([{ notice: 'failed', error: 'TooManyRequestsException', message: 'DescribeJobs: TooManyRequestsException', count: 2 }]);
  });

  test('has why a message is returned to the queue', async () => {
    sfn.on(DescribeExecutionCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(receive(executionEvent))).toEqual(['m0']);
    expect(logged()).toEqual([{ notice: 'failed', error: 'ThrottlingException', message: 'ThrottlingException' }]);
  });
});

test('an answer without jobs, and one without failures, says that there are none', async () => {
  batch.on(DescribeJobsCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolves({} as never);
  expect(await failedMessages(receive(check()))).toEqual([]);
  expect(sent()).toMatchObject([{ checkJob: { jobId: 'job-1' }, delay: 30 }]);
});

test('of many next checks that are sent, only the messages behind those that SQS refused are returned', async () => {
  batch.on(DescribeJobsCommand).resolves({});
  sqs.on(SendMessageBatchCommand).resolvesOnce({ Successful: [], Failed: [{ Id: '3', Code: 'x', SenderFault: false }] })
    .resolves({ Successful: [], Failed: [{ Id: '11', Code: 'x', SenderFault: false }] });
  const messages = Array.from({ length: 12 }, (_, index) => check({ jobId: `job-${index}` }));
  expect(await failedMessages(receive(...messages))).toEqual(['m3', 'm11']);
  const ids = sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries!.map(({ Id }) => Id));
  expect(ids).toEqual([['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], ['10', '11']]);
});

describe('a message of anyone else', () => {
  const strangers = ['AIDAPERSON', 'AROAWATC:Watch', 'AROAOTHER:AROAWATCH', '', ':'];

  test.each(strangers)('of %j does not bring the outcome of a job to another run: its token does not count', async (sender) => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' })] });
    recordIs({ submissionIds: ['id'], jobId: 'job-2', token: 'old' });
    expect(await failedMessages(receiveFrom(sender, check({ token: 'stolen' })))).toEqual([]);
    expect(sfn.calls()).toHaveLength(0);
    expect(sent()).toEqual([]);
  });

  test.each(strangers)('of %j does not end a job whose times it invents', async (sender) => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job()] });
    await receiveFrom(sender, check({ unchanged: { state: 'RUNNING 0', since: 0, terminatedAt: 0 } }));
    expect([batch.commandCalls(TerminateJobCommand), sfn.calls()].flat()).toEqual([]);
    expect(sent()).toMatchObject([{ checkJob: { token: 'old', early: 1 } }]);
  });

  test.each(strangers)('of %j does not end the jobs of a run that goes on', async (sender) => {
    batch.on(ListJobsCommand).resolves({ jobSummaryList: [{ jobId: 'job-1', jobName: job().jobName!, status: 'RUNNING' }] });
    await receiveFrom(sender, { cleanUp: { execution: executionArn, redrive: 99 } });
    expect(batch.commandCalls(TerminateJobCommand)).toEqual([]);
  });

  test.each(['ExecutionDoesNotExist', 'AccessDeniedException', 'InvalidArn', 'ValidationException'])('about an execution that is not ours (%s) is not delivered again', async (name) => {
    sfn.on(DescribeExecutionCommand).rejects(error(name));
    expect(await failedMessages(receiveFrom('AIDAPERSON', { checkRun: { execution: 'arn:other' } }))).toEqual([]);
    expect(jest.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line as string))).toEqual([{ notice: 'failed', error: name, message: `DescribeExecution: ${name}` }]);
  });
});
