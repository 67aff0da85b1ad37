import * as http from 'http';
import { BatchClient, DescribeJobsCommand, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Duration, Size } from 'aws-cdk-lib';
import { deploymentOf, imageOf, oneJob } from './apps';
import { VirtualClock } from '../../emulator/clock';
import { Emulator, WorldOptions } from '../../emulator/emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { CallRecord } from '../../emulator/http';
import { ContainerExit, ContainerRequest, ContainerStartError } from '../../emulator/services/batch/containers';
import { accessKeyOf } from '../../emulator/services/lambda/lambda';
import { HeavyBatchJob } from '../../src';

/** The bundles that ship, over HTTP, on virtual time. */
const MINUTE = 60_000;
const deployment = oneJob({
  spot: true,
  memory: Size.mebibytes(1000),
  maxMemory: Size.mebibytes(3000),
  attemptTimeout: Duration.hours(1),
  queueTimeout: Duration.hours(2),
  maxvCpus: 8,
});
const [machine] = deployment.stateMachines;
const clock = new VirtualClock();
const emulator = new Emulator(deployment, clock);
let calls: CallRecord[];
let requests: ContainerRequest[];

type Script = (request: ContainerRequest) => { readonly after: number; readonly exit: ContainerExit; readonly ignoresTerm?: boolean };
const well: Script = () => ({ after: 10 * MINUTE, exit: { exitCode: 0 } });

function scripted(script: Script): WorldOptions['containers'] {
  return {
    start: async (request) => {
      requests.push(request);
      const { after, exit, ignoresTerm } = script(request);
      let end!: (exit: ContainerExit) => void;
      const exited = new Promise<ContainerExit>((resolve) => { end = resolve; });
      clock.after(after, () => end(exit));
      return {
        exited,
        stop: (grace) => {
          if (!ignoresTerm) end({ exitCode: 143 });
          clock.after(grace, () => end({ exitCode: 137 }));
        },
      };
    },
  };
}

function world(script: Script, more: Partial<WorldOptions> = {}): void {
  calls = [];
  requests = [];
  emulator.begin({
    faults: NO_FAULTS,
    onCall: (call) => calls.push(call),
    containers: scripted(script),
    ...more,
  });
}

async function run(input: unknown = {}) {
  const execution = emulator.stepFunctions.start(machine.arn, input);
  await emulator.settle(() => execution.status !== 'RUNNING');
  return execution;
}

beforeAll(() => emulator.start({ containers: { start: () => Promise.reject(new Error('none')) }, faults: NO_FAULTS }));
afterAll(() => emulator.stop());

test('a run of ten minutes takes four state transitions and few calls', async () => {
  world(well);
  const execution = await run({ parameters: { size: '7' } });
  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toMatchObject({ runId: execution.name, status: 'SUCCEEDED', exitCode: 0, attempts: 1, rounds: 1, ranSeconds: 600, vcpus: 1, memory: 1000 });
  expect(execution.transitions).toBe(4);
  expect(requests[0].command).toEqual(['work', '7']);
  expect(calls.filter((call) => call.call.action === 'SubmitJob')).toHaveLength(1);
  // It left no result, and that is found out once.
  expect(calls.flatMap((call) => call.error ? [call.error.code] : [])).toEqual(['NoSuchKey']);
  // 30 s, 45 s, ... apart: half as long as the job is old.
  expect(calls.filter((call) => call.call.action === 'DescribeJobs').length).toBeLessThan(12);
});

test('messages that were doubled come together again', async () => {
  world(() => ({ after: 50 * MINUTE, exit: { exitCode: 0 } }));
  const [queue] = deployment.queues.filter((one) => one.path.endsWith('WatchQueue'));
  const execution = emulator.stepFunctions.start(machine.arn, {});
  await emulator.settle(() => emulator.sqs.messages(queue.arn).length > 0);
  const [{ body }] = emulator.sqs.messages(queue.arn);
  for (const delay of [7, 21, 44, 90, 200]) emulator.sqs.send(queue.arn, body, delay);
  await emulator.settle(() => execution.status !== 'RUNNING');
  const looks = calls.filter((call) => call.call.action === 'DescribeJobs').map((call) => call.at);
  expect(looks.filter((at) => at > looks[0] + 10 * MINUTE).length).toBeLessThan(7);
});

test('a run of fifty minutes passes through no more states', async () => {
  world(() => ({ after: 50 * MINUTE, exit: { exitCode: 0 } }));
  expect((await run()).transitions).toBe(4);
});

