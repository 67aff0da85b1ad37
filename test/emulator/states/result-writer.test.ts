import { ChildExecution } from '../../../emulator/states/map-run';
import { writeResults } from '../../../emulator/states/result-writer';
import { TaskError } from '../../../emulator/states/task-error';

const scope = { data: { prefix: 'p' }, context: {}, random: () => 0 };
const child = (fields: object) => ({ arn: 'arn:1', name: 'n', input: { a: 1 }, startedAt: 0, stoppedAt: 1000, redriveCount: 0, ...fields }) as ChildExecution;
const CHILDREN = [child({ status: 'SUCCEEDED', output: { done: 1 } }), undefined, child({ status: 'FAILED', error: 'E', cause: 'C' }), child({ status: 'ABORTED', stoppedAt: undefined, redriveCount: 2 })];

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
  expect(files['p/id/FAILED_0.jsonl']).toMatch(/^\{"ExecutionArn":.*\}\n\{"ExecutionArn":.*\}\n$/);
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
  const common = { ExecutionArn: 'arn:1', Name: 'n', Input: '{"a":1}', InputDetails: { Included: true }, StateMachineArn: 'arn:m/Each', StartDate: '1970-01-01T00:00:00.000Z', RedriveCount: 0 };
  const StopDate = '1970-01-01T00:00:01.000Z';
  expect(JSON.parse(files['p/id/SUCCEEDED_0.json'])).toEqual([{ ...common, StopDate, Status: 'SUCCEEDED', Output: '{"done":1}', OutputDetails: { Included: true }, RedriveStatus: 'NOT_REDRIVABLE' }]);
  expect(JSON.parse(files['p/id/FAILED_0.json'])).toEqual([
    { ...common, StopDate, Status: 'FAILED', Error: 'E', Cause: 'C', RedriveStatus: 'REDRIVABLE_BY_MAP_RUN' },
    { ...common, Status: 'ABORTED', RedriveCount: 2, RedriveStatus: 'REDRIVABLE_BY_MAP_RUN' },
  ]);
});

test('a write that S3 refuses is an error of the writer, and an error of the emulator is not', async () => {
  const writer = { Resource: 'r', Parameters: { Bucket: 'b', Prefix: 'p' } };
  const failing = (error: Error) => writeResults(writer, scope, { mapRunArn: 'a', stateMachineArn: 'm', children: CHILDREN, call: () => Promise.reject(error) });
  await expect(failing(new TaskError('S3.AmazonS3Exception', 'no'))).rejects.toMatchObject({ error: 'States.ResultWriterFailed', cause: 'no' });
  await expect(failing(new TypeError('oops'))).rejects.toThrow(TypeError);
});

test('outcomes that no execution has have no file', async () => {
  const files: Record<string, string> = {};
  await writeResults({ Resource: 'r', Parameters: { Bucket: 'b' } }, scope, { mapRunArn: 'm:id', stateMachineArn: 'm', children: [], call: async (_, { Key, Body }: any) => { files[Key] = Body; } });
  expect(Object.entries(files).map(([key, text]) => [key, JSON.parse(text).ResultFiles])).toEqual([['id/manifest.json', { SUCCEEDED: [], FAILED: [], PENDING: [] }]]);
});
