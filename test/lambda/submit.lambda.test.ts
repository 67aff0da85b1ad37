import { BatchClient, JobSummary, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../src/lambda/job-name';
import { SubmitRequest } from '../../src/lambda/job-request';
import { handler } from '../../src/lambda/submit.lambda';

const batch = mockClient(BatchClient);
const sqs = mockClient(SQSClient);

const execution = { id: 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1', redriveCount: 0 };
const name = (round = 1, redrive = 0) => jobName({ executionArn: execution.id, redrive, round });
const request: SubmitRequest = {
  job: { definition: 'definition:1', queue: 'queue', onDemandQueue: 'on-demand', vcpus: 1, memory: 1024, maxMemory: 4096, queueTimeout: 3600, logGroup: 'log', parameters: ['processId'] },
  execution,
  retryCount: 0,
  token: 'token-1',
  input: { parameters: { processId: 'p1' }, containerOverrides: { vcpus: 2, memory: 2000, environment: { A: 'b' } } },
};
const awsError = (status: number, error: string) => Object.assign(new Error('from the service'), { name: error, $metadata: { httpStatusCode: status } });

beforeEach(() => {
  batch.reset();
  sqs.reset();
  batch.on(SubmitJobCommand).resolves({ jobId: 'job-1' });
  batch.on(ListJobsCommand).resolves({ jobSummaryList: [] });
  batch.on(TerminateJobCommand).resolves({});
  sqs.on(SendMessageCommand).resolves({});
  jest.spyOn(console, 'log').mockImplementation();
  process.env.WATCH_QUEUE_URL = 'https://queue';
});

const listed = (...jobs: Partial<JobSummary>[]) => batch.on(ListJobsCommand, { jobQueue: 'queue' })
  .resolves({ jobSummaryList: jobs.map((job, index) => ({ jobName: name(), createdAt: index, status: 'RUNNING', jobId: `job-${index}`, ...job } as JobSummary)) });

test('a first try submits the job and has it watched', async () => {
  await expect(handler(request)).resolves.toEqual({ statusCode: 200, body: { jobId: 'job-1' } });
  expect(batch.commandCalls(ListJobsCommand)).toHaveLength(0);
  const [submitted] = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input);
  expect(submitted).toMatchObject({
    jobName: name(),
    jobQueue: 'queue',
    jobDefinition: 'definition:1',
    parameters: { processId: 'p1', heavyBatchToken: 'token-1' },
    containerOverrides: {
      resourceRequirements: [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '2000' }],
      environment: [{ name: 'A', value: 'b' }, { name: 'HEAVY_BATCH_RUN_ID', value: 'run-1' }, { name: 'HEAVY_BATCH_ROUND', value: '1' }],
    },
  });
  const [message] = sqs.commandCalls(SendMessageCommand).map((call) => call.args[0].input);
  expect(message).toMatchObject({ QueueUrl: 'https://queue', DelaySeconds: 30 });
  expect(JSON.parse(message.MessageBody!)).toMatchObject({ look: { jobId: 'job-1', token: 'token-1' } });
});

test('a job has the tags that were written into its definition', async () => {
  await handler({ ...request, job: { ...request.job, tags: { CostCenter: 'maps' } } });
  await handler(request);
  expect(batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input.tags)).toEqual([{ CostCenter: 'maps' }, undefined]);
});

test('a further round goes to its queue, with its memory and its name', async () => {
  await handler({ ...request, nextRound: { round: 2, memory: 4000, queue: 'on-demand', earlier: [] } });
  const [submitted] = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input);
  expect(submitted.jobName).toBe(name(2));
  expect(submitted.jobQueue).toBe('on-demand');
  expect(submitted.containerOverrides!.resourceRequirements).toContainEqual({ type: 'MEMORY', value: '4000' });
});

