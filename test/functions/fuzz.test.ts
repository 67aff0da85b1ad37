import { BatchClient, DescribeJobsCommand, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { jobName } from '../../src/contract/job-name';
import type { JobSpec } from '../../src/contract/job-spec';
import { SUBMIT_BYTES } from '../../src/contract/limits';
import { handler } from '../../src/functions/check/check.lambda';
import { readWatchMessage } from '../../src/functions/check/watch-messages';
import { InvalidInput, parseRunInput } from '../../src/functions/shared/input/run-input';
import { readRunContext, RunContext } from '../../src/functions/shared/run-context';
import { jobRequest } from '../../src/functions/submit/job-request';

const job: JobSpec = { definition: 'definition:1', vcpus: 1, memory: 1024, maxMemory: 4096, queueTimeout: 3600, logGroup: 'log', parameters: ['size'] };

/** Random JSON in which the words that have a meaning occur often. */
const word = fc.oneof(fc.string(), fc.constantFrom(
  'parameters', 'containerOverrides', 'arraySize', 'body', 'isBase64Encoded', 'size', 'vcpus', 'memory', 'environment', 'command', 'constructor', 'toString', '__proto__',
  'checkJob', 'checkRun', 'cleanUp', 'jobId', 'token', 'since', 'early', 'execution', 'redrive', 'source', 'aws.batch', 'aws.states', 'detail-type', 'Batch Job State Change',
  'Step Functions Execution Status Change', 'detail', 'executionArn', 'job-1',
));
const anything = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 5 }, fc.constantFrom(null, true, 0, -1, 1.5, 2, 1e308), word, fc.array(tie('json'), { maxLength: 4 }), fc.dictionary(word, tie('json'), { maxKeys: 5 })),
})).json;
const inputLike = fc.record({
  parameters: fc.oneof(anything, fc.dictionary(fc.constantFrom('size', 'other'), anything)),
  containerOverrides: fc.oneof(anything, fc.record({ vcpus: anything, memory: anything, environment: anything, command: anything }, { requiredKeys: [] })),
  arraySize: fc.oneof(anything, fc.integer()),
  body: fc.oneof(anything, anything.map((json) => JSON.stringify(json)), fc.base64String()),
  isBase64Encoded: fc.oneof(fc.boolean(), anything),
}, { requiredKeys: [] });
const jobEventLike = fc.record({
  'source': fc.constantFrom('aws.batch', 'aws.states', 'aws.ecs'),
  'detail-type': fc.constantFrom('Batch Job State Change', 'Step Functions Execution Status Change'),
  'detail': fc.oneof(anything, fc.record({ jobId: fc.oneof(anything, fc.constant('job-1')), executionArn: anything, novelty: anything }, { requiredKeys: [] })),
  'novelty': anything,
}, { requiredKeys: [] });
const wordOrJson = fc.oneof(word, anything);
const check = fc.record({ jobId: wordOrJson, token: wordOrJson, since: fc.oneof(fc.double(), anything), early: anything }, { requiredKeys: [] });
const checkLike = fc.record({ checkJob: fc.oneof(anything, check) });
const textOf = (json: fc.Arbitrary<unknown>) => json.map((value) => JSON.stringify(value));

