import { BatchClient, DescribeJobsCommand, JobSummary, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../../src/contract/job-name';
import { SubmitRequest } from '../../../src/contract/job-spec';
import type { RunRecord } from '../../../src/contract/run-record';
import { handler } from '../../../src/functions/submit/submit.lambda';

const batch = mockClient(BatchClient);
const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);

const execution = {
  Id: 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1',
  Input: { parameters: { processId: 'p1' }, containerOverrides: { vcpus: 2, memory: 2000, environment: { A: 'b' } } } as unknown,
  RedriveCount: 0,
};
const name = (round = 1, redrive = 0) => jobName({ executionArn: execution.Id, redrive, round });
const withInput = (Input: unknown) => ({ execution: { ...execution, Input } });
const redrivenBefore = (seconds: number) => ({
  execution: { ...execution, RedriveCount: 1, RedriveTime: new Date(Date.now() - seconds * 1000).toISOString() },
});
const request: SubmitRequest = {
  job: { definition: 'definition:1', vcpus: 1, memory: 1024, maxMemory: 4096, queueTimeout: 3600, logGroup: 'log', parameters: ['processId'] },
  execution,
  retryCount: 0,
  token: 'token-1',
};
const awsError = (status: number, error: string) => Object.assign(new Error('from the service'), { name: error, $metadata: { httpStatusCode: status } });

beforeEach(() => {
  batch.reset();
  s3.reset();
  s3.on(PutObjectCommand).resolves({});
  s3.on(GetObjectCommand).rejects(awsError(404, 'NoSuchKey'));
  sqs.reset();
  batch.on(SubmitJobCommand).resolves({ jobId: 'job-1' });
  batch.on(ListJobsCommand).resolves({ jobSummaryList: [] });
  batch.on(TerminateJobCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
  jest.spyOn(console, 'log').mockImplementation();
  Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue,on-demand', PAYLOAD_BUCKET: 'bucket' });
});

/** The objects that were put, without the records of runs. */
const payloads = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input).filter(({ Key }) => !Key!.startsWith('runs/'));
/** The records that were written. */
const records = () => s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input).filter(({ Key }) => Key!.startsWith('runs/'));

const listed = (...jobs: Partial<JobSummary>[]) => batch.on(ListJobsCommand, { jobQueue: 'queue' })
  .resolves({ jobSummaryList: jobs.map((job, index) => ({ jobName: name(), createdAt: index, status: 'RUNNING', jobId: `job-${index}`, ...job } as JobSummary)) });

test('a first try submits the job and schedules its first check', async () => {
  await expect(handler(request)).resolves.toEqual({ statusCode: 200, body: { jobId: 'job-1' } });
  expect(batch.commandCalls(ListJobsCommand)).toHaveLength(0);
  const [submitted] = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input);
  expect(submitted).toMatchObject({
    jobName: name(),
    jobQueue: 'queue',
    jobDefinition: 'definition:1',
    parameters: { processId: 'p1', heavyBatchRun: expect.not.stringContaining('token-1') },
    containerOverrides: {
      resourceRequirements: [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '2000' }],
      environment: [{ name: 'A', value: 'b' }, { name: 'HEAVY_BATCH_RUN_ID', value: 'run-1' }, { name: 'HEAVY_BATCH_ROUND', value: '1' }],
    },
  });
  const [message] = sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input);
  expect(message).toMatchObject({ QueueUrl: 'https://queue', DelaySeconds: 30 });
  expect(JSON.parse(message.MessageBody!)).toMatchObject({ checkJob: { jobId: 'job-1', token: 'token-1' } });
});

