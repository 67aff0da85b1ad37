import * as fs from 'node:fs';

/** Why a file is not read. The message is a part of a sentence. */
export class NotRegularFile extends Error {}

/**
 * Reads a file that another person, or a job, has made. A link is not followed, and a pipe or a device, which might never end, is not read: the file is opened first,
 * so that it cannot become another one in between. https://man7.org/linux/man-pages/man2/open.2.html
 */
export function readRegularFile(file: string, largest: number, follow: 'links' | 'nothing' = 'nothing'): Buffer {
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW = 0 } = fs.constants; // Windows has no O_NOFOLLOW
  const descriptor = fs.openSync(file, O_RDONLY + (O_NONBLOCK ?? 0) + (follow === 'links' ? 0 : O_NOFOLLOW));
  try {
    const stat = fs.fstatSync(descriptor);
    if (!stat.isFile()) throw new NotRegularFile('it is not a file');
    if (stat.size > largest) throw new NotRegularFile(`it has ${stat.size} bytes, and ${largest} are read`);
    return fs.readFileSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
