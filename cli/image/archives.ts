/** Local archives, which ADD unpacks. https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { firstBytes } from '../first-bytes';

export interface Unpacked {
  /** What was in the archive. Undefined for a file that is not an archive. */
  readonly directory?: string;
  /** Why an archive is not unpacked. */
  readonly reason?: string;
}

/** How `tar` decompresses what begins with these bytes: gzip, bzip2, xz, Zstandard. */
const DECOMPRESSIONS: Readonly<Record<string, string>> = { '1f8b': '-z', '425a68': '-j', 'fd377a585a00': '-J', '28b52ffd': '--zstd' };

/** An engine knows an archive by its content, not by its name. It is unpacked into an empty directory: links in it then lead nowhere. */
export function unpack(file: string, temporary: () => string): Unpacked {
  const head = firstBytes(file, 512);
  const start = head.toString('hex');
  const [, decompression] = Object.entries(DECOMPRESSIONS).find(([magic]) => start.startsWith(magic)) ?? [];
  if (decompression === undefined && !hasChecksum(head)) return {};
  const directory = temporary();
  const { error, status, stderr } = tar(['-x', '-p', ...decompression === undefined ? [] : [decompression], '-f', '-', '-C', directory], file);
  if (error) return { reason: `an archive cannot be unpacked: ${error.message}` };
  if (fs.readdirSync(directory).length === 0) return {}; // compressed, but no archive
  return status === 0 ? { directory } : { reason: `an archive cannot be unpacked: ${stderr.trim().split('\n')[0]}` };
}

/** The file is the input, since `tar` would take a name with a colon for that of another machine. */
function tar(args: readonly string[], file: string) {
  const input = fs.openSync(file, 'r');
  try {
    return spawnSync('tar', args, { stdio: [input, 'ignore', 'pipe'], encoding: 'utf8', env: process.env });
  } finally {
    fs.closeSync(input);
  }
}

/** The header of a tar file has the sum of its bytes, with blanks in place of the sum. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html */
function hasChecksum(header: Buffer): boolean {
  if (header.length < 512) return false;
  const written = parseInt(header.toString('latin1', 148, 156), 8);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return written === sum && sum > 256;
}