test('GPUs stay beside vCPUs and memory, as the job has them or as the run asks for them', async () => {
  const job = { ...request.job, gpus: 1 };
  await handler({ ...request, job });
  await handler({ ...request, job, input: { containerOverrides: { gpus: 4 } } });
  await handler({ ...request, job, nextRound: { round: 2, memory: 4000, queue: 'on-demand', earlier: [] } });
  const required = batch.commandCalls(SubmitJobCommand).map((call) => call.args[0].input.containerOverrides!.resourceRequirements);
  expect(required).toEqual([
    [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '2000' }, { type: 'GPU', value: '1' }],
    [{ type: 'VCPU', value: '1' }, { type: 'MEMORY', value: '1024' }, { type: 'GPU', value: '4' }],
    [{ type: 'VCPU', value: '2' }, { type: 'MEMORY', value: '4000' }, { type: 'GPU', value: '1' }],
  ]);
});

test('a retry adopts what was submitted before, and submits nothing', async () => {
  listed({ jobId: 'job-9' });
  await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'job-9' } });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
  expect(JSON.parse(sqs.commandCalls(SendMessageCommand)[0].args[0].input.MessageBody!)).toMatchObject({ look: { jobId: 'job-9', token: 'token-1' } });
});

test('a retry adopts even a job that is over: what it came to is the round\'s verdict', async () => {
  listed({ jobId: 'job-9', status: 'FAILED' });
  await expect(handler({ ...request, retryCount: 1 })).resolves.toMatchObject({ body: { jobId: 'job-9' } });
  expect(batch.commandCalls(TerminateJobCommand)).toHaveLength(0);
});

test('a retry that finds twins adopts the oldest and terminates the others', async () => {
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

test('a redrive waits until ListJobs shows what was submitted before it', async () => {
  await expect(handler({ ...request, execution: { ...execution, redriveCount: 1 } })).rejects.toMatchObject({ name: 'SubmitUncertain' });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(0);
});

test('a redrive ends what its former life left running, and waits until it is over', async () => {
  const redriven = { ...request, retryCount: 1, execution: { ...execution, redriveCount: 1 } };
  listed({ jobId: 'former', jobName: name(1, 0) });
  await expect(handler(redriven)).rejects.toMatchObject({ name: 'SubmitUncertain' });
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
  await expect(handler(request)).rejects.toMatchObject({ name: thrown });
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(1);
});

test('a job that could not be put into the watch queue is tried again, and then adopted', async () => {
  sqs.on(SendMessageCommand).rejects(awsError(500, 'InternalError'));
  await expect(handler(request)).rejects.toMatchObject({ name: 'SubmitUncertain' });
});

test.each<[string, unknown, RegExp]>([
  ['a wrong field', { paramters: {} }, /'paramters'/],
  ['overrides that Batch would accept and then fail', { containerOverrides: { environment: { A: 'x'.repeat(9_000) } } }, /8192/],
  ['parameters that Batch would refuse', { parameters: { processId: 'x'.repeat(31_000) } }, /30720/],
])('%s is InvalidInput before anything is submitted', async (_, input, message) => {
  await expect(handler({ ...request, input })).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(message) });
  expect(batch.calls()).toHaveLength(0);
});

test.each<[string, object, RegExp | undefined]>([
  ['what goes together', { vcpus: 4, memory: 8192 }, undefined],
  ['memory that does not go with the vCPUs', { vcpus: 4 }, /^the container's size is 2048 MiB, but with 4 vCPUs Fargate has 8192 to 30720 MiB in steps of 1024; /],
  ['vCPUs that there are not', { vcpus: 3 }, /^the container's size is 3 vCPUs, and Fargate has 0.25, 0.5, 1, 2, 4, 8, 16; /],
])('on Fargate, a run that asks for %s', async (_, containerOverrides, message) => {
  const answer = handler({ ...request, job: { ...request.job, fargate: true, memory: 2048, maxMemory: 30_720 }, input: { containerOverrides } });
  await (message ? expect(answer).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(message) }) : expect(answer).resolves.toBeDefined());
  expect(batch.commandCalls(SubmitJobCommand)).toHaveLength(message ? 0 : 1);
});

test('no log line has a token or a value of the input in it', async () => {
  const lines = jest.spyOn(console, 'log');
  await handler({ ...request, retryCount: 1 });
  const logged = lines.mock.calls.join('\n');
  expect(logged).toContain('run-1');
  expect(logged).not.toMatch(/token-1|p1"|"b"/);
});
