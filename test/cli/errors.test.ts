import { describeError, UsageError } from '../../cli/errors';
import { AssemblyError } from '../../emulator/assembly/assembly';
import { DefinitionError } from '../../emulator/states/definition-checks';
import { UnsupportedError } from '../../emulator/unsupported-error';

test.each([UsageError, AssemblyError, DefinitionError, UnsupportedError])('the user sees the message of an expected error, and nothing else: %p', (ErrorClass) => {
  for (const isVerbose of [false, true]) expect(describeError(new ErrorClass('this is wrong'), isVerbose)).toBe('heavy-batch: this is wrong');
});

test('the user sees one line about an unexpected error, which names the option that shows more', () => {
  expect(describeError(new TypeError('broken\nin two lines'), false))
    .toBe('heavy-batch: unexpected error: TypeError: broken (run the command again with --verbose to see the stack trace)');
});

test('with --verbose, the user sees the stack trace of an unexpected error', () => {
  expect(describeError(new TypeError('broken'), true)).toMatch(/^heavy-batch: unexpected error: TypeError: broken\n +at .*errors\.test\.ts/);
  expect(describeError('text', true)).toBe('heavy-batch: unexpected error: text');
});
