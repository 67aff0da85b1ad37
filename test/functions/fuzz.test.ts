import { BatchClient, DescribeJobsCommand, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import type { JobSpec } from '../../src/contract/job-spec';
import { SUBMIT_BYTES } from '../../src/contract/limits';
import { handler } from '../../src/functions/check/check.lambda';
import { readWatchMessage } from '../../src/functions/check/watch-messages';
import { readRunContext } from '../../src/functions/shared/run-context';
import { jobRequest } from '../../src/functions/submit/job-request';
import { InvalidInput, parseRunInput } from '../../src/functions/submit/run-input';

const job: JobSpec = { definition: 'definition:1', queue: 'queue', vcpus: 1, memory: 1024, maxMemory: 4096, queueTimeout: 3600, logGroup: 'log', parameters: ['size'] };

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

test('any input is a run\'s input or an InvalidInput that says why', () => {
  fc.assert(fc.property(fc.oneof(anything, inputLike), (input) => {
    try {
      const read = parseRunInput(JSON.parse(JSON.stringify(input ?? null)), job);
      expect(Object.values(read.parameters).every((value) => typeof value === 'string')).toBe(true);
      expect(Object.values(read.environment).every((value) => typeof value === 'string')).toBe(true);
      expect(Object.keys(read.parameters).every((name) => name === 'size')).toBe(true);
      expect(read.memory ?? 4).toBeLessThanOrEqual(4096);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
      expect((error as Error).message).not.toMatch(/undefined|\[object/);
    }
  }), { numRuns: 2_000 });
});

test('a valid input makes a job that Batch accepts, or an InvalidInput', () => {
  const long = fc.nat({ max: 40_000 }).map((length) => 'ü'.repeat(length));
  fc.assert(fc.property(long, long, fc.nat({ max: 700 }), (parameter, variable, token) => {
    try {
      const input = parseRunInput({ parameters: { size: parameter }, containerOverrides: { environment: { A: variable } } }, job);
      const { submission: request } = jobRequest({ job, execution: { Id: 'arn', Input: {}, RedriveCount: 0 }, retryCount: 0, token: 't'.repeat(token) }, input);
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(SUBMIT_BYTES);
      expect(JSON.stringify(request.containerOverrides).length).toBeLessThanOrEqual(8_192);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
    }
  }), { numRuns: 200 });
});

test('any text is read as a message or as none, and any parameter as a run or as none', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), textOf(anything), textOf(jobEventLike), textOf(checkLike)), (text) => {
    const message = readWatchMessage(text);
    if (message?.kind === 'checkJob') expect([typeof message.check.jobId, typeof message.check.token, typeof message.check.since]).toEqual(['string', 'string', 'number']);
    if (message?.kind === 'jobEvent') expect(typeof message.jobId).toBe('string');
    readRunContext({ heavyBatchRun: text });
  }), { numRuns: 2_000 });
});

describe('the check function', () => {
  const [batch, sfn, sqs] = [mockClient(BatchClient), mockClient(SFNClient), mockClient(SQSClient)];

  beforeEach(() => {
    jest.spyOn(console, 'log').mockImplementation();
    Object.assign(process.env, { WATCH_QUEUE_URL: 'https://queue', JOB_QUEUES: 'queue', AWS_REGION: 'us-east-1' });
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
      const { batchItemFailures } = await handler({ Records: bodies.map((text, index) => ({ messageId: `m${index}`, body: text })) } as never);
      for (const { itemIdentifier } of batchItemFailures) {
        const message = readWatchMessage(bodies[Number(itemIdentifier.slice(1))]);
        // An execution that does not exist cannot be described. SQS delivers the message a few times and then moves it to the dead-letter queue.
        expect(message?.kind).toBe('checkRun');
      }
    }), { numRuns: 300 });
  });

  test('answers no run for a job whose parameters do not hold a run', async () => {
    sfn.resetHistory();
    const carried = fc.dictionary(fc.constantFrom('heavyBatchRun', 'heavyBatchToken', 'other'), fc.oneof(fc.string(), textOf(anything)));
    await fc.assert(fc.asyncProperty(carried, async (parameters) => {
      batch.on(DescribeJobsCommand).resolves({ jobs: [{ jobId: 'job-1', status: 'SUCCEEDED', parameters } as never] });
      await handler({ Records: [{ messageId: 'm', body: JSON.stringify({ checkJob: { jobId: 'job-1', token: 't', since: 1 } }) }] } as never);
      expect(sfn.calls()).toHaveLength(0);
    }), { numRuns: 300 });
  });
});
