import type { JobDetail } from '@aws-sdk/client-batch';
import { EndedJob } from '../../../src/functions/check/node-outcome';
import { runOutput } from '../../../src/functions/check/run-output';
import type { RunContext } from '../../../src/functions/shared/run-context';

const context: RunContext = { execution: 'arn', redrive: 0, round: 1, vcpus: 1, memory: 1024, queue: 'queue', queueTimeout: 60, logGroup: 'log', earlier: [] };
const output = (job: Partial<EndedJob>) => runOutput({ jobId: 'job-1', jobName: 'hb-1', status: 'FAILED', ...job } as EndedJob, context, { verdict: { status: 'FAILED', reason: 'Unknown', message: '' } }, 'eu-west-1');
const attempt = (logStreamName: string, startedAt?: number) => ({ startedAt, stoppedAt: 9, container: { logStreamName, taskArn: logStreamName } });

describe('the log of a run', () => {
  const NO_HINT = /^null$/;

  test.each<[string, Partial<JobDetail>, string[], RegExp]>([
    ['is that of each attempt', { attempts: [attempt('a', 1), attempt('b', 2)], container: { logStreamName: 'b' } }, ['a', 'b'], NO_HINT],
    ['has no stream of an attempt that did not start, though Batch names one', { attempts: [attempt('a')], container: { logStreamName: 'a' } }, [], /^no container started, so there is no log/],
    ['is that of the attempts that started', { attempts: [attempt('a', 1), attempt('b')], container: { logStreamName: 'b' } }, ['a'], /last attempt did not start/],
    ['does not exist without an attempt', { attempts: [] }, [], /^no container started, so there is no log/],
    ['is elsewhere when Batch names no stream of a container that started', { attempts: [{ startedAt: 1, container: { taskArn: 'a' } }] }, [], /^AWS Batch names no log stream: the log driver/],
    ['is that of the job when Batch lists no attempts', { startedAt: 1, container: { logStreamName: 'a' } }, ['a'], NO_HINT],
    ['is also that of an attempt that never ended', { attempts: [attempt('a', 1)], startedAt: 20, container: { logStreamName: 'b' } }, ['a', 'b'], NO_HINT],
    ['is at the children of an array job', { attempts: [], arrayProperties: { size: 2 } }, [], /^each child has a log stream of its own: aws batch describe-jobs --jobs job-1:0/],
  ])('%s', (_, job, logStreams, hint) => {
    const { logsUrl, logsHint, ...rest } = output(job);
    expect(rest.logStreams).toEqual(logStreams);
    expect(/log-events\/(\w+)$/.exec(logsUrl ?? '')?.[1]).toBe(logStreams.at(-1));
    expect(String(logsHint)).toMatch(hint);
  });

  test('ends with the log of the node that failed first', () => {
    const failedWorker = { jobId: 'job-1#1', attempts: [attempt('earlier', 1), attempt('worker', 2)] } as EndedJob;
    expect(output({ attempts: [attempt('main', 1)], failedWorker })).toMatchObject({ logStreams: ['main', 'worker'], logsUrl: expect.stringMatching(/log-events\/worker$/) });
  });
});

test('the exit code is that of the last attempt, and not one that an earlier attempt left at the job', () => {
  const attempts = [{ container: { exitCode: 3, taskArn: '1' } }, { container: { taskArn: '2' } }];
  expect(output({ attempts, container: { exitCode: 3, taskArn: '1' } }).exitCode).toBeNull();
  expect(output({ attempts, container: { exitCode: 4, taskArn: '2' } }).exitCode).toBe(4);
});

describe('the output of a run', () => {
  const EARLIER = { jobId: 'job-0', reason: 'OutOfMemory', memory: 512, queue: 'queue', attempts: 3 } as const;
  const whole = (more: Partial<EndedJob>, ofRun: Partial<RunContext> = {}, findings: object = { verdict: { status: 'SUCCEEDED' } }, region = 'eu-west-1') => runOutput(
    { jobId: 'job-1', jobName: 'hb-1', status: 'SUCCEEDED', ...more } as EndedJob,
    { ...context, execution: 'arn:aws:states:eu-west-1:123456789012:execution:Sort:run-1', logGroup: '/log group', ...ofRun },
    findings as never,
    region,
  );

  test('says all that is known of a run that succeeded', () => {
    const ended = { createdAt: 1_000, startedAt: 61_040, stoppedAt: 62_500, attempts: [attempt('a/b', 61_040)], container: { exitCode: 0, logStreamName: 'a/b', taskArn: 'a/b' } };
    const found = { verdict: { status: 'SUCCEEDED' }, result: { result: { sum: 1 }, resultUri: 's3://b/k' } };
    expect(whole(ended, { round: 2, earlier: [EARLIER], vcpus: 4, memory: 2048 }, found)).toEqual({
      runId: 'run-1',
      jobId: 'job-1',
      jobName: 'hb-1',
      status: 'SUCCEEDED',
      exitCode: 0,
      attempts: 4,
      rounds: 2,
      reason: null,
      message: null,
      submittedAt: '1970-01-01T00:00:01.000Z',
      startedAt: '1970-01-01T00:01:01.040Z',
      stoppedAt: '1970-01-01T00:01:02.500Z',
      queuedSeconds: 60,
      ranSeconds: 1.5,
      logGroup: '/log group',
      logStreams: ['a/b'],
      logsUrl: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Flog$2520group/log-events/a$252Fb',
      logsHint: null,
      vcpus: 4,
      memory: 2048,
      earlierRounds: [{ jobId: 'job-0', reason: 'OutOfMemory', memory: 512 }],
      result: { sum: 1 },
      resultUri: 's3://b/k',
    });
  });

  test('has the reason and the message of a failure, and no time that is not known', () => {
    expect(whole({ status: 'FAILED' }, {}, { verdict: { status: 'FAILED', reason: 'Stuck', message: 'why' } })).toMatchObject({
      status: 'FAILED', exitCode: null, attempts: 0, reason: 'Stuck', message: 'why', submittedAt: null, startedAt: null, stoppedAt: null, queuedSeconds: null, ranSeconds: null, result: null, resultUri: null,
    });
    expect(whole({ createdAt: 1_000 })).toMatchObject({ submittedAt: '1970-01-01T00:00:01.000Z', queuedSeconds: null, ranSeconds: null });
    expect(whole({ startedAt: 1_000, stoppedAt: 3_000 })).toMatchObject({ queuedSeconds: null, ranSeconds: 2 });
  });

  test('has a link to the console of its partition', () => {
    const ended = { attempts: [attempt('a', 1)] };
    expect(whole(ended, {}, undefined, 'cn-north-1').logsUrl).toMatch(/^https:\/\/cn-north-1\.console\.amazonaws\.cn\/cloudwatch\/home\?region=cn-north-1#/);
    expect(whole(ended, {}, undefined, 'us-east-1').logsUrl).toMatch(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudwatch\//);
  });

  test('names the nodes of a multi-node job, the children of an array job, and nothing of either else', () => {
    expect(whole({ nodeProperties: { numNodes: 4, mainNode: 1 } as never }).nodes).toEqual({ count: 4, main: 1 });
    expect(whole({ nodeProperties: { numNodes: 4 } as never }).nodes).toEqual({ count: 4, main: 0 });
    const array = { size: 2, children: { FAILED: 2 }, firstFailed: [] };
    expect(whole({}, {}, { verdict: { status: 'SUCCEEDED' }, array }).array).toEqual(array);
    for (const field of ['nodes', 'array', 'resultError']) expect(whole({})).not.toHaveProperty(field);
  });
});
