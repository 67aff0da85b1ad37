import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ContainerUser } from './container-user';
import type { ContainerView, Bind } from './container-view';

/** A container that is about to begin, as far as a process of this machine can be one. */
export interface Launch {
  /** The files that the image adds. They are not changed. */
  readonly imageRoot: string;
  /** An empty directory for the files that belong to this container only. */
  readonly directory: string;
  /** The program, and its arguments. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly binds: readonly Bind[];
  readonly user: ContainerUser;
  readonly isReadOnly: boolean;
  readonly isPrivileged: boolean;
  readonly devices: readonly { readonly source: string; readonly target: string }[];
  /** MiB of `/dev/shm`. */
  readonly sharedMemorySize: number;
  readonly tmpfs: readonly { readonly path: string; readonly size: number; readonly options: readonly string[] }[];
  /** Is called when there is a process, which may be long before the container has begun. */
  readonly onSpawn: (processes: Killable) => void;
}

/** The processes of a container. */
export interface Killable {
  /** A command of the shell that ends all of them, for the watchdog. */
  readonly killCommand: string;
  kill(): void;
}

/** A container that has begun. */
export interface Launched {
  readonly child: ChildProcess;
  /** Its standard output and standard error. */
  readonly output: readonly Readable[];
  /** The id of its main process. Undefined when it has ended. */
  mainProcess(): number | undefined;
  /** Ends all its processes. */
  kill(): void;
}

/** Starts containers as processes of this machine. */
export interface Launcher {
  /** What a person must know about these containers. */
  readonly note?: string;
  /** The directories of programs that containers find. */
  readonly path: string;
  /** The files that a container will see. */
  view(imageRoot: string, binds: readonly Bind[]): ContainerView;
  /** Rejects with a `ContainerStartError`. */
  launch(launch: Launch): Promise<Launched>;
}
