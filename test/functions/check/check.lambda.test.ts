import { BatchClient, DescribeJobsCommand, JobDetail, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../../src/contract/job-name';
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
  const its = { ...context, ...of };
  return {
    jobId: 'job-1',
    jobName: jobName({ executionArn: its.execution, redrive: its.redrive, round: its.round }),
    status: 'RUNNING',
    createdAt: now - 120_000,
    parameters: { heavyBatchToken: 'old', heavyBatchRun: JSON.stringify(its) },
    ...more,
  } as JobDetail;
}
const look = (more: object = {}) => ({ look: { jobId: 'job-1', token: 'new', since: now - 60_000, ...more } });
const jobEvent = { 'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { jobId: 'job-1', status: 'SUCCEEDED' } };
const executionEvent = { 'source': 'aws.states', 'detail-type': 'Step Functions Execution Status Change', 'detail': { executionArn, status: 'ABORTED' } };
const watch = (...messages: (object | string)[]) => handler({
  Records: messages.map((message, index) => ({ messageId: `m${index}`, body: typeof message === 'string' ? message : JSON.stringify(message) })),
} as never);
const error = (name: string) => Object.assign(new Error(name), { name });
const said = () => sqs.commandCalls(SendMessageBatchCommand).flatMap((call) => call.args[0].input.Entries!)
  .map((entry) => ({ ...JSON.parse(entry.MessageBody!), delay: entry.DelaySeconds }));
const failedMessages = async (answer: ReturnType<typeof watch>) => (await answer).batchItemFailures.map((failure) => failure.itemIdentifier);

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
  Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue,on-demand', AWS_REGION: 'us-east-1' });
});
afterEach(() => jest.useRealTimers());

describe('a job that runs', () => {
  test('its run gets a heartbeat with the newest token, and it is looked at again', async () => {
    expect(await failedMessages(watch(look()))).toEqual([]);
    expect(sfn.commandCalls(SendTaskHeartbeatCommand)[0].args[0].input.taskToken).toBe('new');
    expect(said()).toEqual([{ ...look(), delay: 15 }]);
  });

  test('of two looks the younger one is believed, and one of them goes on', async () => {
    await watch(look({ token: 'older', since: now - 90_000 }), look());
    expect(sfn.commandCalls(SendTaskHeartbeatCommand).map((call) => call.args[0].input.taskToken)).toEqual(['new']);
    expect(said()).toHaveLength(1);
  });

  test('a heartbeat that is throttled does not end the look', async () => {
    sfn.on(SendTaskHeartbeatCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(watch(look()))).toEqual([]);
    expect(said()).toHaveLength(1);
  });

  test('an event that came before DescribeJobs knew is followed up, four times at the most', async () => {
    await watch(jobEvent);
    expect(said()).toMatchObject([{ look: { jobId: 'job-1', token: 'old', early: 1 }, delay: 5 }]);
    sqs.resetHistory();
    await watch(look({ early: 4 }));
    expect(said()).toEqual([]);
  });
});

describe('a job whose token is closed', () => {
  beforeEach(() => sfn.on(SendTaskHeartbeatCommand).rejects(error('TaskTimedOut')));

  test('goes on when its run lives: a newer token has a look of its own', async () => {
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
    expect(said()).toEqual([]);
  });

  test('is terminated when an older twin has its run', async () => {
    batch.on(ListJobsCommand).resolves({ jobSummaryList: [{ jobId: 'job-0', createdAt: 1 }, { jobId: 'job-1', createdAt: 2 }].map((one) => ({ ...one, jobName: job().jobName!, status: 'RUNNING' as const })) });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-1']);
  });

  test.each<[string, object, object]>([
    ['by its look', look(), { token: 'new', since: now - 60_000 }],
    ['by its event', jobEvent, { token: 'old', since: now - 120_000 }],
  ])('and that was ended as a twin has its run wait for the older one, %s', async (_, message, how) => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'FAILED', isTerminated: true, statusReason: 'heavy-batch: twin of job-0' })] });
    await watch(message);
    expect(sfn.calls()).toHaveLength(0);
    expect(said()).toEqual([{ look: { jobId: 'job-0', ...how }, delay: 0 }]);
  });

  test.each(['ABORTED', 'TIMED_OUT', 'FAILED', 'SUCCEEDED'] as const)('is terminated when its run is %s', async (status) => {
    sfn.on(DescribeExecutionCommand).resolves({ status, redriveCount: 0 });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
    expect(said()).toEqual([]);
  });

  test('is terminated when its run was redriven', async () => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', redriveCount: 1 });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
  });

  test('is looked at again by SQS when nobody can tell how its run is', async () => {
    sfn.on(DescribeExecutionCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(watch(look()))).toEqual(['m0']);
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });
});

