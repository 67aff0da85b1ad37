import { BatchClient, DescribeJobsCommand, JobDetail, JobSummary, ListJobsCommand } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { EndedJob, judgeNodes, mergeMainNode, withMainNode } from '../../../src/functions/check/node-outcome';

const batch = mockClient(BatchClient);
const client = new BatchClient({});
const job = { jobId: 'job-1', status: 'FAILED', stoppedAt: 200_000, nodeProperties: { numNodes: 4, mainNode: 0 }, attempts: [{ startedAt: 1 }] } as unknown as JobDetail;
const OUT_OF_MEMORY = { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };
const EXITED = 'Essential container in task exited';
const judge = (ended: EndedJob) => judgeNodes(ended, { spot: false, queue: 'queue' });

/** What Batch answers about nodes, by their indices. Those that failed are listed. */
function nodesAre(nodes: { [index: number]: Partial<JobSummary> }) {
  const all = Object.entries(nodes).map(([index, node]) => ({ jobId: `job-1#${index}`, jobName: 'x', ...node }));
  batch.on(ListJobsCommand, { multiNodeJobId: 'job-1', jobStatus: 'FAILED' }).resolves({ jobSummaryList: all });
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: all.filter(({ jobId }) => jobs.includes(jobId)) }));
}

beforeEach(() => {
  batch.reset();
  batch.on(ListJobsCommand).resolves({});
});

test('a job without nodes is returned unchanged, and Batch is not called', async () => {
  const single = { jobId: 'job-1', status: 'FAILED' } as JobDetail;
  expect(await withMainNode(client, single)).toBe(single);
  expect(batch.calls()).toHaveLength(0);
});

test('the verdict follows the main node', async () => {
  nodesAre({ 0: { container: OUT_OF_MEMORY, stoppedAt: 200_000 } });
  expect(judge(await withMainNode(client, job))).toMatchObject({ reason: 'OutOfMemory' });
});

test('without its main node, the job is returned unchanged', async () => {
  batch.on(DescribeJobsCommand).resolves({ jobs: [] });
  expect(await withMainNode(client, job)).toEqual(job);
});

test('a job that succeeded has no failed worker, and its nodes are not listed', async () => {
  nodesAre({ 0: { container: { exitCode: 0 } }, 1: { container: { exitCode: 1 }, stoppedAt: 1 } });
  expect(judge(await withMainNode(client, { ...job, status: 'SUCCEEDED' }))).toEqual({ status: 'SUCCEEDED' });
  expect(batch.commandCalls(ListJobsCommand)).toHaveLength(0);
});

test.each<[string, Partial<JobDetail>, Partial<JobDetail>, string]>([
  ['was terminated as a whole', { statusReason: 'enough', isTerminated: true }, { statusReason: EXITED, container: { exitCode: 143 } }, 'Cancelled'],
  ['whose main node failed', {}, { statusReason: EXITED, container: { exitCode: 3 } }, 'ExitCode'],
  ['whose main node lost its host', {}, { statusReason: 'Host EC2 (instance i-1) terminated.' }, 'HostLost'],
  ['whose main node had no image', {}, { attempts: [{ container: { reason: 'CannotPullContainerError: none' } }] }, 'ImagePull'],
])('a job that %s', (_, ofJob, ofMain, reason) => {
  expect(judge(mergeMainNode({ ...job, ...ofJob }, { jobId: 'job-1#0', ...ofMain } as JobDetail))).toMatchObject({ reason });
});

