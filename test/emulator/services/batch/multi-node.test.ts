import { HeavyBatchJob } from '../../../../src';
import { deploymentOf, imageOf } from '../../apps';
import { MINUTE, Script, scriptedEmulator } from '../../scripted-emulator';

const { emulator, requests, begin, run } = scriptedEmulator(deploymentOf((stack) => {
  new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), nodes: 3, vcpus: 2 });
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

test('the job fails when its main node fails, and not when another node fails', async () => {
  const nodeFails = (failingIndex: string): Script => ({ environment: { AWS_BATCH_JOB_NODE_INDEX: index } }) => ({
    after: MINUTE * (index === '0' ? 2 : 1),
    exit: { exitCode: index === failingIndex ? 3 : 0 },
  });
  expect((await runNodes(nodeFails('1'))).status).toBe('SUCCEEDED');
  const execution = await runNodes(nodeFails('0'));
  expect([execution.status, execution.error]).toEqual(['FAILED', 'ExitCode']);
});
