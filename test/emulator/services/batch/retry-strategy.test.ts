import { isRetried } from '../../../../emulator/services/batch/retry-strategy';

const RULES = [
  { action: 'RETRY', onStatusReason: 'Host EC2*' },
  { action: 'retry', onReason: 'Cannot*', onExitCode: '1*' },
  { action: 'EXIT', onReason: '*' },
];

test.each<[string, object, boolean]>([
  ['when a rule matches', { statusReason: 'Host EC2 (instance i-1) terminated.' }, true],
  ['when a rule matches in another case', { statusReason: 'host ec2 (instance i-1) terminated.' }, true],
  ['when all conditions of a rule match', { exitCode: 125, reason: 'CannotStartContainerError: x' }, true],
  ['when only one condition of a rule matches', { exitCode: 2, reason: 'CannotStartContainerError: x' }, false],
  ['without any reason', {}, false],
])('an attempt that ended %s: retried is %s', (_, end, expected) => {
  expect(isRetried(RULES, end)).toBe(expected);
});

test('an attempt that no rule matches is retried', () => {
  expect(isRetried([{ action: 'EXIT', onExitCode: '1' }], { exitCode: 2 })).toBe(true);
  expect(isRetried([], {})).toBe(true);
});
