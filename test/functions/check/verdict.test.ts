import * as fc from 'fast-check';
import { JudgedJob, nextRoundAfter, verdictOf } from '../../../src/functions/check/verdict';
import { RunContext } from '../../../src/functions/shared/run-context';

const failed = (job: Partial<JudgedJob>): JudgedJob => ({ status: 'FAILED', ...job });

describe('the verdict on a job that failed', () => {
  test.each<[string, JudgedJob, string]>([
    ['its Spot host was reclaimed', failed({ statusReason: 'Host EC2 (instance i-0a1b2c3d) terminated.' }), 'SpotReclaimed'],
    ['its Fargate Spot capacity was reclaimed', failed({ statusReason: 'Your Spot Task was interrupted.' }), 'SpotReclaimed'],
    ['its Fargate task got no network interface', failed({ statusReason: 'Timeout waiting for network interface provisioning to complete.' }), 'Infrastructure'],
    ['its Fargate task could not pull the image', failed({ statusReason: 'CannotPullContainerError: pull image manifest has been retried 7 time(s)' }), 'ImagePull'],
    ['it ran out of memory, exit code 137', failed({ container: { reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 137 } }), 'OutOfMemory'],
    ['it ran out of memory, exit code 2', failed({ container: { reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 2 } }), 'OutOfMemory'],
    ['it ran out of memory, exit code 0', failed({ container: { reason: 'OutOfMemoryError: Container killed due to memory usage', exitCode: 0 } }), 'OutOfMemory'],
    ['its image could not be pulled', failed({ container: { reason: 'CannotPullContainerError: Error response from daemon: manifest unknown' } }), 'ImagePull'],
    ['its image did not fit on the disk', failed({ container: { reason: 'CannotPullContainerError: write /var/lib/docker/tmp/GetImageBlob501781855: no space left on device' } }), 'DiskFull'],
    ['a layer of its image did not fit', failed({ statusReason: 'CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /a: no space left on device' }), 'DiskFull'],
    ['its container did not fit', failed({ container: { reason: 'CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/1: no space left on device' } }), 'DiskFull'],
    ['its own code reports a full disk', failed({ container: { exitCode: 1, reason: 'app: no space left on device' } }), 'ExitCode'],
    ['Docker did not answer after the application had exited 0', failed({ container: { reason: 'DockerTimeoutError: Could not transition to stopped; timed out', exitCode: 0 } }), 'Infrastructure'],
    ['Docker could not be asked', failed({ container: { reason: 'CannotInspectContainerError: Could not transition to stopped' } }), 'Infrastructure'],
    ['Docker could not start it', failed({ container: { reason: 'CannotStartContainerError: no such file' } }), 'Infrastructure'],
    ['a secret could not be read', failed({ statusReason: 'ResourceInitializationError: unable to pull secrets' }), 'Infrastructure'],
    ['its task failed to start', failed({ statusReason: 'Task failed to start' }), 'Infrastructure'],
    ['it ran for too long', failed({ statusReason: 'Job attempt duration exceeded timeout', container: { exitCode: 137 } }), 'AttemptTimeout'],
    ['the queue cancelled it', failed({ statusReason: 'Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT', isCancelled: true }), 'Stuck'],
    ['the check function cancelled it', failed({ statusReason: 'heavy-batch: queued too long (60 s): CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', isTerminated: true }), 'Stuck'],
    ['a person terminated it', failed({ statusReason: 'not needed any more', isTerminated: true, container: { exitCode: 143 } }), 'Cancelled'],
    ['a person cancelled it', failed({ statusReason: 'not needed any more', isCancelled: true }), 'Cancelled'],
    ['it exited with 3', failed({ statusReason: 'Essential container in task exited', container: { exitCode: 3 } }), 'ExitCode'],
    ['it exited with 137 and an unknown reason', failed({ container: { exitCode: 137, reason: 'Stopped by itself' } }), 'ExitCode'],
    ['its last attempt has the exit code', failed({ attempts: [{ container: { exitCode: 1 } }, { container: { exitCode: 3 } }] }), 'ExitCode'],
    ['it was killed without a reason', failed({ container: { exitCode: 137 } }), 'Unknown'],
    ['it exited with 0 and yet failed', failed({ statusReason: 'Essential container in task exited', container: { exitCode: 0 } }), 'Unknown'],
    ['AWS Batch reported no reason', failed({}), 'Unknown'],
    ['its status is not known', { status: 'EVAPORATED' as never, container: { exitCode: 0 } }, 'Unknown'],
    ['it has no status', {} as JudgedJob, 'Unknown'],
  ])('%s', (_, job, reason) => {
    expect(verdictOf(job)).toMatchObject({ status: 'FAILED', reason });
  });

  test('a reason comes before an exit code, and Spot before memory', () => {
    expect(verdictOf(failed({ statusReason: 'Host EC2 (instance i-1) terminated.', container: { reason: 'OutOfMemoryError: x', exitCode: 3 }, isTerminated: true })))
      .toMatchObject({ reason: 'SpotReclaimed' });
  });

  test('a job is SUCCEEDED when Batch says so, and only then', () => {
    const job = fc.record({
      status: fc.oneof(fc.constantFrom('SUCCEEDED', 'FAILED', 'RUNNING'), fc.string()),
      statusReason: fc.string(),
      isTerminated: fc.boolean(),
      container: fc.record({ exitCode: fc.integer(), reason: fc.string() }, { requiredKeys: [] }),
    }, { requiredKeys: [] });
    fc.assert(fc.property(job, (any) => {
      const verdict = verdictOf(any as JudgedJob);
      expect(verdict.status).toBe(any.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED');
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
    ...['DiskFull', 'ImagePull', 'Infrastructure', 'AttemptTimeout', 'Stuck', 'Cancelled', 'ExitCode', 'Unknown'].map((reason): [string, unknown] => [reason, after(reason)]),
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
