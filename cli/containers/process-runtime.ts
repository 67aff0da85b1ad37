import type { ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { ContainerUser, userOf } from './container-user';
import type { Bind, ContainerView } from './container-view';
import type { Killable, Launched, Launcher } from './launcher';
import { LocalImage, LocalImages } from './local-images';
import { MappedLauncher } from './mapped-launcher';
import { Mounts } from './mounts';
import { NamespaceLauncher } from './namespace-launcher';
import { OutputLines } from './output-lines';
import { CannotExecute, programOf } from './program-of';
import { sendSignal } from './send-signal';
import { CANNOT_EXECUTE } from './start-errors';
import { Workspace } from './workspace';
import { Clock } from '../../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../../emulator/services/batch/containers';
import { DockerfileError } from '../image/image-files';

/** MiB. https://docs.docker.com/reference/cli/docker/container/run/ */
const DEFAULT_SHARED_MEMORY = 64;

/** The variables of this machine that its programs need, and that name no account and no person. */
const PASSED_ON = ['LANG', 'TZ', 'JAVA_HOME', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

type Command = Pick<ContainerRequest, 'image' | 'imageUri' | 'command' | 'environment' | 'mounts' | 'properties'>;

export interface Prepared extends LocalImage {
  readonly words: readonly string[];
  readonly view: ContainerView;
  readonly user: ContainerUser;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs the command of each container as a process of this machine, with the files of its image. Memory and vCPUs are not limited. */
export class ProcessRuntime implements ContainerRuntime {
  readonly launcher: Launcher;
  private readonly images: LocalImages;
  private readonly running = new Set<Killable>();
  private isOver = false;

  constructor(private readonly clock: Clock, private readonly workspace: Workspace, private readonly mounts: Mounts, launcher?: Launcher) {
    this.launcher = launcher ?? (NamespaceLauncher.isPossible(workspace.newDirectory('probe')) ? new NamespaceLauncher() : new MappedLauncher());
    this.images = new LocalImages(workspace, this.launcher.path);
  }

  /** The image of a container. Throws a `ContainerStartError` where no engine could build it. */
  imageOf({ image, imageUri }: Pick<ContainerRequest, 'image' | 'imageUri'>): LocalImage {
    if (!image) throw new ContainerStartError(`CannotPullContainerError: the image ${imageUri} is not built from a directory of this app; use --docker to run it`);
    try {
      return this.images.get(image);
    } catch (error) {
      if (error instanceof DockerfileError) throw new ContainerStartError(`CannotPullContainerError: ${error.message}`);
      throw error;
    }
  }

  /** The files, the user, the environment and the words of a container. Throws a `ContainerStartError`. */
  prepare(request: Command, binds: readonly Bind[]): Prepared {
    const { config, root, skipped, base } = this.imageOf(request);
    const words = request.command ? [...config.entrypoint, ...request.command] : config.command ?? [];
    if (words.length === 0) {
      throw new ContainerStartError('CannotStartContainerError: neither the job nor its Dockerfile has a command; set the command of the job, or add CMD to the Dockerfile');
    }
    const view = this.launcher.view(root, binds);
    const user = userOf(request.properties.User ?? config.user, view, base !== 'scratch' || skipped.length > 0);
    const environment = { ...this.ownEnvironment(), HOME: user.home, ...config.environment, ...request.environment };
    return { config, root, skipped, base, words, view, user, environment };
  }

  async start(request: ContainerRequest): Promise<Container> {
    const binds = this.mounts.bindsOf(request.mounts);
    const prepared = this.prepare(request, binds);
    try {
      const { words, environment, config, view } = prepared;
      const program = programOf({ words, path: environment.PATH, workingDirectory: config.workingDirectory }, view);
      return await this.launch(request, binds, prepared, program);
    } catch (error) {
      if (!(error instanceof CannotExecute)) throw error;
      if (error.hasStarted) return notExecuted(error.message, request);
      throw new ContainerStartError(`${CANNOT_EXECUTE} ${error.message}`);
    }
  }

  private async launch(request: ContainerRequest, binds: readonly Bind[], prepared: Prepared, program: string): Promise<Container> {
    const { config, root, words, user, environment } = prepared;
    const { LinuxParameters: linux = {}, ReadonlyRootFilesystem: isReadOnly = false } = request.properties;
    if (this.isOver) throw new ContainerStartError();
    const directory = this.workspace.newDirectory('container');
    let forget = () => this.workspace.remove(directory);
    const launched = await this.launcher.launch({
      imageRoot: root,
      directory,
      words: [program, ...words.slice(1)],
      environment,
      workingDirectory: config.workingDirectory,
      binds,
      user,
      isReadOnly: isReadOnly === true,
      isPrivileged: request.properties.Privileged === true,
      devices: (linux.Devices ?? []).map(({ HostPath, ContainerPath = HostPath }: any) => ({ source: HostPath, target: ContainerPath })),
      sharedMemorySize: Number(linux.SharedMemorySize ?? DEFAULT_SHARED_MEMORY),
      tmpfs: (linux.Tmpfs ?? []).map(({ ContainerPath, Size, MountOptions = [] }: any) => ({ path: ContainerPath, size: Number(Size), options: MountOptions })),
      onSpawn: (processes) => {
        const withdraw = this.workspace.onDeath(processes.killCommand);
        this.running.add(processes);
        forget = () => {
          this.running.delete(processes);
          withdraw();
          this.workspace.remove(directory);
        };
      },
    }).catch((error) => {
      forget();
      throw error;
    });
    const lines = new OutputLines(request.onOutput);
    const output = Promise.all(launched.output.map((stream) => lines.read(stream)));
    const exited = exitOf(launched.child).then(async (exitCode): Promise<ContainerExit> => {
      launched.kill(); // what the main process has started ends with it
      await output;
      forget();
      return { exitCode };
    });
    return { exited, stop: (grace) => this.stop(launched, exited, grace, config.stopSignal, linux.InitProcessEnabled === true) };
  }

  /** Kills all processes that run, and starts no other. */
  killAll(): void {
    this.isOver = true;
    this.running.forEach((processes) => processes.kill());
  }

  /**
   * The main process of a container is the first process of its namespace, and the kernel drops a signal that such a process does not
   * handle. With an init process, it is not the first one. https://docs.docker.com/reference/cli/docker/container/run/#init
   */
  private stop(launched: Launched, exited: Promise<unknown>, grace: number, stopSignal: string | undefined, hasInit: boolean): void {
    const signal = numberOfSignal(stopSignal);
    const pid = launched.mainProcess();
    if (pid !== undefined && (hasInit || handles(pid, signal))) sendSignal(pid, signal);
    const timer = this.clock.after(grace, () => launched.kill());
    void exited.then(() => timer.cancel());
  }

  private ownEnvironment(): Record<string, string> {
    const passedOn = PASSED_ON.flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]!]]);
    return { ...Object.fromEntries(passedOn), PATH: this.launcher.path, HOSTNAME: os.hostname(), PYTHONUNBUFFERED: '1' };
  }
}

