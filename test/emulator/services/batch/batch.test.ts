import { BatchClient, CancelJobCommand, DescribeJobsCommand, GetJobQueueSnapshotCommand, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { NO_FAULTS } from '../../../../emulator/faults';
import { oneJob } from '../../apps';
import { scriptedEmulator, succeeds } from '../../scripted-emulator';

/** The API of Batch, called with the SDK by a user without a role. */
const deployment = oneJob({ spot: true });
const { emulator, clock, begin } = scriptedEmulator(deployment);
const [queue] = deployment.jobQueues;
const [definition] = deployment.jobDefinitions;

const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: emulator.keys.user });
const ask = (action: string, input: object): Promise<any> => emulator.batch.handle({ action, input });
const arnOf = (jobId: string) => `arn:aws:batch:us-east-1:${deployment.account}:job/${jobId}`;
/** Goes on until all jobs have ended. */
const end = () => emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
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

describe('GetJobQueueSnapshot', () => {
  const front = async (jobQueue = queue.name) => (await client().send(new GetJobQueueSnapshotCommand({ jobQueue }))).frontOfQueue!;
  const waits = { ...NO_FAULTS, placement: () => ({ ...NO_FAULTS.placement({} as never), runnable: 60_000 }) };
  const arnsOf = (...ids: (string | undefined)[]) => ids.map((id) => ({ jobArn: arnOf(id!) }));

  test('has the jobs of one queue that wait for their place, in the order in which they were submitted', async () => {
    begin(succeeds, { faults: waits });
    const [a, b] = [await submit(), await submit()];
    await submit({ jobQueue: deployment.jobQueues[1].arn });
    const array = await submit({ arrayProperties: { size: 2 } });
    expect((await front()).jobs).toEqual([]); // none is RUNNABLE yet
    await emulator.settle(() => emulator.batch.containerJobs().every(({ status }) => status === 'RUNNABLE'));
    expect(await front()).toEqual({ jobs: arnsOf(a.jobId, b.jobId, `${array.jobId}:0`, `${array.jobId}:1`), lastUpdatedAt: Math.floor(clock.now()) });
    expect(await front(queue.arn)).toEqual(await front());
    await end();
    expect((await front()).jobs).toEqual([]);
  });

  test('has 100 jobs at most', async () => {
    begin(succeeds, { faults: waits });
    const { jobId } = await submit({ arrayProperties: { size: 150 } });
    await emulator.settle(() => emulator.batch.containerJobs().every(({ status }) => status === 'RUNNABLE'));
    expect((await front()).jobs).toEqual(arnsOf(...Array.from({ length: 100 }, (_, index) => `${jobId}:${index}`)));
  });

  test('refuses a queue that does not exist', async () => {
    begin(succeeds);
    await expect(front('other')).rejects.toMatchObject({ name: 'ClientException', message: "JobQueue other can't be found" });
  });
});

test('DescribeJobs and ListJobs show a submitted job as late as the faults say', async () => {
  begin(succeeds, { faults: { ...NO_FAULTS, visibility: () => ({ listed: 25_000, described: 5_000 }) } });
  const { jobId } = await submit();
  /** How many jobs the two show when the job has this age. */
  const shownAt = async (age: number) => {
    clock.after(emulator.batch.jobs()[0].createdAt + age - clock.now(), () => undefined);
    await emulator.settle(() => clock.now() - emulator.batch.jobs()[0].createdAt >= age);
    const [{ jobs }, ...lists] = await Promise.all([ask('DescribeJobs', { jobs: [jobId] }), ...['RUNNABLE', 'RUNNING'].map((jobStatus) => ask('ListJobs', { jobQueue: queue.arn, jobStatus }))]);
    return [jobs.length, lists.flatMap(({ jobSummaryList }) => jobSummaryList).length];
  };
  expect([await shownAt(4_999), await shownAt(5_000), await shownAt(24_999), await shownAt(25_000)]).toEqual([[0, 0], [1, 0], [1, 0], [1, 1]]);
});

test.each<[string, unknown]>([['none', []], ['no list', 'x'], ['more than 100', Array.from({ length: 101 }, String)]])('DescribeJobs refuses %s', async (_, jobs) => {
  begin(succeeds);
  await expect(ask('DescribeJobs', { jobs })).rejects.toMatchObject({ name: 'ClientException', message: 'The number of jobs must be between 1 and 100' });
});

