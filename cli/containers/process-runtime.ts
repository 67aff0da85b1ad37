import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { DockerfileError, ImageConfig, readDockerfile } from '../image/dockerfile';
import { Mounts } from './mounts';
import { startProcess } from './start-process';
import type { DeployedImage } from '../../emulator/assembly/deployment';
import { Clock } from '../../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError, Mount } from '../../emulator/services/batch/containers';
import { CONTAINER_VARIABLES } from '../../src/contract/environment';

/** How Docker begins to say that it cannot execute a command. AWS Batch then makes no further attempt: src/job/retry-rules.ts */
const CANNOT_EXECUTE = 'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: '
  + 'OCI runtime create failed: runc create failed: unable to start container process:';

/**
 * Runs the command of a container as a process of this machine, in the directory from which the image is built. Memory and vCPUs are
 * not limited.
 */
export class ProcessRuntime implements ContainerRuntime {
  private readonly running = new Set<ChildProcess>();

  constructor(private readonly clock: Clock, private readonly mounts = new Mounts()) {}

  async start(request: ContainerRequest): Promise<Container> {
    const { image } = request;
    if (!image) throw new ContainerStartError(`CannotPullContainerError: the image ${request.imageUri} is not built from a directory of this app; use --docker to run it`);
    const config = configOf(image);
    const command = request.command ? [...config.entrypoint, ...request.command] : config.command;
    if (!command) {
      throw new ContainerStartError('CannotStartContainerError: neither the job nor its Dockerfile has a command; set the command of the job, or add CMD to the Dockerfile');
    }
    const { program, args, environment, removeScratch } = this.localize(command, { ...config.environment, ...request.environment }, request.mounts);
    const child = startProcess(program, args, {
      cwd: workingDirectory(image, config),
      env: { ...ownEnvironment(), ...environment },
      detached: true, // in a process group of its own, so that signals also reach the processes that the command starts
    });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', request.onOutput);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new ContainerStartError(`${CANNOT_EXECUTE} exec: "${program}": ${error.message}`)));
    });
    this.running.add(child);
    const exited = new Promise<ContainerExit>((resolve) => child.once('close', (code, signal) => {
      this.running.delete(child);
      removeScratch();
      resolve({ exitCode: code ?? EXIT_CODES_BY_SIGNAL[signal ?? 'SIGKILL'] ?? 137 });
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

  /** Replaces the paths of volumes and of the scratch directory with paths of this machine. */
  private localize(command: string[], environment: Record<string, string>, mounts: readonly Mount[]) {
    const scratch = this.mounts.scratch();
    const [program, ...args] = command.map((word) => this.mounts.localPath(word, mounts));
    const localized = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, this.mounts.localPath(value, mounts)]));
    return {
      program,
      args,
      environment: { ...localized, [CONTAINER_VARIABLES.SCRATCH]: scratch.directory },
      removeScratch: scratch.remove,
    };
  }

  /** Kills all processes that run. */
  killAll(): void {
    this.running.forEach((child) => send(child, 'SIGKILL'));
  }
}

/** 128 and the number of the signal, as in a shell. */
const EXIT_CODES_BY_SIGNAL: Record<string, number> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGABRT: 134, SIGKILL: 137, SIGSEGV: 139, SIGTERM: 143 };

function send(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // The process has ended already.
  }
}

function configOf(image: DeployedImage): ImageConfig {
  const file = path.join(image.directory, image.dockerfile);
  try {
    return readDockerfile(fs.readFileSync(file, 'utf8'), { ...image, baseEnvironment: ownEnvironment() });
  } catch (error) {
    if (error instanceof DockerfileError) throw new ContainerStartError(`CannotPullContainerError: ${file}: ${error.message}`);
    throw error;
  }
}

/**
 * The directory of this machine that stands for the working directory of the image. For `/app/jobs` it is `jobs` in the directory of
 * the image, when there is one, since that directory is what is copied to `/app`.
 */
function workingDirectory(image: DeployedImage, config: ImageConfig): string {
  const folders = config.workingDirectory.split('/').filter(Boolean);
  for (let start = 0; start <= folders.length; start++) {
    const candidate = path.join(image.directory, ...folders.slice(start));
    if (fs.existsSync(candidate)) return candidate;
  }
  return image.directory;
}

/** The environment variables of this machine that every program needs. A container would have none of the others. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]!]]));
}
