import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Duration, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJob } from '../../src';
import { HeavyBatchAttempt, HeavyBatchTestKit } from '../../src/testing';
import { imageOf, synthesize } from '../emulator/apps';

/** The test kit with jobs of each kind: arrays, nodes and Fargate Spot, and with runs that wait. */
const app = synthesize((stack) => {
  const props = { imageDirectory: imageOf({}), command: ['work'], vpc: new ec2.Vpc(stack, 'Vpc', { natGateways: 0 }) };
  new HeavyBatchJob(stack, 'Array', props);
  new HeavyBatchJob(stack, 'Nodes', { ...props, nodes: 3, vcpus: 2, instanceTypes: [new ec2.InstanceType('c7i.large')] });
  new HeavyBatchJob(stack, 'FargateSpot', { ...props, fargate: true, spot: true, memory: Size.gibibytes(2) });
  new HeavyBatchJob(stack, 'Alone', { ...props, vcpus: 2, maxvCpus: 2 });
  new HeavyBatchJob(stack, 'Patient', { ...props, vcpus: 2, maxvCpus: 2, attemptTimeout: Duration.days(5), queueTimeout: Duration.hours(2) });
});

let kit: HeavyBatchTestKit;
let client: SFNClient;
beforeAll(async () => {
  kit = await HeavyBatchTestKit.start({ app });
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = kit.environment;
  client = new SFNClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
});
beforeEach(() => kit.reset());
afterAll(async () => {
  client.destroy();
  await kit.stop();
});

/** Starts a run of a job. */
async function start(job: string, input: object = {}): Promise<string> {
  const { stateMachineArn } = kit.jobs.find(({ path }) => path === `App/${job}`)!;
  return (await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }))).executionArn!;
}

