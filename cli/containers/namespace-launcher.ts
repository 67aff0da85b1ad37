import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { CAPABILITIES, ContainerSetup, environmentsOf, escaped, isRoot } from './container-setup';
import { Bind, ContainerView } from './container-view';
import { HostFiles, USUAL_PATH } from './host-files';
import type { Launch, Launched, Launcher } from './launcher';
import { sendSignal } from './send-signal';
import { startProcess } from './start-process';
import { ContainerStartError } from '../../emulator/services/batch/containers';

const OWN_NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child=KILL', ...isRoot ? [] : ['--user', '--map-root-user']];

/** What a container needs, tried once. */
const PROBE = 'mount -t overlay overlay -o "$1" "$0/merged" && mkdir "$0/merged/proc" && mount -t proc proc "$0/merged/proc" '
  + `&& setpriv --bounding-set=-all,+${CAPABILITIES[0]} --inh-caps=-all -- true`;

/**
 * Starts each container in namespaces of its own, as `unshare` of util-linux makes them, without root and without an engine: a root
 * directory, mounts and processes that no other process sees. Directories of the system are overlays of this machine's with those of the image.
 * https://man7.org/linux/man-pages/man7/namespaces.7.html, https://docs.kernel.org/filesystems/overlayfs.html
 */
export class NamespaceLauncher implements Launcher {
  /** Whether this machine lets us make namespaces and overlays. Some systems forbid both to users. */
  static isPossible(directory: string): boolean {
    if (process.platform !== 'linux') return false;
    const [lower, upper, work] = ['lower', 'upper', 'work', 'merged'].map((name) => path.join(directory, name));
    for (const name of ['lower', 'upper', 'work', 'merged']) fs.mkdirSync(path.join(directory, name), { recursive: true });
    const options = `lowerdir=${escaped(lower)},upperdir=${escaped(upper)},workdir=${escaped(work)}`;
    return spawnSync('unshare', [...OWN_NAMESPACES, '/bin/sh', '-c', PROBE, directory, options], { stdio: 'ignore' }).status === 0;
  }

  constructor(private readonly host = new HostFiles()) {}

  get path(): string {
    return this.host.path;
  }

  view(imageRoot: string, binds: readonly Bind[]): ContainerView {
    return new ContainerView(imageRoot, binds, (file) => this.host.has(file));
  }

  async launch(launch: Launch): Promise<Launched> {
    const { PATH = '' } = launch.environment;
    const script = new ContainerSetup(launch, this.host, this.view(launch.imageRoot, [])).script();
    const child = startProcess('unshare', [...OWN_NAMESPACES, '/bin/sh', '-c', script, PATH, ...launch.words], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      cwd: '/',
      env: { ...environmentsOf(launch.environment).shells, PATH: USUAL_PATH.join(':') },
      detached: true, // Ctrl-C in a terminal is for the run, which stops its containers itself
    });
    // A child of `unshare` is the first process of the namespace, and its child is the main process. These are ids of this machine.
    const init = () => child.pid === undefined ? undefined : childrenOf(child.pid)[0];
    const kill = () => {
      for (const pid of [init(), child.pid]) if (pid !== undefined) sendSignal(pid, 'SIGKILL');
    };
    if (child.pid !== undefined) launch.onSpawn({ kill, killCommand: `kill -KILL ${child.pid}` }); // `--kill-child` ends the others
    await isReady(child.stdio[3] as unknown as Readable, child.stderr, child);
    return {
      child,
      output: [child.stdout],
      kill,
      mainProcess: () => {
        const first = init();
        return first === undefined ? undefined : childrenOf(first)[0];
      },
    };
  }
}

/** Resolves when the container is ready, and rejects when its preparation fails. */
function isReady(ready: Readable, errors: Readable, child: { once(event: 'error', listener: (error: Error) => void): unknown }): Promise<void> {
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
