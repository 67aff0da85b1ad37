import * as s3 from 'aws-cdk-lib/aws-s3';
import { EmulatorOptions } from '../../../emulator/emulator';
import { HeavyBatchJob, HeavyBatchListFormat } from '../../../src';
import { deploymentOf, imageOf } from '../apps';
import { MINUTE, scriptedEmulator } from '../scripted-emulator';

describe('a job that runs for each item of a list', () => {
  const deployment = deploymentOf((stack) => {
    const bucket = new s3.Bucket(stack, 'Lists');
    const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), command: ['work', 'Ref::size'], parameters: { size: '1' }, maxvCpus: 4 });
    job.addMap('Each', { bucket });
    job.addMap('Csv', { bucket, key: 'list.csv', format: HeavyBatchListFormat.csv(), toleratedFailurePercentage: 25 });
  });
  const { emulator, requests, mostAtOnce, begin } = scriptedEmulator(deployment);
  const stateMachine = (id: string) => deployment.stateMachines.find(({ path }) => path.endsWith(`/${id}`))!;
  const listBucket = deployment.buckets.find(({ path }) => path.endsWith('/Lists'))!.name;
  let executionCount = 0;

  const beginWith = (exitCodeOf: (size: string) => number, options: Partial<EmulatorOptions> = {}) => (
    begin((request) => ({ after: 10 * MINUTE, exit: { exitCode: exitCodeOf(request.command![1]) } }), options)
  );

  async function runList(id: string, list: string, input: object = {}) {
    emulator.s3.put(listBucket, id === 'Csv' ? 'list.csv' : 'list.jsonl', list);
    // With a new name each time, since what is left of an earlier test may still refer to the name of its execution.
    const execution = emulator.stepFunctions.start(stateMachine(id).arn, { key: 'list.jsonl', ...input }, `list-${++executionCount}`);
    await emulator.settle(() => execution.status !== 'RUNNING');
    return execution;
  }

  function resultLines(output: any): any[] {
    const { ResultFiles } = JSON.parse(emulator.s3.get(output.results.Bucket, output.results.Key)!.toString());
    return Object.values<any>(ResultFiles).flat().flatMap(({ Key }) => emulator.s3.get(output.results.Bucket, Key)!.toString().trim().split('\n').map((line) => JSON.parse(line)));
  }

  const jsonLines = (...sizes: number[]) => sizes.map((size) => JSON.stringify({ size })).join('\n');

  test('has a run with the parameters of each item, as many at the same time as there is capacity for', async () => {
    beginWith(() => 0);
    const execution = await runList('Each', jsonLines(1, 2, 3, 4, 5, 6, 7, 8, 9));
    expect(execution.status).toBe('SUCCEEDED');
    expect(execution.output).toMatchObject({ runs: { total: 9, succeeded: 9, failed: 0 } });
    // In no order: the functions of runs that begin at the same time call the services over connections of their own.
    expect(requests.map((request) => request.command![1]).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(mostAtOnce()).toBe(4);
    const lines = resultLines(execution.output);
    expect(lines.map((line) => [line.index, line.parameters, line.run.output.status])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((size) => [size - 1, { size }, 'SUCCEEDED']));
  });

  test('fails after all items when the run of one item fails', async () => {
    beginWith((size) => size === '2' ? 3 : 0);
    const execution = await runList('Each', jsonLines(1, 2, 3));
    expect([execution.status, execution.error]).toEqual(['FAILED', 'RunsFailed']);
    const output = JSON.parse(execution.cause!);
    expect(output.runs).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
    const failed = resultLines(output).filter((line) => line.Status === 'FAILED');
    expect(failed).toHaveLength(1);
    expect(JSON.parse(failed[0].Cause)).toMatchObject({ Error: 'ExitCode', Status: 'FAILED' });
  });

  test('stops when more runs fail than are tolerated', async () => {
    beginWith((size) => size === '1' ? 3 : 0);
    const execution = await runList('Csv', 'size\n1\n1\n3\n4\n5\n6\n');
    expect([execution.status, execution.error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
    await emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
    expect(requests.length).toBeLessThan(6);
  });

  test('succeeds when no more runs fail than are tolerated', async () => {
    beginWith((size) => size === '1' ? 3 : 0);
    const execution = await runList('Csv', 'size\r\n1\r\n"2"\r\n3\r\n4\r\n');
    expect([execution.status, (execution.output as any).runs]).toMatchObject(['SUCCEEDED', { total: 4, succeeded: 3, failed: 1 }]);
  });

  test('fails for an item with a parameter that the job does not have', async () => {
    beginWith(() => 0);
    const execution = await runList('Each', '{"sise":1}\n{"size":2}');
    expect(JSON.parse(execution.cause!).runs).toMatchObject({ succeeded: 1, failed: 1 });
    expect(requests).toHaveLength(1);
  });

  test('leaves nothing running when its execution is stopped', async () => {
    beginWith(() => 0);
    emulator.s3.put(listBucket, 'list.jsonl', jsonLines(1, 2, 3, 4, 5, 6));
    const execution = emulator.stepFunctions.start(stateMachine('Each').arn, { key: 'list.jsonl' });
    await emulator.settle(() => requests.length === 4);
    execution.stop('Enough');
    await emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
    expect(emulator.stepFunctions.executions().map(({ status }) => status)).not.toContain('RUNNING');
    expect(requests).toHaveLength(4);
  });

  test.each<[string, string, object, string]>([
    ['a list that does not exist', '', { key: 'none.jsonl' }, 'States.ItemReaderFailed'],
    ['a list that is not JSON', 'a,b', {}, 'States.ItemReaderFailed'],
  ])('fails with %s', async (_, list, input, error) => {
    beginWith(() => 0);
    expect((await runList('Each', list, input)).error).toBe(error);
  });

  test.each(['states:StartExecution', 'events:PutRule', 's3:GetObject', 's3:PutObject', 'states:DescribeMapRun'])('needs the permission %s', async (action) => {
    beginWith(() => 0, { revoked: [{ roleArn: stateMachine('Each').roleArn, action }] });
    const execution = await runList('Each', jsonLines(1));
    expect(execution.status).toBe('FAILED');
  });

  test('needs a permission to redrive what failed', async () => {
    beginWith(() => 3, { revoked: [{ roleArn: stateMachine('Csv').roleArn, action: 'states:RedriveExecution' }] });
    const execution = await runList('Csv', 'size\n1\n2\n');
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
    await emulator.stepFunctions.handle({ action: 'RedriveExecution', input: { executionArn: execution.arn } });
    await emulator.settle(() => execution.status !== 'RUNNING');
    expect([execution.error, execution.cause]).toEqual(['States.Permissions', expect.stringContaining('states:RedriveExecution')]);
  });
});
