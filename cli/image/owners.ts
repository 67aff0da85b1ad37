/** Owners of files: `--chown=app:app`, `USER 1000`, `chown app`. https://docs.docker.com/reference/dockerfile/#copy---chown---chmod */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { entryAt } from './file-entries';

export interface Owner {
  /** Undefined for the owner as it is. */
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The numbers of a user and of a group. Names are those of the image, then those of this machine. A user without a group brings its
 * primary group, a number the group of the same number. Undefined for a name that neither knows.
 */
export function ownerOf(text: string, roots: readonly string[]): Owner | undefined {
  const [user, group] = text.split(':');
  const account = user === '' ? {} : accountOf(user, roots);
  if (account === undefined || !group) return account;
  const gid = numberOf(group) ?? entryOf('etc/group', group, roots)?.[2];
  return gid === undefined ? undefined : { uid: account.uid, gid: Number(gid) };
}

/**
 * Gives a file to an owner. Without permission, which only root has, all files belong to who runs this program. So they do where root is one of
 * a user namespace that does not have the owner's id. https://man7.org/linux/man-pages/man2/chown.2.html
 */
export function giveTo(place: string, { uid, gid }: Owner): void {
  const stat = fs.lstatSync(place);
  if (process.getuid?.() !== 0) return;
  try {
    fs.lchownSync(place, uid ?? stat.uid, gid ?? stat.gid);
  } catch (error) {
    if (!['EINVAL', 'EPERM'].includes((error as NodeJS.ErrnoException).code!)) throw error;
  }
}

function accountOf(user: string, roots: readonly string[]): Owner | undefined {
  const number = numberOf(user);
  if (number !== undefined) return { uid: number, gid: number };
  const entry = entryOf('etc/passwd', user, roots);
  return entry && { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function numberOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The line of a name in a file of lines with colons. https://man7.org/linux/man-pages/man5/passwd.5.html */
function entryOf(file: string, name: string, roots: readonly string[]): string[] | undefined {
  for (const root of roots) {
    const place = path.join(root, file);
    // A link could lead out of the image.
    if (root !== '/' && !entryAt(place)?.isFile()) continue;
    const text = fs.existsSync(place) ? fs.readFileSync(place, 'utf8') : '';
    const entry = text.split('\n').map((line) => line.split(':')).find(([candidate]) => candidate === name);
    if (entry) return entry;
  }
  return undefined;
}
