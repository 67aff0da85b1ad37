import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ContainerView } from './container-view';
import type { HostFiles } from './host-files';
import type { Launch } from './launcher';
import { isDirectory, linkStatOf, statOf } from './stat';

/** Only root may change to any user. Others are root in a namespace of their own, and any one other user in a second one. */
export const isRoot = process.getuid?.() === 0;

/** Written by a container to the third stream when its files are in place, and its main process is next. */
export const READY = 'ready';

/** What Docker leaves to root in a container: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
export const CAPABILITIES = [
  'chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service', 'net_raw', 'sys_chroot', 'mknod', 'audit_write', 'setfcap',
];

/** What a container may only read: https://github.com/moby/moby/blob/master/oci/defaults.go */
const READ_ONLY = ['/sys', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The devices of every container, and those of graphics cards: https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices */
const DEVICES = ['full', 'null', 'random', 'tty', 'urandom', 'zero'];
const GRAPHICS = /^(nvidia.*|dri|kfd)$/;
const LINKS = [['/proc/self/fd', 'fd'], ['/proc/self/fd/0', 'stdin'], ['/proc/self/fd/1', 'stdout'], ['/proc/self/fd/2', 'stderr'], ['pts/ptmx', 'ptmx']];

/** Directories that every image has. */
const USUAL_DIRECTORIES = ['/home', '/mnt', '/root', '/run', '/tmp', '/var/lib', '/var/log', '/var/tmp'];

/** Docker's own options of a tmpfs: https://docs.docker.com/engine/storage/tmpfs/ */
const TMPFS_OPTIONS = ['nosuid', 'nodev', 'noexec', 'mode=1777'];

/** Where the root directory of this machine is for a moment. */
const OLD_ROOT = '/.heavy-batch-old-root';

/** Names that a shell does not pass on, or that would change the programs of this machine which prepare the container. */
const NOT_FOR_SHELLS = /^(?![A-Za-z_]\w*$)|^(LD_\w+|BASH\w*|ENV|IFS|UID|EUID|PPID|SHLVL|PWD|OLDPWD|PS\d|OPTIND|_)$/;

/** The variables for the shells that prepare a container, and those that its main process gets in addition. */
export function environmentsOf(environment: Launch['environment']): { readonly shells: Record<string, string>; readonly others: Record<string, string> } {
  const ofShells = ([name]: [string, string]) => !NOT_FOR_SHELLS.test(name);
  const entries = Object.entries(environment);
  return { shells: Object.fromEntries(entries.filter(ofShells)), others: Object.fromEntries(entries.filter((entry) => !ofShells(entry))) };
}

/**
 * The text of the shell that makes the root directory of a container in namespaces, and starts its main process. `$0` is the PATH of that
 * process, and the arguments are its words. No path may lead through a link of the image to a file of this machine: all of them are resolved
 * before.
 */
export class ContainerSetup {
  private readonly root: string;
  private readonly overlays: string[] = [];

  constructor(private readonly launch: Launch, private readonly host: HostFiles, private readonly view: ContainerView) {
    this.root = path.join(launch.directory, 'root');
  }

  script(): string {
    const { launch: { imageRoot, workingDirectory, user, environment, isReadOnly, isPrivileged }, root } = this;
    const linked = this.host.system.filter(({ link }) => link !== undefined);
    // Where the image has a link in the place of a directory of the system, the image decides.
    const real = this.host.system.filter(({ name, link }) => link === undefined && !linkStatOf(path.join(imageRoot, name))?.isSymbolicLink());
    const inRoot = (file: string) => this.inRoot(file);
    const steps = [
      'umask 022',
      ...this.overlay('/', imageRoot),
      command('mkdir', '-p', ...USUAL_DIRECTORIES.map(inRoot)),
      command('chmod', '1777', inRoot('/tmp'), inRoot('/var/tmp')),
      ...real.flatMap(({ name }) => this.overlay(`/${name}`, path.join(imageRoot, name), `/${name}`)),
      ...linked.map(({ name, link }) => `[ -L ${quoted(path.join(root, name))} ] || [ -e ${quoted(path.join(root, name))} ] || ${command('ln', '-s', link!, path.join(root, name))}`),
      // A directory of PATH may be on a file system of which no overlay can be made. The programs in it are then not found.
      ...this.host.extra.flatMap((source) => this.overlay(source, path.join(imageRoot, source), source).map((step) => `${step} 2>/dev/null || true`)),
      ...this.network(),
      ...this.mount('/proc', '-t', 'proc', 'proc'),
      ...this.mount('/sys', '--rbind', '/sys'),
      ...isPrivileged ? this.mount('/dev', '--rbind', '/dev') : [...this.devices(), ...READ_ONLY.map((file) => this.readOnly(file))],
      ...this.mount('/dev/shm', '-t', 'tmpfs', '-o', [...TMPFS_OPTIONS, `size=${this.launch.sharedMemorySize}m`].join(','), 'shm'),
      ...this.volumes(),
      command('mkdir', '-p', inRoot(workingDirectory)),
      ...user.passwd === undefined ? [] : [
        command('mkdir', '-p', inRoot(user.home)),
        `${command('chown', `${user.uid}:${user.gid}`, inRoot(user.home))} 2>/dev/null || true`,
      ],
      // Not `chroot`: a process with another root than that of its mount namespace may not make a user namespace.
      command('mkdir', '-p', path.join(root, OLD_ROOT)),
      command('cd', root),
      command('pivot_root', '.', `.${OLD_ROOT}`),
      command('umount', '-l', OLD_ROOT),
      command('rmdir', OLD_ROOT),
      ...isReadOnly ? this.overlays.map((target) => command('mount', '-o', 'remount,bind,ro', target)) : [],
    ];
    // The main process is not the first one of its namespace, which this shell stays. The kernel drops signals for the first process, also those
    // that a program sends to itself, as `abort()` does. All others end with the first one.
    const words = [...this.asUser(), ...asEnvironment(environment)].join(' ');
    const main = `cd ${quoted(workingDirectory)} && unset PWD OLDPWD && printf ${READY} >&3 && exec 3>&- && (exec ${words} "$@" 2>&1); exit $?`;
    return `set -e; ${steps.join('; ')}; exec /bin/sh -c ${quoted(main)} "$0" "$@"`;
  }

  /** The place of a path of the container before its root directory is entered. */
  private inRoot(file: string): string {
    return path.join(this.root, this.resolve(file));
  }

  /** Where the links of a path lead. One of links that lead nowhere is taken as it is, but not as a path out of the container. */
  private resolve(file: string): string {
    return this.view.resolve(file) ?? path.posix.join('/', file);
  }

  private mount(target: string, ...words: string[]): string[] {
    return [command('mkdir', '-p', this.inRoot(target)), command('mount', ...words, this.inRoot(target))];
  }

  /** Mounts directories, one over the other, and an empty one for what the container writes. */
  private overlay(target: string, ...lower: string[]): string[] {
    const name = `overlay-${this.overlays.push(target)}`;
    const [upper, work] = ['upper', 'work'].map((part) => path.join(this.launch.directory, name, part));
    [upper, work].forEach((part) => fs.mkdirSync(part, { recursive: true, mode: 0o755 }));
    this.prepareUpper(upper, target);
    const layers = lower.filter((layer) => linkStatOf(layer)?.isDirectory()).map(escaped).join(':');
    const options = `lowerdir=${layers},upperdir=${escaped(upper)},workdir=${escaped(work)}`;
    const place = path.join(this.root, target);
    return [command('mkdir', '-p', place), command('mount', '-t', 'overlay', 'overlay', '-o', options, place)];
  }

  /**
   * Writes what a container needs in a directory of the system before it is mounted. There, the files of this machine belong to its root, and
   * no other user may change them.
   */
  private prepareUpper(upper: string, directory: string): void {
    if (directory === '/') return;
    const { binds, tmpfs, user, imageRoot } = this.launch;
    for (const target of [...binds.map((bind) => bind.target), ...tmpfs.map((each) => each.path)].map((file) => this.resolve(file))) {
      const isNew = linkStatOf(path.join(imageRoot, target)) === undefined;
      if (isNew && target.startsWith(`${directory}/`)) fs.mkdirSync(path.join(upper, target.slice(directory.length)), { recursive: true });
    }
    if (directory === '/etc' && user.passwd !== undefined) fs.writeFileSync(path.join(upper, 'passwd'), user.passwd);
  }

  /** The names of hosts and the name servers. They may be mounts of their own, or links out of /etc, which an overlay of /etc does not show. */
  private network(): string[] {
    return ['/etc/hosts', '/etc/resolv.conf'].filter((file) => statOf(file)?.isFile()).map((file) => {
      const place = path.join(this.root, fs.realpathSync(file));
      return `{ ${command('mkdir', '-p', path.dirname(place))} && { [ -e ${quoted(place)} ] || ${command('touch', place)}; } && ${command('mount', '--bind', file, place)}; } 2>/dev/null || true`;
    });
  }

  private devices(): string[] {
    const dev = path.join(this.root, 'dev');
    const given = this.launch.devices.map(({ source, target }) => ({ source: path.resolve('/', source), target: this.inRoot(target) }));
    const names = [...DEVICES, ...isDirectory('/dev') ? fs.readdirSync('/dev').filter((name) => GRAPHICS.test(name)) : []];
    const devices = [...names.map((name) => ({ source: `/dev/${name}`, target: path.join(dev, name) })), ...given].filter(({ source }) => statOf(source));
    return [
      ...this.mount('/dev', '-t', 'tmpfs', '-o', 'nosuid,mode=755', 'tmpfs'),
      ...devices.flatMap(({ source, target }) => [
        isDirectory(source) ? command('mkdir', '-p', target) : `${command('mkdir', '-p', path.dirname(target))} && ${command('touch', target)}`,
        command('mount', '--rbind', source, target),
      ]),
      command('mkdir', '-p', path.join(dev, 'pts')),
      command('mount', '-t', 'devpts', '-o', 'newinstance,ptmxmode=0666,mode=0620', 'devpts', path.join(dev, 'pts')),
      ...LINKS.map(([target, name]) => command('ln', '-s', target, path.join(dev, name))),
    ];
  }

  /** Only root in the first user namespace may change these files, so a failure without root does no harm. */
  private readOnly(file: string): string {
    const place = path.join(this.root, file);
    const bound = file === '/sys' ? ':' : command('mount', '--bind', place, place);
    return `{ ${bound} && ${command('mount', '-o', 'remount,bind,ro', place)}; } 2>/dev/null || true`;
  }

  private volumes(): string[] {
    const { tmpfs, binds } = this.launch;
    return [
      ...tmpfs.flatMap(({ path: target, size, options }) => this.mount(target, '-t', 'tmpfs', '-o', [...TMPFS_OPTIONS, `size=${size}m`, ...options].join(','), 'tmpfs')),
      ...binds.flatMap(({ source, target, readOnly }) => [
        ...this.mount(target, '--rbind', source),
        ...readOnly ? [command('mount', '-o', 'remount,bind,ro', this.inRoot(target))] : [],
      ]),
    ];
  }

  /** What goes before a command so that the user carries it out, with the capabilities of a container. */
  private asUser(): string[] {
    const { user: { uid, gid }, isPrivileged } = this.launch;
    const isChanged = uid !== 0 || gid !== 0;
    const mayChange = isRoot && hasId('uid_map', uid) && hasId('gid_map', gid);
    const limits = isPrivileged ? [] : [`--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(',')}`, '--inh-caps=-all'];
    const ids = isChanged && mayChange ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
    return [
      ...limits.length + ids.length > 0 ? ['setpriv', ...limits, ...ids, '--'] : [],
      ...isChanged && !mayChange ? [`unshare --user --map-user=${uid} --map-group=${gid} --`] : [],
    ];
  }
}

/** Whether our user namespace has an id. That of a container without root may have few. https://man7.org/linux/man-pages/man7/user_namespaces.7.html */
function hasId(map: 'uid_map' | 'gid_map', id: number): boolean {
  return fs.readFileSync(`/proc/self/${map}`, 'utf8').split('\n').some((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}

/** What goes before a command so that it has its own PATH, and the variables that the shells did not get. */
function asEnvironment(environment: Launch['environment']): string[] {
  return ['env', '"PATH=$0"', ...Object.entries(environmentsOf(environment).others).map(([name, value]) => quoted(`${name}=${value}`))];
}

function command(...words: string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** In the options of an overlay, colons and commas separate. */
export function escaped(file: string): string {
  return file.replace(/[\\:,]/g, '\\$&');
}
