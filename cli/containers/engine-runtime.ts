import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineImages } from './engine-image';
import { memoryKillsSoFar } from './engine-memory';
import { containerOptions, handedOver } from './engine-options';
import { chosenEngine, EngineError, EngineProgram } from './engine-program';
import { ContainerState, createFailure, exitOf, hasStarted, isRunning, readState, startFailure } from './engine-state';
import { Mounts } from './mounts';
import { OutputLines } from './output-lines';
import type { PassedVariables } from './passed-variables';
import { startProcess } from './start-process';
import { Clock } from '../../emulator/clock';
import { Container, ContainerExit, ContainerRequest, ContainerRuntime, ContainerStartError } from '../../emulator/services/batch/containers';

/** Milliseconds between two questions whether a container has started; each is twice as long as the one before. */
const FIRST_QUESTION = 100;
const LONGEST_PAUSE = 1_000;
/** Milliseconds that a client has to hand over the rest of the output after its container has ended. */
const PATIENCE = 2_000;

/** This file is there where SELinux is in use. */
const SELINUX = '/sys/fs/selinux/enforce';

export interface EngineRuntimeOptions {
  readonly engine?: string;
  /** The variables of this process that containers get, too. */
  readonly passed?: PassedVariables;
  /** Gets the name of each container before it is created, so that it can be removed when this process was killed. */
  readonly onStart?: (containerName: string) => void;
}

/**
 * Runs containers in Docker, or in an engine that has the same commands, as the ECS agent runs them on an instance of AWS Batch.
 *
 * A container is created, started, inspected after it has ended, and then removed. `docker run --rm` would not tell a program that exits with 125
 * from a container that did not start, nor a container that was killed for its memory from any other.
 */
export class EngineRuntime implements ContainerRuntime {
  private readonly engine: EngineProgram;
  private readonly images: EngineImages;
  /** A part of all names, since other runs may have jobs with the same ids. */
  private readonly run = `heavy-batch-${randomBytes(4).toString('hex')}`;
  private readonly names = new Set<string>();
  readonly ownVariables = new Set(Object.keys(process.env));
  readonly passed: ReadonlySet<string>;
  private readonly onStart: (containerName: string) => void;
  private isOver = false;

  constructor(private readonly clock: Clock, private readonly mounts: Mounts, options: EngineRuntimeOptions = {}) {
    const { engine = chosenEngine(), passed = {}, onStart = () => undefined } = options;
    this.passed = new Set(Object.keys(passed));
    this.onStart = onStart;
    this.engine = new EngineProgram(engine);
    this.images = new EngineImages(this.engine);
  }

  /** Throws a `UsageError` when the engine is not there. */
  requireEngine(): Promise<void> {
    return this.engine.requireAnswer();
  }

  async start(request: ContainerRequest): Promise<Container> {
    const image = await this.images.nameOf(request);
    this.refuseWhenOver();
    const name = `${this.run}-${request.jobId.replace(/[^\w-]/g, '-')}-${request.attempt}`;
    this.names.add(name);
    this.onStart(name);
    try {
      await this.create(name, image, request);
      this.refuseWhenOver();
      return await this.attach(name, request);
    } catch (error) {
      this.names.delete(name);
      await this.engine.run(['rm', '--force', '--volumes', name]).catch(() => undefined); // also after killAll(), which did not see it
      throw error instanceof EngineError ? new ContainerStartError(`CannotInspectContainerError: ${error.message}`) : error;
    }
  }

  /** Kills and removes all containers, and starts no other. It is done when this returns, because this process may be about to end. */
  killAll(): void {
    this.isOver = true;
    this.images.stopBuilds();
    if (this.names.size === 0) return;
    const names = [...this.names];
    this.names.clear();
    this.engine.runNow(['kill', ...names]); // the removal alone would wait for a container that ignores SIGTERM
    this.engine.runNow(['rm', '--force', '--volumes', ...names]);
  }

  /** A build, or a command of the engine, may take longer than the run. */
  private refuseWhenOver(): void {
    if (this.isOver) throw new ContainerStartError();
  }

  private async create(name: string, image: string, request: ContainerRequest): Promise<void> {
    const options = containerOptions(request, {
      kind: request.gpus ? await this.engine.kind() : 'docker',
      directoryOf: (mount) => this.mounts.directoryOf(mount),
      selinux: fs.existsSync(SELINUX),
      ownVariables: this.ownVariables,
      passed: this.passed,
    });
    const args = ['create', '--name', name, ...options, image, ...request.command ?? []];
    await this.engine.run(args, handedOver(request.environment, this)).catch((error: EngineError) => {
      throw new ContainerStartError(createFailure(error.message));
    });
  }

