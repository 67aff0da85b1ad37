import { ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { DockerfileError, ImageConfig, readDockerfile } from './dockerfile';
import { Mounts } from './mounts';
import type { DeployedImage } from '../emulator/assembly/deployment';
import { Clock } from '../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError, Mount } from '../emulator/services/batch/containers';

/**
 * A job's command as a process of this machine, in the image's directory. Where the image works in `/app`, the process works in
 * the directory itself, or in the folder of that name below it. Memory and vCPUs are not limited.
 */
export class ProcessRuntime implements ContainerRuntime {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly clock: Clock, private readonly mounts = new Mounts()) {}

  async start(request: ContainerRequest): Promise<Container> {
    const { image } = request;
    if (!image) throw new ContainerStartError(`CannotPullContainerError: ${request.imageUri} is not built from a directory of this app; run it with --docker`);
    const config = configOf(image);
    const command = request.command ? [...config.entrypoint, ...request.command] : config.command;
    if (!command) {
      throw new ContainerStartError('CannotStartContainerError: neither the job nor its Dockerfile has a command; give the job one, or write CMD into the Dockerfile');
    }
    const { words, environment, remove } = this.local(command, { ...config.environment, ...request.environment }, request.mounts);
    const child = spawn(words[0], words.slice(1), {
      cwd: workingDirectory(image, config),
      env: { ...ownEnvironment(), ...environment },
      detached: true, // a group of its own, so that a signal reaches what the command starts
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', request.onOutput);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new ContainerStartError(`CannotStartContainerError: exec: "${words[0]}": ${error.message}`)));
    });
    this.running.add(child);
    const exited = new Promise<ContainerExit>((resolve) => child.once('close', (code, signal) => {
      this.running.delete(child);
      remove();
      resolve({ exitCode: code ?? SIGNALS[signal ?? 'SIGKILL'] ?? 137 });
    }));
    return {
      exited,
      stop: (grace) => {
        send(child, 'SIGTERM');
        const timer = this.clock.after(grace, () => send(child, 'SIGKILL'));
        void exited.then(() => timer.cancel());
      },
    };
  }

  /** What names a path of the container names one of this machine instead: of its volumes, and of its scratch. */
  private local(command: string[], environment: Record<string, string>, mounts: readonly Mount[]) {
    const scratch = this.mounts.scratch();
    const local = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, this.mounts.localPath(value, mounts)]));
    return {
      words: command.map((word) => this.mounts.localPath(word, mounts)),
      environment: { ...local, HEAVY_BATCH_SCRATCH: scratch.directory },
      remove: scratch.remove,
    };
  }

  /** Ends whatever still runs, at once. */
  killAll(): void {
    this.running.forEach((child) => send(child, 'SIGKILL'));
  }
}

const SIGNALS: Record<string, number> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGABRT: 134, SIGKILL: 137, SIGSEGV: 139, SIGTERM: 143 };

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It is gone already.
  }
}

export function configOf(image: DeployedImage): ImageConfig {
  const file = path.join(image.directory, image.dockerfile);
  try {
    return readDockerfile(fs.readFileSync(file, 'utf8'), { ...image, baseEnvironment: ownEnvironment() });
  } catch (error) {
    if (error instanceof DockerfileError) throw new ContainerStartError(`CannotPullContainerError: ${file}: ${error.message}`);
    throw error;
  }
}

function workingDirectory(image: DeployedImage, config: ImageConfig): string {
  const folders = config.workingDirectory.split('/').filter(Boolean);
  // `/app/jobs` is the folder `jobs` of the directory that was copied to `/app`.
  for (let from = 0; from <= folders.length; from++) {
    const candidate = path.join(image.directory, ...folders.slice(from));
    if (fs.existsSync(candidate)) return candidate;
  }
  return image.directory;
}

/** Of this machine's environment only what every program needs: a container would have none of it. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]!]]));
}
