import * as path from 'node:path';

/** Whether a path is a directory, or something below it. Both are absolute, and no link in them is followed. */
export function isWithin(directory: string, place: string): boolean {
  return place === directory || place.startsWith(path.join(directory, path.sep));
}