describe('a worker that failed before the main node ended', () => {
  const main = { statusReason: EXITED, container: { exitCode: 1 }, stoppedAt: 200_000 };

  test.each<[string, Partial<JobSummary>, string, string]>([
    ['ran out of memory', { container: OUT_OF_MEMORY }, 'OutOfMemory', OUT_OF_MEMORY.reason],
    ['lost its host', { statusReason: 'Host EC2 (instance i-1) terminated.' }, 'HostLost', 'Host EC2 (instance i-1) terminated.'],
    ['exited', { statusReason: EXITED, container: { exitCode: 2 } }, 'ExitCode', 'the container exited with 2'],
    ['could not start', { statusReason: 'Task failed to start', container: { reason: 'CannotPullContainerError: context canceled' } }, 'ImagePull', 'Task failed to start; CannotPullContainerError: context canceled'],
  ])('is the cause: it %s', async (_, worker, reason, text) => {
    nodesAre({ 0: main, 3: { ...worker, stoppedAt: 198_000 } });
    expect(judge(await withMainNode(client, job))).toEqual({
      status: 'FAILED', reason, message: `node 3 failed first: ${text}; then the main node, node 0: the container exited with 1`,
    });
    expect([batch.commandCalls(ListJobsCommand).length, batch.commandCalls(DescribeJobsCommand).length]).toEqual([1, 1]);
  });

  test('is no cause when it exited just before a main node that AWS ended', async () => {
    nodesAre({ 0: { statusReason: EXITED, container: OUT_OF_MEMORY, stoppedAt: 200_000 }, 3: { container: { exitCode: 1 }, stoppedAt: 198_000 } });
    const ended = { ...job, stoppedAt: 200_000 };
    expect(judge(await withMainNode(client, ended))).toMatchObject({ reason: 'OutOfMemory', message: expect.stringContaining('node 3 failed too (ExitCode') });
  });

  test('is the first of several', async () => {
    const later = { container: { exitCode: 9 }, stoppedAt: 150_000 };
    nodesAre({ 0: main, 1: later, 2: { container: OUT_OF_MEMORY, stoppedAt: 100_000 }, 3: later });
    expect(judge(await withMainNode(client, job))).toMatchObject({ reason: 'OutOfMemory', message: expect.stringMatching(/^node 2 failed first/) });
  });

  test('is named when the job timed out, or was ended', async () => {
    nodesAre({ 0: { container: { exitCode: 137 }, stoppedAt: 200_000 }, 1: { container: OUT_OF_MEMORY, stoppedAt: 50_000 } });
    const timedOut = await withMainNode(client, { ...job, statusReason: 'Job attempt duration exceeded timeout' });
    expect(judge(timedOut)).toMatchObject({ reason: 'AttemptTimeout', message: `Job attempt duration exceeded timeout; node 1 had failed before (OutOfMemory: ${OUT_OF_MEMORY.reason})` });
    const ended = await withMainNode(client, { ...job, statusReason: 'enough', isTerminated: true });
    expect(judge(ended)).toMatchObject({ reason: 'Cancelled', message: expect.stringMatching(/^enough; node 1 had failed before/) });
  });

  test('counts by its listing when Batch does not describe it', async () => {
    nodesAre({ 0: main });
    batch.on(ListJobsCommand).resolves({ jobSummaryList: [{ jobId: 'job-1#2', jobName: 'x', container: OUT_OF_MEMORY, stoppedAt: 100_000 }] });
    expect(judge(await withMainNode(client, job))).toMatchObject({ reason: 'OutOfMemory' });
  });
});

test.each<[string, Partial<JobSummary>, Partial<JobDetail>]>([
  ['stopped because the main node had ended', { container: { exitCode: 143 }, stoppedAt: 201_000 }, {}],
  ['failed after the main node had ended', { container: OUT_OF_MEMORY, stoppedAt: 201_000 }, {}],
  ['stopped with the job, and before the main node', { container: { exitCode: 143 }, stoppedAt: 170_000 }, { statusReason: 'enough', isTerminated: true }],
  ['stopped at a time that Batch does not show', { container: { exitCode: 137 } }, {}],
])('a worker that %s is not the cause', async (_, worker, more) => {
  nodesAre({ 0: { container: { exitCode: 1 }, stoppedAt: 200_000 }, 1: worker });
  expect((await withMainNode(client, { ...job, ...more })).failedWorker).toBeUndefined();
});

test.each<[string, JobDetail['attempts']]>([
  ['started after it', [{ startedAt: 1, stoppedAt: 60_000 }, { startedAt: 150_000 }]],
  ['did not start', [{ startedAt: 1, stoppedAt: 60_000 }, { statusReason: 'Task failed to start' }]],
])('a worker that failed in an earlier attempt is not the cause when the main node of the last attempt %s', async (_, attempts) => {
  nodesAre({ 0: { container: { exitCode: 1 }, stoppedAt: 200_000 }, 1: { container: OUT_OF_MEMORY, stoppedAt: 50_000 } });
  expect((await withMainNode(client, { ...job, attempts })).failedWorker).toBeUndefined();
});

