import { BatchClient, DescribeJobsCommand, JobDetail, ListJobsCommand } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { failedChildrenOf, judgeArray } from '../../../src/functions/check/array-outcome';

const batch = mockClient(BatchClient);
const client = new BatchClient({});
const child = (index: number, more: Partial<JobDetail> = {}) => ({ jobId: `job-1:${index}`, jobName: 'x', status: 'FAILED', arrayProperties: { index }, container: { exitCode: 3 }, ...more }) as JobDetail;
const array = (more: Partial<JobDetail> = {}, FAILED = 1) => ({ jobId: 'job-1', status: 'FAILED', arrayProperties: { size: 20, statusSummary: { FAILED, SUCCEEDED: 20 - FAILED } }, ...more }) as JobDetail;
const indexesOf = (children: readonly JobDetail[]) => children.map(({ jobId }) => Number(jobId!.split(':')[1]));

/** The children of the array that failed, in the order in which Batch lists them. */
function failed(...children: JobDetail[]) {
  batch.on(ListJobsCommand, { arrayJobId: 'job-1', jobStatus: 'FAILED' }).resolves({ jobSummaryList: children as never });
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: children.filter(({ jobId }) => jobs.includes(jobId!)) }));
}

beforeEach(() => batch.reset());

test.each<[string, JobDetail]>([
  ['a job without children', { jobId: 'job-1', status: 'FAILED' } as JobDetail],
  ['an array job that succeeded', array({ status: 'SUCCEEDED' })],
  ['an array job of which no child failed', array({}, 0)],
])('%s has no failed children, and Batch is not called', async (_, job) => {
  await expect(failedChildrenOf(client, job)).resolves.toEqual({ first: [] });
  expect(batch.calls()).toHaveLength(0);
});

test('children that ListJobs does not show yet are not described', async () => {
  failed();
  await expect(failedChildrenOf(client, array())).resolves.toEqual({ first: [] });
  expect(batch.commandCalls(DescribeJobsCommand)).toHaveLength(0);
});

test('the first ten failed children are described by index, and the one that stopped last', async () => {
  failed(...[11, 3, 0, 7, 1, 10, 2, 9, 4, 8, 5, 6].map((index) => child(index, { stoppedAt: index === 11 ? 900 : index })));
  const { first, last } = await failedChildrenOf(client, array({}, 12));
  expect([indexesOf(first), last!.jobId]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'job-1:11']);
  expect(batch.commandCalls(DescribeJobsCommand)[0].args[0].input.jobs).toHaveLength(11);
});

test('of children that stopped at the same time, the one with the lowest index is the last', async () => {
  failed(child(2, { stoppedAt: 5 }), child(1, { stoppedAt: 5 }), child(0));
  const { first, last } = await failedChildrenOf(client, array({}, 3));
  expect([indexesOf(first), last!.jobId]).toEqual([[0, 1, 2], 'job-1:1']);
  expect(batch.commandCalls(DescribeJobsCommand)[0].args[0].input.jobs).toHaveLength(3);
});

test('a child of which Batch says nowhere else has its index in its id', async () => {
  failed(child(1, { arrayProperties: undefined }), child(0, { arrayProperties: undefined }));
  const { first } = await failedChildrenOf(client, array({}, 2));
  expect(judgeArray(array({}, 2), { first }, { spot: false, queue: 'queue' }).array.firstFailed.map(({ index }) => index)).toEqual([0, 1]);
});

