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

const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: emulator.keys.user });
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

/** Jobs that cannot be placed. */
const REASON = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY';
const timeLimit = { action: 'CANCEL', reason: REASON, state: 'RUNNABLE', maxTimeSeconds: 1_200 };
const { timeLimitActions } = queue;
afterEach(() => Object.assign(queue, { timeLimitActions }));
const beginUnplaced = (placement: Partial<Placement>, actions: object[] = []) => {
  Object.assign(queue, { timeLimitActions: actions });
  begin(succeeds, placed({ stuckReason: `${REASON} - no capacity`, ...placement }));
};

test('a job that cannot be placed says why after ten minutes, and waits when the queue has no time limit for this reason', async () => {
  beginUnplaced({ runnable: Infinity }, [{ ...timeLimit, reason: 'MISCONFIGURATION:' }, { ...timeLimit, state: 'STARTING' }]);
  const jobId = await submit();
  await pass(9 * MINUTE);
  expect([(await describe(jobId)).status, (await describe(jobId)).statusReason]).toEqual(['RUNNABLE', undefined]);
  await pass(2 * MINUTE);
  expect((await describe(jobId)).statusReason).toBe(`${REASON} - no capacity`);
  await pass(10 * HOUR);
  expect((await describe(jobId)).status).toBe('RUNNABLE');
});

test('a job that cannot be placed is cancelled when the time limit of the queue is over', async () => {
  beginUnplaced({ runnable: Infinity }, [timeLimit]);
  const jobId = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const job = await describe(jobId);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: `Canceled by JobStateTimeLimit action due to reason: ${REASON}`, isCancelled: true, isTerminated: false });
  expect(job.stoppedAt! - job.createdAt!).toBe(30 * MINUTE);
});

test('a job that could not be placed starts when there is capacity before the time limit, and then has no reason any more', async () => {
  beginUnplaced({ runnable: 25 * MINUTE }, [timeLimit]);
  const jobId = await submit();
  await pass(26 * MINUTE);
  expect([(await describe(jobId)).status, (await describe(jobId)).statusReason]).toEqual(['RUNNING', undefined]);
  await pass(HOUR);
  expect((await describe(jobId)).status).toBe('SUCCEEDED');
});

test('a container gets what the job asks for, and its output is that of the job', async () => {
  const output: string[][] = [];
  begin((request) => {
    request.onOutput('hello');
    return { after: MINUTE, exit: { exitCode: 0 } };
  }, { onOutput: (job, line) => { output.push([job.jobId, line]); } });
  const jobId = await submit({ parameters: { size: '7' }, containerOverrides: { environment: [{ name: 'A', value: 'b' }] } });
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const container = definition.properties.ContainerProperties;
  expect(requests).toEqual([{
    jobId,
    jobName: 'j',
    attempt: 1,
    arrayIndex: undefined,
    nodeIndex: undefined,
    imageUri: container.Image,
    image: definition.image,
    jobRoleArn: container.JobRoleArn,
    command: ['work', '7'],
    properties: container,
    mounts: [],
    vcpus: 1,
    memory: 1024,
    gpus: 0,
    jobQueueArn: queue.arn,
    onOutput: expect.any(Function),
    environment: expect.objectContaining({ A: 'b', AWS_BATCH_JOB_ID: jobId, AWS_BATCH_JOB_ATTEMPT: '1' }),
  }]);
  expect(output).toEqual([[jobId, 'hello']]);
});

test('each attempt has a task and a log stream of its own', async () => {
  begin(() => ({ after: MINUTE, exit: { statusReason: 'Host EC2 (instance i-0) terminated.' } }));
  const jobId = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const { attempts } = await describe(jobId);
  const tasks = ['0001', '0002', '0003'].map((attempt) => `${jobId.replaceAll('-', '').slice(0, 28)}${attempt}`);
  expect(attempts!.map(({ container }) => container!.taskArn)).toEqual(tasks.map((task) => `arn:aws:ecs:us-east-1:${deployment.account}:task/local/${task}`));
  expect(attempts!.map(({ container }) => container!.logStreamName!.split('/').slice(-2))).toEqual(tasks.map((task) => ['default', task]));
});

test('an attempt that takes longer than its timeout is stopped, and the job is not tried again', async () => {
  begin(succeeds);
  const jobId = await submit({ timeout: { attemptDurationSeconds: 60 } });
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const job = await describe(jobId);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Job attempt duration exceeded timeout', isTerminated: false, attempts: [{ container: { exitCode: 143 } }] });
  expect([job.attempts!.length, job.stoppedAt! - job.startedAt!]).toEqual([1, MINUTE]);
});

test('a job that is terminated has the reason of the first call, also when its timeout comes then', async () => {
  begin(() => ({ after: HOUR, exit: { exitCode: 0 }, ignoresTerm: true }));
  const jobId = await submit({ timeout: { attemptDurationSeconds: 60 } });
  await emulator.settle(() => emulator.batch.jobs()[0].status === 'RUNNING');
  await pass(59_000);
  await terminate(jobId);
  await client().send(new TerminateJobCommand({ jobId, reason: 'another reason' }));
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const job = await describe(jobId);
  expect(job).toMatchObject({ status: 'FAILED', statusReason: 'not needed', isTerminated: true, container: { exitCode: 137 } });
  expect(job.stoppedAt! - job.startedAt!).toBe(89_000);
});

test('TerminateJob changes nothing of a job that has ended', async () => {
  begin(succeeds);
  const jobId = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  const before = await describe(jobId);
  await terminate(jobId);
  expect(await describe(jobId)).toEqual(before);
});

test('a container whose job was terminated while it started is stopped', async () => {
  const stopped: number[] = [];
  begin(succeeds, {
    containers: {
      start: async () => {
        await terminate(jobId);
        let end!: () => void;
        return { exited: new Promise((resolve) => { end = () => resolve({ exitCode: 143 }); }), stop: (grace) => { stopped.push(grace); end(); } };
      },
    },
  });
  const jobId: string = await submit();
  await emulator.settle(() => emulator.batch.jobs()[0].isOver);
  expect(stopped).toEqual([30_000]);
  expect(await describe(jobId)).toMatchObject({ status: 'FAILED', statusReason: 'not needed' });
});

test('a job that is terminated while it waits for vCPUs gets none', async () => {
  const environments = deployment.computeEnvironments.map((environment) => [environment, environment.maxvCpus] as const);
  environments.forEach(([environment]) => Object.assign(environment, { maxvCpus: 1 }));
  begin(succeeds);
  const [first, second] = [await submit(), await submit()];
  await emulator.settle(() => emulator.batch.jobs()[0].status === 'RUNNING');
  await pass(MINUTE);
  await terminate(second);
  const third = await submit();
  await emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
  environments.forEach(([environment, maxvCpus]) => Object.assign(environment, { maxvCpus }));
  expect(requests.map(({ jobId }) => jobId)).toEqual([first, third]);
});
