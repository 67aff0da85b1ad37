import { ChildExecution } from '../../../emulator/states/map-run';
import { writeResults } from '../../../emulator/states/result-writer';
import { TaskError } from '../../../emulator/states/task-error';

const scope = { data: { prefix: 'p' }, context: {}, random: () => 0 };
const child = (fields: object) => ({ arn: 'arn:1', name: 'n', input: { a: 1 }, startedAt: 0, stoppedAt: 1000, redriveCount: 0, ...fields }) as ChildExecution;
const CHILDREN = [child({ status: 'SUCCEEDED', output: { done: 1 } }), undefined, child({ status: 'FAILED', error: 'E', cause: 'C' }), child({ status: 'ABORTED' })];

async function filesOf(config: object | undefined) {
  const files: Record<string, string> = {};
  const writer = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { 'Bucket': 'b', 'Prefix.$': '$.prefix' }, WriterConfig: config };
  const details = await writeResults(writer, scope, {
    mapRunArn: 'arn:mapRun:m/Each:id',
    stateMachineArn: 'arn:m/Each',
    children: CHILDREN,
    call: async (_, { Key, Body }: any) => { files[Key] = Body; },
  });
  return { details, files };
}

test('the manifest names the files of the outcomes', async () => {
  const { details, files } = await filesOf({ Transformation: 'COMPACT', OutputType: 'JSONL' });
  expect(details).toEqual({ Bucket: 'b', Key: 'p/id/manifest.json' });
  expect(JSON.parse(files['p/id/manifest.json'])).toEqual({
    DestinationBucket: 'b',
    MapRunArn: 'arn:mapRun:m/Each:id',
    ResultFiles: {
      SUCCEEDED: [{ Key: 'p/id/SUCCEEDED_0.jsonl', Size: 11 }],
      FAILED: [{ Key: 'p/id/FAILED_0.jsonl', Size: files['p/id/FAILED_0.jsonl'].length }],
      PENDING: [],
    },
  });
  expect(files['p/id/SUCCEEDED_0.jsonl']).toBe('{"done":1}\n');
});

test('without a prefix, the name of the map run is the directory', async () => {
  const keys: string[] = [];
  const writer = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b' } };
  const details = await writeResults(writer, scope, {
    mapRunArn: 'arn:mapRun:m/Each:id', stateMachineArn: 'arn:m/Each', children: CHILDREN, call: async (_, { Key }: any) => { keys.push(Key); },
  });
  expect([details, keys]).toEqual([{ Bucket: 'b', Key: 'id/manifest.json' }, ['id/SUCCEEDED_0.json', 'id/FAILED_0.json', 'id/manifest.json']]);
});

test('a record of an execution has its input, and its output or its error', async () => {
  const { files } = await filesOf(undefined);
  const common = { ExecutionArn: 'arn:1', Name: 'n', Input: '{"a":1}', InputDetails: { Included: true }, StateMachineArn: 'arn:m/Each', StartDate: '1970-01-01T00:00:00.000Z' };
  expect(JSON.parse(files['p/id/SUCCEEDED_0.json'])).toEqual([expect.objectContaining({ ...common, Status: 'SUCCEEDED', Output: '{"done":1}', OutputDetails: { Included: true } })]);
  expect(JSON.parse(files['p/id/FAILED_0.json'])).toEqual([
    expect.objectContaining({ ...common, Status: 'FAILED', Error: 'E', Cause: 'C' }), expect.objectContaining({ ...common, Status: 'ABORTED' }),
  ]);
});

test('a write that S3 refuses is an error of the writer', async () => {
  const writer = { Resource: 'r', Parameters: { Bucket: 'b', Prefix: 'p' } };
  const call = () => Promise.reject(new TaskError('S3.AmazonS3Exception', 'no'));
  await expect(writeResults(writer, scope, { mapRunArn: 'a', stateMachineArn: 'm', children: CHILDREN, call })).rejects.toMatchObject({ error: 'States.ResultWriterFailed', cause: 'no' });
});
