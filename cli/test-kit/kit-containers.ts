import { CommandError, type Attempt } from './commands';
import { scriptedContainer } from './scripted-container';
import type { BatchJob } from '../../emulator/services/batch/batch';
import type { Container, ContainerRequest, ContainerRuntime } from '../../emulator/services/batch/containers';
import { pathOfJob, type ServedApp } from '../jobs';
import type { LocalApp } from '../local-app';

/** A container that a job has started. */
export interface StartedContainer {
  readonly job: string;
  readonly jobName: string;
  readonly attempt: number;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  readonly arrayIndex?: number;
  readonly nodeIndex?: number;
}

/** The containers of an app: those of a job with a script do what it says, and those of the others are programs, during which time stands still. */
export class KitContainers {
  started: StartedContainer[] = [];
  private readonly scripts = new Map<string, { readonly attempts: readonly Attempt[]; next: number }>();
  /** The construct paths of the jobs whose containers are about to start, by the id of the job of Batch. */
  private readonly paths = new Map<string, string>();
  private readonly programs = new Set<Container>();
  private isEnding = false;

  constructor(private readonly app: ServedApp, private readonly local: () => LocalApp) {}

  /** Sets what the containers of a job do, from the next one on. */
  script(name: string, attempts: readonly Attempt[]): void {
    const path = this.pathOf(name);
    if (attempts.length === 0) this.scripts.delete(path);
    else this.scripts.set(path, { attempts, next: 0 });
  }

  onJob(job: BatchJob): void {
    if (job.status === 'STARTING') this.paths.set(job.jobId, pathOfJob(this.app.jobs, job.plan.definition));
  }

  before(programs: ContainerRuntime): ContainerRuntime {
    return { start: (request) => this.start(request, programs) };
  }

  /** Ends all programs, and those that are about to start. */
  endPrograms(): void {
    this.isEnding = true;
    this.programs.forEach((program) => program.stop(0));
  }

  /** Starts over: no container was started, and there are no scripts. */
  startOver(): void {
    this.isEnding = false;
    this.started = [];
    this.scripts.clear();
    this.paths.clear();
  }

  /** How many programs run. */
  get running(): number {
    return this.programs.size;
  }

  private async start(request: ContainerRequest, programs: ContainerRuntime): Promise<Container> {
    const { jobId, jobName, attempt, command, environment, vcpus, memory, arrayIndex, nodeIndex } = request;
    const job = this.paths.get(jobId) ?? jobName;
    this.paths.delete(jobId);
    this.started.push({ job, jobName, attempt, command, environment, vcpus, memory, arrayIndex, nodeIndex });
    const script = this.scripts.get(job);
    if (!script) return this.startProgram(request, programs);
    const { attempts } = script;
    return scriptedContainer(request, attempts[Math.min(script.next++, attempts.length - 1)], this.local().emulator);
  }

  private async startProgram(request: ContainerRequest, programs: ContainerRuntime): Promise<Container> {
    const { emulator } = this.local();
    const program = await emulator.track(programs.start(request));
    this.programs.add(program);
    const forget = () => this.programs.delete(program);
    emulator.track(program.exited).then(forget, forget);
    if (this.isEnding) program.stop(0);
    return program;
  }

  /** The full path of a job, which may be named by its end. */
  private pathOf(name: string): string {
    const { jobs } = this.app;
    const paths = jobs.filter(({ list }) => list === undefined).map(({ path }) => path);
    const found = paths.includes(name) ? [name] : paths.filter((path) => path.endsWith(`/${name}`));
    if (found.length === 1) return found[0];
    if (found.length > 1) throw new CommandError(`'job' is "${name}", and the app has ${found.length} jobs of this name; use ${found.join(' or ')}`);
    const isList = jobs.some(({ path, list }) => list !== undefined && (path === name || path.endsWith(`/${name}`)));
    throw new CommandError(`'job' is "${name}", ${isList ? 'which runs another job for each item of a list' : 'and the app has no such job'}; use ${paths.join(' or ')}`);
  }
}