describe('the input of a run', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => !value.includes('\0'));
  const rightInput = fc.record({
    parameters: fc.record({ size: text }),
    containerOverrides: fc.record({
      vcpus: fc.integer({ min: 1, max: 1024 }),
      memory: fc.integer({ min: 4, max: 4096 }),
      environment: fc.dictionary(fc.stringMatching(/^[B-G_][A-Z_0-9]{0,9}$/), text),
      command: fc.array(text, { minLength: 1, maxLength: 5 }).map((words) => ['run', ...words.map((part) => part.replaceAll('Ref::', ''))].filter(Boolean)),
    }, { requiredKeys: [] }),
    arraySize: fc.integer({ min: 2, max: 10_000 }),
  }, { requiredKeys: [] });

  test('whose values are right is read as it was written', () => {
    fc.assert(fc.property(rightInput, (input) => {
      const { parameters = {}, containerOverrides: { environment = {}, ...overrides } = {}, arraySize } = input;
      expect(parseRunInput(JSON.parse(JSON.stringify(input)), job)).toEqual({ parameters, environment, ...overrides, arraySize });
    }), { numRuns: 500 });
  });

  const faultsOf = (input: unknown) => {
    try {
      const { parameters, environment, memory = 4 } = parseRunInput(input, job);
      const noText = [...Object.values(parameters), ...Object.values(environment)].filter((value) => typeof value !== 'string');
      return [...noText, ...Object.keys(parameters).filter((name) => name !== 'size'), ...memory > 4096 ? [memory] : []];
    } catch (error) {
      return error instanceof InvalidInput && !/undefined|\[object/.test(error.message) ? [] : [error];
    }
  };

  test('is accepted or is an InvalidInput that says why, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(anything, inputLike), (input) => {
      expect(faultsOf(JSON.parse(JSON.stringify(input ?? null)))).toEqual([]);
    }), { numRuns: 2_000 });
  });

  const requestOf = (parameter: string, variable: string, token: string) => {
    const input = parseRunInput({ parameters: { size: parameter }, containerOverrides: { environment: { A: variable } } }, job);
    return jobRequest({ job, execution: { Id: 'arn', Input: {}, RedriveCount: 0 }, retryCount: 0, token }, input, 'f'.repeat(32), { jobQueues: ['queue'] }).submission;
  };
  const letters = (range: { min?: number; max: number }) => fc.integer({ min: 1, ...range }).map((length) => 'ü'.repeat(length));
  const token = fc.nat({ max: 700 }).map((length) => 't'.repeat(length));

  test('makes a job that is within the limits of Batch, when its values are short', () => {
    fc.assert(fc.property(letters({ max: 10_000 }), letters({ max: 3_000 }), token, (parameter, variable, given) => {
      const request = requestOf(parameter, variable, given);
      expect(request).toMatchObject({ parameters: { size: parameter }, containerOverrides: { environment: expect.arrayContaining([{ name: 'A', value: variable }]) } });
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(SUBMIT_BYTES);
      expect(JSON.stringify(request.containerOverrides).length).toBeLessThanOrEqual(8_192);
    }), { numRuns: 200 });
  });

  test('is InvalidInput when it makes a job that is too long for Batch', () => {
    fc.assert(fc.property(letters({ min: 15_360, max: 40_000 }), letters({ min: 8_192, max: 40_000 }), token, (parameter, variable, given) => {
      expect(() => requestOf(parameter, 'v', given)).toThrow(InvalidInput); // bytes of the whole request
      expect(() => requestOf('p', variable, given)).toThrow(InvalidInput); // characters of the overrides
    }), { numRuns: 200 });
  });
});

