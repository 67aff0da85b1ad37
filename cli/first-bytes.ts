import * as fs from 'node:fs';

/** The first bytes of a file: fewer where it is shorter. */
export function firstBytes(file: string, length: number): Buffer {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, fs.readSync(descriptor, buffer));
  } finally {
    fs.closeSync(descriptor);
  }
}