test('a container that fails fails the run by its verdict', async () => {
  world(() => ({ after: MINUTE, exit: { exitCode: 3 } }));
  const execution = await run();
  expect([execution.status, execution.error]).toEqual(['FAILED', 'ExitCode']);
  expect(JSON.parse(execution.cause!)).toMatchObject({ status: 'FAILED', exitCode: 3, reason: 'ExitCode', attempts: 1 });
});

test('what runs out of memory gets twice as much, up to the most', async () => {
  world(({ memory }) => ({ after: MINUTE, exit: memory < 3000 ? { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } : { exitCode: 0 } }));
  const execution = await run();
  expect(requests.map((request) => request.memory)).toEqual([1000, 2000, 3000]);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', rounds: 3, memory: 3000 });
});

test('what Spot cannot finish is finished on demand', async () => {
  const [, onDemand] = deployment.jobQueues.map((queue) => queue.arn).sort((a) => a.includes('OnDemand') ? 1 : -1);
  world(({ jobQueueArn }) => jobQueueArn === onDemand ? { after: MINUTE, exit: { exitCode: 0 } } : { after: MINUTE, exit: { statusReason: 'Host EC2 (instance i-0abc) terminated.' } });
  const execution = await run();
  expect(requests.map((request) => request.jobQueueArn === onDemand)).toEqual([false, false, false, true]);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', rounds: 2 });
});

test('an image that cannot be pulled is tried as often as there are attempts', async () => {
  world(well, { containers: { start: async () => { throw new ContainerStartError('CannotPullContainerError: not found'); } } });
  expect((await run()).error).toBe('ImagePull');
});

test('a container that ignores SIGTERM is killed', async () => {
  world(() => ({ after: 1e12, exit: { exitCode: 0 }, ignoresTerm: true }));
  const execution = await run();
  expect(execution.error).toBe('AttemptTimeout');
  expect(JSON.parse(execution.cause!)).toMatchObject({ exitCode: 137, ranSeconds: 3630 });
});

test('a job that nothing can place is ended, and says why', async () => {
  world(well);
  const execution = await run({ containerOverrides: { vcpus: 9 } });
  expect(execution.error).toBe('Stuck');
  expect(JSON.parse(execution.cause!).message).toContain('MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE');
});

test('a bad input fails the run before anything is submitted', async () => {
  world(well);
  const execution = await run({ parameters: { wrong: '1' } });
  expect(execution.error).toBe('InvalidInput');
  expect(calls).toEqual([]);
});

test('an array job is over when all its children are', async () => {
  world(({ arrayIndex }) => ({ after: MINUTE * (arrayIndex! + 1), exit: { exitCode: arrayIndex === 1 ? 1 : 0 } }));
  const execution = await run({ arraySize: 3 });
  expect(execution.status).toBe('FAILED');
  expect(requests.map((request) => request.environment.AWS_BATCH_JOB_ARRAY_INDEX)).toEqual(['0', '1', '2']);
  expect(JSON.parse(execution.cause!)).toMatchObject({ array: { size: 3, children: { SUCCEEDED: 2, FAILED: 1 }, firstFailed: [{ index: 1, reason: 'ExitCode' }] } });
});

describe('a multi-node job', () => {
  const nodes = new Emulator(deploymentOf((stack) => {
    new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), nodes: 3, vcpus: 2 });
  }), clock);
  beforeAll(() => nodes.start({ containers: { start: () => Promise.reject(new Error('none')) }, faults: NO_FAULTS }));
  afterAll(() => nodes.stop());
  const runNodes = async (script: Script, input: object = {}) => {
    requests = [];
    nodes.begin({ faults: NO_FAULTS, containers: scripted(script) });
    const execution = nodes.stepFunctions.start(nodes.deployment.stateMachines[0].arn, input);
    await nodes.settle(() => execution.status !== 'RUNNING');
    await nodes.settle(() => nodes.batch.containerJobs().every((job) => job.isOver));
    return execution;
  };

  test('starts its nodes when the main node is up, tells them where that is, and ends with it', async () => {
    const execution = await runNodes(({ environment }) => environment.AWS_BATCH_JOB_NODE_INDEX === '0' ? { after: MINUTE, exit: { exitCode: 0 } } : { after: 1e9, exit: { exitCode: 0 } });
    const told = ['AWS_BATCH_JOB_NODE_INDEX', 'AWS_BATCH_JOB_NUM_NODES', 'AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS'];
    expect(requests.map(({ environment }) => told.map((name) => environment[name])))
      .toEqual([['0', '3', undefined], ['1', '3', '127.0.0.1'], ['2', '3', '127.0.0.1']]);
    expect(execution.output).toMatchObject({ status: 'SUCCEEDED', nodes: { count: 3, main: 0 }, ranSeconds: 60 });
    expect(nodes.batch.containerJobs().map((job) => job.status)).toEqual(['SUCCEEDED', 'FAILED', 'FAILED']);
  });

  test('has its run\'s overrides on every node', async () => {
    await runNodes(() => ({ after: MINUTE, exit: { exitCode: 0 } }), { containerOverrides: { memory: 3000, environment: { A: 'b' } } });
    expect(requests.map((request) => [request.memory, request.environment.A])).toEqual([[3000, 'b'], [3000, 'b'], [3000, 'b']]);
  });

  test('fails as its main node fails, and not as another does', async () => {
    const failing = (index: string): Script => ({ environment: { AWS_BATCH_JOB_NODE_INDEX: its } }) => ({
      after: MINUTE * (its === '0' ? 2 : 1),
      exit: { exitCode: its === index ? 3 : 0 },
    });
    expect((await runNodes(failing('1'))).status).toBe('SUCCEEDED');
    const execution = await runNodes(failing('0'));
    expect([execution.status, execution.error]).toEqual(['FAILED', 'ExitCode']);
  });
});