describe('a job that queues', () => {
  test('for too long is terminated, with what Batch knows about it', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 3_600_000, statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' })] });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)[0].args[0].input.reason).toBe('heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
    expect(said()).toHaveLength(1);
  });

  test('is looked at when its time is over, and not later', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 3_500_000 })] });
    await watch(look());
    expect(said()[0].delay).toBe(100);
  });

  test('again after an attempt has its whole time once more', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'RUNNABLE', createdAt: now - 9_000_000, attempts: [{ stoppedAt: now - 10_000 }] })] });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });

  test('as an array for too long is terminated, with what Batch knows about its children', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'PENDING', createdAt: now - 9_000_000, arrayProperties: { size: 2, statusSummary: { RUNNABLE: 2 } } })] });
    batch.on(ListJobsCommand, { arrayJobId: 'job-1', jobStatus: 'RUNNABLE' }).resolves({ jobSummaryList: [{ jobId: 'job-1:0', jobName: 'x', statusReason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' }] });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)[0].args[0].input.reason).toBe('heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY');
  });

  test('as an array whose children run is not stuck', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'PENDING', createdAt: now - 9_000_000, arrayProperties: { size: 2, statusSummary: { RUNNING: 1, RUNNABLE: 1 } } })] });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
  });
});

describe('a job that is over', () => {
  const over = (more: Partial<JobDetail>, of: Partial<RunContext> = {}) => batch.on(DescribeJobsCommand).resolves({
    jobs: [job({ startedAt: now - 100_000, stoppedAt: now - 5_500, attempts: [{ container: { exitCode: 0, logStreamName: 'run/default/abc' } }], ...more }, of)],
  });

  test('and succeeded is its run\'s output', async () => {
    over({ status: 'SUCCEEDED', container: { exitCode: 0, logStreamName: 'run/default/abc' } });
    await watch(jobEvent);
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
      vcpus: 1,
      memory: 1024,
      earlierRounds: [],
      result: null,
      resultUri: null,
    });
    expect(said()).toEqual([]);
    expect(s3.calls()).toHaveLength(0);
  });

  test('has in its output what its container wrote', async () => {
    const result = 's3://bucket/results/Job/hb-1';
    s3.on(GetObjectCommand, { Bucket: 'bucket', Key: 'results/Job/hb-1' }).resolves({ ContentLength: 7, Body: { transformToByteArray: async () => Buffer.from('{"a":1}') } as never });
    over({ status: 'SUCCEEDED' }, { result });
    await watch(look());
    expect(JSON.parse(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output!)).toMatchObject({ status: 'SUCCEEDED', result: { a: 1 }, resultUri: result });
  });

  test('is told when S3 answers again', async () => {
    s3.on(GetObjectCommand).rejectsOnce(Object.assign(new Error('busy'), { name: 'SlowDown', $metadata: { httpStatusCode: 503 } }));
    over({ status: 'SUCCEEDED' }, { result: 's3://bucket/results/Job/hb-1' });
    expect(await failedMessages(watch(look()))).toEqual(['m0']);
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(0);
  });

  test('and failed has no result, and nobody looks for one', async () => {
    over({ status: 'FAILED', container: { exitCode: 3 } }, { result: 's3://bucket/results/Job/hb-1' });
    await watch(look());
    expect(JSON.parse(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.cause!)).toMatchObject({ result: null, resultUri: null });
    expect(s3.calls()).toHaveLength(0);
  });

  test('as a multi-node job came to what its main node came to', async () => {
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', nodeProperties: { numNodes: 4, mainNode: 0, nodeRangeProperties: [] } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1#0'] }).resolves({ jobs: [{ jobId: 'job-1#0', container: { exitCode: 3, logStreamName: 'run/default/main' } } as JobDetail] });
    await watch(look());
    expect(JSON.parse(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.cause!))
      .toMatchObject({ reason: 'ExitCode', exitCode: 3, logStreams: ['run/default/main'], nodes: { count: 4, main: 0 } });
  });

  test('and failed for good fails the task, named by its reason', async () => {
    over({ status: 'FAILED', container: { exitCode: 3 } });
    await watch(look());
    const { taskToken, error: name, cause } = sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input;
    expect({ taskToken, name }).toEqual({ taskToken: 'new', name: 'ExitCode' });
    expect(JSON.parse(cause!)).toMatchObject({ status: 'FAILED', reason: 'ExitCode', exitCode: 3, message: 'the container exited with 3' });
  });

  test('and has another round to go is a success of the task that asks for it', async () => {
    over({ status: 'FAILED', container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } }, { maxMemory: 4096 });
    await watch(look());
    expect(JSON.parse(sfn.commandCalls(SendTaskSuccessCommand)[0].args[0].input.output!)).toMatchObject({ nextRound: { round: 2, memory: 2048, queue: 'queue' } });
    expect(sfn.commandCalls(SendTaskFailureCommand)).toHaveLength(0);
  });

  test('is told once, however many messages speak of it', async () => {
    over({ status: 'SUCCEEDED' });
    await watch(jobEvent, jobEvent, look());
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(1);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('and whose token is closed (%s) is known already', async (name) => {
    over({ status: 'SUCCEEDED' });
    sfn.on(SendTaskSuccessCommand).rejects(error(name));
    expect(await failedMessages(watch(look()))).toEqual([]);
  });

  test('is told again when Step Functions did not listen', async () => {
    over({ status: 'SUCCEEDED' });
    sfn.on(SendTaskSuccessCommand).rejects(error('ThrottlingException'));
    expect(await failedMessages(watch(jobEvent, look(), 'noise'))).toEqual(['m0', 'm1']);
  });

  test('with a status that nobody knows is terminated and failed', async () => {
    over({ status: 'EVAPORATED' as never });
    await watch(look());
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.error).toBe('Unknown');
  });

  test.each([
    ['heavy-batch: queued too long (3600 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', 'Stuck'],
    ['not needed any more', 'Cancelled'],
  ])('as an array that was ended (%s) is %s', async (statusReason, reason) => {
    const children = [0, 1].map((index) => ({ jobId: `job-1:${index}`, arrayProperties: { index }, status: 'FAILED' as const, statusReason, isTerminated: true }));
    batch.on(ListJobsCommand, { arrayJobId: 'job-1' }).resolves({ jobSummaryList: children as never });
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', isTerminated: true, arrayProperties: { size: 2, statusSummary: { FAILED: 2 } } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1:0', 'job-1:1'] }).resolves({ jobs: children as never });
    await watch(jobEvent);
    expect(sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input.error).toBe(reason);
  });

  test('as an array names its first failed children', async () => {
    const child = (index: number) => ({ jobId: `job-1:${index}`, arrayProperties: { index }, status: 'FAILED' as const, container: { exitCode: 3 } });
    batch.on(ListJobsCommand, { arrayJobId: 'job-1' }).resolves({ jobSummaryList: [child(7), child(2)] as never });
    batch.on(DescribeJobsCommand, { jobs: ['job-1'] }).resolves({ jobs: [job({ status: 'FAILED', arrayProperties: { size: 9, statusSummary: { SUCCEEDED: 7, FAILED: 2 } } })] });
    batch.on(DescribeJobsCommand, { jobs: ['job-1:2', 'job-1:7'] }).resolves({ jobs: [child(7), child(2)] as never });
    await watch(look());
    const { error: name, cause } = sfn.commandCalls(SendTaskFailureCommand)[0].args[0].input;
    expect(name).toBe('ExitCode');
    expect(JSON.parse(cause!)).toMatchObject({
      message: '2 of 9 children failed, first 2 (ExitCode: the container exited with 3), 7 (ExitCode: the container exited with 3)',
      array: { size: 9, children: { SUCCEEDED: 7, FAILED: 2 }, firstFailed: [{ index: 2 }, { index: 7 }] },
    });
  });
});

