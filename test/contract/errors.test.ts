import { FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED, RUNS_FAILED, SUBMIT_ERRORS } from '../../src/contract/errors';

// Written out: users catch runs by these names, and the state machine retries none of the reasons.
test('the names of errors are part of the public interface', () => {
  expect([...FAILURE_REASONS].sort()).toEqual([
    'AttemptTimeout', 'Cancelled', 'DiskFull', 'ExitCode', 'FileSystemUnavailable', 'HostLost', 'ImagePull', 'Infrastructure', 'InvalidCommand',
    'OutOfMemory', 'RoleUnavailable', 'SecretUnavailable', 'SpotReclaimed', 'Stuck', 'Unknown',
  ]);
  expect([INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED, RUNS_FAILED]).toEqual(['InvalidInput', 'JobNotFound', 'OrchestrationFailed', 'RunsFailed']);
  expect(SUBMIT_ERRORS).toEqual({ THROTTLED: 'SubmitThrottled', UNCERTAIN: 'SubmitUncertain', REFUSED: 'SubmitRefused' });
});