describe('what a container leaves', () => {
  const write = (body: string) => {
    world((request) => {
      const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(request.environment.HEAVY_BATCH_RESULT)!;
      emulator.s3.put(bucket, key, body);
      return { after: MINUTE, exit: { exitCode: 0 } };
    });
    return run();
  };

  test('is the result of its run', async () => {
    expect((await write('{"trips":3}')).output).toMatchObject({ status: 'SUCCEEDED', result: { trips: 3 }, resultUri: expect.stringContaining('/results/AppJob') });
  });

  test('and is large has its URI there', async () => {
    expect((await write('x'.repeat(300_000))).output).toMatchObject({ result: null, resultUri: expect.stringMatching(/^s3:/) });
  });

  test('and may not be read does not fail the run', async () => {
    const watch = deployment.functions.find((one) => one.path.endsWith('WatchFunction'))!;
    world(well, { revoked: [{ roleArn: watch.roleArn, action: 's3:GetObject' }] });
    expect((await run()).output).toMatchObject({ status: 'SUCCEEDED', result: null, resultError: expect.stringContaining('AccessDenied') });
  });
});

test('what is too long for Batch comes by S3, as the job\'s role may read it', async () => {
  world(well);
  const size = 'x'.repeat(31_000);
  expect((await run({ parameters: { size } })).status).toBe('SUCCEEDED');
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(requests[0].command![1])!;
  expect(emulator.readObject(requests[0].jobRoleArn, bucket, key).toString()).toBe(size);
  const input = requests[0].environment.HEAVY_BATCH_INPUT.slice(`s3://${bucket}/`.length);
  expect(JSON.parse(emulator.s3.get(bucket, input)!.toString())).toEqual({ parameters: { size }, environment: {} });
  expect(() => emulator.readObject(requests[0].jobRoleArn, bucket, 'payloads/Other/x')).toThrow(/not authorized to perform: s3:GetObject/);
});

test('a stopped run leaves nothing running', async () => {
  world(well);
  const execution = emulator.stepFunctions.start(machine.arn, {});
  await emulator.settle(() => emulator.batch.containerJobs().some((job) => job.isLive));
  execution.stop('Enough');
  await emulator.settle(() => emulator.batch.containerJobs().every((job) => job.isOver));
  expect(emulator.batch.containerJobs().map((job) => [job.status, job.isLive])).toEqual([['FAILED', false]]);
});

test('a call that the role\'s policy does not allow is refused, and the run says so', async () => {
  const submit = deployment.functions.find((one) => one.path.endsWith('SubmitFunction'))!;
  world(well, { revoked: [{ roleArn: submit.roleArn, action: 'batch:SubmitJob' }] });
  const execution = await run();
  expect(execution.error).toBe('OrchestrationFailed');
  expect(execution.cause).toContain('is not authorized to perform: batch:SubmitJob on resource: arn:aws:batch:');
});

