/** A directory that stands for the root directory of an image. Nothing outside of it can be reached by a path or a symbolic link of the image. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DockerfileError } from './dockerfile-words';
import { entryAt } from './file-entries';

/**
 * Directories that base images have, whatever their distribution. A file that is copied to one of them is put into it.
 * https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html
 */
const BASE_DIRECTORIES = new Set([
  '/', '/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/media', '/mnt', '/opt', '/proc', '/root', '/run', '/sbin', '/srv', '/sys', '/tmp', '/usr', '/usr/bin', '/usr/lib',
  '/usr/local', '/usr/local/bin', '/usr/local/lib', '/usr/local/share', '/usr/sbin', '/usr/share', '/var', '/var/cache', '/var/lib', '/var/log', '/var/opt', '/var/spool',
  '/var/tmp',
]);

/** In a system with a merged /usr these are links into it. https://www.freedesktop.org/wiki/Software/systemd/TheCaseForTheUsrMerge/ */
const MERGED = ['bin', 'lib', 'lib64', 'sbin'];

const MOST_LINKS = 255;

interface LinkOptions {
  /** The target of a link at the root that does not exist, but counts. */
  readonly virtual?: (name: string) => string | undefined;
  /** Whether a path counts, relative to the directory. */
  readonly has?: (relative: string) => boolean;
}

export class RootDirectory {
  /** The links of this machine from /bin and the like into /usr, which the image shares. */
  private readonly merged: ReadonlyMap<string, string>;

  /**
   * @param directory an existing directory
   * @param hasBase whether the image begins with files that are not in the directory
   * @param machine the root directory of this machine
   */
  constructor(readonly directory: string, private readonly hasBase: boolean, machine = '/') {
    this.merged = new Map(MERGED.flatMap((name) => {
      const link = linkOf(path.join(machine, name));
      return link !== undefined && /^\/?usr\/\w+$/.test(link) ? [[name, link]] : [];
    }));
  }

  /** The path on this machine of a path in the image. All symbolic links are followed, inside of the directory. */
  resolve(imagePath: string): string {
    return followLinks(this.directory, imagePath, { virtual: (name) => this.merged.get(name) });
  }

  /** As `resolve()`, but the last name of the path is not followed. */
  locate(imagePath: string): string {
    const { dir, base } = path.posix.parse(imagePath);
    return base === '' ? this.directory : path.join(this.resolve(dir), base);
  }

  /** Where a directory of the image is written that is named like this: a link into /usr is followed, no other. */
  place(imagePath: string): string {
    return MERGED.includes(imagePath.slice(1)) ? this.resolve(imagePath) : this.locate(imagePath);
  }

  /** Whether the image has a directory there, which may come from its base image. */
  isDirectory(imagePath: string): boolean {
    const place = this.resolve(imagePath);
    return entryAt(place)?.isDirectory() ?? this.isOfBase(imagePath);
  }

  /** Whether the base image has a directory there. What is in it is not known. */
  isOfBase(imagePath: string): boolean {
    return this.hasBase && BASE_DIRECTORIES.has(this.imagePath(this.resolve(imagePath)));
  }

  /** The path in the image of a path of this machine. */
  imagePath(place: string): string {
    return `/${path.relative(this.directory, place)}`;
  }

  /**
   * Makes a directory and those above it.
   * @param made is called for each directory that was not there
   */
  makeDirectory(imagePath: string, made: (place: string) => void = () => undefined): string {
    const place = this.resolve(imagePath);
    makeDirectories(place, this.directory, made);
    return place;
  }

  /** Makes the links from /bin and the like to what was written into /usr. */
  linkMerged(): void {
    for (const [name, link] of this.merged) {
      const place = path.join(this.directory, name);
      if (fs.existsSync(path.join(this.directory, 'usr', path.basename(link))) && !entryAt(place)) fs.symlinkSync(link, place);
    }
  }
}

/** Follows the symbolic links of a path inside of `directory`, as if that were the root directory. Names that do not exist are kept. */
export function followLinks(directory: string, imagePath: string, { virtual, has = () => true }: LinkOptions): string {
  const names = imagePath.split('/');
  const found: string[] = [];
  for (let links = 0; names.length > 0;) {
    const name = names.shift()!;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      found.pop();
      continue;
    }
    const place = path.join(directory, ...found, name);
    const entry = has(path.join(...found, name)) ? entryAt(place) : undefined;
    const link = entry?.isSymbolicLink() ? fs.readlinkSync(place) : entry || found.length > 0 ? undefined : virtual?.(name);
    if (link === undefined) {
      found.push(name);
      continue;
    }
    if (++links > MOST_LINKS) throw new DockerfileError(`${imagePath} leads through more than ${MOST_LINKS} symbolic links; remove the link that leads to itself`);
    if (link.startsWith('/')) found.splice(0);
    names.unshift(...link.split('/'));
  }
  return path.join(directory, ...found);
}

function makeDirectories(place: string, top: string, made: (place: string) => void): void {
  const entry = entryAt(place);
  if (entry?.isDirectory()) return;
  if (entry) throw new DockerfileError(`/${path.relative(top, place)} is a file, where a directory is needed`);
  makeDirectories(path.dirname(place), top, made);
  fs.mkdirSync(place);
  fs.chmodSync(place, 0o755); // whatever the umask
  made(place);
}

function linkOf(place: string): string | undefined {
  return entryAt(place)?.isSymbolicLink() ? fs.readlinkSync(place) : undefined;
}
