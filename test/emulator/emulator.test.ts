import { Duration, Size } from 'aws-cdk-lib';
import { oneJob } from './apps';
import { MINUTE, scriptedEmulator, succeeds } from './scripted-emulator';
import { ScaledClock } from '../../emulator/clock';
import { Emulator } from '../../emulator/emulator';
import { ContainerStartError } from '../../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../../src/contract/environment';
import { parseS3Uri } from '../../src/contract/object-store';

/** Runs of a job: its synthesized state machine and the functions that ship, over HTTP, on virtual time. */
const deployment = oneJob({
  spot: true,
  memory: Size.mebibytes(1000),
  maxMemory: Size.mebibytes(3000),
  attemptTimeout: Duration.hours(1),
  queueTimeout: Duration.hours(2),
  maxvCpus: 8,
});
const { emulator, clock, calls, requests, begin, run } = scriptedEmulator(deployment);
const [machine] = deployment.stateMachines;
const [submitFunction, checkFunction] = ['SubmitFunction', 'WatchFunction'].map((id) => deployment.functions.find(({ path }) => path.endsWith(id))!);

const callsOf = (action: string) => calls.filter(({ call }) => call.action === action);

test('a run of ten minutes takes four state transitions and few API calls', async () => {
  begin(succeeds);
  const execution = await run({ parameters: { size: '7' } });
  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toMatchObject({ runId: execution.name, status: 'SUCCEEDED', exitCode: 0, attempts: 1, rounds: 1, ranSeconds: 600, vcpus: 1, memory: 1000 });
  expect(execution.transitions).toBe(4);
  expect(requests[0].command).toEqual(['work', '7']);
  expect(callsOf('SubmitJob')).toHaveLength(1);
  // The container wrote no result. The check function asks for it once.
  expect(calls.flatMap((call) => call.error ? [call.error.code] : [])).toEqual(['NoSuchKey']);
  // The checks are 30 s, 45 s, ... apart: half the age of the job.
  expect(callsOf('DescribeJobs').length).toBeLessThan(12);
});

test('duplicated check messages of a job become one again', async () => {
  begin(() => ({ after: 50 * MINUTE, exit: { exitCode: 0 } }));
  const watchQueue = deployment.queues.find(({ path }) => path.endsWith('WatchQueue'))!;
  const execution = emulator.stepFunctions.start(machine.arn, {});
  await emulator.settle(() => emulator.sqs.messages(watchQueue.arn).length > 0);
  const [{ body }] = emulator.sqs.messages(watchQueue.arn);
  for (const delay of [7, 21, 44, 90, 200]) emulator.sqs.send(watchQueue.arn, body, delay);
  await emulator.settle(() => execution.status !== 'RUNNING');
  const checks = callsOf('DescribeJobs').map(({ at }) => at);
  expect(checks.filter((at) => at > checks[0] + 10 * MINUTE).length).toBeLessThan(7);
});

test('a run of fifty minutes takes no more state transitions than a run of ten', async () => {
  begin(() => ({ after: 50 * MINUTE, exit: { exitCode: 0 } }));
  expect((await run()).transitions).toBe(4);
});

test('a container that fails makes the run fail with its verdict', async () => {
  begin(() => ({ after: MINUTE, exit: { exitCode: 3 } }));
  const execution = await run();
  expect([execution.status, execution.error]).toEqual(['FAILED', 'ExitCode']);
  expect(JSON.parse(execution.cause!)).toMatchObject({ status: 'FAILED', exitCode: 3, reason: 'ExitCode', attempts: 1 });
});

