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

test.each<[string, object, boolean]>([
  ['*', {}, true],
  ['*', { reason: 'x' }, true],
  ['x', { reason: 'X' }, true],
  ['x', { reason: 'xy' }, false],
  ['x*', { reason: 'xy' }, true],
  ['*y', { reason: 'xy' }, false],
  ['X*', { reason: 'x' }, true],
])('a reason like %j matches an attempt that ended with %j: %s', (onReason, end, isMatch) => {
  expect(isRetried([{ action: 'EXIT', onReason }], end)).toBe(!isMatch);
});

test.each<[object, boolean]>([
  [{ exitCode: 0 }, true],
  [{ exitCode: 10 }, false],
  [{}, false],
])('the exit code 0 is that of an attempt that ended with %j: %s', (end, isMatch) => {
  expect(isRetried([{ action: 'EXIT', onExitCode: '0' }], end)).toBe(!isMatch);
});

test('the first rule that matches decides', () => {
  const rules = [{ action: 'RETRY', onStatusReason: 'a*' }, { action: 'EXIT', onStatusReason: '*' }];
  expect([isRetried(rules, { statusReason: 'ab' }), isRetried([...rules].reverse(), { statusReason: 'ab' })]).toEqual([true, false]);
});

test('an attempt that no rule matches is retried', () => {
  expect(isRetried([{ action: 'EXIT', onExitCode: '1' }], { exitCode: 2 })).toBe(true);
  expect(isRetried([], {})).toBe(true);
});
