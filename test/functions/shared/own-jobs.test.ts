import { BatchClient, DescribeJobsCommand, JobSummary, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { jobName } from '../../../src/contract/job-name';
import type { RunRecord } from '../../../src/contract/run-record';
import { endOrphanedJobs } from '../../../src/functions/shared/orphaned-jobs';
import { ownJobs } from '../../../src/functions/shared/own-jobs';

const [batch, s3] = [mockClient(BatchClient), mockClient(S3Client)];
const clients = { batch: new BatchClient({}), s3: new S3Client({}) };
const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
const context = { execution: EXECUTION, redrive: 0, round: 1, vcpus: 1, memory: 1, queue: 'spot', queueTimeout: 1, logGroup: 'log', earlier: [] };
const nameOf = (redrive: number) => jobName({ executionArn: EXECUTION, redrive, round: 1 });
const job = (jobId: string, more: Partial<JobSummary> = {}) => ({ jobId, jobName: nameOf(0), status: 'RUNNING', ...more }) as JobSummary;

/** What DescribeJobs says: the ids of the tries, by job. */
function describedAs(submissionIds: Record<string, string | undefined>): void {
  batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({
    jobs: jobs.filter((jobId) => jobId in submissionIds)
      .map((jobId) => ({ jobId, parameters: { heavyBatchRun: JSON.stringify({ ...context, submissionId: submissionIds[jobId] }) } })),
  }));
}

function recordIs(record: RunRecord, redrive = 0): void {
  s3.on(GetObjectCommand, { Bucket: 'bucket', Key: `runs/${nameOf(redrive)}` }).resolves({ Body: { transformToString: async () => JSON.stringify(record) } as never });
}

const idsOf = async (jobs: JobSummary[], isOwnWithoutRecord = false) => (await ownJobs(clients, jobs, isOwnWithoutRecord)).map(({ jobId }) => jobId);

beforeEach(() => {
  for (const client of [batch, s3]) client.reset();
  batch.on(ListJobsCommand).resolves({});
  batch.on(TerminateJobCommand).resolves({});
  s3.on(GetObjectCommand).rejects(Object.assign(new Error('none'), { name: 'NoSuchKey' }));
  Object.assign(process.env, { JOB_QUEUES: 'spot,on-demand', PAYLOAD_BUCKET: 'bucket' });
  jest.spyOn(console, 'log').mockImplementation();
});

describe('of jobs with the name of a round, those are ours', () => {
  test('that carry the id of one of our tries', async () => {
    recordIs({ submissionIds: ['a', 'b'] });
    describedAs({ forged: 'c', first: 'a', bare: undefined, second: 'b' });
    expect(await idsOf(['forged', 'first', 'bare', 'second'].map((id) => job(id)))).toEqual(['first', 'second']);
  });

  test('that are the oldest with their id: a copy is younger', async () => {
    recordIs({ submissionIds: ['a', 'b'] });
    describedAs({ first: 'a', copy: 'a', second: 'b' });
    expect(await idsOf([job('first'), job('copy'), job('second')])).toEqual(['first', 'second']);
  });

  test('that the record names, whatever they carry, and no copy of them', async () => {
    recordIs({ submissionIds: ['a'], jobId: 'known' });
    describedAs({ other: 'a', known: 'a', bare: undefined });
    expect(await idsOf([job('other'), job('known'), job('bare')])).toEqual(['known']);
    describedAs({ known: undefined });
    expect(await idsOf([job('known')])).toEqual(['known']);
  });

  test.each([[true, ['a', 'b']], [false, []]])('where there is no record: %s', async (isOwnWithoutRecord, expected) => {
    expect(await idsOf([job('a'), job('b')], isOwnWithoutRecord)).toEqual(expected);
    expect(batch.calls()).toHaveLength(0);
  });

  test('of each name by its own record, in whatever case the name is written', async () => {
    recordIs({ submissionIds: ['a'] });
    recordIs({ submissionIds: ['b'] }, 1);
    describedAs({ one: 'a', two: 'b', crossed: 'b' });
    const jobs = [job('one'), job('two', { jobName: nameOf(1).toUpperCase() }), job('crossed')];
    expect(await idsOf(jobs)).toEqual(['one', 'two']);
  });
});

test('a job that DescribeJobs does not show yet is not judged', async () => {
  recordIs({ submissionIds: ['a'] });
  describedAs({ first: 'a' });
  await expect(ownJobs(clients, [job('first'), job('later')], true)).rejects.toThrow('DescribeJobs does not show the job later, which ListJobs shows');
});