test('a run whose container is out of memory gets twice as much, up to maxMemory', async () => {
  begin(({ memory }) => ({ after: MINUTE, exit: memory < 3000 ? { exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' } : { exitCode: 0 } }));
  const execution = await run();
  expect(requests.map((request) => request.memory)).toEqual([1000, 2000, 3000]);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', rounds: 3, memory: 3000 });
});

test('a run that loses its Spot instances continues on demand', async () => {
  const [, onDemand] = deployment.jobQueues.map((queue) => queue.arn).sort((a) => a.includes('OnDemand') ? 1 : -1);
  begin(({ jobQueueArn }) => jobQueueArn === onDemand ? { after: MINUTE, exit: { exitCode: 0 } } : { after: MINUTE, exit: { statusReason: 'Host EC2 (instance i-0abc) terminated.' } });
  const execution = await run();
  expect(requests.map((request) => request.jobQueueArn === onDemand)).toEqual([false, false, false, true]);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', rounds: 2 });
});

test('an image that cannot be pulled makes the run fail with ImagePull', async () => {
  begin(succeeds, { containers: { start: async () => { throw new ContainerStartError('CannotPullContainerError: not found'); } } });
  const execution = await run();
  expect(execution.error).toBe('ImagePull');
  expect(JSON.parse(execution.cause!)).toMatchObject({ attempts: 3, rounds: 1, startedAt: null });
  expect(emulator.batch.containerJobs().map((job) => job.attempts.length)).toEqual([3]);
});

test('a container that ignores SIGTERM is killed', async () => {
  begin(() => ({ after: 1e12, exit: { exitCode: 0 }, ignoresTerm: true }));
  const execution = await run();
  expect(execution.error).toBe('AttemptTimeout');
  expect(JSON.parse(execution.cause!)).toMatchObject({ exitCode: 137, ranSeconds: 3630 });
});

test('more vCPUs than the compute environment may have are refused before anything is submitted', async () => {
  begin(succeeds);
  const execution = await run({ containerOverrides: { vcpus: 9 } });
  expect(execution.error).toBe('InvalidInput');
  expect(execution.cause).toContain("'containerOverrides.vcpus' is 9, but the job's compute has 8 vCPUs; give 8 or less");
  expect(calls).toEqual([]);
});

test('a job that fits no compute environment any more is terminated, and the run carries the reason of Batch', async () => {
  const [environment] = deployment.computeEnvironments;
  Object.assign(environment, { maxvCpus: 4 });
  begin(succeeds);
  const execution = await run({ containerOverrides: { vcpus: 8 } });
  Object.assign(environment, { maxvCpus: 8 });
  expect(execution.error).toBe('Stuck');
  expect(JSON.parse(execution.cause!).message).toContain('MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE');
});

test('an invalid input makes the run fail before anything is submitted', async () => {
  begin(succeeds);
  const execution = await run({ parameters: { wrong: '1' } });
  expect(execution.error).toBe('InvalidInput');
  expect(calls).toEqual([]);
});

test('an array job ends when all its children have ended', async () => {
  begin(({ arrayIndex }) => ({ after: MINUTE * (arrayIndex! + 1), exit: { exitCode: arrayIndex === 1 ? 1 : 0 } }));
  const execution = await run({ arraySize: 3 });
  expect(execution.status).toBe('FAILED');
  expect(requests.map((request) => request.environment.AWS_BATCH_JOB_ARRAY_INDEX)).toEqual(['0', '1', '2']);
  expect(JSON.parse(execution.cause!)).toMatchObject({ array: { size: 3, children: { SUCCEEDED: 2, FAILED: 1 }, firstFailed: [{ index: 1, reason: 'ExitCode' }] } });
});

describe('the result of a container', () => {
  const runWithResult = (body: string) => {
    begin((request) => {
      const { bucket, key } = parseS3Uri(request.environment[CONTAINER_VARIABLES.RESULT])!;
      emulator.s3.put(bucket, key, body);
      return { after: MINUTE, exit: { exitCode: 0 } };
    });
    return run();
  };

  test('is in the output of the run', async () => {
    expect((await runWithResult('{"trips":3}')).output).toMatchObject({ status: 'SUCCEEDED', result: { trips: 3 }, resultUri: expect.stringContaining('/results/AppJob') });
  });

  test('of each child of an array job is an object of its own, beside those of its siblings', async () => {
    begin(({ environment, arrayIndex }) => {
      const { bucket, key } = parseS3Uri(environment[CONTAINER_VARIABLES.RESULT])!;
      emulator.s3.put(bucket, `${key}${arrayIndex}`, `{"child":${arrayIndex}}`);
      return { after: MINUTE, exit: { exitCode: 0 } };
    });
    const { output } = await run({ arraySize: 3 });
    const { result, resultUri } = output as { result: unknown; resultUri: string };
    const { bucket, key } = parseS3Uri(resultUri)!;
    expect([result, key.endsWith('/')]).toEqual([null, true]);
    expect([0, 1, 2].map((index) => emulator.s3.get(bucket, `${key}${index}`)?.toString())).toEqual(['{"child":0}', '{"child":1}', '{"child":2}']);
  });

  test('is named by its URI when it is large', async () => {
    expect((await runWithResult('x'.repeat(300_000))).output).toMatchObject({ result: null, resultUri: expect.stringMatching(/^s3:/) });
  });

  test('does not make the run fail when the check function may not read it', async () => {
    begin(succeeds, { revoked: [{ roleArn: checkFunction.roleArn, action: 's3:GetObject' }] });
    expect((await run()).output).toMatchObject({ status: 'SUCCEEDED', result: null, resultError: expect.stringContaining('AccessDenied') });
  });
});

test('a value that is too long for Batch goes through S3, where only the role of its job may read it', async () => {
  begin(succeeds);
  const size = 'x'.repeat(31_000);
  expect((await run({ parameters: { size } })).status).toBe('SUCCEEDED');
  const [{ command, environment, jobRoleArn }] = requests;
  const { bucket, key } = parseS3Uri(command![1])!;
  expect(emulator.readObject(jobRoleArn, bucket, key).toString()).toBe(size);
  const input = parseS3Uri(environment[CONTAINER_VARIABLES.INPUT])!;
  expect(input.bucket).toBe(bucket);
  expect(JSON.parse(emulator.s3.get(bucket, input.key)!.toString())).toEqual({ parameters: { size }, environment: {} });
  expect(() => emulator.readObject(jobRoleArn, bucket, 'payloads/Other/x')).toThrow(/not authorized to perform: s3:GetObject/);
});

test('a stopped run leaves no container running', async () => {
  begin(succeeds);
  const execution = emulator.stepFunctions.start(machine.arn, {});
  await emulator.settle(() => emulator.batch.containerJobs().some((job) => job.isLive));
  execution.stop('Enough');
  await emulator.settle(() => emulator.batch.containerJobs().every((job) => job.isOver));
  expect(emulator.batch.containerJobs().map((job) => [job.status, job.isLive])).toEqual([['FAILED', false]]);
});

test('a call that the policy of the role does not allow is refused, and the run carries the message of IAM', async () => {
  begin(succeeds, { revoked: [{ roleArn: submitFunction.roleArn, action: 'batch:SubmitJob' }] });
  const execution = await run();
  expect(execution.error).toBe('OrchestrationFailed');
  expect(execution.cause).toContain('is not authorized to perform: batch:SubmitJob on resource: arn:aws:batch:');
});

test('who listens is told of each state, job, event, log line and invocation', async () => {
  const told: Record<string, unknown[][]> = {};
  const listener = (name: string) => (...values: unknown[]) => void (told[name] ??= []).push(values);
  begin((request) => {
    request.onOutput('hello');
    return { after: MINUTE, exit: { exitCode: 0 } };
  }, { onHistory: listener('history'), onJob: listener('job'), onEvent: listener('event'), onOutput: listener('output'), onLog: listener('log'), onInvocation: listener('invocation') });
  const execution = await run();
  const [job] = emulator.batch.jobs();
  expect(told.output).toEqual([[job, 'hello']]);
  expect(told.job.every(([of]) => of === job)).toBe(true);
  expect(new Set(told.event.map(([event]) => (event as { source: string }).source))).toEqual(new Set(['aws.batch', 'aws.states']));
  expect(told.history[0]).toEqual([execution, expect.objectContaining({ type: 'ExecutionStarted' })]);
  expect(told.log[0]).toEqual([expect.stringContaining('Function'), expect.any(String)]);
  expect(told.invocation[0]).toEqual([expect.objectContaining({ functionPath: submitFunction.path })]);
});

test('a container may do with objects what its job role may do, and without a role nothing', async () => {
  begin(succeeds);
  await run();
  const [{ environment, jobRoleArn }] = requests;
  const { bucket, key } = parseS3Uri(environment[CONTAINER_VARIABLES.RESULT])!;
  emulator.writeObject(jobRoleArn, bucket, key, Buffer.from('1'));
  expect(emulator.s3.get(bucket, key)!.toString()).toBe('1');
  const refused = (action: string, of: string) => expect.objectContaining({ code: 'AccessDenied', status: 403, message: expect.stringContaining(`not authorized to perform: ${action} on resource: arn:aws:s3:::${bucket}/${of} because`) });
  expect(() => emulator.writeObject(jobRoleArn, bucket, 'other', Buffer.from('1'))).toThrow(refused('s3:PutObject', 'other'));
  expect(() => emulator.readObject(jobRoleArn, bucket, 'other')).toThrow(refused('s3:GetObject', 'other'));
  expect(() => emulator.readObject(undefined, bucket, key)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
});

test('settle() says when there is nothing left that could happen, and needs a clock that can be moved on', async () => {
  begin(succeeds);
  expect(await emulator.settle(() => false)).toBe(false);
  await expect(new Emulator(deployment, new ScaledClock()).settle(() => true)).rejects.toThrow('settle() needs a VirtualClock; a ScaledClock moves on by itself');
});

test('a run that begins later begins at the same time, with services in which nothing has happened', async () => {
  begin(succeeds);
  const began = clock.now();
  await run();
  begin(succeeds);
  expect([clock.now(), emulator.batch.jobs(), clock.next()]).toEqual([began, [], undefined]);
});
