import { BatchClient, JobSummary, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName, jobNamePrefix } from '../../../src/contract/job-name';
import { endDuplicates, jobsOfExecution, listJobs, terminateLive } from '../../../src/functions/shared/batch-jobs';
import { isLive, isOver } from '../../../src/functions/shared/job-status';

const batch = mockClient(BatchClient);
const client = new BatchClient({});
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const job = (jobId: string, more: Partial<JobSummary> = {}) => ({ jobId, jobName: jobName({ executionArn: EXECUTION, redrive: 0, round: 1 }), status: 'RUNNING', ...more }) as JobSummary;
const listed = () => batch.commandCalls(ListJobsCommand).map((call) => call.args[0].input);
const terminated = () => batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input);

beforeEach(() => {
  batch.reset();
  batch.on(ListJobsCommand).resolves({});
  batch.on(TerminateJobCommand).resolves({});
});

test('the jobs of an execution are looked for in each queue, in any state, by what their names begin with', async () => {
  await expect(jobsOfExecution(client, EXECUTION, ['spot', 'on-demand'])).resolves.toEqual([]);
  const filters = [{ name: 'JOB_NAME', values: [`${jobNamePrefix(EXECUTION)}*`] }];
  expect(listed()).toEqual([{ jobQueue: 'spot', filters }, { jobQueue: 'on-demand', filters }]);
});

test('the jobs of an execution come with the oldest first, whichever queue they are in; of equally old ones, the same one is always first', async () => {
  batch.on(ListJobsCommand, { jobQueue: 'spot' }).resolves({ jobSummaryList: [job('young', { createdAt: 9 }), job('b', { createdAt: 5 }), job('a', { createdAt: 5 })] });
  batch.on(ListJobsCommand, { jobQueue: 'on-demand' }).resolves({ jobSummaryList: [job('c', { createdAt: 5 }), job('old', { createdAt: 1 }), job('unknown')] });
  const inOrder = ['unknown', 'old', 'a', 'b', 'c', 'young'];
  for (const queues of [['spot', 'on-demand'], ['on-demand', 'spot']]) {
    expect((await jobsOfExecution(client, EXECUTION, queues)).map(({ jobId }) => jobId)).toEqual(inOrder);
  }
});

test('all pages of a list are read, and an empty page is not the last', async () => {
  const request = { arrayJobId: 'job-1', jobStatus: 'FAILED' } as const;
  batch.on(ListJobsCommand, { ...request, nextToken: undefined }).resolves({ jobSummaryList: [job('a')], nextToken: 'second' });
  batch.on(ListJobsCommand, { ...request, nextToken: 'second' }).resolves({ nextToken: 'third' });
  batch.on(ListJobsCommand, { ...request, nextToken: 'third' }).resolves({ jobSummaryList: [job('b')] });
  await expect(listJobs(client, request)).resolves.toEqual([job('a'), job('b')]);
  expect(listed()).toHaveLength(3);
});

test('of the jobs of a round, all but one are ended, with its id as the reason', async () => {
  await endDuplicates(client, [job('a'), job('kept'), job('over', { status: 'SUCCEEDED' }), job('b', { status: 'RUNNABLE' })], 'kept');
  expect(terminated()).toEqual(['a', 'b'].map((jobId) => ({ jobId, reason: 'heavy-batch: duplicate of kept' })));
});

test('a round without a job has no duplicates', async () => {
  await endDuplicates(client, [], undefined);
  expect(batch.calls()).toHaveLength(0);
});

test('the jobs that have not ended are terminated, and only these are told', async () => {
  const jobs = [job('a'), job('failed', { status: 'FAILED' }), job('b', { status: 'NEW' as never })];
  await expect(terminateLive(client, jobs, 'enough')).resolves.toEqual(['a', 'b']);
  expect(terminated()).toEqual([{ jobId: 'a', reason: 'enough' }, { jobId: 'b', reason: 'enough' }]);
});

test.each<[string | undefined, boolean, boolean]>([
  ['SUBMITTED', true, false], ['PENDING', true, false], ['RUNNABLE', true, false], ['STARTING', true, false], ['RUNNING', true, false],
  ['SUCCEEDED', false, true], ['FAILED', false, true], ['NEW', false, false], ['', false, false], [undefined, false, false],
])('a job with the status %s is live: %s, over: %s', (status, live, over) => {
  expect([isLive(status), isOver(status)]).toEqual([live, over]);
});