test('more than a hundred jobs are described in several calls', async () => {
  recordIs({ submissionIds: ['0', '149'] });
  const ids = Array.from({ length: 150 }, (_, index) => String(index));
  describedAs(Object.fromEntries(ids.map((id) => [id, id])));
  expect(await idsOf(ids.map((id) => job(id)))).toEqual(['0', '149']);
  expect(batch.commandCalls(DescribeJobsCommand).map((call) => call.args[0].input.jobs!.length)).toEqual([100, 50]);
});

test.each([['no JSON', /JSON/], ['{}', /submissionIds/], ['{"submissionIds":[1]}', /Expected string/]])('a record that is %s is an error', async (text, message) => {
  s3.on(GetObjectCommand).resolves({ Body: { transformToString: async () => text } as never });
  await expect(ownJobs(clients, [job('a')], true)).rejects.toThrow(message);
});

describe('the jobs of a run that is over', () => {
  const terminated = () => batch.commandCalls(TerminateJobCommand).map((call) => call.args[0].input);
  const listed = () => batch.commandCalls(ListJobsCommand).map((call) => call.args[0].input);
  const ofRedrive = (jobId: string, redrive: number) => job(jobId, { jobName: nameOf(redrive) });

  test('are ended up to its redrive, and each is logged', async () => {
    batch.on(ListJobsCommand, { jobQueue: 'on-demand' }).resolves({ jobSummaryList: [ofRedrive('before', 0), ofRedrive('now', 1), ofRedrive('later', 2), job('other', { jobName: 'other' })] });
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 1 });
    expect(terminated()).toEqual(['before', 'now'].map((jobId) => ({ jobId, reason: 'heavy-batch: its run ended' })));
    expect(jest.mocked(console.log).mock.calls.map(([line]) => JSON.parse(line as string))).toEqual(['before', 'now'].map((jobId) => (
      { notice: 'terminated', runId: 'run-1', jobId, message: 'heavy-batch: its run ended' })));
    expect(listed().map(({ jobQueue }) => jobQueue)).toEqual(['spot', 'on-demand']);
  });

  test('are ended, and a job that a person copied goes on, also when the original has ended', async () => {
    recordIs({ submissionIds: ['a', 'b'] });
    describedAs({ first: 'a', copy: 'a', second: 'b' });
    batch.on(ListJobsCommand, { jobQueue: 'spot' }).resolves({ jobSummaryList: [job('first', { status: 'FAILED' }), job('copy', { createdAt: 1 }), job('second', { createdAt: 2 })] });
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 0 });
    expect(terminated().map(({ jobId }) => jobId)).toEqual(['second']);
  });

  test.each(['AccessDenied', 'SlowDown'])('are ended by their names when the record cannot be read (%s), which is logged', async (name) => {
    s3.on(GetObjectCommand).rejects(Object.assign(new Error('why'), { name }));
    batch.on(ListJobsCommand, { jobQueue: 'spot' }).resolves({ jobSummaryList: [job('a'), job('b')] });
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 0 });
    expect(terminated().map(({ jobId }) => jobId)).toEqual(['a', 'b']);
    expect(JSON.parse(jest.mocked(console.log).mock.calls[0][0] as string)).toEqual({ notice: 'failed', error: name, message: 'why' });
  });

  test('are ended by their names when DescribeJobs does not show one of them', async () => {
    recordIs({ submissionIds: ['a'] });
    describedAs({ first: 'a' });
    batch.on(ListJobsCommand, { jobQueue: 'spot' }).resolves({ jobSummaryList: [job('first'), job('later')] });
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 0 });
    expect(terminated().map(({ jobId }) => jobId)).toEqual(['first', 'later']);
  });

  test('need no record when all of them have ended', async () => {
    batch.on(ListJobsCommand, { jobQueue: 'spot' }).resolves({ jobSummaryList: [job('first', { status: 'FAILED' }), job('second', { status: 'SUCCEEDED' })] });
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 0 });
    expect([...s3.calls(), ...batch.commandCalls(DescribeJobsCommand)]).toHaveLength(0);
  });

  test.each([[undefined], ['']])('are not looked for when the function knows no queue: %j', async (queues) => {
    if (queues === undefined) delete process.env.JOB_QUEUES;
    else process.env.JOB_QUEUES = queues;
    await endOrphanedJobs(clients, { execution: EXECUTION, redrive: 0 });
    expect(batch.calls()).toHaveLength(0);
  });
});
