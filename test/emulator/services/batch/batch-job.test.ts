import { BatchClient, DescribeJobsCommand, ListJobsCommand, SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { NO_FAULTS, Placement } from '../../../../emulator/faults';
import { ContainerStartError } from '../../../../emulator/services/batch/containers';
import { oneJob } from '../../apps';
import { MINUTE, Script, scriptedEmulator, succeeds } from '../../scripted-emulator';

/** What happens to a job between its submission and its end, called with the SDK by a user without a role. */
const deployment = oneJob({ attempts: 3 });
const { emulator, clock, requests, begin } = scriptedEmulator(deployment);
const [queue] = deployment.jobQueues;
const [definition] = deployment.jobDefinitions;
const HOUR = 60 * MINUTE;

const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: 'AKIDUSER', secretAccessKey: 'x' } });
const submit = async (input: object = {}) => (await client().send(new SubmitJobCommand({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn, ...input }))).jobId!;
const describe = async (jobId: string) => (await client().send(new DescribeJobsCommand({ jobs: [jobId] }))).jobs![0];
const terminate = (jobId: string) => client().send(new TerminateJobCommand({ jobId, reason: 'not needed' }));
const placed = (placement: Partial<Placement>) => ({ faults: { ...NO_FAULTS, placement: () => ({ pending: 0, runnable: 0, starting: 0, ...placement }) } });

/** Goes on for some time. */
async function pass(milliseconds: number): Promise<void> {
  let isOver = false;
  clock.after(milliseconds, () => { isOver = true; });
  await emulator.settle(() => isOver);
}

const failsInDocker: Script = () => ({ after: MINUTE, exit: { exitCode: 0, reason: 'DockerTimeoutError: Could not transition to stopped' } });

test('a job that waits for its next attempt still shows the container of the attempt before, and so does a job that is terminated then', async () => {
  let attempt = 0;
  begin(failsInDocker, { faults: { ...NO_FAULTS, placement: () => ({ pending: 0, runnable: attempt++ === 0 ? 0 : HOUR, starting: 0 }) } });
  const jobId = await submit();
  await pass(10 * MINUTE);
  expect(await describe(jobId)).toMatchObject({ status: 'RUNNABLE', container: { reason: expect.stringContaining('DockerTimeoutError') } });
  await terminate(jobId);
  const job = await describe(jobId);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'not needed', isTerminated: true, container: { reason: expect.stringContaining('DockerTimeoutError') } });
  expect(job.attempts!.map(({ statusReason }) => statusReason)).toEqual(['Essential container in task exited']);
});

test('a stop does not interrupt a pull: the job ends when the pull does', async () => {
  begin(succeeds, placed({ starting: 30 * MINUTE }));
  const jobId = await submit();
  await pass(10 * MINUTE);
  await terminate(jobId);
  expect(await describe(jobId)).toMatchObject({ status: 'STARTING', isTerminated: true });
  await pass(25 * MINUTE);
  const job = await describe(jobId);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'not needed' });
  expect([job.attempts!.length, job.attempts![0].startedAt, job.container!.reason, requests.length]).toEqual([1, undefined, undefined, 0]);
});

test.each([['while the agent still waits for the pull', 10 * MINUTE, 2 * HOUR], ['later', 5 * HOUR, 5 * HOUR]])(
  'a pull that never ends is given up after two hours when its job is terminated %s', async (_, terminatedAt, endsAt) => {
    begin(succeeds, placed({ starting: Infinity }));
    const jobId = await submit();
    const submittedAt = clock.now();
    await pass(terminatedAt);
    expect(await describe(jobId)).toMatchObject({ status: 'STARTING', isTerminated: false });
    await terminate(jobId);
    await emulator.settle(() => emulator.batch.jobs()[0].isOver);
    const job = await describe(jobId);
    expect(job.container!.reason).toBe('DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s');
    expect(job.stoppedAt! - submittedAt).toBeGreaterThanOrEqual(endsAt);
    expect(job.stoppedAt! - submittedAt).toBeLessThan(endsAt + MINUTE);
  });

test('TerminateJob has no effect on a job that is STARTING when the ECS agent is gone', async () => {
  begin(succeeds, placed({ starting: Infinity, agentIsGone: true }));
  const jobId = await submit();
  await pass(MINUTE);
  await terminate(jobId);
  await pass(10 * HOUR);
  expect(await describe(jobId)).toMatchObject({ status: 'STARTING', isTerminated: true });
});

test('a container cannot start because of a resource of its task: the status reason of the attempt says so', async () => {
  begin(succeeds, { containers: { start: () => Promise.reject(new ContainerStartError(undefined, 'CgroupError: no group')) } });
  const jobId = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  expect(await describe(jobId)).toMatchObject({ status: 'FAILED', statusReason: 'CgroupError: no group', attempts: [{ statusReason: 'CgroupError: no group' }, {}, {}] });
});

test('a long reason of a container is cut after 255 characters', async () => {
  begin(() => ({ after: MINUTE, exit: { exitCode: 1, reason: 'x'.repeat(300) } }));
  const jobId = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  expect((await describe(jobId)).container!.reason).toBe('x'.repeat(255));
});

test('a job that is forgotten is neither described nor listed, and it is no error to ask for it', async () => {
  begin(succeeds, { faults: { ...NO_FAULTS, visibility: () => ({ listed: 0, described: 0, forgotten: HOUR }) } });
  const jobId = await submit();
  await pass(30 * MINUTE);
  const listed = async () => (await client().send(new ListJobsCommand({ jobQueue: queue.arn, jobStatus: 'SUCCEEDED' }))).jobSummaryList!.map((job) => job.jobId);
  expect([(await describe(jobId)).status, await listed()]).toEqual(['SUCCEEDED', [jobId]]);
  await pass(HOUR);
  expect([await describe(jobId), await listed()]).toEqual([undefined, []]);
});
