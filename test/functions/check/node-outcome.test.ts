import { BatchClient, DescribeJobsCommand, JobDetail } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { mergeMainNode, withMainNode } from '../../../src/functions/check/node-outcome';
import { verdictOf } from '../../../src/functions/check/verdict';

const batch = mockClient(BatchClient);
const client = new BatchClient({});
const job = { jobId: 'job-1', status: 'FAILED', nodeProperties: { numNodes: 4, mainNode: 0 }, attempts: [{ startedAt: 1 }] } as unknown as JobDetail;

beforeEach(() => batch.reset());

test('a job without nodes is returned unchanged, and Batch is not called', async () => {
  const single = { jobId: 'job-1', status: 'FAILED' } as JobDetail;
  expect(await withMainNode(client, single)).toBe(single);
  expect(batch.calls()).toHaveLength(0);
});

test('the verdict follows the main node', async () => {
  batch.on(DescribeJobsCommand, { jobs: ['job-1#0'] }).resolves({ jobs: [{ jobId: 'job-1#0', container: { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } } as JobDetail] });
  expect(verdictOf(await withMainNode(client, job))).toMatchObject({ reason: 'OutOfMemory' });
});

test('without its main node, the job is returned unchanged', async () => {
  batch.on(DescribeJobsCommand).resolves({ jobs: [] });
  expect(await withMainNode(client, job)).toBe(job);
});

test.each<[string, Partial<JobDetail>, Partial<JobDetail>, string]>([
  ['was terminated as a whole', { statusReason: 'enough', isTerminated: true }, { statusReason: 'Essential container in task exited', container: { exitCode: 143 } }, 'Cancelled'],
  ['whose main node failed', {}, { statusReason: 'Essential container in task exited', container: { exitCode: 3 } }, 'ExitCode'],
  ['whose main node lost its host', {}, { statusReason: 'Host EC2 (instance i-1) terminated.' }, 'SpotReclaimed'],
  ['whose main node had no image', {}, { attempts: [{ container: { reason: 'CannotPullContainerError: none' } }] }, 'ImagePull'],
])('a job that %s', (_, ofJob, ofMain, reason) => {
  expect(verdictOf(mergeMainNode({ ...job, ...ofJob }, { jobId: 'job-1#0', ...ofMain } as JobDetail))).toMatchObject({ reason });
});
