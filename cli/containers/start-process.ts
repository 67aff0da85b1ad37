import { ChildProcessByStdio, spawn, SpawnOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ContainerStartError } from '../../emulator/services/batch/containers';

/** Starts a process whose output is read. Some errors reach the `error` event, and others, such as a NUL in a word, are thrown at once. */
export function startProcess(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcessByStdio<null, Readable, Readable> {
  try {
    return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }) as ChildProcessByStdio<null, Readable, Readable>;
  } catch (error) {
    throw new ContainerStartError(`CannotStartContainerError: ${(error as Error).message}`);
  }
}
