import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isDirectory, linkStatOf } from './stat';

/** The directories of a Linux system with programs, libraries and their settings. Containers see those of this machine, besides the files of their image. */
const SYSTEM = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'opt', 'nix', 'gnu'];

/** Where programs of every system are. */
export const USUAL_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What programs in a home need beside their directory: libraries, and what version managers install. Settings and credentials are not among them. */
const BESIDE_PROGRAMS = ['bin', 'candidates', 'installs', 'lib', 'lib64', 'libexec', 'plugins', 'shims', 'tools', 'versions'];

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
    const needed = own.flatMap(neededFor).flatMap((directory) => [directory, fs.realpathSync(directory)]);
    const all = [...new Set(needed)].filter((directory) => !this.isOfSystem(directory));
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

/**
 * The directories that the programs of a directory need: `/home/me/.nvm/versions/node/v24` for its `bin`. A directory right below a home,
 * such as `.cargo` and `.local`, may have credentials, so only its programs and libraries are needed.
 */
function neededFor(directory: string): string[] {
  const parent = path.dirname(directory);
  if (!/^(s?bin|shims)$/.test(path.basename(directory)) || isHomeOrAbove(parent)) return [directory];
  if (!isHome(path.dirname(parent))) return [parent];
  return [directory, ...BESIDE_PROGRAMS.map((name) => path.join(parent, name)).filter(isDirectory)];
}

function isHome(directory: string): boolean {
  return homes().includes(directory) || ['/home', '/Users'].includes(path.dirname(directory));
}

function isHomeOrAbove(directory: string): boolean {
  return isHome(directory) || ['/', '/home', '/Users'].includes(directory) || homes().some((home) => home.startsWith(`${directory}/`));
}

/** With sudo, HOME may be that of another user. */
function homes(): string[] {
  return ['/root', path.resolve(os.homedir()), path.resolve(os.userInfo().homedir)];
}
