import { BatchClient, JobSummary, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName, jobNamePrefix } from '../../../src/contract/job-name';
import { endDuplicates, jobsOfExecution, listJobs, terminateLive } from '../../../src/functions/shared/batch-jobs';
import { isLive, isOver } from '../../../src/functions/shared/job-status';
import { endOrphanedJobs } from '../../../src/functions/shared/orphaned-jobs';

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
  process.env.JOB_QUEUES = 'spot,on-demand';
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

test('of the jobs of a round, all but the oldest are ended, with its id as the reason', async () => {
  await endDuplicates(client, [job('oldest'), job('a'), job('over', { status: 'SUCCEEDED' }), job('b', { status: 'RUNNABLE' })]);
  expect(terminated()).toEqual(['a', 'b'].map((jobId) => ({ jobId, reason: 'heavy-batch: duplicate of oldest' })));
});

test('a round without a job has no duplicates', async () => {
  await endDuplicates(client, []);
  expect(batch.calls()).toHaveLength(0);
});

test('the jobs that have not ended are terminated, and only these are told', async () => {
  const jobs = [job('a'), job('failed', { status: 'FAILED' }), job('b', { status: 'NEW' as never })];
  await expect(terminateLive(client, jobs, 'enough')).resolves.toEqual(['a', 'b']);
  expect(terminated()).toEqual([{ jobId: 'a', reason: 'enough' }, { jobId: 'b', reason: 'enough' }]);
});

describe('the jobs of a run that is over', () => {
  const ofRedrive = (jobId: string, redrive: number) => job(jobId, { jobName: jobName({ executionArn: EXECUTION, redrive, round: 1 }) });

  test('are ended up to its redrive, and each is logged', async () => {
    const lines = jest.spyOn(console, 'log').mockImplementation();
    batch.on(ListJobsCommand, { jobQueue: 'on-demand' }).resolves({ jobSummaryList: [ofRedrive('before', 0), ofRedrive('now', 1), ofRedrive('later', 2), job('other', { jobName: 'other' })] });
    await endOrphanedJobs(client, { execution: EXECUTION, redrive: 1 });
    expect(terminated().map(({ jobId, reason }) => [jobId, reason])).toEqual([['before', 'heavy-batch: its run ended'], ['now', 'heavy-batch: its run ended']]);
    expect(lines.mock.calls.map(([line]) => JSON.parse(line as string))).toEqual(['before', 'now'].map((jobId) => (
      { notice: 'terminated', runId: 'run-1', jobId, message: 'heavy-batch: its run ended' })));
    expect(listed().map(({ jobQueue }) => jobQueue)).toEqual(['spot', 'on-demand']);
  });

  test.each([[undefined], ['']])('are not looked for when the function knows no queue: %j', async (queues) => {
    if (queues === undefined) delete process.env.JOB_QUEUES;
    else process.env.JOB_QUEUES = queues;
    await endOrphanedJobs(client, { execution: EXECUTION, redrive: 0 });
    expect(batch.calls()).toHaveLength(0);
  });
});

test.each<[string | undefined, boolean, boolean]>([
  ['SUBMITTED', true, false], ['PENDING', true, false], ['RUNNABLE', true, false], ['STARTING', true, false], ['RUNNING', true, false],
  ['SUCCEEDED', false, true], ['FAILED', false, true], ['NEW', false, false], ['', false, false], [undefined, false, false],
])('a job with the status %s is live: %s, over: %s', (status, live, over) => {
  expect([isLive(status), isOver(status)]).toEqual([live, over]);
});
