import { readRunContext, RunContext, runId } from '../../../src/functions/shared/run-context';

const LEAST: RunContext = {
  execution: 'arn', redrive: 0, round: 1, vcpus: 0.25, memory: 512, queue: 'queue', queueTimeout: 60, logGroup: 'log', earlier: [],
};
const MOST: RunContext = {
  ...LEAST,
  maxMemory: 1024,
  fargate: true,
  onDemandQueue: 'on-demand',
  spot: false,
  startTimeout: 60,
  attemptTimeout: 60,
  watchQueue: 'https://queue',
  result: 's3://b/k',
  earlier: [{ jobId: 'job-0', reason: 'OutOfMemory', memory: 256, queue: 'queue', attempts: 2 }],
};
const read = (context: unknown) => readRunContext({ heavyBatchRun: JSON.stringify(context) });

test('a job carries all about its run', () => {
  expect([read(LEAST), read(MOST)]).toEqual([LEAST, MOST]);
});

test('a reason that only a newer version knows is kept', () => {
  const newer = { ...MOST, earlier: [{ ...MOST.earlier[0], reason: 'Evaporated' }] };
  expect(read(newer)).toEqual(newer);
});

test.each(Object.keys(LEAST))('a job whose parameter has no %s does not belong to a run', (field) => {
  expect(read({ ...LEAST, [field]: undefined })).toBeUndefined();
});

test.each(Object.keys(MOST))('a job whose %s is of another kind does not belong to a run', (field) => {
  expect(read({ ...MOST, [field]: { another: 'kind' } })).toBeUndefined();
});

test.each(Object.keys(MOST.earlier[0]))('an earlier round whose %s is of another kind is not one', (field) => {
  expect(read({ ...MOST, earlier: [{ ...MOST.earlier[0], [field]: null }] })).toBeUndefined();
});

test.each<[string, Record<string, string> | undefined]>([
  ['no parameters', undefined], ['other parameters', { a: '{}' }], ['a parameter that is not JSON', { heavyBatchRun: '{' }], ['a parameter of JSON that is no object', { heavyBatchRun: '1' }],
])('a job with %s does not belong to a run', (_, parameters) => {
  expect(readRunContext(parameters)).toBeUndefined();
});

test('the id of a run is the name of its execution', () => {
  expect(runId('arn:aws:states:us-east-1:123456789012:execution:Sort:run-1')).toBe('run-1');
  expect(runId('arn:aws:states:us-east-1:123456789012:mapRun:Map/label:run-2')).toBe('run-2');
  expect(runId('local')).toBe('local');
});