describe('what is none of its business', () => {
  test.each(['noise', '{}', '[]', 'null', '{"look":{}}', '{"source":"aws.s3"}'])('%s is ignored', async (body) => {
    expect(await failedMessages(watch(body))).toEqual([]);
    expect(batch.calls()).toHaveLength(0);
  });

  test('a job that no run submitted is left alone', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [{ ...job({ status: 'FAILED' }), parameters: {} }] });
    await watch(jobEvent);
    expect(sfn.calls()).toHaveLength(0);
  });

  test('a job of another compute on the same queue is left to it', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' }, { watchQueue: 'https://another' })] });
    expect(await failedMessages(watch(jobEvent))).toEqual([]);
    expect(sfn.calls()).toHaveLength(0);
  });

  test('but whatever it was told to look at is its own, and so is a job from before there were several', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' }, { watchQueue: 'https://replaced' })] });
    await watch(look());
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED' })] });
    await watch(jobEvent);
    expect(sfn.commandCalls(SendTaskSuccessCommand)).toHaveLength(2);
  });

  test('a job that carries another job\'s token is left alone', async () => {
    batch.on(DescribeJobsCommand).resolves({ jobs: [job({ status: 'SUCCEEDED', jobName: 'my-copy' })] });
    await watch(jobEvent);
    expect(sfn.calls()).toHaveLength(0);
  });
});

