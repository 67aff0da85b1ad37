import { DockerfileError } from './dockerfile-words';
import { fileErrorOf } from './file-entries';
import { NotRegularFile, readRegularFile } from '../../emulator/regular-file';

/** Bytes. A Dockerfile of people has some hundred lines. */
const LARGEST_TEXT = 4 * 1024 * 1024;

/** Reads a Dockerfile, or a .dockerignore. */
export function readText(file: string): string {
  try {
    return readRegularFile(file, LARGEST_TEXT, 'links').toString('utf8');
  } catch (error) {
    if (error instanceof NotRegularFile || fileErrorOf(error)) throw new DockerfileError(`it cannot be read: ${(error as Error).message}`);
    throw error;
  }
}