describe('a retry that finds no job', () => {
  const hour = 3_600_000;
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();

  test.each<[string, Partial<SubmitRequest>]>([
    ['soon after its state was entered', { enteredAt: ago(5.9 * hour) }],
    ['in a definition that does not say when its state was entered', {}],
    ['of a run that was redriven later', { enteredAt: ago(90 * hour), execution: { ...execution, RedriveCount: 1, RedriveTime: ago(hour) } }],
  ])('%s submits it', async (_, more) => {
    await handler({ ...request, retryCount: 1, ...more });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
  });

  test('six hours after its state was entered does not do its work again', async () => {
    const enteredAt = ago(6 * hour);
    await expect(handler({ ...request, retryCount: 1, enteredAt })).rejects.toMatchObject({ name: 'JobNotFound', message: expect.stringContaining(`after ${enteredAt}`), stack: expect.not.stringMatching(/\n\s+at /) });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
    expect(sqs.calls()).toHaveLength(0);
  });

  test('days later adopts the job when AWS Batch still shows it', async () => {
    listed({ jobId: 'job-7', status: 'SUCCEEDED' });
    await expect(handler({ ...request, retryCount: 1, enteredAt: ago(120 * hour) })).resolves.toMatchObject({ body: { jobId: 'job-7' } });
  });
});

test('a job has the tags that were written into its definition', async () => {
  await handler({ ...request, job: { ...request.job, tags: { CostCenter: 'maps' } } });
  await handler(request);
  expect(batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input.tags)).toEqual([{ CostCenter: 'maps' }, undefined]);
});

describe('input that is too long for Batch', () => {
  const store = { bucket: 'bucket', folder: 'Job' };
  const job = { ...request.job, store, command: ['node', 'index.js', 'Ref::processId'] };
  const submit = async (input: unknown, more: Partial<SubmitRequest['job']> = {}, again: Partial<SubmitRequest> = {}) => {
    await handler({ ...request, job: { ...job, ...more }, ...withInput(input), ...again });
    return batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input)[0];
  };
  const environmentOf = (submitted: Awaited<ReturnType<typeof submit>>) => Object.fromEntries(
    (submitted.containerOverrides?.environment ?? []).map((variable) => [variable.name, variable.value]),
  );
  const idOf = (submitted: Awaited<ReturnType<typeof submit>>) => `${name()}-${JSON.parse(submitted.parameters!.heavyBatchRun).submissionId}`;
  const uri = (submitted: Awaited<ReturnType<typeof submit>>, what: string) => `s3://bucket/payloads/Job/${idOf(submitted)}/${what}`;

  test.each<[string, number]>([['over 30 KiB', 31_000], ['that is too long for the overrides once Batch puts it into the command', 8_000]])('a parameter %s is put into the bucket before the job is submitted', async (_, length) => {
    const order: string[] = [];
    s3.on(PutObjectCommand).callsFake(async ({ Key }: { Key: string }) => { order.push(Key.split('/')[0]); return {}; });
    batch.on(SubmitJobCommand).callsFake(async () => { order.push('submit'); return { jobId: 'job-1' }; });
    const processId = 'x'.repeat(length);
    const submitted = await submit({ parameters: { processId } });
    expect(order).toEqual(['payloads', 'payloads', 'runs', 'submit', 'runs']);
    expect(submitted.parameters!.processId).toBe(uri(submitted, 'parameters/processId'));
    expect(environmentOf(submitted)).toMatchObject({ HEAVY_BATCH_INPUT: uri(submitted, 'input.json'), HEAVY_BATCH_RESULT: `s3://bucket/results/Job/${idOf(submitted)}` });
    expect(payloads()).toEqual([
      { Bucket: 'bucket', Key: `payloads/Job/${idOf(submitted)}/input.json`, Body: JSON.stringify({ parameters: { processId }, environment: {} }) },
      { Bucket: 'bucket', Key: `payloads/Job/${idOf(submitted)}/parameters/processId`, Body: processId },
    ]);
  });

  test('an environment over 8,192 characters is put into the bucket too', async () => {
    const submitted = await submit({ containerOverrides: { environment: { LONG: 'x'.repeat(9_000), SHORT: 'y' } } });
    expect(environmentOf(submitted)).toMatchObject({ LONG: uri(submitted, 'environment/LONG'), SHORT: 'y' });
  });

  test('short values are submitted unchanged, and nothing is put into the bucket', async () => {
    const environment = environmentOf(await submit({ parameters: { processId: 'x'.repeat(6_000) } }));
    expect(environment).not.toHaveProperty('HEAVY_BATCH_INPUT');
    expect(payloads()).toEqual([]);
  });

  test('a retry that adopts a job puts nothing, and a retry that submits puts objects of its own', async () => {
    const input = { parameters: { processId: 'x'.repeat(31_000) } };
    listed({ jobId: 'job-9' });
    await handler({ ...request, job, ...withInput(input), retryCount: 1 });
    expect(payloads()).toEqual([]);
    listed();
    await handler({ ...request, job, ...withInput(input), retryCount: 1 });
    await handler({ ...request, job, ...withInput(input), retryCount: 2 });
    expect(new Set(payloads().map(({ Key }) => Key)).size).toBe(4);
  });

  test.each([[500, 'InternalError', 'SubmitUncertain'], [403, 'AccessDenied', 'SubmitRefused']])('when S3 answers %d %s, nothing is submitted', async (status, error, thrown) => {
    s3.on(PutObjectCommand).rejects(awsError(status, error));
    await expect(submit({ parameters: { processId: 'x'.repeat(31_000) } })).rejects.toMatchObject({ name: thrown });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  });

  test('input that is too long all the same is InvalidInput', async () => {
    await expect(submit({ containerOverrides: { command: ['x'.repeat(9_000)] } })).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringContaining('8192 characters; shorten the command') });
    expect(batch.calls()).toHaveLength(0);
  });

  test('the children of an array job get a URI to which each child adds its index', async () => {
    const submitted = await submit({ arraySize: 3 });
    expect(environmentOf(submitted).HEAVY_BATCH_RESULT).toBe(`s3://bucket/results/Job/${idOf(submitted)}/`);
  });
});