describe('a job that is not found', () => {
  beforeEach(() => batch.on(DescribeJobsCommand).resolves({ jobs: [] }));

  test('is looked for again', async () => {
    await watch(look());
    expect(said()).toEqual([{ ...look(), delay: 30 }]);
  });

  test('for a quarter of an hour is left to the heartbeat', async () => {
    await watch(look({ since: now - 901_000 }));
    expect(said()).toEqual([]);
  });
});

describe('an execution that ended', () => {
  const left = { jobSummaryList: [{ jobId: 'job-1', jobName: job().jobName!, status: 'RUNNABLE' as const, createdAt: 1 }] };

  test.each([['by its event', executionEvent], ['by who could not tell', { check: { execution: executionArn } }]])('leaves nothing running, and is looked after once more, %s', async (_, message) => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', redriveCount: 0 });
    batch.on(ListJobsCommand, { jobQueue: 'on-demand' }).resolves(left);
    await watch(message);
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-1']);
    expect(said()).toEqual([{ cleanUp: { execution: executionArn, redrive: 0 }, delay: 60 }]);
  });

  test('and was redriven before its event came keeps what it runs now', async () => {
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING', redriveCount: 1 });
    const jobs = [0, 1].map((redrive) => ({ jobId: `job-${redrive}`, jobName: jobName({ executionArn, redrive, round: 1 }), status: 'RUNNING' as const, createdAt: redrive }));
    batch.on(ListJobsCommand, { jobQueue: 'queue' }).resolves({ jobSummaryList: jobs });
    await watch(executionEvent);
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['job-0']);
  });

  test.each([['its event', executionEvent], ['who could not tell', { check: { execution: executionArn } }]])('that runs, whatever %s says, keeps all', async (_, message) => {
    await watch(message);
    expect(batch.calls()).toHaveLength(0);
  });

  test('by giving up has its jobs ended', async () => {
    batch.on(ListJobsCommand, { jobQueue: 'queue' }).resolves(left);
    await watch({ cleanUp: { execution: executionArn, redrive: 0 } });
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(1);
  });
});

test('250 jobs are described in three calls, and looked at again in calls of ten', async () => {
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => job({ jobId })) }));
  await watch(...Array.from({ length: 250 }, (_, index) => look({ jobId: `job-${index}` })));
  expect(batch.commandCalls(DescribeJobsCommand).map((call) => call.args[0].input.jobs!.length)).toEqual([100, 100, 50]);
  expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(25);
});

test('only the messages whose jobs could not be described are handed back', async () => {
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => {
    if (jobs.includes('job-0')) throw error('TooManyRequestsException');
    return { jobs: jobs.map((jobId) => job({ jobId })) };
  });
  const failed = await failedMessages(watch(...Array.from({ length: 150 }, (_, index) => look({ jobId: `job-${index}` }))));
  expect(failed).toHaveLength(100);
  expect(said()).toHaveLength(50);
});

test('a look that SQS did not take is handed back', async () => {
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] });
  batch.on(DescribeJobsCommand).resolves({ jobs: ['a', 'b'].map((jobId) => job({ jobId })) });
  expect(await failedMessages(watch(look({ jobId: 'a' }), look({ jobId: 'b' })))).toEqual(['m1']);
});