/** runc has started the container, and the kernel refuses its program: the message is output, and the exit code is that of runc since 1.2. */
function notExecuted(message: string, { onOutput }: ContainerRequest): Container {
  const exited = Promise.resolve(onOutput(message)).then((): ContainerExit => ({ exitCode: 255 }));
  return { exited, stop: () => undefined };
}

/** 128 and the number of the signal, as in a shell and in an engine. */
function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => resolve(code ?? 128 + os.constants.signals[signal ?? 'SIGKILL']);
    if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode);
    else child.once('exit', end);
  });
}

/** `SIGINT`, `INT` or `2`; SIGTERM where there is none. https://docs.docker.com/reference/dockerfile/#stopsignal */
function numberOfSignal(name = 'SIGTERM'): number {
  const signals: Record<string, number> = os.constants.signals;
  return Number.isInteger(Number(name)) ? Number(name) : signals[`SIG${name.toUpperCase().replace(/^SIG/, '')}`] ?? os.constants.signals.SIGTERM;
}

/** Whether a process handles a signal. https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function handles(pid: number, signal: number): boolean {
  try {
    const [, caught] = /^SigCgt:\s*([0-9a-f]+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return caught === undefined || hasBit(caught, signal - 1);
  } catch {
    return true; // only Linux tells
  }
}

/** Whether a bit of a hexadecimal number is set. Bit 0 is in its last digit. */
function hasBit(hexadecimal: string, bit: number): boolean {
  const digit = Number.parseInt(hexadecimal.at(-1 - Math.floor(bit / 4)) ?? '0', 16);
  return Math.floor(digit / 2 ** (bit % 4)) % 2 === 1;
}
