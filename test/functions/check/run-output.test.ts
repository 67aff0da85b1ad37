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