test('a multi-node job has its overrides for all nodes', async () => {
  await handler({ ...request, job: { ...request.job, nodes: 4 } });
  const [submitted] = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input);
  expect(submitted.containerOverrides).toBeUndefined();
  expect(submitted.nodeOverrides).toMatchObject({
    nodePropertyOverrides: [{ targetNodes: '0:3', containerOverrides: { resourceRequirements: [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '2000' }] } }],
  });
});

test.each<[string, object, object]>([
  ['its job\'s share', {}, { shareIdentifier: 'default' }],
  ['its own share and priority', { shareIdentifier: 'reports', schedulingPriority: 0 }, { shareIdentifier: 'reports', schedulingPriorityOverride: 0 }],
])('a run on a queue with a fair-share policy is submitted with %s', async (_, input, expected) => {
  await handler({ ...request, ...withInput(input), job: { ...request.job, shareIdentifier: 'default' } });
  expect(batch.commandCalls(SubmitJobCommand)[0].args[0].input).toMatchObject(expected);
});

test('a further round goes to its queue, with its memory and its name', async () => {
  await handler({ ...request, nextRound: { round: 2, memory: 4000, queue: 'on-demand', earlier: [] } });
  const [submitted] = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input);
  expect(submitted.jobName).toBe(name(2));
  expect(submitted.jobQueue).toBe('on-demand');
  expect(submitted.containerOverrides!.resourceRequirements).toContainEqual({ type: 'MEMORY', value: '4000' });
});

test('GPUs are submitted beside vCPUs and memory: the number of the run, else of the job', async () => {
  const job = { ...request.job, gpus: 1 };
  await handler({ ...request, job });
  await handler({ ...request, job, ...withInput({ containerOverrides: { gpus: 4 } }) });
  await handler({ ...request, job, nextRound: { round: 2, memory: 4000, queue: 'on-demand', earlier: [] } });
  const required = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input.containerOverrides!.resourceRequirements);
  expect(required).toEqual([
    [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '2000' }, { type: 'GPU', value: '1' }],
    [{ type: 'VCPU', value: '1' }, { type: 'MEMORY', value: '1024' }, { type: 'GPU', value: '4' }],
    [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '4000' }, { type: 'GPU', value: '1' }],
  ]);
});

test('a retry adopts the job that an earlier try submitted, and submits nothing', async () => {
  listed({ jobId: 'job-9' });
  await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'job-9' } });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  expect(JSON.parse(sqs.commandCalls(SendMessageCommand)[0].args[0].input.MessageBody!)).toMatchObject({ checkJob: { jobId: 'job-9', token: 'token-1' } });
});

