import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { Bind, ContainerView } from './container-view';
import { HostFiles, USUAL_PATH } from './host-files';
import type { Launch, Launched, Launcher } from './launcher';
import { startProcess } from './start-process';
import { isDirectory, linkStatOf } from './stat';
import { ContainerStartError } from '../../emulator/services/batch/containers';

/** Only root may change to any user. Others are root in a namespace of their own, and any one other user in a second one. */
const isRoot = process.getuid?.() === 0;
const OWN_NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child=KILL', ...isRoot ? [] : ['--user', '--map-root-user']];

/** Written by a container to the third stream when its files are in place, and its main process is next. */
const READY = 'ready';

/**
 * Starts each container in namespaces of its own, as `unshare` of util-linux makes them, without root and without an engine: a root
 * directory, mounts and processes that nobody else sees. Directories of the system are overlays of this machine's with those of the image.
 * https://man7.org/linux/man-pages/man7/namespaces.7.html, https://docs.kernel.org/filesystems/overlayfs.html
 */
export class NamespaceLauncher implements Launcher {
  /** Whether this machine lets us make namespaces and overlays. Some systems forbid both to users. */
  static isPossible(directory: string): boolean {
    if (process.platform !== 'linux') return false;
    for (const name of ['lower', 'upper', 'work', 'merged']) fs.mkdirSync(path.join(directory, name), { recursive: true });
    const probe = 'mount -t overlay overlay -o "lowerdir=$0/lower,upperdir=$0/upper,workdir=$0/work" "$0/merged" && mkdir "$0/merged/proc" && mount -t proc proc "$0/merged/proc"';
    return spawnSync('unshare', [...OWN_NAMESPACES, '/bin/sh', '-c', probe, directory], { stdio: 'ignore' }).status === 0;
  }

  constructor(private readonly host = new HostFiles()) {}

  get path(): string {
    return this.host.path;
  }

  view(imageRoot: string, binds: readonly Bind[]): ContainerView {
    return new ContainerView(imageRoot, binds, (file) => this.host.has(file));
  }

