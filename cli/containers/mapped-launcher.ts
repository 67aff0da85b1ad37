import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Bind, bindOf, ContainerView } from './container-view';
import { HostFiles } from './host-files';
import type { Launch, Launched, Launcher } from './launcher';
import { sendSignal } from './send-signal';
import { startProcess } from './start-process';
import { ContainerStartError } from '../../emulator/services/batch/containers';

/** Names each container in the environment of its processes, so that those that leave its process group are found too. */
const MARK = 'HEAVY_BATCH_CONTAINER';

/**
 * Starts each container as a process with a copy of the image's files, where no namespaces can be had. Paths of the container, in the words
 * of the command and in the environment, become paths of that copy. Paths inside of files are not changed.
 */
export class MappedLauncher implements Launcher {
  readonly note = 'This system has no mount namespaces for users, so the paths of a container become paths of temporary directories, in its command and its environment only; paths inside of its files stay as they are. '
    + 'Its USER, read-only files and shared memory are not applied.';

  constructor(private readonly host = new HostFiles()) {}

  get path(): string {
    return this.host.path;
  }

  view(imageRoot: string, binds: readonly Bind[]): ContainerView {
    return new ContainerView(imageRoot, binds, () => true);
  }

  async launch({ imageRoot, directory, words, environment, workingDirectory, binds, onSpawn }: Launch): Promise<Launched> {
    const root = path.join(directory, 'root');
    fs.cpSync(imageRoot, root, { recursive: true, verbatimSymlinks: true });
    const inRoot = new ContainerView(root, [], () => false);
    for (const usual of ['/tmp', '/root', workingDirectory]) fs.mkdirSync(path.join(root, inRoot.resolve(usual) ?? path.posix.join('/', usual)), { recursive: true });
    const local = (text: string) => mapped(text, root, binds);
    const [program, ...args] = words.map(local);
    const child = startProcess(program, args, {
      cwd: local(workingDirectory) === workingDirectory ? path.join(root, workingDirectory) : local(workingDirectory),
      env: { ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, name === 'PATH' ? mappedPath(value, root) : local(value)])), [MARK]: directory },
      detached: true, // in a process group of its own
    });
    const killAll = () => {
      for (const pid of [-child.pid!, ...processesOf(directory)]) sendSignal(pid, 'SIGKILL');
    };
    if (child.pid !== undefined) onSpawn({ kill: killAll, killCommand: `kill -KILL -${child.pid}` });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))])
      .catch((error) => { throw new ContainerStartError(`CannotStartContainerError: ${(error as Error).message}`); });
    return {
      child,
      output: [child.stdout, child.stderr],
      mainProcess: () => child.exitCode === null && child.signalCode === null ? child.pid : undefined,
      kill: killAll,
    };
  }
}

/** A text with its absolute paths, where the container has them, as paths of this machine. A list of paths has `:`, `,` or `;` between them. */
export function mapped(text: string, root: string, binds: readonly Bind[]): string {
  return text.replace(/(^|[\s=:,;"'(])(\/[^\s:,;"'()]*)/g, (_, before: string, file: string) => before + localFile(file, root, binds));
}

/** The directories of programs: those of the image, each before the one of this machine. */
function mappedPath(text: string, root: string): string {
  return text.split(':').flatMap((directory) => [path.join(root, directory), directory].filter((file) => fs.existsSync(file))).join(':');
}

function localFile(file: string, root: string, binds: readonly Bind[]): string {
  const bind = bindOf(file, binds);
  if (bind) return bind.source + file.slice(bind.target.length);
  const [, first] = file.split('/');
  const own = first !== '' && first !== undefined && fs.existsSync(path.join(root, first));
  // A directory such as /usr belongs to this machine as well: only what the image has in it is its own.
  return own && (!fs.existsSync(`/${first}`) || first === 'tmp' || fs.existsSync(path.join(root, file))) ? path.join(root, file) : file;
}

/** The processes that carry the mark of a container. Only Linux tells. */
function processesOf(directory: string): number[] {
  const mark = `${MARK}=${directory}`;
  return directoriesIn('/proc').filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(mark)).map(Number);
}

function directoriesIn(directory: string): string[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory) : [];
}

function environmentOf(pid: string): string[] {
  try {
    return fs.readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
