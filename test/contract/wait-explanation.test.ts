import { JobStateTimeLimitActionsReason } from 'aws-cdk-lib/aws-batch';
import { explanationOf } from '../../src/contract/wait-explanation';

const UNKNOWN = explanationOf({ status: 'RUNNABLE', reason: 'SOMETHING:NEW', redrives: 0 });

test.each(Object.values(JobStateTimeLimitActionsReason))('%s, which is documented, has an explanation of its own, in sentences', (reason) => {
  const explanation = explanationOf({ status: 'RUNNABLE', reason: `${reason} - more`, redrives: 0 });
  expect(explanation).toMatch(/^[A-Z].+\.$/);
  expect(explanation).not.toBe(UNKNOWN);
});

test('each documented reason has another explanation', () => {
  const reasons = [...Object.values(JobStateTimeLimitActionsReason), 'MISCONFIGURATION:OTHER', 'ACTION_REQUIRED', 'OTHER', undefined];
  expect(new Set(reasons.map((reason) => explanationOf({ status: 'RUNNABLE', reason, redrives: 0 }))).size).toBe(reasons.length);
});

test.each([
  ['MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS', /not configured/], ['ACTION_REQUIRED - CE(s) associated with the job queue are invalid.', /not valid/],
  ['UNDETERMINED - Batch job is blocked', /cannot place the job yet/], ['SOMETHING:NEW', /cannot place the job yet/], [undefined, /no reason/],
])('the reason %s is explained', (reason, explanation) => {
  expect(explanationOf({ status: 'RUNNABLE', reason, redrives: 0 })).toMatch(explanation);
});

test.each([
  ['SUBMITTED', 0, /is being submitted/], ['SUBMITTED', 1, /before the redrive/], ['PENDING', 0, /array job/], ['STARTING', 0, /pulls the image/],
] as const)('a run that is %s and was redriven %d times is explained', (status, redrives, explanation) => {
  expect(explanationOf({ status, redrives })).toMatch(explanation);
});

test.each(['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const)('a run that is %s does not wait', (status) => {
  expect(explanationOf({ status, redrives: 0 })).toBeUndefined();
});