  async launch(launch: Launch): Promise<Launched> {
    const { PATH = '', ...environment } = launch.environment;
    const child = startProcess('unshare', [...OWN_NAMESPACES, '/bin/sh', '-c', this.script(launch), PATH, ...launch.words], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { ...environment, PATH: USUAL_PATH.join(':') },
      detached: true, // Ctrl-C in a terminal is for the run, which stops its containers itself
    });
    await isReady(child.stdio[3] as unknown as Readable, child.stderr, child);
    // The ids of this machine. A child of `unshare` is the first process of the namespace, and its child is the main process.
    const [init] = childrenOf(child.pid!);
    return {
      child,
      output: [child.stdout],
      mainProcess: () => init === undefined ? undefined : childrenOf(init)[0],
      kill: () => {
        for (const pid of [init, child.pid]) kill(pid);
      },
      // The end of the first process of a namespace is the end of all the others.
      killCommand: `kill -KILL ${[init, child.pid].filter(Boolean).join(' ')}`,
    };
  }

  /** The commands of the shell that make the root directory and start the main process. `$0` is its PATH, and the other arguments are its words. */
  private script({ imageRoot, directory, binds, workingDirectory, user, environment, isReadOnly, sharedMemorySize, tmpfs }: Launch): string {
    const root = path.join(directory, 'root');
    const inRoot = (file: string) => path.join(root, file);
    const overlays: string[] = [];
    const overlay = (target: string, ...lower: string[]): string[] => {
      const name = `overlay-${overlays.push(target)}`;
      const [upper, work] = ['upper', 'work'].map((part) => path.join(directory, name, part));
      [upper, work].forEach((part) => fs.mkdirSync(part, { recursive: true }));
      prepareUpper(upper, target.slice(root.length), { imageRoot, binds, tmpfs, user });
      const layers = lower.filter(isDirectory).map(escaped).join(':');
      return [command('mkdir', '-p', target), command('mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${layers},upperdir=${escaped(upper)},workdir=${escaped(work)}`, target)];
    };
    const mount = (target: string, ...words: string[]) => [command('mkdir', '-p', inRoot(target)), command('mount', ...words, inRoot(target))];
    const linked = this.host.system.filter(({ link }) => link !== undefined);
    const real = this.host.system.filter(({ link }) => link === undefined);
    const steps = [
      ...overlay(root, imageRoot),
      command('mkdir', '-p', ...USUAL_DIRECTORIES.map(inRoot)),
      command('chmod', '1777', inRoot('tmp'), inRoot('var/tmp')),
      ...real.flatMap(({ name }) => overlay(inRoot(name), path.join(imageRoot, name), `/${name}`)),
      ...linked.map(({ name, link }) => `[ -L ${quoted(inRoot(name))} ] || [ -e ${quoted(inRoot(name))} ] || ${command('ln', '-s', link!, inRoot(name))}`),
      ...this.host.extra.flatMap((source) => overlay(inRoot(source), path.join(imageRoot, source), source)),
      ...mount('proc', '-t', 'proc', 'proc'),
      ...mount('sys', '--rbind', '/sys'),
      ...mount('dev', '--rbind', '/dev'),
      ...mount('dev/shm', '-t', 'tmpfs', '-o', `size=${sharedMemorySize}m,mode=1777`, 'shm'),
      ...tmpfs.flatMap(({ path: target, size, options }) => mount(target, '-t', 'tmpfs', '-o', [`size=${size}m`, 'mode=1777', ...options].join(','), 'tmpfs')),
      ...binds.flatMap(({ source, target, readOnly }) => [
        ...mount(target, '--rbind', source),
        ...readOnly ? [command('mount', '-o', 'remount,bind,ro', inRoot(target))] : [],
      ]),
      command('mkdir', '-p', inRoot(workingDirectory)),
      ...user.passwd === undefined ? [] : [
        command('mkdir', '-p', inRoot(user.home)),
        `${command('chown', `${user.uid}:${user.gid}`, inRoot(user.home))} 2>/dev/null || true`,
      ],
    ];
    // The shell stays the first process of the namespace. All others end with it, and the kernel drops the signals of such a process that it
    // does not handle, which a main process must be able to send to itself.
    const main = `cd ${quoted(workingDirectory)} && unset PWD OLDPWD && printf ${READY} >&3 && exec 3>&- && (exec ${[...asUser(user), ...asEnvironment(environment)].join(' ')} "$@" 2>&1); exit $?`;
    // Not `chroot`: a process with another root than that of its mount namespace may not make a user namespace.
    const enter = [command('mkdir', '-p', inRoot(OLD_ROOT)), command('cd', root), command('pivot_root', '.', `.${OLD_ROOT}`), command('umount', '-l', OLD_ROOT), command('rmdir', OLD_ROOT),
      ...isReadOnly ? overlays.map((target) => command('mount', '-o', 'remount,bind,ro', target.slice(root.length) || '/')) : []];
    return `set -e; ${[...steps, ...enter].join('; ')}; exec /bin/sh -c ${quoted(main)} "$0" "$@"`;
  }
}

/**
 * Writes what a container needs in a directory of the system before it is mounted. There, the files of this machine belong to its root, and
 * nobody else may change them.
 */
function prepareUpper(upper: string, directory: string, { imageRoot, binds, tmpfs, user }: Pick<Launch, 'imageRoot' | 'binds' | 'tmpfs' | 'user'>): void {
  if (directory === '') return;
  for (const target of [...binds.map((bind) => bind.target), ...tmpfs.map((each) => each.path)]) {
    const isNew = linkStatOf(path.join(imageRoot, target)) === undefined;
    if (isNew && target.startsWith(`${directory}/`)) fs.mkdirSync(path.join(upper, target.slice(directory.length)), { recursive: true });
  }
  if (directory === '/etc' && user.passwd !== undefined) fs.writeFileSync(path.join(upper, 'passwd'), user.passwd);
}

/** Where the root directory of this machine is for a moment. */
const OLD_ROOT = '/.heavy-batch-old-root';

/** Directories that every image has. */
const USUAL_DIRECTORIES = ['home', 'mnt', 'root', 'run', 'tmp', 'var/lib', 'var/log', 'var/tmp'];

/** What goes before a command so that another user carries it out. */
function asUser({ uid, gid }: Launch['user']): string[] {
  if (uid === 0 && gid === 0) return [];
  const mayChange = isRoot && hasId('uid_map', uid) && hasId('gid_map', gid);
  return mayChange ? [`setpriv --reuid=${uid} --regid=${gid} --clear-groups --`] : [`unshare --user --map-user=${uid} --map-group=${gid} --`];
}

/** Whether our user namespace has an id. That of a container without root may have few. https://man7.org/linux/man-pages/man7/user_namespaces.7.html */
function hasId(map: 'uid_map' | 'gid_map', id: number): boolean {
  return fs.readFileSync(`/proc/self/${map}`, 'utf8').split('\n').some((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}

/** What goes before a command so that it has its own PATH, and the variables that a shell does not pass on, whose names are no identifiers. */
function asEnvironment(environment: Launch['environment']): string[] {
  const lost = Object.entries(environment).filter(([name]) => !/^[A-Za-z_]\w*$/.test(name)).map(([name, value]) => quoted(`${name}=${value}`));
  return ['env', '"PATH=$0"', ...lost];
}

/** Resolves when the container is ready, and rejects when its preparation fails. */
function isReady(ready: Readable, errors: Readable, child: { once(event: 'error' | 'exit', listener: (value: any) => void): unknown }): Promise<void> {
  let message = '';
  errors.on('data', (chunk) => { message += chunk; });
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new ContainerStartError(`CannotCreateContainerError: ${reason}`));
    ready.on('data', () => resolve());
    ready.once('close', () => fail(message.trim().split('\n').at(-1) || 'its files cannot be mounted'));
    child.once('error', (error) => fail(error.message));
  });
}

/** The ids of the processes that a process has started and that run. */
function childrenOf(pid: number): number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function command(...words: string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w./:=,-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

/** In the options of an overlay, colons and commas separate. */
function escaped(file: string): string {
  return file.replace(/[\\:,]/g, '\\$&');
}