test('a worker of which Batch shows no time is the cause when it did not just stop', async () => {
  nodesAre({ 0: { container: { exitCode: 1 } }, 1: { container: { exitCode: 143 } }, 2: { container: { exitCode: 5 } } });
  expect((await withMainNode(client, job)).failedWorker).toMatchObject({ jobId: 'job-1#2' });
});

test.each<[string, Partial<JobSummary>]>([
  ['has a reason', { container: { reason: 'why' } }],
  ['lost its host', { statusReason: 'Host EC2 (instance i-1) terminated.' }],
])('a worker of which Batch shows no time is the cause when it %s', async (_, worker) => {
  nodesAre({ 0: { container: { exitCode: 1 } }, 2: worker });
  expect((await withMainNode(client, job)).failedWorker).toMatchObject({ jobId: 'job-1#2' });
});

test('the main node is found whichever node Batch describes first, and whichever index it has', async () => {
  const last = { ...job, nodeProperties: { numNodes: 4, mainNode: 3 } } as unknown as JobDetail;
  nodesAre({ 1: { container: OUT_OF_MEMORY, stoppedAt: 100_000 }, 3: { container: { exitCode: 7 }, stoppedAt: 200_000 } });
  const ended = await withMainNode(client, last);
  expect([ended.container, ended.failedWorker!.jobId]).toEqual([{ exitCode: 7 }, 'job-1#1']);
  expect(judge(ended)).toMatchObject({ reason: 'OutOfMemory', message: expect.stringContaining('then the main node, node 3: the container exited with 7') });
});

describe('the attempts of a multi-node job', () => {
  const main = { jobId: 'job-1#0', container: { exitCode: 7 } } as JobDetail;
  const attempts = [{ container: { exitCode: 1 } }, { container: { exitCode: 2 }, startedAt: 5 }] as JobDetail['attempts'];

  test('have the container of the main node at the last of them', () => {
    expect(mergeMainNode({ ...job, attempts }, main).attempts).toEqual([{ container: { exitCode: 1 } }, { container: { exitCode: 7 }, startedAt: 5 }]);
  });

  test('stay as they are when the main node shows no container, and are those of the main node when it has some', () => {
    expect(mergeMainNode({ ...job, attempts }, { jobId: 'job-1#0' } as JobDetail).attempts).toEqual(attempts);
    expect(mergeMainNode({ ...job, attempts }, { ...main, attempts: [{ startedAt: 9 }] } as JobDetail).attempts).toEqual([{ startedAt: 9 }]);
    expect(mergeMainNode({ ...job, attempts: undefined }, main).attempts).toBeUndefined();
  });
});

describe('the main node and a worker that both failed', () => {
  const both = (main: Partial<JobDetail>, worker: Partial<JobDetail>, apart: number) => judge({
    ...job, attempts: undefined, stoppedAt: 200_000, ...main, failedWorker: { jobId: 'job-1#2', stoppedAt: 200_000 - apart, ...worker },
  } as EndedJob);
  const lost = { statusReason: 'Host EC2 (instance i-1) terminated.' };

  test.each<[string, Partial<JobDetail>, Partial<JobDetail>, number, string]>([
    ['the worker failed a minute before', lost, { container: { exitCode: 3 } }, 60_000, 'ExitCode'],
    ['the worker failed within the minute, and only the main node says why', lost, { container: { exitCode: 3 } }, 59_999, 'HostLost'],
    ['the worker failed within the minute, and says nothing at all', lost, {}, 59_999, 'HostLost'],
    ['both say why', lost, { container: OUT_OF_MEMORY }, 1, 'OutOfMemory'],
    ['neither says why', { container: { exitCode: 1 } }, { container: { exitCode: 3 } }, 1, 'ExitCode'],
    ['the main node was killed without a word', { container: { exitCode: 137 } }, { container: { exitCode: 3 } }, 1, 'ExitCode'],
  ])('when %s', (_, main, worker, apart, reason) => {
    expect(both(main, worker, apart)).toMatchObject({ status: 'FAILED', reason });
  });

  test('fail no job that succeeded', () => {
    expect(both({ status: 'SUCCEEDED' }, { container: { exitCode: 3 } }, 1)).toEqual({ status: 'SUCCEEDED' });
  });
});
