import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDirectory, linkStatOf } from './stat';

/** The directories of a Linux system with programs, libraries and their settings. Containers see those of this machine, besides the files of their image. */
const SYSTEM = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'opt', 'nix', 'gnu'];

/** Where programs of every system are. */
export const USUAL_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The files of this machine that containers see, so that they find the programs of this machine. */
export class HostFiles {
  /** The directories, and the links to directories, at the root. */
  readonly system: readonly { readonly name: string; readonly link?: string }[];
  /** What else is needed, such as the place of a version manager in the user's home. */
  readonly extra: readonly string[];
  /** The directories of programs. */
  readonly path: string;

  constructor(pathOfUser = process.env.PATH ?? '') {
    this.system = SYSTEM.flatMap((name) => {
      const stat = linkStatOf(`/${name}`);
      return stat ? [{ name, link: stat.isSymbolicLink() ? fs.readlinkSync(`/${name}`) : undefined }] : [];
    });
    // The programs of an npm package belong to the app, not to its containers.
    const own = pathOfUser.split(':').filter((directory) => directory.startsWith('/') && !directory.includes('/node_modules/') && isDirectory(directory));
    this.path = [...new Set([...own, ...USUAL_PATH])].join(':');
    const prefixes = own.map(prefixOf).concat(resolverDirectory()).filter((directory) => !this.isOfSystem(directory));
    const all = [...new Set(prefixes.flatMap((directory) => [directory, fs.realpathSync(directory)]))].filter((directory) => !this.isOfSystem(directory));
    this.extra = all.filter((directory) => !all.some((other) => directory.startsWith(`${other}/`)));
  }

  /** Whether containers see the file of this machine at a path. */
  has(file: string): boolean {
    return file === '/' || this.isOfSystem(file) || this.extra.some((directory) => file === directory || file.startsWith(`${directory}/`) || directory.startsWith(`${file}/`));
  }

  private isOfSystem(file: string): boolean {
    return this.system.some(({ name }) => file === `/${name}` || file.startsWith(`/${name}/`));
  }
}

/** `/home/me/.nvm/versions/node/v24` for its directory `bin`: programs need the libraries beside them. */
function prefixOf(directory: string): string {
  const parent = path.dirname(directory);
  return /^(s?bin|shims)$/.test(path.basename(directory)) && parent !== '/' && parent !== process.env.HOME ? parent : directory;
}

/** The file with the name servers is a link into /run on many systems. */
function resolverDirectory(): string[] {
  try {
    const file = fs.realpathSync('/etc/resolv.conf');
    return file.startsWith('/etc/') ? [] : [path.dirname(file)];
  } catch {
    return [];
  }
}
