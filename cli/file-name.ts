import { createHash } from 'node:crypto';

/** Bytes. https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const LONGEST_NAME = 255;

/**
 * The name of a file for a part of a key of S3, which may be anything: `..`, nothing, 1,024 bytes. Different parts have different files. Names are never
 * paths, whatever is in them.
 */
export function fileNameOf(part: string): string {
  const encoded = encodeURIComponent(Buffer.from(part).toString());
  const name = /^\.+$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded === '' ? '%' : encoded;
  if (name.length <= LONGEST_NAME) return name;
  const hash = createHash('sha256').update(part).digest('hex');
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}
