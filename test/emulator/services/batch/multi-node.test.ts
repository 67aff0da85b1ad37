import { BatchClient, DescribeJobsCommand, ListJobsCommand } from '@aws-sdk/client-batch';
import { planJob } from '../../../../emulator/services/batch/job-plan';
import { HeavyBatchJob } from '../../../../src';
import { deploymentOf, imageOf } from '../../apps';
import { MINUTE, Script, scriptedEmulator } from '../../scripted-emulator';

const { emulator, requests, begin, run } = scriptedEmulator(deploymentOf((stack) => {
  new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), nodes: 3, vcpus: 2, allowedOverrides: { environment: ['A'] } });
}));

async function runNodes(script: Script, input: object = {}) {
  begin(script);
  const execution = await run(input);
  await emulator.settle(() => emulator.batch.containerJobs().every((job) => job.isOver));
  return execution;
}

test('the other nodes start when the main node runs, get its address, and end with it', async () => {
  const execution = await runNodes(({ environment }) => environment.AWS_BATCH_JOB_NODE_INDEX === '0' ? { after: MINUTE, exit: { exitCode: 0 } } : { after: 1e9, exit: { exitCode: 0 } });
  const variables = ['AWS_BATCH_JOB_NODE_INDEX', 'AWS_BATCH_JOB_NUM_NODES', 'AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS'];
  expect(requests.map(({ environment }) => variables.map((name) => environment[name])))
    .toEqual([['0', '3', undefined], ['1', '3', '127.0.0.1'], ['2', '3', '127.0.0.1']]);
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', nodes: { count: 3, main: 0 }, ranSeconds: 60 });
  expect(emulator.batch.containerJobs().map((job) => job.status)).toEqual(['SUCCEEDED', 'FAILED', 'FAILED']);
});

test('the overrides of the run apply to every node', async () => {
  await runNodes(() => ({ after: MINUTE, exit: { exitCode: 0 } }), { containerOverrides: { memory: 3000, environment: { A: 'b' } } });
  expect(requests.map((request) => [request.memory, request.environment.A])).toEqual([[3000, 'b'], [3000, 'b'], [3000, 'b']]);
});

test('a job whose nodes have more vCPUs together than its compute environments is never placed', async () => {
  const environments = emulator.deployment.computeEnvironments.map((environment) => [environment, environment.maxvCpus] as const);
  environments.forEach(([environment]) => Object.assign(environment, { maxvCpus: 5 }));
  const execution = await runNodes(() => ({ after: MINUTE, exit: { exitCode: 0 } }));
  environments.forEach(([environment, maxvCpus]) => Object.assign(environment, { maxvCpus }));
  expect([execution.status, requests.length]).toEqual(['FAILED', 0]);
  expect(execution.cause).toContain('MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE');
});

test('the job fails when its main node fails, and not when another node fails', async () => {
  const nodeFails = (failingIndex: string): Script => ({ environment: { AWS_BATCH_JOB_NODE_INDEX: index } }) => ({
    after: MINUTE * (index === '0' ? 2 : 1),
    exit: { exitCode: index === failingIndex ? 3 : 0 },
  });
  expect((await runNodes(nodeFails('1'))).status).toBe('SUCCEEDED');
  const execution = await runNodes(nodeFails('0'));
  expect([execution.status, execution.error]).toEqual(['FAILED', 'ExitCode']);
});

describe('a worker whose host is lost', () => {
  const client = () => new BatchClient({ endpoint: emulator.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: emulator.keys.user });
  const hostLost = { statusReason: 'Host EC2 (instance i-0) terminated.' };
  /** The main node fails later, in its first attempt with its host. */
  const workerIsLost: Script = ({ environment: { AWS_BATCH_JOB_NODE_INDEX: index }, attempt }) => {
    if (index === '1') return { after: MINUTE, exit: { exitCode: undefined, ...hostLost } };
    return { after: 5 * MINUTE, exit: index === '0' && attempt === 1 ? hostLost : { exitCode: 3 } };
  };
  const list = async (input: object) => (await client().send(new ListJobsCommand({ jobStatus: 'FAILED', ...input }))).jobSummaryList!;
  let jobId: string;
  beforeAll(async () => {
    await runNodes(workerIsLost);
    jobId = emulator.batch.jobs()[0].jobId;
  });

  test('does not end the other nodes, and a further attempt of the main node is one of each node', async () => {
    const { jobs } = await client().send(new DescribeJobsCommand({ jobs: [jobId, `${jobId}#0`, `${jobId}#1`, `${jobId}#2`] }));
    expect(jobs!.map((job) => job.attempts!.map(({ statusReason, container }) => container?.exitCode ?? statusReason))).toEqual([
      [hostLost.statusReason, 3], [hostLost.statusReason, 3], [hostLost.statusReason, hostLost.statusReason], [143, 143],
    ]);
    expect(jobs!.map((job) => job.arrayProperties)).toEqual([undefined, undefined, undefined, undefined]);
    expect(jobs!.map((job) => job.container?.exitCode ?? null)).toEqual([null, 3, null, 143]);
    expect(jobs!.map((job) => [job.nodeProperties?.numNodes, job.nodeDetails?.nodeIndex, job.nodeDetails?.isMainNode])).toEqual([
      [3, undefined, undefined], [undefined, 0, true], [undefined, 1, false], [undefined, 2, false],
    ]);
  });

  test('is listed with the other nodes of its job, and not with the jobs of the queue', async () => {
    const nodes = await list({ multiNodeJobId: jobId });
    expect(nodes.map((node) => [node.jobId, node.statusReason, node.container?.exitCode])).toEqual([
      [`${jobId}#0`, 'Essential container in task exited', 3],
      [`${jobId}#1`, hostLost.statusReason, undefined],
      [`${jobId}#2`, 'The main node has ended', 143],
    ]);
    expect(nodes.map(({ nodeProperties }) => nodeProperties)).toEqual([0, 1, 2].map((nodeIndex) => ({ isMainNode: nodeIndex === 0, numNodes: 3, nodeIndex })));
    expect((await list({ jobQueue: emulator.batch.jobs()[0].plan.queue.arn })).map((job) => job.jobId)).toEqual([jobId]);
    await expect(list({ multiNodeJobId: jobId, arrayJobId: jobId })).rejects.toMatchObject({ name: 'ClientException' });
    expect(await list({ multiNodeJobId: 'another' })).toEqual([]);
  });
});

function planWithTargets(targetNodes: string) {
  const { jobQueues: [queue], jobDefinitions: [definition] } = emulator.deployment;
  return planJob({ jobName: 'j', jobQueue: queue.arn, jobDefinition: definition.arn, nodeOverrides: { nodePropertyOverrides: [{ targetNodes }] } }, emulator.deployment);
}

test.each(['0:2', '0:'])('overrides of all nodes, %s, are accepted', (targetNodes) => {
  expect(planWithTargets(targetNodes)).toMatchObject({ nodes: 3 });
});

test.each(['0:0', '1:2'])('overrides of some nodes, %s, are refused', (targetNodes) => {
  expect(() => planWithTargets(targetNodes)).toThrow(`the emulator supports nodeOverrides of all nodes, and not of ${targetNodes}`);
});