  private async attach(name: string, request: ContainerRequest): Promise<Container> {
    const memoryKillsBefore = memoryKillsSoFar();
    // In a process group of its own: Ctrl-C in a terminal is for this process, which then stops the container.
    const client = startProcess(this.engine.name, ['start', '--attach', name], { detached: true });
    // When the process ends, Node.js discards output that was not read.
    const [stdout, stderr] = [client.stdout, client.stderr].map((stream) => stream.pipe(new PassThrough()));
    let hasEnded = false;
    const ended = new Promise<void>((resolve, reject) => {
      client.once('error', (error) => reject(new ContainerStartError(`CannotStartContainerError: ${error.message}`)));
      client.once('exit', () => resolve());
    }).finally(() => { hasEnded = true; });
    ended.catch(() => undefined);

    // Nothing is read before it is known whether the container has started: the message of the engine is no output of the container.
    let state: ContainerState;
    for (let pause = FIRST_QUESTION; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      await Promise.race([sleep(pause), ended]);
      const isLast = hasEnded;
      state = await this.inspect(name);
      if (hasStarted(state)) break;
      if (isLast) throw new ContainerStartError(startFailure(state.error || await this.explain(name, await lastLineOf(stderr)), state.program));
    }

    void this.endClient(name, client, ended);
    const output = new OutputLines(request.onOutput);
    let wasKilled = false;
    const exited = Promise.all([ended, output.read(stdout), output.read(stderr)]).then(() => this.end(name)).then(
      (end) => end ? exitOf(end, wasKilled, memoryKillsSoFar() - memoryKillsBefore) : VANISHED,
    );
    return {
      exited,
      stop: (grace) => {
        void this.signal(name, state.stopSignal);
        const timer = this.clock.after(grace, () => {
          wasKilled = true;
          void this.signal(name, 'KILL');
        });
        exited.then(() => timer.cancel(), () => timer.cancel());
      },
    };
  }

  /** Of Podman's API, Docker's program says only that it could not attach to a container that cannot be started. A start without the output says why. */
  private explain(name: string, message: string): Promise<string> | string {
    return /unable to upgrade/.test(message) ? this.engine.run(['start', name]).then(() => message, (error: EngineError) => error.message) : message;
  }

  /**
   * Docker's program can miss the end of a container that ends at once, and then waits for ever: seen with the API of Podman 4.3, which looks for
   * the next end a moment too late. `wait` asks whether the container has ended already.
   */
  private async endClient(name: string, client: ReturnType<typeof startProcess>, ended: Promise<void>): Promise<void> {
    const knowsEnd = await this.engine.run(['wait', name]).then(() => true, () => false);
    if (!knowsEnd) return;
    await Promise.race([ended, sleep(PATIENCE, undefined, { ref: false })]);
    client.kill('SIGKILL');
  }

  /** How the container has ended. Then it is removed. Undefined when the engine does not know it any more. */
  private async end(name: string): Promise<ContainerState | undefined> {
    try {
      let state = await this.inspect(name);
      if (isRunning(state)) { // the client has lost its connection, or the engine is about to note the end
        await this.engine.run(['wait', name]);
        state = await this.inspect(name);
      }
      return state;
    } catch (error) {
      if (error instanceof EngineError) return undefined;
      throw error;
    } finally {
      await this.remove(name);
    }
  }

  private async inspect(name: string): Promise<ContainerState> {
    return readState(await this.engine.run(['container', 'inspect', name]));
  }

  /** A container that has ended already gets no signal. */
  private async signal(name: string, signal: string): Promise<void> {
    await this.engine.run(['kill', '--signal', signal, name]).catch(() => undefined);
  }

  private async remove(name: string): Promise<void> {
    if (this.names.delete(name)) await this.engine.run(['rm', '--force', '--volumes', name]).catch(() => undefined);
  }
}

/** In the words of the ECS agent, whose rules for further attempts match it: src/job/retry-rules.ts */
const VANISHED: ContainerExit = { reason: 'CannotInspectContainerError: Could not transition to inspecting; the container is not known to the engine any more' };

/** The last line that the program of an engine printed. */
async function lastLineOf(stderr: Readable): Promise<string> {
  const lines: string[] = [];
  await new OutputLines((line) => { lines.push(line); }).read(stderr);
  return lines.filter((line) => line.trim()).at(-1) ?? '';
}