test('DescribeJobs leaves out what there is not', async () => {
  begin(succeeds);
  const { jobId } = await ask('SubmitJob', { jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn, arrayProperties: { size: 2 } });
  const ids = [...Array.from({ length: 97 }, String), jobId, `${jobId}:1`, `${jobId}:2`];
  expect((await ask('DescribeJobs', { jobs: ids })).jobs.map((job: any) => [job.jobId, job.jobArn])).toEqual([jobId, `${jobId}:1`].map((id) => [id, arnOf(id)]));
});

test('TerminateJob needs a reason, and a job that exists', async () => {
  begin(succeeds);
  await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: '' }))).rejects.toMatchObject({ name: 'ClientException', message: 'reason is missing' });
  await expect(client().send(new TerminateJobCommand({ jobId: 'x', reason: 'y' }))).rejects.toMatchObject({ message: 'Job x not found' });
  const { jobId } = await submit({ arrayProperties: { size: 2 } });
  await expect(ask('TerminateJob', { jobId: `${jobId}:2`, reason: 'y' })).rejects.toMatchObject({ name: 'ClientException', message: `Job ${jobId}:2 not found` });
});

test.each<[string, string, object]>([
  ['TerminateJob', 'FAILED', { statusReason: 'enough', isCancelled: false, isTerminated: true }],
  ['CancelJob', 'SUCCEEDED', { isCancelled: false, isTerminated: false }],
])('%s of a job that runs: it has %s', async (action, status, more) => {
  begin(succeeds);
  const { jobId } = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].status === 'RUNNING');
  expect(await ask(action, { jobId, reason: 'enough' })).toEqual({});
  await end();
  expect((await ask('DescribeJobs', { jobs: [jobId] })).jobs).toEqual([expect.objectContaining({ status, ...more })]);
});

test.each([['TerminateJob', TerminateJobCommand, true], ['CancelJob', CancelJobCommand, false]] as const)('%s of a job that waits ends it', async (_, Command, isTerminated) => {
  begin(succeeds);
  const { jobId } = await submit();
  await client().send(new Command({ jobId, reason: 'enough' }));
  expect((await ask('DescribeJobs', { jobs: [jobId] })).jobs).toEqual([expect.objectContaining({ status: 'FAILED', statusReason: 'enough', isCancelled: true, isTerminated })]);
});

const TAG_A = { 'aws:RequestTag/a': '1', 'aws:TagKeys': ['a'] };

test.each<[string, string, object, [string, string, object?][]]>([
  ['a job', 'SubmitJob', { jobQueue: queue.name, jobDefinition: definition.name }, [['batch:SubmitJob', definition.arn], ['batch:SubmitJob', queue.arn]]],
  ['a job with tags', 'SubmitJob', { jobQueue: queue.name, jobDefinition: definition.name, tags: { a: '1' } }, [
    ['batch:SubmitJob', definition.arn, TAG_A], ['batch:SubmitJob', queue.arn, TAG_A], ['batch:TagResource', definition.arn, TAG_A], ['batch:TagResource', queue.arn, TAG_A],
  ]],
  ['a job', 'TerminateJob', { jobId: 'x' }, [['batch:TerminateJob', arnOf('x')]]],
  ['a job', 'CancelJob', { jobId: 'x' }, [['batch:CancelJob', arnOf('x')]]],
  ['all jobs', 'ListJobs', {}, [['batch:ListJobs', '*']]],
  ['a queue', 'GetJobQueueSnapshot', { jobQueue: queue.name }, [['batch:GetJobQueueSnapshot', queue.arn]]],
])('IAM is asked about %s before a %s', (_, action, input, expected) => {
  const authorizations = expected.map(([name, resource, context]) => ({ action: name, resource, ...context ? { context } : {} }));
  expect(emulator.batch.authorizations({ action, input })).toEqual(authorizations);
});

test.each(['TerminateJob', 'CancelJob'])('IAM knows the tags of the job before a %s, also of a child of an array', async (action) => {
  begin(succeeds);
  const { jobId } = await submit({ tags: { team: 'a' }, arrayProperties: { size: 2 } });
  for (const id of [jobId!, `${jobId}:1`]) {
    const expected = { action: `batch:${action}`, resource: arnOf(id), context: { 'aws:ResourceTag/team': 'a' } };
    expect(emulator.batch.authorizations({ action, input: { jobId: id } })).toEqual([expected]);
  }
});

test('an action that the emulator does not support is an error that names it', async () => {
  begin(succeeds);
  await expect(ask('CreateJobQueue', {})).rejects.toMatchObject({ name: 'UnknownOperationException', message: 'the emulator does not support CreateJobQueue of AWS Batch' });
});

