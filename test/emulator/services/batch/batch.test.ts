import { BatchClient, DescribeJobsCommand, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { NO_FAULTS } from '../../../../emulator/faults';
import { oneJob } from '../../apps';
import { scriptedEmulator, succeeds } from '../../scripted-emulator';

/** The API of Batch, called with the SDK by a user without a role. */
const deployment = oneJob({ spot: true });
const { emulator, clock, begin } = scriptedEmulator(deployment);
const [queue] = deployment.jobQueues;
const [definition] = deployment.jobDefinitions;

const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'AKIDUSER', secretAccessKey: 'x' } });
const submit = (input: object = {}) => client().send(new SubmitJobCommand({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn, ...input }));

test.each<[string, object, string]>([
  ['a queue that does not exist', { jobQueue: 'other' }, "JobQueue other can't be found"],
  ['a job definition that does not exist', { jobDefinition: 'other' }, "JobDefinition other can't be found"],
  ['an invalid job name', { jobName: 'a b' }, 'Job name a b is invalid'],
  ['a request over 30 KiB', { parameters: { size: 'x'.repeat(31_000) } }, '30 KiB'],
  ['an array of one child', { arrayProperties: { size: 1 } }, 'Array size must be between 2 and 10000'],
  ['a timeout of half a minute', { timeout: { attemptDurationSeconds: 30 } }, 'at least 60'],
  ['a reserved environment variable', { containerOverrides: { environment: [{ name: 'AWS_BATCH_X', value: '1' }] } }, 'reserved'],
  ['a share identifier for a queue without a fair-share policy', { shareIdentifier: 'a' }, 'shareIdentifier cannot be specified'],
  ['a priority for a queue without a fair-share policy', { schedulingPriorityOverride: 1 }, 'schedulingPriorityOverride cannot be specified'],
  ['node overrides for a job without nodes', { nodeOverrides: {} }, 'multi-node job only'],
  ['a field that the emulator does not support', { dependsOn: [] }, "does not support 'dependsOn'"],
])('SubmitJob refuses %s', async (_, input, message) => {
  begin(succeeds);
  await expect(submit(input)).rejects.toMatchObject({ name: 'ClientException', message: expect.stringContaining(message) });
});

test('SubmitJob accepts overrides over 8,192 characters, and then the job fails', async () => {
  begin(succeeds);
  const { jobId } = await submit({ containerOverrides: { environment: [{ name: 'X', value: 'x'.repeat(8_200) }] } });
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const { jobs } = await client().send(new DescribeJobsCommand({ jobs: [jobId!] }));
  const reason = 'Container Overrides length must be at most 8192';
  expect(jobs![0].attempts!.map((attempt) => attempt.container!.reason)).toEqual([reason, reason, reason]);
});

test('ListJobs lists the jobs of one status, or with a filter of every status, page by page', async () => {
  begin(succeeds);
  for (let job = 0; job < 5; job++) await submit({ jobName: job < 3 ? `A-${job}` : `b-${job}` });
  const list = (input: object) => client().send(new ListJobsCommand({ jobQueue: queue.arn, ...input }));
  expect((await list({})).jobSummaryList).toEqual([]);
  expect((await list({ jobStatus: 'SUBMITTED' })).jobSummaryList).toHaveLength(5);
  const filters = [{ name: 'JOB_NAME', values: ['a-*'] }];
  const firstPage = await list({ filters, maxResults: 2 });
  expect(firstPage.jobSummaryList!.map((job) => job.jobName)).toEqual(['A-0', 'A-1']);
  expect((await list({ filters, maxResults: 2, nextToken: firstPage.nextToken })).jobSummaryList!.map((job) => job.jobName)).toEqual(['A-2']);
  await expect(list({ filters: [...filters, { name: 'BEFORE_CREATED_AT', values: ['1'] }] })).rejects.toMatchObject({ name: 'ClientException' });
});

test('DescribeJobs shows a submitted job as late as the faults say', async () => {
  begin(succeeds, { faults: { ...NO_FAULTS, visibility: () => ({ listed: 25_000, described: 5_000 }) } });
  const { jobId } = await submit();
  const shown = async () => (await client().send(new DescribeJobsCommand({ jobs: [jobId!] }))).jobs!.length;
  expect(await shown()).toBe(0);
  clock.after(5_000, () => undefined);
  await emulator.settle(() => clock.now() - emulator.batch.jobs()[0].createdAt >= 5_000);
  expect(await shown()).toBe(1);
});

test('DescribeJobs refuses more than 100 ids', async () => {
  begin(succeeds);
  await expect(client().send(new DescribeJobsCommand({ jobs: Array.from({ length: 101 }, (_, id) => `${id}`) }))).rejects.toMatchObject({ name: 'ClientException' });
});

test('TerminateJob needs a reason, and a job that exists', async () => {
  begin(succeeds);
  await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: '' }))).rejects.toMatchObject({ message: 'reason is missing' });
  await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: 'y' }))).rejects.toMatchObject({ message: 'Job x not found' });
});
