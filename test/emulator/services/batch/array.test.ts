import { HeavyBatchCompute, HeavyBatchJob } from '../../../../src';
import { deploymentOf, imageOf } from '../../apps';
import { MINUTE, scriptedEmulator, succeeds } from '../../scripted-emulator';

const { emulator, requests, mostAtOnce, begin, run } = scriptedEmulator(deploymentOf((stack) => {
  new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), compute: new HeavyBatchCompute(stack, 'Compute', { maxvCpus: 4 }) });
}));

test('the children of an array that is larger than maxvCpus take turns', async () => {
  begin(succeeds);
  const execution = await run({ arraySize: 10 });
  expect(execution.output).toMatchObject({ status: 'SUCCEEDED', array: { children: { SUCCEEDED: 10 } } });
  expect([requests.length, mostAtOnce()]).toEqual([10, 4]);
  const [job] = emulator.batch.jobs();
  expect((job.stoppedAt! - job.createdAt) / MINUTE).toBeGreaterThan(30);
});
