import * as s3 from 'aws-cdk-lib/aws-s3';
import { deploymentOf, imageOf } from './apps';
import { VirtualClock } from '../../emulator/clock';
import { Emulator, WorldOptions } from '../../emulator/emulator';
import { NO_FAULTS } from '../../emulator/faults';
import { ContainerExit, ContainerRequest } from '../../emulator/services/batch/containers';
import { HeavyBatchJob, HeavyBatchListFormat } from '../../src';

/** Runs over a list: the state machine, the job's own and the functions as they ship, on virtual time. */
const MINUTE = 60_000;
const deployment = deploymentOf((stack) => {
  const bucket = new s3.Bucket(stack, 'Lists');
  const job = new HeavyBatchJob(stack, 'Job', { imageDirectory: imageOf({}), command: ['work', 'Ref::size'], parameters: { size: '1' }, maxvCpus: 4 });
  job.runMany('Each', { bucket });
  job.runMany('Csv', { bucket, key: 'list.csv', format: HeavyBatchListFormat.csv(), toleratedFailurePercentage: 25 });
});
const machine = (id: string) => deployment.stateMachines.find((one) => one.path.endsWith(`/${id}`))!;
const lists = deployment.buckets.find((one) => one.path.endsWith('/Lists'))!.name;
const clock = new VirtualClock();
const emulator = new Emulator(deployment, clock);
let requests: ContainerRequest[];
let atOnce: number;
let started = 0;

type Script = (size: string) => number;

function world(script: Script, more: Partial<WorldOptions> = {}): void {
  requests = [];
  atOnce = 0;
  let running = 0;
  emulator.begin({
    faults: NO_FAULTS,
    containers: {
      start: async (request) => {
        requests.push(request);
        atOnce = Math.max(atOnce, ++running);
        let end!: (exit: ContainerExit) => void;
        const exited = new Promise<ContainerExit>((resolve) => { end = resolve; });
        void exited.then(() => running--);
        clock.after(10 * MINUTE, () => end({ exitCode: script(request.command![1]) }));
        return { exited, stop: () => end({ exitCode: 143 }) };
      },
    },
    ...more,
  });
}

async function run(id: string, list: string, input: object = {}) {
  emulator.s3.put(lists, id === 'Csv' ? 'list.csv' : 'list.jsonl', list);
  const execution = emulator.stepFunctions.start(machine(id).arn, { key: 'list.jsonl', ...input }, `list-${++started}`); // what is left of another world knows none of its names
  await emulator.settle(() => execution.status !== 'RUNNING');
  return execution;
}

function results(output: any): any[] {
  const { ResultFiles } = JSON.parse(emulator.s3.get(output.results.Bucket, output.results.Key)!.toString());
  return Object.values<any>(ResultFiles).flat().flatMap(({ Key }) => emulator.s3.get(output.results.Bucket, Key)!.toString().trim().split('\n').map((line) => JSON.parse(line)));
}

const sizes = (...values: unknown[]) => values.map((size) => JSON.stringify({ size })).join('\n');

beforeAll(() => emulator.start({ containers: { start: () => Promise.reject(new Error('none')) }, faults: NO_FAULTS }));
afterAll(() => emulator.stop());

test('each item is a run with its parameters, no more at once than there is place for', async () => {
  world(() => 0);
  const execution = await run('Each', sizes(1, 2, 3, 4, 5, 6, 7, 8, 9));
  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toMatchObject({ runs: { total: 9, succeeded: 9, failed: 0 } });
  expect(requests.map((request) => request.command![1])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(atOnce).toBe(4);
  const lines = results(execution.output);
  expect(lines.map((line) => [line.index, line.parameters, line.run.output.status])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((size) => [size - 1, { size }, 'SUCCEEDED']));
});

test('one that fails fails the execution, when all have been tried', async () => {
  world((size) => size === '2' ? 3 : 0);
  const execution = await run('Each', sizes(1, 2, 3));
  expect([execution.status, execution.error]).toEqual(['FAILED', 'RunsFailed']);
  const output = JSON.parse(execution.cause!);
  expect(output.runs).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
  const failed = results(output).filter((line) => line.Status === 'FAILED');
  expect(failed).toHaveLength(1);
  expect(JSON.parse(failed[0].Cause)).toMatchObject({ Error: 'ExitCode', Status: 'FAILED' });
});

test('more failures than are tolerated stop what runs', async () => {
  world((size) => size === '1' ? 3 : 0);
  const execution = await run('Csv', 'size\n1\n1\n3\n4\n5\n6\n');
  expect([execution.status, execution.error]).toEqual(['FAILED', 'States.ExceedToleratedFailureThreshold']);
  await emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
  expect(requests.length).toBeLessThan(6);
});

test('as many failures as are tolerated are told, and no more', async () => {
  world((size) => size === '1' ? 3 : 0);
  const execution = await run('Csv', 'size\r\n1\r\n"2"\r\n3\r\n4\r\n');
  expect([execution.status, (execution.output as any).runs]).toMatchObject(['SUCCEEDED', { total: 4, succeeded: 3, failed: 1 }]);
});

test('a parameter that the job does not have fails its run', async () => {
  world(() => 0);
  const execution = await run('Each', '{"sise":1}\n{"size":2}');
  expect(JSON.parse(execution.cause!).runs).toMatchObject({ succeeded: 1, failed: 1 });
  expect(requests).toHaveLength(1);
});

test('an execution that is stopped leaves nothing running', async () => {
  world(() => 0);
  emulator.s3.put(lists, 'list.jsonl', sizes(1, 2, 3, 4, 5, 6));
  const execution = emulator.stepFunctions.start(machine('Each').arn, { key: 'list.jsonl' });
  await emulator.settle(() => requests.length === 4);
  execution.stop('Enough');
  await emulator.settle(() => emulator.batch.jobs().every((job) => job.isOver));
  expect(emulator.stepFunctions.executions().map((one) => one.status)).not.toContain('RUNNING');
  expect(requests).toHaveLength(4);
});

test.each<[string, string, object, string]>([
  ['a list that is not there', '', { key: 'none.jsonl' }, 'States.ItemReaderFailed'],
  ['a list that is not JSON', 'a,b', {}, 'States.ItemReaderFailed'],
])('%s fails the execution', async (_, list, input, error) => {
  world(() => 0);
  expect((await run('Each', list, input)).error).toBe(error);
});

test.each(['states:StartExecution', 'events:PutRule', 's3:GetObject', 's3:PutObject', 'states:DescribeMapRun'])('%s is needed', async (action) => {
  world(() => 0, { revoked: [{ roleArn: machine('Each').roleArn, action }] });
  const execution = await run('Each', sizes(1));
  expect(execution.status).toBe('FAILED');
});
