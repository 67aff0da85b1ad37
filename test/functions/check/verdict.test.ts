import * as fc from 'fast-check';
import { FAILURE_REASONS } from '../../../src/contract/errors';
import { Capacity, JudgedJob, nextRoundAfter, verdictOf } from '../../../src/functions/check/verdict';
import { RunContext } from '../../../src/functions/shared/run-context';
import { FAILURE_EXAMPLES } from '../../contract/failure-examples';

const failed = (job: Partial<JudgedJob>): JudgedJob => ({ status: 'FAILED', ...job });
const onDemand: Capacity = { spot: false, queue: 'queue' };
const verdict = (job: JudgedJob, capacity: Capacity = onDemand) => verdictOf(job, capacity);
const OUT_OF_MEMORY = { reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 137 };
const HOST_LOST = 'Host EC2 (instance i-0a1b2c3d) terminated.';
const EXITED = 'Essential container in task exited';

describe('the verdict on a job that failed', () => {
  test.each(FAILURE_EXAMPLES)('goes by the family of its last attempt: $statusReason; $reason', ({ statusReason, reason, exitCode, means }) => {
    const attempt = { statusReason, container: { reason, exitCode } };
    expect(verdict(failed({ statusReason, container: { reason, exitCode }, attempts: [attempt] }))).toMatchObject({ status: 'FAILED', reason: means });
    expect(verdict(failed({ attempts: [{ statusReason: EXITED, container: { exitCode: 1 } }, attempt] }))).toMatchObject({ reason: means });
  });

  test.each(FAILURE_EXAMPLES.filter(({ statusReason, reason }) => reason && statusReason !== EXITED))('has both texts in its message: $statusReason; $reason', ({ statusReason, reason = '' }) => {
    const { message } = verdict(failed({ statusReason, container: { reason } })) as { message: string };
    expect(message).toContain(statusReason);
    expect(message).toContain(reason);
  });

  test.each<[string, JudgedJob, string, string?]>([
    ['it ran for too long', failed({ statusReason: 'Job attempt duration exceeded timeout', container: { exitCode: 137 } }), 'AttemptTimeout'],
    ['the queue cancelled it', failed({ statusReason: 'Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', isCancelled: true }), 'Stuck'],
    ['it was queued too long', failed({ statusReason: 'heavy-batch: queued too long (60 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', isTerminated: true }), 'Stuck'],
    ['it was starting too long', failed({ statusReason: 'heavy-batch: starting too long (60 s): the agent is gone', isTerminated: true }), 'Stuck'],
    ['it was running too long', failed({ statusReason: 'heavy-batch: running too long (60 s): the agent is gone', isTerminated: true }), 'AttemptTimeout'],
    ['a person terminated it', failed({ statusReason: 'not needed any more', isTerminated: true, container: { exitCode: 143 } }), 'Cancelled', 'not needed any more'],
    ['a person cancelled it', failed({ statusReason: 'not needed any more', isCancelled: true }), 'Cancelled', 'not needed any more'],
    ['a person terminated it without a word', failed({ isTerminated: true, attempts: [{ statusReason: EXITED }] }), 'Cancelled', 'the job was terminated, and AWS Batch reports no reason'],
    ['it exited with 3', failed({ statusReason: EXITED, container: { exitCode: 3 } }), 'ExitCode', 'the container exited with 3'],
    ['a shell did not find its command', failed({ statusReason: EXITED, container: { exitCode: 127 } }), 'ExitCode', 'the container exited with 127 (a shell did not find the command)'],
    ['a shell could not execute its command', failed({ statusReason: EXITED, container: { exitCode: 126 } }), 'ExitCode', 'the container exited with 126 (a shell could not execute the command)'],
    ['it exited with 137 and an unknown reason', failed({ container: { exitCode: 137, reason: 'Stopped by itself' } }), 'ExitCode', 'the container exited with 137: Stopped by itself'],
    ['its own code reports a full disk', failed({ container: { exitCode: 1, reason: 'app: no space left on device' } }), 'ExitCode'],
    ['its last attempt has the exit code', failed({ attempts: [{ container: { exitCode: 1 } }, { container: { exitCode: 3 } }] }), 'ExitCode', 'the container exited with 3'],
    ['it exited with 1 after a pull that failed, with the image that the instance had', failed({ statusReason: EXITED, container: { exitCode: 1, reason: 'CannotPullContainerError: context canceled' } }), 'ExitCode', 'the container exited with 1: CannotPullContainerError: context canceled'],
    ['it was killed after a pull that failed', failed({ container: { exitCode: 137, reason: 'DockerTimeoutError: Could not transition to MANIFEST_PULLED; timed out after waiting 1m0s' } }), 'Unknown'],
    ['it was killed without a reason', failed({ container: { exitCode: 137 } }), 'Unknown', 'the container was killed (exit code 137), and AWS Batch reported no reason. It may have run out of memory'],
    ['it exited with 0 and yet failed', failed({ statusReason: EXITED, container: { exitCode: 0 } }), 'Unknown', EXITED],
    ['nobody knows its texts', failed({ statusReason: 'A', container: { reason: 'B' } }), 'Unknown', 'A; B'],
    ['its overrides were too long', failed({ statusReason: 'Container Overrides length must be at most 8192' }), 'Unknown', 'Container Overrides length must be at most 8192'],
    ['its last attempt is not listed', failed({ statusReason: 'CgroupError: Agent could not create', attempts: [{ statusReason: EXITED, container: OUT_OF_MEMORY }] }), 'Infrastructure'],
    ['the job shows the reason of its only attempt', failed({ statusReason: EXITED, container: OUT_OF_MEMORY, attempts: [{ container: { exitCode: 137 } }] }), 'OutOfMemory'],
    ['only the attempt says why', failed({ statusReason: EXITED, attempts: [{ statusReason: HOST_LOST, container: { exitCode: 143 } }] }), 'HostLost', HOST_LOST],
    ['its status reason is empty', failed({ statusReason: '', attempts: [{ statusReason: HOST_LOST }] }), 'HostLost', HOST_LOST],
    ['AWS Batch reported no reason', failed({}), 'Unknown', 'AWS Batch reported no reason'],
    ['its status is not known', { status: 'EVAPORATED' as never, container: { exitCode: 0 } }, 'Unknown', 'AWS Batch reports the status EVAPORATED, which this version does not know'],
    ['it has no status', {} as JudgedJob, 'Unknown'],
  ])('because %s', (_, job, reason, message = expect.any(String)) => {
    expect(verdict(job)).toEqual({ status: 'FAILED', reason, message });
  });

  test.each<[string, Partial<JudgedJob>, string]>([
    ['a person terminated it', { statusReason: 'stop', isTerminated: true }, 'Cancelled'],
    ['its attempt timed out', { statusReason: 'Job attempt duration exceeded timeout' }, 'AttemptTimeout'],
    ['its queue cancelled it', { statusReason: 'Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY' }, 'Stuck'],
  ])('is what Batch says of the whole job, whatever its container left behind: %s', (_, said, reason) => {
    for (const container of [OUT_OF_MEMORY, { reason: 'DockerTimeoutError: Could not transition to stopped; timed out after waiting 2m30s' }, { exitCode: 137 }]) {
      const attempts = [{ statusReason: HOST_LOST, container }];
      expect(verdict(failed({ ...said, container, attempts }))).toEqual({ status: 'FAILED', reason, message: said.statusReason });
    }
  });

  test('does not depend on what an earlier attempt left behind', () => {
    const earlier = { statusReason: EXITED, container: { ...OUT_OF_MEMORY, taskArn: 'task/1', logStreamName: 'run/1' } };
    const job = failed({ statusReason: "CgroupError: Agent could not create task's platform resources", container: earlier.container });
    expect(verdict({ ...job, attempts: [earlier, { statusReason: job.statusReason }] })).toEqual({ status: 'FAILED', reason: 'Infrastructure', message: job.statusReason });
    expect(verdict({ ...job, statusReason: EXITED, attempts: [earlier, { container: { exitCode: 3, taskArn: 'task/2', logStreamName: 'run/2' } }] })).toMatchObject({ reason: 'ExitCode' });
  });

  test.each(['taskArn', 'logStreamName'])('goes by the container that Batch shows at the job when it has the %s of the last attempt', (id) => {
    const attempts = [{ container: { [id]: '1', exitCode: 3 } }, { container: { [id]: '2' } }];
    expect(verdict(failed({ container: { ...OUT_OF_MEMORY, [id]: '2' }, attempts }))).toMatchObject({ reason: 'OutOfMemory' });
    expect(verdict(failed({ container: { ...OUT_OF_MEMORY, [id]: '1' }, attempts }))).toMatchObject({ reason: 'Unknown' });
  });

  test.each<[string, Capacity, string]>([
    ['on a Spot queue', { spot: true, queue: 'a' }, 'SpotReclaimed'],
    ['on a Spot queue with a fallback', { spot: true, queue: 'a', onDemandQueue: 'b' }, 'SpotReclaimed'],
    ['on an on-demand queue', { spot: false, queue: 'a' }, 'HostLost'],
    ['on the on-demand queue after a reclaim', { queue: 'b', onDemandQueue: 'b' }, 'HostLost'],
    ['on a queue of which only the fallback is known', { queue: 'a', onDemandQueue: 'b' }, 'SpotReclaimed'],
    ['on a queue of which nothing is known', { queue: 'a' }, 'HostLost'],
  ])('after a lost host %s', (_, capacity, reason) => {
    expect(verdict(failed({ statusReason: HOST_LOST }), capacity)).toMatchObject({ reason, message: HOST_LOST });
  });

  test('on Fargate Spot needs no knowledge of the queue', () => {
    expect(verdict(failed({ statusReason: 'Your Spot Task was interrupted.' }), onDemand)).toMatchObject({ reason: 'SpotReclaimed' });
  });

  test('a job is SUCCEEDED when Batch says so, and only then', () => {
    const job = fc.record({
      status: fc.oneof(fc.constantFrom('SUCCEEDED', 'FAILED', 'RUNNING'), fc.string()),
      statusReason: fc.string(),
      isTerminated: fc.boolean(),
      container: fc.record({ exitCode: fc.integer(), reason: fc.string() }, { requiredKeys: [] }),
    }, { requiredKeys: [] });
    fc.assert(fc.property(job, (any) => {
      expect(verdict(any as JudgedJob).status).toBe(any.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED');
    }));
  });
});

describe('the next round', () => {
  const context: RunContext = {
    execution: 'arn', redrive: 0, round: 1, vcpus: 1, memory: 1000, maxMemory: 3000, queue: 'spot', onDemandQueue: 'on-demand', queueTimeout: 60, logGroup: 'log', earlier: [],
  };
  const job = { jobId: 'j1', attempts: 3 };
  const after = (reason: any, more: Partial<RunContext> = {}) => nextRoundAfter({ status: 'FAILED', reason, message: '' }, { ...context, ...more }, job);

  test('after a Spot reclaim runs on demand, with the same memory', () => {
    expect(after('SpotReclaimed')).toEqual({
      round: 2, memory: 1000, queue: 'on-demand', earlier: [{ jobId: 'j1', reason: 'SpotReclaimed', memory: 1000, queue: 'spot', attempts: 3 }],
    });
  });

  test('after a lack of memory has twice as much, up to maxMemory', () => {
    expect(after('OutOfMemory')?.memory).toBe(2000);
    expect(after('OutOfMemory', { memory: 2000 })?.memory).toBe(3000);
    expect(after('OutOfMemory')?.queue).toBe('spot');
  });

  test('on Fargate has an amount of memory that Fargate has for its vCPUs', () => {
    expect(after('OutOfMemory', { fargate: true, vcpus: 8, memory: 20_480, maxMemory: 61_440 })?.memory).toBe(40_960);
    expect(after('OutOfMemory', { fargate: true, memory: 5120, maxMemory: 8192 })?.memory).toBe(8192);
  });

  test.each<[string, unknown]>([
    ['a lack of memory when Fargate has no more for its vCPUs', after('OutOfMemory', { fargate: true, memory: 8192, maxMemory: 16_384 })],
    ['a Spot reclaim without an on-demand queue', after('SpotReclaimed', { onDemandQueue: undefined })],
    ['a reclaim on the on-demand queue', after('SpotReclaimed', { queue: 'on-demand' })],
    ['a lack of memory at maxMemory', after('OutOfMemory', { memory: 3000 })],
    ['a lack of memory without maxMemory', after('OutOfMemory', { maxMemory: undefined })],
    ...FAILURE_REASONS.filter((reason) => reason !== 'SpotReclaimed' && reason !== 'OutOfMemory').map((reason): [string, unknown] => [reason, after(reason)]),
  ])('does not exist after %s', (_, round) => {
    expect(round).toBeUndefined();
  });

  test('does not exist after a success', () => {
    expect(nextRoundAfter({ status: 'SUCCEEDED' }, context, job)).toBeUndefined();
  });

  test('ends a sequence of any rounds', () => {
    fc.assert(fc.property(fc.infiniteStream(fc.constantFrom('SpotReclaimed', 'OutOfMemory')), fc.integer({ min: 4, max: 500_000 }), (reasons, memory) => {
      let now: RunContext = { ...context, memory, maxMemory: 1_000_000 };
      for (const reason of reasons) {
        const next = nextRoundAfter({ status: 'FAILED', reason: reason as never, message: '' }, now, job);
        if (!next) return;
        expect(next.round).toBe(now.round + 1);
        expect(next.round).toBeLessThanOrEqual(21); // 4 MiB doubles 18 times to 1,000,000 MiB, and there is one fallback
        now = { ...now, ...next };
      }
    }));
  });
});
