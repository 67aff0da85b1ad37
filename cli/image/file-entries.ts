import * as fs from 'node:fs';

/** What is at a place, without following a link. Undefined when nothing is there, also when one of the directories above is a file. */
export function entryAt(place: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(place);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(fileErrorOf(error)?.code ?? '')) return undefined;
    throw error;
  }
}

export function isDirectoryAt(place: string): boolean {
  return entryAt(place)?.isDirectory() === true;
}

/** The error of a file system. Undefined for any other. */
export function fileErrorOf(error: unknown): NodeJS.ErrnoException | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error ? error as NodeJS.ErrnoException : undefined;
}
