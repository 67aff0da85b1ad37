import { ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ContainerStartError } from '../../emulator/services/batch/containers';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly detached?: boolean;
}

/** Starts a process whose output is read. Some errors reach the `error` event, and others, such as a NUL in a word, are thrown at once. */
export function startProcess(program: string, args: readonly string[], options: ProcessOptions = {}): ChildProcessByStdio<null, Readable, Readable> {
  try {
    return spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new ContainerStartError(`CannotStartContainerError: ${(error as Error).message}`);
  }
}