describe('a text', () => {
  const message = fc.record({
    jobId: fc.stringMatching(/^[\w-]{1,36}(:\d{1,4}|#\d{1,3})?$/),
    token: word,
    since: fc.nat(),
    early: fc.nat(),
    unchanged: fc.record({ state: word, since: fc.nat(), terminatedAt: fc.nat(), endedByOthers: fc.boolean() }, { requiredKeys: ['state', 'since'] }),
  }, { requiredKeys: ['jobId', 'token', 'since'] });
  const required = {
    execution: word,
    redrive: fc.nat(),
    round: fc.nat(),
    vcpus: fc.nat(),
    memory: fc.nat(),
    queue: word,
    queueTimeout: fc.nat(),
    logGroup: word,
    earlier: fc.constant<RunContext['earlier']>([]),
  };
  const optional = {
    maxMemory: fc.nat(),
    fargate: fc.boolean(),
    onDemandQueue: word,
    spot: fc.boolean(),
    startTimeout: fc.nat(),
    attemptTimeout: fc.nat(),
    watchQueue: word,
    resultSource: fc.constant('LOG' as const),
    result: word,
    submissionId: word,
  } satisfies Record<Exclude<keyof RunContext, keyof typeof required>, unknown>;
  const context: fc.Arbitrary<RunContext> = fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) as (keyof typeof required)[] });

  test('that was written as a message or as a run is read as it was written', () => {
    fc.assert(fc.property(message, context, (checkJob, run) => {
      expect(readWatchMessage(JSON.stringify({ checkJob }), true)).toEqual({ kind: 'checkJob', check: checkJob });
      expect(readRunContext({ heavyBatchRun: JSON.stringify(run) })).toEqual(run);
    }), { numRuns: 500 });
  });

  const typesOf = (read: ReturnType<typeof readWatchMessage>) => {
    if (read?.kind === 'checkJob') return [typeof read.check.jobId, typeof read.check.token, typeof read.check.since].join();
    return read?.kind === 'jobEvent' ? typeof read.jobId : undefined;
  };

  test('is read as a message or as none, and as a run or as none, whatever it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), textOf(anything), textOf(jobEventLike), textOf(checkLike)), (written) => {
      expect([undefined, 'string', 'string,string,number']).toContain(typesOf(readWatchMessage(written, written.length % 2 === 0)));
      expect(typeof readRunContext({ heavyBatchRun: written })?.execution).toMatch(/^(undefined|string)$/);
    }), { numRuns: 2_000 });
  });
});

