import { isRetried } from '../../../../emulator/services/batch/retry-strategy';

const RULES = [
  { action: 'RETRY', onStatusReason: 'Host EC2*' },
  { action: 'retry', onReason: 'Cannot*', onExitCode: '1*' },
  { action: 'EXIT', onReason: '*' },
];

test.each<[string, object, boolean]>([
  ['a reclaimed host', { statusReason: 'Host EC2 (instance i-1) terminated.' }, true],
  ['another case', { statusReason: 'host ec2 (instance i-1) terminated.' }, true],
  ['all conditions of a rule', { exitCode: 125, reason: 'CannotStartContainerError: x' }, true],
  ['one condition of a rule', { exitCode: 2, reason: 'CannotStartContainerError: x' }, false],
  ['nothing at all', {}, false],
])('%s', (_, end, expected) => {
  expect(isRetried(RULES, end)).toBe(expected);
});

test('what no rule matches is retried', () => {
  expect(isRetried([{ action: 'EXIT', onExitCode: '1' }], { exitCode: 2 })).toBe(true);
  expect(isRetried([], {})).toBe(true);
});
