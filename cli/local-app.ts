import { setTimeout } from 'node:timers/promises';
import { acceptKeys, keysOf, withAws } from './containers/aws-variables';
import { chosenEngine } from './containers/engine-program';
import { EngineRuntime } from './containers/engine-runtime';
import { Mounts } from './containers/mounts';
import { passedVariables, PassedVariables, withVariables } from './containers/passed-variables';
import { ProcessRuntime } from './containers/process-runtime';
import { Workspace } from './containers/workspace';
import { newerSources } from './freshness';
import { ImageLacks, validateImage } from './preflight';
import { LocalOptions, mountsOf } from './run-options';
import type { Deployment } from '../emulator/assembly/deployment';
import { Clock, ScaledClock } from '../emulator/clock';
import { Emulator, EmulatorOptions } from '../emulator/emulator';
import type { FormerKeys } from '../emulator/endpoint/keys';
import { NO_FAULTS } from '../emulator/faults';
import type { ContainerRuntime } from '../emulator/services/batch/containers';
import { containerOf, mountsOf as volumesOf } from '../emulator/services/batch/job-plan';

/** https://docs.docker.com/engine/network/drivers/host/#docker-desktop */
const IN_A_VM = 'Containers reach S3 of this emulator at 127.0.0.1. An engine in a virtual machine, such as Docker Desktop, shares that address with them only when its host networking is on.';

/** Milliseconds that the jobs of a stopped run have to end. The check function ends them, as in AWS. */
const CLEAN_UP_TIME = 180_000;

/** Milliseconds that events about what has just ended have to be handled. */
const LAST_EVENTS_TIME = 5_000;

/** What is told of an app, as it happens, and what its services have from the beginning. */
export interface Told extends Pick<EmulatorOptions, 'onJob' | 'onOutput' | 'onEvent' | 'onInvocation' | 'onCall' | 'onUnknownItems' | 'state' | 'journal'> {
  /** Tells a line about the app as a whole. */
  readonly note: (text: string) => void;
}

/** What a local app has in the place of what is usual. */
export interface LocalAppParts {
  /** Those of a former app, which programs may have. */
  readonly keys?: FormerKeys;
  readonly clock?: Clock & { stop(): void };
  /** Stands before the containers: it may run some in another way. */
  readonly containersBefore?: (containers: ContainerRuntime) => ContainerRuntime;
}

/** An app on this machine: its services in the emulator, and its containers as processes or in a container engine. */
export class LocalApp {
  readonly clock: Clock & { stop(): void };
  readonly emulator: Emulator;
  private readonly mounts: Mounts;
  private readonly variables: PassedVariables;
  private readonly containers: ProcessRuntime | EngineRuntime;

  constructor(
    private readonly deployment: Deployment,
    private readonly options: LocalOptions,
    workspace: Workspace,
    private readonly parts: LocalAppParts = {},
  ) {
    const variables = this.variables = passedVariables(options.passEnv);
    keysOf(variables);
    const clock = this.clock = parts.clock ?? new ScaledClock(options.timeScale);
    // Programs are of this machine: where time does not follow it, they are stopped by its own.
    const programClock = clock.scale === undefined ? new ScaledClock() : clock;
    this.mounts = new Mounts(workspace, mountsOf(options));
    const engine = chosenEngine();
    this.containers = options.docker
      ? new EngineRuntime(programClock, this.mounts, { engine, passed: variables, onStart: (name) => workspace.onDeath(`'${engine}' rm --force --volumes '${name}'`) })
      : new ProcessRuntime(programClock, workspace, this.mounts);
    this.emulator = new Emulator(deployment, clock, parts.keys);
  }

  /** Says what cannot work before anything starts. Returns what the images lack, since they are not built. */
  async validate(note: Told['note']): Promise<ImageLacks> {
    const { deployment: { jobDefinitions }, containers, mounts } = this;
    mounts.validate(jobDefinitions.flatMap((definition) => volumesOf(containerOf(definition))));
    if (containers instanceof EngineRuntime) {
      await containers.requireEngine();
      if (process.platform !== 'linux') note(IN_A_VM);
      return { instructions: [], programs: [] };
    }
    const found = jobDefinitions.map((definition) => validateImage(containers, mounts, definition));
    const [instructions, programs] = (['instructions', 'programs'] as const).map((kind) => [...new Set(found.flatMap((lacks) => lacks[kind]))]);
    for (const line of [...instructions.map((lack) => `Not carried out: ${lack}`), ...programs, ...containers.launcher.note === undefined ? [] : [containers.launcher.note]]) note(line);
    return { instructions, programs };
  }

  /** Says that the app may be older than its source. */
  async noteNewerSource(note: Told['note'], advice = "Run 'npx cdk synth' before, or add --synth."): Promise<void> {
    const { options: { app, synth } } = this;
    if (synth) return;
    for await (const newer of newerSources(app)) return note(`${newer} is newer than ${app}, which is what runs. ${advice}`);
  }

  /** Starts the emulator, on a port if one is given. */
  async start(told: Told, port?: number): Promise<void> {
    await this.emulator.start({ ...this.emulatorOptions(told), port });
  }

  /** Starts the emulator with the port of another one, and what its services have. Where this throws, the other one goes on. */
  async startAfter({ emulator }: LocalApp, told: Told): Promise<void> {
    await this.emulator.startAfter(emulator, this.emulatorOptions(told));
  }

  /** Starts over: nothing has happened yet. */
  startOver(told: Told): void {
    this.emulator.begin(this.emulatorOptions(told));
  }

  private emulatorOptions({ note, ...told }: Told): EmulatorOptions {
    const { emulator, deployment, options: { verbose }, containers, variables, parts: { containersBefore = (all) => all } } = this;
    const line = acceptKeys(emulator, deployment.jobDefinitions, variables);
    if (line !== undefined) note(line);
    return {
      containers: containersBefore(withVariables(withAws(containers, emulator, variables), variables)),
      faults: NO_FAULTS,
      ...told,
      onLog: (functionPath, text) => { if (verbose) note(`${functionPath.split('/').at(-1)} ${text}`); },
      onUnexpectedError: (error) => { if (verbose) note(`unexpected error of the emulator: ${(error as Error)?.stack ?? String(error)}`); },
    };
  }

  /** Whether a run is in progress, or a job of one. */
  get isBusy(): boolean {
    const { stepFunctions, batch } = this.emulator;
    return stepFunctions.executions().some(({ status }) => status === 'RUNNING') || batch.containerJobs().some((job) => !job.isOver);
  }

  /** Waits until the functions have handled what was sent to them at last. */
  async untilIdle(): Promise<void> {
    const deadline = performance.now() + LAST_EVENTS_TIME;
    for (let quiet = 0; quiet < 3 && performance.now() < deadline; quiet = this.emulator.isIdle ? quiet + 1 : 0) await setTimeout(20);
  }

  /** Waits for the jobs of runs that have ended or were stopped. Meanwhile does something again and again. */
  async untilJobsEnd(meanwhile: () => void = () => undefined): Promise<void> {
    const { clock, emulator } = this;
    const deadline = clock.now() + CLEAN_UP_TIME;
    while (emulator.batch.containerJobs().some((job) => !job.isOver) && clock.now() < deadline) {
      meanwhile();
      await clock.sleep(100);
    }
  }

  killAll(): void {
    this.containers.killAll();
  }

  async stop(): Promise<void> {
    this.killAll();
    await this.emulator.stop();
    this.clock.stop();
  }

  /** Ends what another one goes on with. */
  retire(): void {
    this.killAll();
    this.clock.stop();
  }
}