describe('the verdict on an array job', () => {
  const judge = (job: JobDetail, ...first: JobDetail[]) => judgeArray(job, { first }, { spot: false, queue: 'queue' });

  test('has the reason of the first failed child, names three and lists all', () => {
    const { verdict, array: outcome } = judge(array({}, 4), child(0), child(4, { container: { exitCode: 7 } }), child(5), child(9));
    expect(verdict).toEqual({
      status: 'FAILED',
      reason: 'ExitCode',
      message: '4 of 20 children failed, first 0 (ExitCode: the container exited with 3), 4 (ExitCode: the container exited with 7), 5 (ExitCode: the container exited with 3)',
    });
    expect(outcome).toMatchObject({ size: 20, children: { FAILED: 4, SUCCEEDED: 16 } });
    expect(outcome.firstFailed.map(({ index }) => index)).toEqual([0, 4, 5, 9]);
  });

  test('does not need its children', () => {
    expect(judge(array()).verdict).toEqual({ status: 'FAILED', reason: 'Unknown', message: '1 of 20 children failed' });
  });

  test('cuts what a child says after 500 characters', () => {
    const { array: outcome } = judge(array(), child(0, { container: {}, statusReason: 'x'.repeat(501) }));
    expect(outcome.firstFailed).toEqual([{ index: 0, reason: 'Unknown', message: 'x'.repeat(500) }]);
  });

  test('does not believe a child that was listed as failed and is shown as succeeded', () => {
    expect(judge(array(), child(0, { status: 'SUCCEEDED' })).array.firstFailed).toEqual([{ index: 0, reason: 'Unknown', message: '' }]);
  });

  test('is that of any other job when no child failed', () => {
    const ended = { status: 'SUCCEEDED', arrayProperties: { size: 2, statusSummary: { SUCCEEDED: 2 } } } as JobDetail;
    expect(judge(ended)).toEqual({ verdict: { status: 'SUCCEEDED' }, array: { size: 2, children: { SUCCEEDED: 2 }, firstFailed: [] } });
    expect(judge({ status: 'FAILED', arrayProperties: { size: 2 } } as JobDetail).array).toEqual({ size: 2, children: {}, firstFailed: [] });
  });
});

describe('an array job that was ended as a whole', () => {
  const judge = (job: JobDetail, first: JobDetail[], last?: JobDetail) => judgeArray(job, { first, last }, { spot: false, queue: 'queue' }).verdict;
  const stopped = child(1, { isTerminated: true, statusReason: 'stop it' });

  test.each<[string, Partial<JobDetail>, string]>([
    ['terminated', { isTerminated: true, statusReason: 'enough' }, 'enough; 1 of 20 children failed, first 0 (ExitCode: the container exited with 3)'],
    ['cancelled', { isCancelled: true, statusReason: 'enough' }, 'enough; 1 of 20 children failed, first 0 (ExitCode: the container exited with 3)'],
    ['ended without a word', { isTerminated: true }, 'the job was terminated, and AWS Batch reports no reason; 1 of 20 children failed, first 0 (ExitCode: the container exited with 3)'],
    ['ended with words about its children only', { isTerminated: true, statusReason: 'Array Child Job failed' }, 'the job was terminated, and AWS Batch reports no reason; 1 of 20 children failed, first 0 (ExitCode: the container exited with 3)'],
  ])('and %s is Cancelled', (_, more, message) => {
    expect(judge(array(more), [child(0, { statusReason: 'Essential container in task exited' })])).toEqual({
      status: 'FAILED', reason: 'Cancelled', message,
    });
  });

  test('has the words of a child that was ended, and not of one that failed by itself', () => {
    const failedItself = child(0, { statusReason: 'Host EC2 (instance i-1) terminated.' });
    expect(judge(array({ isTerminated: true, statusReason: 'Array Child Job failed' }, 2), [failedItself, stopped]).message).toMatch(/^stop it; 2 of 20/);
    expect(judge(array({ isTerminated: true, statusReason: 'Array Child Job failed' }, 2), [failedItself], { ...stopped, isTerminated: false, isCancelled: true }).message).toMatch(/^stop it; 2 of 20/);
    expect(judge(array({ isTerminated: true, statusReason: 'the Array Child Job failed' }, 2), [failedItself, stopped]).message).toMatch(/^the Array Child Job failed; 2 of 20/);
  });

  test('is none when only children were ended', () => {
    expect(judge(array({ statusReason: 'Array Child Job failed' }, 2), [child(0), stopped], stopped)).toMatchObject({ reason: 'ExitCode', message: expect.stringMatching(/^2 of 20 children failed/) });
  });
});
