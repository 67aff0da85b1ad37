import { visible } from './visible-text';
import { AssemblyError } from '../emulator/assembly/assembly';
import { DefinitionError } from '../emulator/states/definition-checks';
import { UnsupportedError } from '../emulator/unsupported-error';

/** The command line is wrong. The message says what is wrong and what to do. */
export class UsageError extends Error {
  readonly name = 'UsageError';
}

/** The errors whose message says all that a user needs. Any other error is a defect of this program, or of the machine. */
const EXPECTED = [UsageError, AssemblyError, DefinitionError, UnsupportedError];

/** What this machine lacks, by the code of the error of the system. */
const LACKS: Record<string, string> = {
  ENOSPC: 'the disk is full; make space in the directory for temporary files, or let TMPDIR name another one',
  EDQUOT: 'your quota of the disk is used up; make space in the directory for temporary files, or let TMPDIR name another one',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENOMEM: 'this machine has no memory left',
};

/** What a user sees of an error. A stack trace is shown only for an unexpected error, and only with `--verbose`. */
export function describeError(error: unknown, isVerbose: boolean): string {
  return visible(`heavy-batch: ${messageOf(error, isVerbose)}`);
}

export function messageOf(error: unknown, isVerbose: boolean): string {
  if (EXPECTED.some((expected) => error instanceof expected)) return (error as Error).message;
  const lack = LACKS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (lack !== undefined && !isVerbose) return lack;
  if (isVerbose) return `unexpected error: ${(error as Error)?.stack ?? String(error)}`;
  const [firstLine] = String(error).split('\n');
  return `unexpected error: ${firstLine} (run the command again with --verbose to see the stack trace)`;
}