describe('over the wire', () => {
  const [queue] = deployment.jobQueues;
  const [definition] = deployment.jobDefinitions;
  const client = (roleArn?: string) => new BatchClient({
    endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: roleArn ? accessKeyOf(roleArn) : 'AKIDPERSON', secretAccessKey: 'x' },
  });
  const submitted = (more: object = {}) => client().send(new SubmitJobCommand({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn, ...more }));

  test.each<[string, object, string]>([
    ['a queue that is not there', { jobQueue: 'other' }, "JobQueue other can't be found"],
    ['a definition that is not there', { jobDefinition: 'other' }, "JobDefinition other can't be found"],
    ['a bad name', { jobName: 'a b' }, 'Job name a b is invalid'],
    ['more than 30 KiB', { parameters: { size: 'x'.repeat(31_000) } }, '30 KiB'],
    ['an array of one', { arrayProperties: { size: 1 } }, 'Array size must be between 2 and 10000'],
    ['a time-out of half a minute', { timeout: { attemptDurationSeconds: 30 } }, 'at least 60'],
    ['a reserved variable', { containerOverrides: { environment: [{ name: 'AWS_BATCH_X', value: '1' }] } }, 'reserved'],
    ['a share on a queue without a policy', { shareIdentifier: 'a' }, 'shareIdentifier cannot be specified'],
    ['a priority on a queue without a policy', { schedulingPriorityOverride: 1 }, 'schedulingPriorityOverride cannot be specified'],
    ['node overrides of a job without nodes', { nodeOverrides: {} }, 'multi-node job only'],
    ['a field that the stand-in does not know', { dependsOn: [] }, "does not know 'dependsOn'"],
  ])('%s is refused', async (_, more, message) => {
    world(well);
    await expect(submitted(more)).rejects.toMatchObject({ name: 'ClientException', message: expect.stringContaining(message) });
  });

  test('overrides over 8,192 characters are accepted, and then fail the job', async () => {
    world(well);
    const { jobId } = await submitted({ containerOverrides: { environment: [{ name: 'X', value: 'x'.repeat(8_200) }] } });
    await emulator.settle(() => emulator.batch.jobs()[0].isOver);
    const { jobs } = await client().send(new DescribeJobsCommand({ jobs: [jobId!] }));
    expect(jobs![0].attempts!.map((attempt) => attempt.container!.reason)).toEqual(['Container Overrides length must be at most 8192', 'Container Overrides length must be at most 8192', 'Container Overrides length must be at most 8192']);
  });

  test('ListJobs shows one status, or with a filter all; page by page', async () => {
    world(well);
    for (let job = 0; job < 5; job++) await submitted({ jobName: job < 3 ? `A-${job}` : `b-${job}` });
    const list = (more: object) => client().send(new ListJobsCommand({ jobQueue: queue.arn, ...more }));
    expect((await list({})).jobSummaryList).toEqual([]);
    expect((await list({ jobStatus: 'SUBMITTED' })).jobSummaryList).toHaveLength(5);
    const filters = [{ name: 'JOB_NAME', values: ['a-*'] }];
    const first = await list({ filters, maxResults: 2 });
    expect(first.jobSummaryList!.map((job) => job.jobName)).toEqual(['A-0', 'A-1']);
    expect((await list({ filters, maxResults: 2, nextToken: first.nextToken })).jobSummaryList!.map((job) => job.jobName)).toEqual(['A-2']);
    await expect(list({ filters: [...filters, { name: 'BEFORE_CREATED_AT', values: ['1'] }] })).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('what was just submitted is not found at once where that is so', async () => {
    world(well, { faults: { ...NO_FAULTS, visibility: () => ({ listed: 25_000, described: 5_000 }) } });
    const { jobId } = await submitted();
    const seen = async () => (await client().send(new DescribeJobsCommand({ jobs: [jobId!] }))).jobs!.length;
    expect(await seen()).toBe(0);
    clock.after(5_000, () => undefined);
    await emulator.settle(() => clock.now() - emulator.batch.jobs()[0].createdAt >= 5_000);
    expect(await seen()).toBe(1);
  });

  test('DescribeJobs takes a hundred ids', async () => {
    world(well);
    await expect(client().send(new DescribeJobsCommand({ jobs: Array.from({ length: 101 }, (_, id) => `${id}`) }))).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('TerminateJob wants a reason, and a job that is there', async () => {
    world(well);
    await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: '' }))).rejects.toMatchObject({ message: 'reason is missing' });
    await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: 'y' }))).rejects.toMatchObject({ message: 'Job x not found' });
  });

  test('who may not is told so in IAM\'s words', async () => {
    world(well);
    const watch = deployment.functions.find((one) => one.path.endsWith('WatchFunction'))!;
    await expect(client(watch.roleArn).send(new SubmitJobCommand({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn })))
      .rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('because no identity-based policy allows the batch:SubmitJob action') });
  });

  test('a call that the stand-in does not know is an error', async () => {
    world(well);
    const sqs = new SQSClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
    const queueUrl = deployment.queues.find((one) => one.path.endsWith('WatchQueue'))!.url;
    await expect(sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  test('a request that is not JSON is refused, and the server lives on', async () => {
    world(well);
    const status = await new Promise((resolve, reject) => http.request(`${emulator.endpoint}/v1/submitjob`, { method: 'POST' }, (response) => resolve(response.resume().statusCode)).on('error', reject).end('{'));
    expect(status).toBe(400);
    await expect(submitted()).resolves.toMatchObject({ jobName: 'j' });
  });
});
