import { CANNOT_EXECUTE } from './start-errors';
import type { ContainerExit } from '../../emulator/services/batch/containers';

/** What an engine says of a container. Engines differ in the other fields. */
export interface ContainerState {
  readonly status: string;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** What the engine itself has to say; mostly empty. */
  readonly error: string;
  readonly stopSignal: string;
  /** The user as whom the command is executed. Empty for root. */
  readonly user: string;
  /** The program that the container executes. */
  readonly program: string;
}

/** Reads the answer of `docker container inspect`. Podman writes the signal as a number. */
export function readState(answer: string): ContainerState {
  const [{ State: state = {}, Config: config = {}, Path: program = '' }] = JSON.parse(answer);
  return {
    status: String(state.Status ?? ''),
    exitCode: Number(state.ExitCode ?? 0),
    outOfMemory: state.OOMKilled === true,
    error: String(state.Error ?? '').trim(),
    stopSignal: String(config.StopSignal || 'SIGTERM'),
    user: String(config.User ?? ''),
    program: String(program),
  };
}

/** Whether the container has ever run. One that could not be started keeps the status that it had before. */
export function hasStarted({ status }: ContainerState): boolean {
  return !NOT_STARTED.includes(status);
}

const NOT_STARTED = ['', 'created', 'configured', 'initialized'];

export function isRunning({ status }: ContainerState): boolean {
  return ['running', 'paused', 'stopping', 'restarting', 'removing'].includes(status);
}

export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

/** The exit code of a process that was ended by SIGKILL. */
export const KILLED = 137;

/**
 * How a container has ended, in the words of the ECS agent.
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/errors.go
 *
 * @param wasKilledHere whether this program sent SIGKILL
 * @param memoryKills   how many processes of this machine were killed for their memory while the container ran. Podman does not always notice:
 *                      with version 1 of control groups, `OOMKilled` is false
 */
export function exitOf({ exitCode, outOfMemory, error }: ContainerState, wasKilledHere: boolean, memoryKills: number): ContainerExit {
  if (exitCode === 0) return { exitCode };
  if (outOfMemory || (exitCode === KILLED && !wasKilledHere && memoryKills > 0)) return { exitCode, reason: OUT_OF_MEMORY };
  return error ? { exitCode, reason: `DockerStateError: ${error}` } : { exitCode };
}

/**
 * The reason of a container that could not be started, in the words of Docker on an instance, from the message of any engine. The rules for
 * further attempts match these words.
 */
export function startFailure(message: string, program: string): string {
  const text = message.trim().replace(/^(?:Error: )?(?:Error response from daemon: )?/, '').replace(ADDED_BY_PODMAN, '');
  const [, runc] = /unable to start container process: (.*)$/s.exec(text) ?? [];
  if (runc !== undefined) return `${CANNOT_EXECUTE} ${runc}`;
  const [, crun] = /crun: (executable file .* not found|(?:open|exec)[^:]*: (?:permission denied|no such file or directory))/i.exec(text) ?? [];
  if (crun !== undefined) return `${CANNOT_EXECUTE} exec: "${program}": ${crun.startsWith('executable') ? 'executable file not found in $PATH' : crun.split(': ')[1].toLowerCase()}`;
  return `CannotStartContainerError: Error response from daemon: ${text || 'the engine does not say why'}`;
}

const ADDED_BY_PODMAN = /: OCI (?:runtime attempted to invoke a command that was not found|permission denied)$/;

/** The reason of a container that the engine does not create. Podman has other words for an image without a command. */
export function createFailure(message: string): string {
  const text = message.trim().split('\n').at(-1)!.replace(/^(?:Error: )?(?:Error response from daemon: )?/, '');
  return `CannotCreateContainerError: Error response from daemon: ${/^no command or entrypoint/.test(text) ? 'no command specified' : text}`;
}