test('a retry adopts even a job that has ended: its outcome is the verdict of the round', async () => {
  listed({ jobId: 'job-9', status: 'FAILED' });
  await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'job-9' } });
  expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
});

test('a retry that finds duplicate jobs adopts the oldest and terminates the others', async () => {
  listed({ jobId: 'young', createdAt: 2 }, { jobId: 'old', createdAt: 1 }, { jobId: 'over', createdAt: 3, status: 'SUCCEEDED' });
  await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'old' } });
  expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['young']);
});

test('a retry that finds nothing submits', async () => {
  await expect(handler({ ...request, retryCount: 3 })).resolves.toMatchObject({ body: { jobId: 'job-1' } });
});

test('a round does not adopt another round\'s job', async () => {
  listed({ jobId: 'job-9', jobName: name(1), status: 'FAILED' });
  await handler({ ...request, retryCount: 1, nextRound: { round: 2, memory: 4000, queue: 'queue', earlier: [] } });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
});

test('a redrive waits until ListJobs shows the jobs that were submitted before it', async () => {
  await expect(handler({ ...request, ...redrivenBefore(0) })).rejects.toMatchObject({ name: 'SubmitUncertain' });
  await expect(handler({ ...request, ...redrivenBefore(59), retryCount: 1 })).rejects.toMatchObject({ name: 'SubmitUncertain' });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  await handler({ ...request, ...redrivenBefore(61) });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
});

test('a redrive ends the jobs from before it, and waits until they have ended', async () => {
  const redriven = { ...request, retryCount: 1, ...redrivenBefore(61) };
  listed({ jobId: 'former', jobName: name(1, 0) });
  await expect(handler(redriven)).rejects.toMatchObject({ name: 'SubmitUncertain', message: 'waiting for 1 job(s) from before the redrive to end' });
  expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['former']);
  listed({ jobId: 'former', jobName: name(1, 0), status: 'FAILED' });
  await handler(redriven);
  expect(batch.commandCalls(SubmitJobCommand)[0].args[0].input.jobName).toBe(name(1, 1));
});

test.each([
  [429, 'TooManyRequestsException', 'SubmitThrottled'],
  [400, 'ThrottlingException', 'SubmitThrottled'],
  [400, 'ClientException', 'SubmitRefused'],
  [403, 'AccessDeniedException', 'SubmitRefused'],
  [500, 'ServerException', 'SubmitUncertain'],
  [0, 'TimeoutError', 'SubmitUncertain'],
])('an answer of %d %s is %s', async (status, error, thrown) => {
  batch.on(SubmitJobCommand).rejects(awsError(status, error));
  const message = `SubmitJob: ${error}: from the service`;
  await expect(handler(request)).rejects.toMatchObject({ name: thrown, message });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
  expect(jest.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line as string))).toEqual([{ notice: 'failed', error, message }]);
});

test.each([[500, 'InternalError'], [429, 'ThrottlingException']])('when the first check cannot be scheduled (%d), the submission counts as uncertain, so that the retry finds the job', async (status, error) => {
  sqs.on(SendMessageCommand).rejects(awsError(status, error));
  await expect(handler(request)).rejects.toMatchObject({ name: 'SubmitUncertain' });
});

test('a run that may have a job is checked later', async () => {
  batch.on(SubmitJobCommand).rejects(awsError(500, 'ServerException'));
  await expect(handler(request)).rejects.toMatchObject({ name: 'SubmitUncertain' });
  expect(sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input)).toEqual([
    { QueueUrl: 'https://queue', DelaySeconds: 450, MessageBody: JSON.stringify({ checkRun: { execution: execution.Id } }) },
  ]);
});

test('a run that certainly has no job is not checked', async () => {
  batch.on(SubmitJobCommand).rejects(awsError(429, 'TooManyRequestsException'));
  await expect(handler(request)).rejects.toMatchObject({ name: 'SubmitThrottled' });
  expect(sqs.calls()).toHaveLength(0);
});

