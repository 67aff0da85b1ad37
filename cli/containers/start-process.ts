import { ChildProcess, spawn, SpawnOptions } from 'node:child_process';
import { ContainerStartError } from '../../emulator/services/batch/containers';

/** Starts a process. Some errors reach the `error` event, and others, such as a NUL in a word, are thrown at once. */
export function startProcess(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  try {
    return spawn(program, args, options);
  } catch (error) {
    throw new ContainerStartError(`CannotStartContainerError: ${(error as Error).message}`);
  }
}
