import * as path from 'node:path';
import type { ContainerView } from './container-view';
import { isDirectory, isExecutable, isReadable } from './stat';
import { firstBytes } from '../first-bytes';

/** Why a command cannot be executed, in the words of the container runtime. */
export class CannotExecute extends Error {
  /**
   * @param missing the file that the container does not have
   * @param hasStarted whether the runtime notices it only when it has started the container, and hands it over to the kernel
   */
  constructor(message: string, readonly missing?: string, readonly hasStarted = false) {
    super(message);
  }
}

export interface Command {
  readonly words: readonly string[];
  readonly path: string;
  readonly workingDirectory: string;
}

/**
 * The program that a command starts: a path, in the container. Throws `CannotExecute` where the kernel would refuse it. The check is
 * needed: a shell, and the function of the C library that Node.js calls, run a text without `#!` as a script, and the kernel does not.
 * The words are those of runc: https://github.com/opencontainers/runc/blob/main/libcontainer/standard_init_linux.go
 */
export function programOf({ words: [name], path: directories, workingDirectory }: Command, view: ContainerView): string {
  const refuse = (reason: string, missing?: string): never => { throw new CannotExecute(`exec: ${JSON.stringify(name)}: ${reason}`, missing); };
  const inDirectories = () => directories.split(':').map((directory) => path.posix.resolve(workingDirectory, directory || '.', name)).find((file) => isProgram(view.find(file)));
  const file = name.includes('/') ? path.posix.resolve(workingDirectory, name) : inDirectories() ?? refuse('executable file not found in $PATH', name);
  const source = view.find(file) ?? refuse(`stat ${file}: no such file or directory`, file);
  if (isDirectory(source)) refuse('is a directory');
  if (!isProgram(source)) refuse('permission denied');
  const interpreter = interpreterOf(source);
  const program = name.includes('/') ? name : file;
  if (interpreter === undefined) throw new CannotExecute(`exec ${program}: exec format error`, undefined, true);
  if (interpreter && !view.find(interpreter)) throw new CannotExecute(`exec ${program}: no such file or directory`, interpreter, true);
  return program;
}

function isProgram(source: string | undefined): boolean {
  return source !== undefined && isExecutable(source);
}

/** The interpreter of a script; an empty text for a binary program; undefined for a text without `#!`. */
function interpreterOf(source: string): string | undefined {
  if (!isReadable(source)) return ''; // the kernel would not let the interpreter of a script read it either
  const beginning = firstBytes(source, 256);
  if (beginning.subarray(0, 2).toString() === '#!') return beginning.toString('latin1').slice(2).trim().split(/\s/)[0];
  // Any format of this machine has bytes that no text has: ELF, Mach-O.
  return beginning.length > 0 && beginning.some((byte) => byte === 0) ? '' : undefined;
}