test.each<[string, unknown, RegExp]>([
  ['a wrong field', { paramters: {} }, /'paramters'/],
  ['overrides that Batch would accept and then fail', { containerOverrides: { environment: { A: 'x'.repeat(9_000) } } }, /8192/],
  ['parameters that Batch would refuse', { parameters: { processId: 'x'.repeat(31_000) } }, /30720/],
])('%s is InvalidInput before anything is submitted', async (_, input, message) => {
  await expect(handler({ ...request, ...withInput(input) })).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(message) });
  expect(batch.calls()).toHaveLength(0);
});

const onFargate = (containerOverrides: object) => (
  handler({ ...request, job: { ...request.job, fargate: true, memory: 2048, maxMemory: 30_720 }, ...withInput({ containerOverrides }) })
);

test('on Fargate, a run asks for a size that Fargate has', async () => {
  await onFargate({ vcpus: 4, memory: 8192 });
  expect(batch.commandCalls(SubmitJobCommand)[0].args[0].input.containerOverrides!.resourceRequirements).toEqual([{ type: 'VCPU', value: '4' }, { type: 'MEMORY', value: '8192' }]);
});

test.each<[string, object, RegExp]>([
  ['memory that Fargate does not have for these vCPUs', { vcpus: 4 }, /^the container's size is 2048 MiB, but with 4 vCPUs Fargate has 8192 to 30720 MiB in steps of 1024; /],
  ['a number of vCPUs that Fargate does not have', { vcpus: 3 }, /^the container's size is 3 vCPUs, and Fargate has 0.25, 0.5, 1, 2, 4, 8, 16, 32; /],
])('on Fargate, a run that asks for %s submits nothing', async (_, containerOverrides, message) => {
  await expect(onFargate(containerOverrides)).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(message) });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
});

test('the jobs of a run that gives up are ended, except those of a later redrive', async () => {
  listed({ jobId: 'mine' }, { jobId: 'over', status: 'SUCCEEDED' }, { jobId: 'later', jobName: name(1, 1) });
  await expect(handler({ cleanUp: { execution: execution.Id, redrive: 0 } })).resolves.toBeUndefined();
  expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['mine']);
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
});