test('SubmitJob is throttled to so many calls a second, which may come at once', async () => {
  begin(succeeds, { submitPerSecond: 2 });
  /** How many of three calls are accepted, some milliseconds later. */
  const acceptedAfter = async (milliseconds: number) => {
    let isTime = false;
    clock.after(milliseconds, () => { isTime = true; });
    await emulator.settle(() => isTime);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => ask('SubmitJob', { jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn })));
    const refused = outcomes.flatMap((outcome) => outcome.status === 'rejected' ? [outcome.reason] : []);
    expect(refused).toEqual(refused.map(() => expect.objectContaining({ name: 'TooManyRequestsException', message: 'Too Many Requests', status: 429 })));
    return outcomes.length - refused.length;
  };
  expect([await acceptedAfter(0), await acceptedAfter(499), await acceptedAfter(1), await acceptedAfter(10_000)]).toEqual([2, 0, 1, 2]);
});

test('each change of a job is an event of Batch', async () => {
  const events: any[] = [];
  begin(succeeds, { onEvent: (event) => events.push(event), random: () => 0.5 });
  const { jobId } = await submit();
  const began = clock.now();
  await end();
  expect(jobId).toBe('88888888-8888-4888-8888-888888888888');
  expect(events[0]).toEqual({
    'version': '0',
    'id': jobId,
    'detail-type': 'Batch Job State Change',
    'source': 'aws.batch',
    'account': deployment.account,
    'time': new Date(began).toISOString().replace('.000', ''),
    'region': 'us-east-1',
    'resources': [arnOf(jobId!)],
    'detail': expect.objectContaining({ jobId, jobArn: arnOf(jobId!), status: 'SUBMITTED' }),
  });
  expect(events.map(({ detail }) => detail.status)).toEqual(['SUBMITTED', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED']);
});

describe('an array job', () => {
  const array = async (script = succeeds) => {
    begin(script);
    const { jobId } = await submit({ arrayProperties: { size: 2 } });
    return { jobId: jobId!, describe: async (id = jobId) => (await ask('DescribeJobs', { jobs: [id] })).jobs[0] };
  };

  test('is pending until its children have ended, and succeeds with them', async () => {
    const { jobId, describe: shown } = await array(({ arrayIndex }) => ({ after: 60_000 * (1 + arrayIndex!), exit: { exitCode: 0 } }));
    expect(await shown()).toMatchObject({ status: 'PENDING', arrayProperties: { size: 2, statusSummary: { SUBMITTED: 2 } } });
    expect(emulator.batch.containerJobs().map((job) => job.jobId)).toEqual([`${jobId}:0`, `${jobId}:1`]);
    await end();
    const [{ startedAt, stoppedAt, createdAt }] = emulator.batch.jobs();
    expect([startedAt! - createdAt, stoppedAt! - startedAt!]).toEqual([1_000, 120_000]);
    const job = await shown();
    expect([job.status, job.statusReason, job.arrayProperties]).toEqual(['SUCCEEDED', undefined, { size: 2, statusSummary: { SUCCEEDED: 2 } }]);
  });

  test('fails when a child fails', async () => {
    const { jobId, describe: shown } = await array(({ arrayIndex }) => ({ after: 60_000, exit: { exitCode: arrayIndex! } }));
    await end();
    expect(await shown()).toMatchObject({ status: 'FAILED', statusReason: 'Array Child Job failed', arrayProperties: { statusSummary: { SUCCEEDED: 1, FAILED: 1 } } });
    const list = async (input: object) => (await ask('ListJobs', { jobStatus: 'FAILED', ...input })).jobSummaryList.map((job: any) => [job.jobId, job.jobArn]);
    expect(await list({ arrayJobId: jobId })).toEqual([[`${jobId}:1`, arnOf(`${jobId}:1`)]]);
    expect(await list({ jobQueue: queue.name })).toEqual([[jobId, arnOf(jobId)]]);
    expect(await list({ jobQueue: deployment.jobQueues[1].name })).toEqual([]);
  });

  test('ends all its children when it is terminated, and goes on when only one of them is', async () => {
    const { jobId, describe: shown } = await array();
    await ask('TerminateJob', { jobId: `${jobId}:1`, reason: 'enough' });
    expect(emulator.batch.containerJobs().map((job) => job.status)).toEqual(['SUBMITTED', 'FAILED']);
    expect(await shown()).toMatchObject({ status: 'PENDING', isTerminated: false });
    await ask('TerminateJob', { jobId, reason: 'enough' });
    expect(await shown()).toMatchObject({ status: 'FAILED', isTerminated: true });
    expect(await shown(`${jobId}:0`)).toMatchObject({ status: 'FAILED', statusReason: 'enough', isTerminated: true });
  });
});
