import type { JobSpec, SubmitRequest } from '../../../src/contract/job-spec';
import { parseRunInput } from '../../../src/functions/shared/input/run-input';
import { jobRequest } from '../../../src/functions/submit/job-request';

const job: JobSpec = {
  definition: 'definition:1', vcpus: 1, memory: 1024, maxMemory: 65_536, queueTimeout: 3600, logGroup: 'log', parameters: ['a', 'b'], command: ['work', 'Ref::a', 'Ref::b'],
};
const requestOf = (input: unknown, more: Partial<JobSpec> = {}, nextRound?: SubmitRequest['nextRound']) => {
  const spec = { ...job, ...more };
  return jobRequest({ job: spec, execution: { Id: 'arn', Input: input, RedriveCount: 0 }, retryCount: 0, token: 't', nextRound }, parseRunInput(input, spec), 'id', { jobQueues: ['queue', 'on-demand'] });
};

test('a later round is submitted with its memory, also where no instance is known to hold it', () => {
  const { submission } = requestOf({}, { sizes: [{ vcpus: 2, memory: 16_352 }] }, { round: 2, memory: 32_768, queue: 'queue', earlier: [] });
  expect(submission.containerOverrides!.resourceRequirements).toContainEqual({ type: 'MEMORY', value: '32768' });
});

test('memory grows up to what an instance holds together with the vCPUs of the run', () => {
  const sizes = [{ vcpus: 8, memory: 16_352 }, { vcpus: 4, memory: 32_736 }];
  const limitOf = (vcpus: number, more: Partial<JobSpec> = {}) => {
    const { submission } = requestOf({ containerOverrides: { vcpus, memory: 1024 } }, more);
    return JSON.parse(submission.parameters!.heavyBatchRun).maxMemory;
  };
  expect([limitOf(8, { sizes }), limitOf(4, { sizes }), limitOf(4)]).toEqual([16_352, 32_736, 65_536]);
  const withGpu = [...sizes, { vcpus: 4, memory: 8_000, gpus: 1 }];
  expect([limitOf(4, { sizes: withGpu, gpus: 1 }), limitOf(4, { sizes: withGpu })]).toEqual([8_000, 32_736]);
  expect([limitOf(4, { sizes, maxMemory: 20_000 }), limitOf(4, { sizes, maxMemory: undefined })]).toEqual([20_000, undefined]);
});

test('the default values of parameters count, since Batch puts them into the command', () => {
  const input = { parameters: { a: 'x'.repeat(5_000) } };
  expect(requestOf(input, { defaults: { a: 'y'.repeat(5_000), b: 'z' } }).objects).toEqual([]);
  expect(() => requestOf(input, { defaults: { a: 'y', b: 'z'.repeat(3_000) } })).toThrow(/characters of overrides, and AWS Batch accepts .* 8192 characters/);
  const store = { bucket: 'bucket', folder: 'Job' };
  expect(requestOf(input, { defaults: { a: 'y', b: 'z'.repeat(3_000) }, store }).submission.parameters).toMatchObject({ a: expect.stringMatching(/^s3:/) });
});

test.each(['__proto__', 'constructor', 'toString'])('a parameter and a variable with the name %s are submitted', (name) => {
  const named = `{"${name}":"x"}`;
  const input = JSON.parse(`{"parameters":${named},"containerOverrides":{"environment":${named}}}`);
  const { submission } = requestOf(input, { parameters: [name] });
  expect(JSON.parse(JSON.stringify(submission)).containerOverrides.environment).toContainEqual({ name, value: 'x' });
  expect(Object.entries(JSON.parse(JSON.stringify(submission)).parameters)).toContainEqual([name, 'x']);
});

describe('the run that a job carries', () => {
  const contextOf = (...of: Parameters<typeof requestOf>) => JSON.parse(requestOf(...of).submission.parameters!.heavyBatchRun);
  const nextRound = { round: 2, memory: 2048, queue: 'on-demand', earlier: [{ jobId: 'job-0', reason: 'SpotReclaimed', memory: 1024, queue: 'queue', attempts: 1 }] } as const;

  test('is all that is needed to judge it', () => {
    const spec = { spot: true, startTimeout: 60, attemptTimeout: 90, fargate: false, store: { bucket: 'bucket', folder: 'Job' } };
    const { submission } = requestOf({}, spec);
    expect(JSON.parse(submission.parameters!.heavyBatchRun)).toEqual({
      execution: 'arn',
      redrive: 0,
      round: 1,
      vcpus: 1,
      memory: 1024,
      maxMemory: 65_536,
      fargate: false,
      queue: 'queue',
      onDemandQueue: 'on-demand',
      spot: true,
      queueTimeout: 3600,
      startTimeout: 60,
      attemptTimeout: 90,
      logGroup: 'log',
      submissionId: 'id',
      result: `s3://bucket/results/Job/${submission.jobName}-id`,
      earlier: [],
    });
  });

  test('has the round, the memory, the queue and the earlier rounds of a further round', () => {
    expect(contextOf({}, {}, { ...nextRound, earlier: [...nextRound.earlier] })).toMatchObject(nextRound);
  });

  test.each<[string, boolean | undefined, string | undefined, boolean | undefined]>([
    ['of a first round', true, undefined, true],
    ['of a further round on the same queue', true, 'queue', true],
    ['of a further round on the other queue', true, 'on-demand', false],
    ['of a further round whose queue a deployment replaced', true, 'former', true],
    ['of a queue without Spot capacity', false, undefined, false],
    ['of a queue of which it is not known', undefined, 'on-demand', undefined],
  ])('says whether the capacity %s is Spot', (_, spot, queue, expected) => {
    expect(contextOf({}, { spot }, queue === undefined ? undefined : { ...nextRound, queue, earlier: [] }).spot).toBe(expected);
  });
});

test('a job has a child for each index of an array, and a command of its own only where the run gives one', () => {
  expect(requestOf({ arraySize: 3 }).submission.arrayProperties).toEqual({ size: 3 });
  expect(requestOf({ containerOverrides: { command: ['a'] } }).submission.containerOverrides!.command).toEqual(['a']);
  const { submission } = requestOf({});
  for (const field of ['arrayProperties', 'shareIdentifier', 'schedulingPriorityOverride', 'nodeOverrides', 'tags']) expect(submission).not.toHaveProperty(field);
  expect(submission.containerOverrides).not.toHaveProperty('command');
});
