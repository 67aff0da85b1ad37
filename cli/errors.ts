import { AssemblyError } from '../emulator/assembly/assembly';
import { DefinitionError } from '../emulator/states/definition-checks';
import { UnsupportedError } from '../emulator/unsupported-error';

/** The command line is wrong. The message says what is wrong and what to do. */
export class UsageError extends Error {
  readonly name = 'UsageError';
}

/** The errors whose message says all that a user needs. Any other error is a defect of this program. */
const EXPECTED = [UsageError, AssemblyError, DefinitionError, UnsupportedError];

/** What a user sees of an error. A stack trace is shown only for an unexpected error, and only with `--verbose`. */
export function describeError(error: unknown, isVerbose: boolean): string {
  if (EXPECTED.some((expected) => error instanceof expected)) return `heavy-batch: ${(error as Error).message}`;
  if (isVerbose) return `heavy-batch: unexpected error: ${(error as Error)?.stack ?? String(error)}`;
  const [firstLine] = String(error).split('\n');
  return `heavy-batch: unexpected error: ${firstLine} (run the command again with --verbose to see the stack trace)`;
}
