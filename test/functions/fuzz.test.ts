import { BatchClient, DescribeJobsCommand, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { DescribeExecutionCommand, SendTaskFailureCommand, SendTaskHeartbeatCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { handler } from '../../src/functions/check/check.lambda';
import { readRunContext } from '../../src/functions/shared/run-context';
import { readWatchMessage } from '../../src/functions/shared/watch-message';
import { JobSpec, jobRequest, LARGEST_SUBMIT } from '../../src/functions/submit/job-request';
import { InvalidInput, parseRunInput } from '../../src/functions/submit/run-input';

const job: JobSpec = { definition: 'definition:1', queue: 'queue', vcpus: 1, memory: 1024, maxMemory: 4096, queueTimeout: 3600, logGroup: 'log', parameters: ['size'] };

/** Random JSON, in which the words that mean something come up more often than chance would have it. */
const word = fc.oneof(fc.string(), fc.constantFrom(
  'parameters', 'containerOverrides', 'arraySize', 'body', 'isBase64Encoded', 'size', 'vcpus', 'memory', 'environment', 'command', 'constructor', 'toString', '__proto__',
  'look', 'cleanUp', 'jobId', 'token', 'since', 'early', 'execution', 'redrive', 'source', 'aws.batch', 'aws.states', 'detail-type', 'Batch Job State Change',
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
const wordly = fc.oneof(word, anything);
const look = fc.record({ jobId: wordly, token: wordly, since: fc.oneof(fc.double(), anything), early: anything }, { requiredKeys: [] });
const lookLike = fc.record({ look: fc.oneof(anything, look) });
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

test('what is an input makes a job that Batch takes, or an InvalidInput', () => {
  const long = fc.nat({ max: 40_000 }).map((length) => 'ü'.repeat(length));
  fc.assert(fc.property(long, long, fc.nat({ max: 700 }), (parameter, variable, token) => {
    const input = parseRunInput({ parameters: { size: parameter }, containerOverrides: { environment: { A: variable } } }, job);
    try {
      const { submission: request } = jobRequest({ job, execution: { Id: 'arn', Input: {}, RedriveCount: 0 }, retryCount: 0, token: 't'.repeat(token) }, input);
      expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThanOrEqual(LARGEST_SUBMIT);
      expect(JSON.stringify(request.containerOverrides).length).toBeLessThanOrEqual(8_192);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
    }
  }), { numRuns: 200 });
});

test('any text is a message or none, and what a job carries is a run or none', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), textOf(anything), textOf(jobEventLike), textOf(lookLike)), (text) => {
    const message = readWatchMessage(text);
    if (message?.kind === 'look') expect([typeof message.look.jobId, typeof message.look.token, typeof message.look.since]).toEqual(['string', 'string', 'number']);
    if (message?.kind === 'jobEvent') expect(typeof message.jobId).toBe('string');
    readRunContext({ heavyBatchRun: text });
  }), { numRuns: 2_000 });
});

describe('the watch function', () => {
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

  test('lives through any messages about any job, and hands back none that it cannot read', async () => {
    const body = fc.oneof(fc.string(), fc.oneof(anything, jobEventLike, lookLike).map((json) => JSON.stringify(json)));
    await fc.assert(fc.asyncProperty(fc.array(body, { maxLength: 8 }), anything, async (bodies, job1) => {
      const described = typeof job1 === 'object' && job1 !== null ? job1 : {};
      batch.on(DescribeJobsCommand).callsFake(({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => ({ ...described, jobId })) }));
      const { batchItemFailures } = await handler({ Records: bodies.map((text, index) => ({ messageId: `m${index}`, body: text })) } as never);
      for (const { itemIdentifier } of batchItemFailures) {
        const message = readWatchMessage(bodies[Number(itemIdentifier.slice(1))]);
        // An execution that is not there cannot be asked about: SQS brings the message a few times, and then puts it aside.
        expect(message?.kind).toBe('check');
      }
    }), { numRuns: 300 });
  });

  test('never sends a job\'s own parameters back wrongly read: a job without a run is nobody\'s', async () => {
    sfn.resetHistory();
    const carried = fc.dictionary(fc.constantFrom('heavyBatchRun', 'heavyBatchToken', 'other'), fc.oneof(fc.string(), textOf(anything)));
    await fc.assert(fc.asyncProperty(carried, async (parameters) => {
      batch.on(DescribeJobsCommand).resolves({ jobs: [{ jobId: 'job-1', status: 'SUCCEEDED', parameters } as never] });
      await handler({ Records: [{ messageId: 'm', body: JSON.stringify({ look: { jobId: 'job-1', token: 't', since: 1 } }) }] } as never);
      expect(sfn.calls()).toHaveLength(0);
    }), { numRuns: 300 });
  });
});