describe('the check function', () => {
  const [batch, sfn, sqs, s3] = [mockClient(BatchClient), mockClient(SFNClient), mockClient(SQSClient), mockClient(S3Client)];
  const logged = jest.spyOn(console, 'log');

  beforeEach(() => {
    for (const client of [batch, sfn, sqs, s3]) client.reset();
    s3.on(GetObjectCommand).rejects(Object.assign(new Error('none'), { name: 'NoSuchKey' }));
    logged.mockReset();
    Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue', SENDERS: 'AROAOWN', AWS_REGION: 'us-east-1' });
    batch.on(ListJobsCommand).resolves({ jobSummaryList: [] });
    batch.on(TerminateJobCommand).resolves({});
    sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' }));
    for (const command of [SendTaskHeartbeatCommand, SendTaskSuccessCommand, SendTaskFailureCommand]) sfn.on(command as never).resolves({});
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
  });

  test('survives any messages about any job, and returns no message to the queue that it cannot read', async () => {
    const body = fc.oneof(fc.string(), fc.oneof(anything, jobEventLike, checkLike).map((json) => JSON.stringify(json)));
    await fc.assert(fc.asyncProperty(fc.array(body, { maxLength: 8 }), anything, async (bodies, job1) => {
      const described = typeof job1 === 'object' && job1 !== null ? job1 : {};
      batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => ({ ...described, jobId })) }));
      const attributes = { SenderId: job1 === null ? 'AIDASTRANGER' : 'AROAOWN:session' };
      const { batchItemFailures } = await handler({ Records: bodies.map((text, index) => ({ messageId: `m${index}`, body: text, attributes })) } as never);
      expect(batchItemFailures).toEqual([]);
    }), { numRuns: 300 });
  });

  test('answers no run for a job whose parameters do not hold a run', async () => {
    const carried = fc.dictionary(fc.constantFrom('heavyBatchRun', 'heavyBatchToken', 'other'), fc.oneof(fc.string(), textOf(anything)));
    await fc.assert(fc.asyncProperty(carried, async (parameters) => {
      batch.on(DescribeJobsCommand).resolves({ jobs: [{ jobId: 'job-1', status: 'SUCCEEDED', parameters } as never] });
      await handler({ Records: [{ messageId: 'm', body: JSON.stringify({ checkJob: { jobId: 'job-1', token: 't', since: 1 } }), attributes: { SenderId: 'AROAOWN:session' } }] } as never);
      expect(sfn.calls()).toHaveLength(0);
    }), { numRuns: 300 });
  });

  describe('of any job of a run', () => {
    const TOKEN = 'a-token-that-nobody-may-see';
    const SECRET = 'a-value-that-nobody-may-see';
    const execution = 'arn:aws:states:us-east-1:123456789012:execution:Sort:run-1';
    const time = fc.integer({ min: -100_000_000, max: 0 }).map((past) => Date.now() + past);
    const reason = fc.constantFrom(
      'Essential container in task exited', 'Host EC2 (instance i-0abc) terminated.', 'OutOfMemoryError: Container killed due to memory usage', 'heavy-batch: its run ended', '',
    );
    const container = fc.record({ exitCode: fc.nat({ max: 255 }), reason, logStreamName: fc.string(), taskArn: fc.constantFrom('a', 'b') }, { requiredKeys: [] });
    const attempt = fc.record({ startedAt: time, stoppedAt: time, statusReason: reason, container }, { requiredKeys: [] });
    const jobOfRun = fc.record({
      status: fc.constantFrom('SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'EVAPORATED'),
      createdAt: time,
      startedAt: time,
      stoppedAt: time,
      statusReason: reason,
      isTerminated: fc.boolean(),
      isCancelled: fc.boolean(),
      attempts: fc.array(attempt, { maxLength: 3 }),
      container: fc.tuple(container).map(([given]) => ({ ...given, environment: [{ name: 'A', value: SECRET }] })),
      arrayProperties: fc.record({
        size: fc.integer({ min: 2, max: 9 }),
        statusSummary: fc.dictionary(fc.constantFrom('RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'), fc.nat({ max: 9 })),
      }),
    }, { requiredKeys: ['status', 'createdAt'] });
    const runOf = fc.record({
      redrive: fc.nat({ max: 2 }),
      round: fc.integer({ min: 1, max: 9 }),
      maxMemory: fc.constantFrom(undefined, 4096),
      attemptTimeout: fc.constantFrom(undefined, 60),
    });
    const unchanged = fc.record({ state: fc.constantFrom('RUNNABLE 0', 'STARTING 0', 'RUNNING 0'), since: time });

    test('answers its run, or sends the heartbeat and schedules the next check, and logs neither token nor value', async () => {
      const done = { answered: 0, kept: 0 };
      await fc.assert(fc.asyncProperty(jobOfRun, runOf, unchanged, async (found, more, seen) => {
        for (const client of [batch, sfn, sqs]) client.resetHistory();
        logged.mockClear();
        const run = { execution, vcpus: 1, memory: 1024, queue: 'queue', queueTimeout: 60, logGroup: '/log', earlier: [], ...more };
        const parameters = { heavyBatchToken: TOKEN, heavyBatchRun: JSON.stringify(run), size: SECRET };
        const described = { ...found, jobName: jobName({ executionArn: execution, redrive: run.redrive, round: run.round }), parameters };
        batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => ({ ...described, jobId })) }));
        const body = JSON.stringify({ checkJob: { jobId: 'job-1', token: TOKEN, since: Date.now(), unchanged: seen } });

        expect(await handler({ Records: [{ messageId: 'm', body, attributes: { SenderId: 'AROAOWN:session' } }] } as never)).toEqual({ batchItemFailures: [] });
        const [answers, heartbeats, messages] = [
          [...sfn.commandCalls(SendTaskSuccessCommand), ...sfn.commandCalls(SendTaskFailureCommand)].length,
          sfn.commandCalls(SendTaskHeartbeatCommand).length,
          sqs.commandCalls(SendMessageBatchCommand).length,
        ];
        const isLive = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'].includes(found.status);
        expect([answers, heartbeats, messages]).toEqual(isLive ? [0, 1, 1] : [1, 0, 0]);
        done[isLive ? 'kept' : 'answered']++;
        expect(JSON.stringify(logged.mock.calls)).not.toMatch(new RegExp(`${TOKEN}|${SECRET}`));
      }), { numRuns: 300 });
      expect(Math.min(done.answered, done.kept)).toBeGreaterThan(50);
    });
  });
});