/** The output of a run that has succeeded, or the cause of its failure. */
async function outcomeOf(executionArn: string): Promise<Record<string, any>> {
  const { output, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return JSON.parse(output ?? cause ?? '{}');
}

/** Milliseconds of virtual time since the test began. */
const passed = async () => (await kit.now()).getTime() - Date.UTC(2026, 0, 1);
const hours = (count: number) => count * 3_600_000;

describe('an array', () => {
  test('has an outcome for each child', async () => {
    await kit.script('Array', HeavyBatchAttempt.succeeds(), HeavyBatchAttempt.fails({ exitCode: 7 }), HeavyBatchAttempt.outOfMemory(), HeavyBatchAttempt.succeeds());
    const run = await start('Array', { arraySize: 4 });
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({
      status: 'FAILED',
      reason: 'ExitCode',
      array: {
        size: 4,
        children: { SUCCEEDED: 2, FAILED: 2 },
        firstFailed: [{ index: 1, reason: 'ExitCode', message: 'the container exited with 7' }, { index: 2, reason: 'OutOfMemory' }],
      },
    });
    expect((await kit.containers()).map(({ arrayIndex, environment }) => [arrayIndex, environment.AWS_BATCH_JOB_ARRAY_INDEX])).toEqual([[0, '0'], [1, '1'], [2, '2'], [3, '3']]);
  });

  test('starts a child that was interrupted again, with the next attempt of the script', async () => {
    await kit.script('Array', HeavyBatchAttempt.spotInterruption(), HeavyBatchAttempt.succeeds({ runsFor: { minutes: 5 } }), HeavyBatchAttempt.succeeds());
    const run = await start('Array', { arraySize: 2 });
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({ status: 'SUCCEEDED', array: { children: { SUCCEEDED: 2 } } });
    expect((await kit.containers()).map(({ arrayIndex, attempt }) => [arrayIndex, attempt])).toEqual([[0, 1], [1, 1], [0, 2]]);
  });
});

describe('a job with nodes', () => {
  test('ends with its main node, which is the first attempt of the script', async () => {
    await kit.script('Nodes', HeavyBatchAttempt.succeeds({ runsFor: { minutes: 5 } }), HeavyBatchAttempt.neverEnds());
    const run = await start('Nodes');
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({ status: 'SUCCEEDED', ranSeconds: 300, nodes: { count: 3 } });
    expect((await kit.containers()).map(({ nodeIndex }) => nodeIndex)).toEqual([undefined, 1, 2]);
  });

  test('fails with the reason of the node that failed first', async () => {
    await kit.script('Nodes', HeavyBatchAttempt.fails({ exitCode: 3, runsFor: { minutes: 5 } }), HeavyBatchAttempt.outOfMemory(), HeavyBatchAttempt.neverEnds());
    const run = await start('Nodes');
    await kit.untilRunsEnd();
    const { reason, message } = await outcomeOf(run);
    expect(reason).toBe('OutOfMemory');
    expect(message).toMatch(/^node 1 failed first: .*; then the main node, node 0: the container exited with 3$/);
  });
});

describe('Fargate Spot', () => {
  test('starts a container that was interrupted again', async () => {
    await kit.script('FargateSpot', HeavyBatchAttempt.spotInterruption(), HeavyBatchAttempt.succeeds());
    const run = await start('FargateSpot');
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({ status: 'SUCCEEDED', attempts: 2, rounds: 1 });
  });

  test('is replaced by Fargate after three interruptions, where no Spot capacity can be lost', async () => {
    await kit.script('FargateSpot', HeavyBatchAttempt.spotInterruption());
    const run = await start('FargateSpot');
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({ status: 'FAILED', reason: 'HostLost', rounds: 2, earlierRounds: [{ reason: 'SpotReclaimed' }] });
  });
});

describe('a run that cannot go on', () => {
  test('whose container never ends has the time limit of a day, where the job has no other', async () => {
    await kit.script('Alone', HeavyBatchAttempt.neverEnds());
    const run = await start('Alone');
    await kit.untilRunsEnd();
    expect(await outcomeOf(run)).toMatchObject({ reason: 'AttemptTimeout' });
    expect(await passed()).toBeGreaterThanOrEqual(hours(24));
    expect(await passed()).toBeLessThan(hours(25));
  });

  test('since another one has the capacity waits for it', async () => {
    await kit.script('Alone', HeavyBatchAttempt.succeeds({ runsFor: { hours: 2 } }), HeavyBatchAttempt.succeeds({ runsFor: { minutes: 1 } }));
    const runs = [await start('Alone'), await start('Alone')];
    await kit.advance({ hours: 1 });
    expect(await kit.containers()).toHaveLength(1);
    await kit.untilRunsEnd();
    const [first, second] = await Promise.all(runs.map(outcomeOf));
    expect([first.queuedSeconds < 60, second.queuedSeconds > 7_000]).toEqual([true, true]);
  });

  test('since another one keeps the capacity has a time limit, too', async () => {
    await kit.script('Patient', HeavyBatchAttempt.neverEnds());
    await start('Patient');
    await kit.advance({ minutes: 1 });
    const second = await start('Patient');
    await kit.advance({ hours: 4 });
    expect(await outcomeOf(second)).toMatchObject({ status: 'FAILED', reason: 'Stuck' });
    await kit.untilRunsEnd();
    expect(await kit.containers()).toHaveLength(1);
    expect(await passed()).toBeLessThan(hours(24 * 6));
  });

  test('since its input is wrong ends at once', async () => {
    const run = await start('Alone', { containerOverrides: { vcpus: 4 } });
    await kit.untilRunsEnd();
    expect((await outcomeOf(run)).errorMessage).toBe("'containerOverrides.vcpus' is 4, but the job's compute has 2 vCPUs; give 2 or less");
    expect(await passed()).toBeLessThan(60_000);
  });
});

test('without a run, time stands still until runs end', async () => {
  await kit.untilRunsEnd();
  expect(await passed()).toBe(0);
});
