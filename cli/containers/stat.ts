import * as fs from 'node:fs';

/** What a file is, its links followed. Undefined where there is none, and where we may not look. */
export function statOf(file: string): fs.Stats | undefined {
  return attempt(() => fs.statSync(file));
}

/** What a file is, or that it is a link. */
export function linkStatOf(file: string): fs.Stats | undefined {
  return attempt(() => fs.lstatSync(file));
}

export function isDirectory(file: string): boolean {
  return statOf(file)?.isDirectory() === true;
}

/** Whether it is a file that we may execute. Root may when any user may. */
export function isExecutable(file: string): boolean {
  return statOf(file)?.isFile() === true && isAllowed(file, fs.constants.X_OK);
}

export function isReadable(file: string): boolean {
  return isAllowed(file, fs.constants.R_OK);
}

function isAllowed(file: string, mode: number): boolean {
  return attempt(() => fs.accessSync(file, mode) ?? true) === true;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