test('no log line contains a token or a value of the input', async () => {
  const lines = jest.spyOn(console, 'log');
  await handler({ ...request, retryCount: 1 });
  const logged = lines.mock.calls.join('\n');
  expect(logged).toContain('run-1');
  expect(logged).not.toMatch(/token-1|p1"|"b"/);
});

describe('the record of a round', () => {
  const recorded = { ...request, job: { ...request.job, recorded: true } };
  const recordIs = (record: RunRecord) => s3.on(GetObjectCommand, { Bucket: 'bucket', Key: `runs/${name()}` }).resolves({ Body: { transformToString: async () => JSON.stringify(record) } as never });
  const written = () => records().map(({ Body, IfNoneMatch }) => ({ ...JSON.parse(Body as string), isNew: IfNoneMatch === '*' }));
  /** What DescribeJobs says: the ids of the tries, by job. */
  const describedAs = (submissionIds: Record<string, string>) => batch.on(DescribeJobsCommand).resolves({
    jobs: Object.entries(submissionIds).map(([jobId, submissionId]) => ({
      jobId,
      parameters: { heavyBatchRun: JSON.stringify({ execution: execution.Id, submissionId, redrive: 0, round: 1, vcpus: 1, memory: 1, queue: 'queue', queueTimeout: 1, logGroup: 'log', earlier: [] }) },
    } as never)),
  });

  test('has the id of the try before the job is submitted, and the job and its token after it', async () => {
    await handler(recorded);
    const [submissionId] = written()[0].submissionIds;
    expect(submissionId).toMatch(/^[0-9a-f]{32}$/);
    expect(written()).toEqual([{ submissionIds: [submissionId], isNew: true }, { submissionIds: [submissionId], jobId: 'job-1', token: 'token-1', isNew: false }]);
    expect(records().map(({ Bucket, Key }) => [Bucket, Key])).toEqual([['bucket', `runs/${name()}`], ['bucket', `runs/${name()}`]]);
    expect(JSON.parse(batch.commandCalls(SubmitJobCommand)[0].args[0].input.parameters!.heavyBatchRun).submissionId).toBe(submissionId);
  });

  test.each([[412, 'PreconditionFailed'], [409, 'ConditionalRequestConflict'], [500, 'InternalError']])('that cannot be written (%d %s) leaves it to the next try, which looks for a job first', async (status, code) => {
    s3.on(PutObjectCommand).rejects(awsError(status, code));
    await expect(handler(recorded)).rejects.toMatchObject({ name: 'SubmitUncertain' });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  });

  test.each([[500, 'InternalError'], [429, 'SlowDown'], [403, 'AccessDenied'], [400, 'RequestTimeout']])('that cannot be written after the submission (%d %s) leaves the job to be adopted', async (status, code) => {
    s3.on(PutObjectCommand).resolvesOnce({}).rejects(awsError(status, code));
    await expect(handler(recorded)).rejects.toMatchObject({ name: 'SubmitUncertain' });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
  });

  test('keeps the ids of earlier tries when another one submits', async () => {
    recordIs({ submissionIds: ['first'] });
    await handler({ ...recorded, retryCount: 1 });
    const [, second] = written()[0].submissionIds;
    expect(written()).toEqual([{ submissionIds: ['first', second], isNew: false }, { submissionIds: ['first', second], jobId: 'job-1', token: 'token-1', isNew: false }]);
  });

  test('decides which job is adopted: the oldest that one of our tries submitted', async () => {
    recordIs({ submissionIds: ['first', 'second'] });
    listed({ jobId: 'forged' }, { jobId: 'ours' }, { jobId: 'copy' }, { jobId: 'duplicate' });
    describedAs({ forged: 'f', ours: 'first', copy: 'first', duplicate: 'second' });
    await expect(handler({ ...recorded, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'ours' } });
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input.jobId)).toEqual(['duplicate']);
    expect(written()).toEqual([{ submissionIds: ['first', 'second'], jobId: 'ours', token: 'token-1', isNew: false }]);
  });

  test('names the job that is adopted, also while ListJobs does not show it, and an older one is then the duplicate', async () => {
    recordIs({ submissionIds: ['first', 'second'], jobId: 'known', token: 'token-0' });
    await expect(handler({ ...recorded, retryCount: 2 })).resolves.toMatchObject({ body: { jobId: 'known' } });
    listed({ jobId: 'late' }, { jobId: 'known' });
    describedAs({ late: 'first', known: 'second' });
    await expect(handler({ ...recorded, retryCount: 2 })).resolves.toMatchObject({ body: { jobId: 'known' } });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
    expect(batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input)).toEqual([{ jobId: 'late', reason: 'heavy-batch: duplicate of known' }]);
  });

  test('names a job that AWS Batch has forgotten: it is not submitted again', async () => {
    recordIs({ submissionIds: ['first'], jobId: 'known', token: 'token-0' });
    await expect(handler({ ...recorded, retryCount: 1, enteredAt: new Date(Date.now() - 6 * 3_600_000).toISOString() })).rejects.toMatchObject({ name: 'JobNotFound' });
  });

  test('that is missing means that no job of this name is ours, except in definitions from before there were records', async () => {
    listed({ jobId: 'forged' });
    await expect(handler({ ...recorded, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'job-1' } });
    await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'forged' } });
  });

  test('keeps a redrive from ending a job that is not ours', async () => {
    listed({ jobId: 'forged', jobName: name(1, 0) });
    await handler({ ...recorded, ...redrivenBefore(61) });
    expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
  });

  test('that cannot be read leaves it to the next try', async () => {
    s3.on(GetObjectCommand).rejectsOnce(awsError(500, 'InternalError')).rejects(awsError(503, 'SlowDown'));
    await expect(handler({ ...recorded, retryCount: 1 })).rejects.toMatchObject({ name: 'SubmitUncertain' });
    await expect(handler({ ...recorded, retryCount: 2 })).rejects.toMatchObject({ name: 'SubmitThrottled' });
    expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  });
});

test('a first try after a redrive submits the job, however long ago the redrive was', async () => {
  await handler({ ...request, ...redrivenBefore(7 * 3600), enteredAt: new Date(Date.now() - 7 * 3_600_000).toISOString() });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
});
