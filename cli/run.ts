import { acceptKeys, keysOf, withAws } from './containers/aws-variables';
import { chosenEngine } from './containers/engine-program';
import { EngineRuntime } from './containers/engine-runtime';
import { Mounts } from './containers/mounts';
import { passedVariables, PassedVariables, withVariables } from './containers/passed-variables';
import { ProcessRuntime } from './containers/process-runtime';
import { Workspace } from './containers/workspace';
import { EndingSignal, onEnding } from './ending';
import { UsageError } from './errors';
import { EXIT } from './exit-codes';
import { newerSource, synthesize } from './freshness';
import { findJob, RunnableJob } from './jobs';
import { itemIndexOf, itemResultsOf, putList } from './lists';
import { ImageLacks, validateImage } from './preflight';
import { withResultPaths } from './results';
import { inputOf } from './run-input';
import { isFile, mountsOf, RunOptions } from './run-options';
import type { Terminal } from './terminal';
import { Timeline } from './timeline';
import { readAssembly } from '../emulator/assembly/assembly';
import { readDeployment } from '../emulator/assembly/read-deployment';
import { ScaledClock } from '../emulator/clock';
import { Emulator } from '../emulator/emulator';
import { NO_FAULTS } from '../emulator/faults';
import { ServiceError } from '../emulator/service';
import { containerOf, mountsOf as volumesOf } from '../emulator/services/batch/job-plan';
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** https://docs.docker.com/engine/network/drivers/host/#docker-desktop */
const IN_A_VM = 'Containers reach S3 of this run at 127.0.0.1. An engine in a virtual machine, such as Docker Desktop, shares that address with them only when its host networking is on.';

/** Milliseconds that the jobs of a stopped run have to end. The check function ends them, as in AWS. */
const CLEAN_UP_TIME = 180_000;

/** Runs a job of a synthesized app in the emulator and prints what happens. Returns the exit code. */
export async function run(jobPath: string | undefined, options: RunOptions, terminal: Terminal): Promise<number> {
  if (options.synth) await synthesize(options.app);
  const job = findJob(readDeployment(readAssembly(options.app)), jobPath);
  const input = inputOf(options);
  validateList(job, options.list);
  const variables = passedVariables(options.passEnv);
  keysOf(variables);
  const workspace = new Workspace();
  try {
    return await new LocalRun(job, options, { terminal, workspace, variables }).execute(input);
  } finally {
    workspace.removeAll();
  }
}

/** One run on this machine. */
class LocalRun {
  private readonly terminal: Terminal;
  private readonly workspace: Workspace;
  private readonly variables: PassedVariables;
  private readonly clock: ScaledClock;
  private readonly mounts: Mounts;
  private readonly containers: ProcessRuntime | EngineRuntime;
  private readonly emulator: Emulator;
  private readonly timeline: Timeline;
  private execution?: Execution;
  private interruptedBy?: EndingSignal;
  /** What the image lacks, since it is not built. */
  private lacks: ImageLacks = { instructions: [], programs: [] };

  constructor(
    private readonly job: RunnableJob,
    private readonly options: RunOptions,
    { terminal, workspace, variables }: { readonly terminal: Terminal; readonly workspace: Workspace; readonly variables: PassedVariables },
  ) {
    this.terminal = terminal;
    this.workspace = workspace;
    this.variables = variables;
    const clock = this.clock = new ScaledClock(options.timeScale);
    this.mounts = new Mounts(workspace, mountsOf(options));
    const engine = chosenEngine();
    this.containers = options.docker
      ? new EngineRuntime(clock, this.mounts, { engine, passed: variables, onStart: (name) => workspace.onDeath(`'${engine}' rm --force --volumes '${name}'`) })
      : new ProcessRuntime(clock, workspace, this.mounts);
    this.emulator = new Emulator(job.deployment, clock);
    const startedAt = clock.now();
    this.timeline = new Timeline(options.json ? terminal.stderr : terminal.stdout, () => clock.now() - startedAt);
  }

  async execute(input: unknown): Promise<number> {
    const { job, options, clock, emulator, timeline, containers, workspace } = this;
    const listenNoMore = onEnding({
      stop: (signal) => {
        this.timeline.note('Stopping the run. The container gets SIGTERM now and SIGKILL after 30 s. Press Ctrl-C again to kill it immediately.');
        this.interruptedBy = signal;
        this.stop();
      },
      abort: (signal) => this.abort(EXIT[signal]),
      exit: () => {
        containers.killAll();
        workspace.removeAll();
      },
    });
    try {
      await this.validate();
      await this.startEmulator();
      this.execution = start(emulator, job, job.list ? putList(emulator, job, options.list!, input) : input, options.name);
      if (this.interruptedBy) this.stop();
      timeline.note(`Running ${job.path} in the emulator, with the state machine and the functions of the app. `
        + `The emulator has no scheduler, no ECS agent and no Spot market${options.docker ? '' : ', and it does not limit memory'}.`);
      await this.execution.done();
      const deadline = clock.now() + CLEAN_UP_TIME;
      while (emulator.batch.containerJobs().some((batchJob) => !batchJob.isOver) && clock.now() < deadline) await clock.sleep(100);
    } finally {
      listenNoMore();
      containers.killAll();
      await emulator.stop();
      clock.stop();
    }
    timeline.end(this.execution);
    const { instructions, programs } = this.lacks;
    const lacks = [...instructions, ...programs];
    if (this.execution.status === 'FAILED' && lacks.length > 0) {
      timeline.note(`\nThe image was not built, so it lacks:\n${lacks.map((lack) => `  ${lack}\n`).join('')}Install what the job needs on this machine, or run it with --docker.`);
    }
    this.terminal.stdout.write(this.document(this.execution));
    if (this.interruptedBy) return EXIT[this.interruptedBy];
    return this.execution.status === 'SUCCEEDED' ? EXIT.SUCCEEDED : EXIT.FAILED;
  }

  /** What cannot work is said before anything starts. */
  private async validate(): Promise<void> {
    const { job, options, timeline, containers, mounts } = this;
    const definitions = job.deployment.jobDefinitions;
    mounts.validate(definitions.flatMap((definition) => volumesOf(containerOf(definition))));
    const newer = options.synth ? undefined : newerSource(options.app);
    if (newer !== undefined) timeline.note(`${newer} is newer than ${options.app}, which is what runs. Run 'npx cdk synth' before, or add --synth.`);
    if (containers instanceof EngineRuntime) {
      await containers.requireEngine();
      if (process.platform !== 'linux') timeline.note(IN_A_VM);
    } else {
      const found = definitions.map((definition) => validateImage(containers, mounts, definition));
      const [instructions, programs] = (['instructions', 'programs'] as const).map((kind) => [...new Set(found.flatMap((lacks) => lacks[kind]))]);
      this.lacks = { instructions, programs };
      for (const note of [...instructions.map((lack) => `Not carried out: ${lack}`), ...programs, ...containers.launcher.note === undefined ? [] : [containers.launcher.note]]) timeline.note(note);
    }
  }

  private async startEmulator(): Promise<void> {
    const { emulator, job, timeline, options, containers, variables } = this;
    const note = acceptKeys(emulator, job.deployment.jobDefinitions, variables);
    if (note !== undefined) timeline.note(note);
    await emulator.start({
      containers: withVariables(withAws(containers, emulator, variables), variables),
      faults: NO_FAULTS,
      onJob: (batchJob) => timeline.state(batchJob, Number(batchJob.plan.environment[CONTAINER_VARIABLES.ROUND]), itemIndexOf(batchJob)),
      onOutput: (batchJob, line) => timeline.output(line, itemIndexOf(batchJob)),
      onLog: (functionPath, line) => { if (options.verbose) timeline.note(`${functionPath.split('/').at(-1)} ${line}`); },
      onUnexpectedError: (error) => { if (options.verbose) timeline.note(`unexpected error of the emulator: ${(error as Error)?.stack ?? String(error)}`); },
    });
  }

  private stop(): void {
    this.execution?.stop('Interrupted', this.interruptedBy === 'SIGTERM' ? 'SIGTERM' : 'Ctrl-C');
  }

  /** Ends this process, whose listener of `exit` kills the containers. */
  private abort(exitCode: number): never {
    if (this.options.json) {
      this.execution?.stop('Interrupted', 'killed');
      this.terminal.stdout.write(this.execution ? this.document(this.execution) : `${JSON.stringify({ status: 'ABORTED', error: 'Interrupted', cause: 'killed' })}\n`);
    }
    return process.exit(exitCode);
  }

  /** The text of the output of the execution; with `--json`, of a document about it, also when it failed. */
  private document(execution: Execution): string {
    const { emulator, job, options } = this;
    const { status, error, cause, output, arn, transitions } = execution;
    if (!options.json && status !== 'SUCCEEDED') return '';
    const items = job.list ? { items: itemResultsOf(emulator, execution) } : {};
    const document = options.json
      ? { executionArn: arn, job: job.path, status, error, cause: parseJson(cause), output, transitions, ...items }
      : job.list ? { ...output as object, ...items } : output;
    return `${JSON.stringify(withResultPaths(emulator, document), null, 2)}\n`;
  }
}

function validateList(job: RunnableJob, list: string | undefined): void {
  if (!job.list && list !== undefined) throw new UsageError(`--list cannot be used with ${job.path}, which does not run for the items of a list`);
  if (!job.list) return;
  if (list === undefined) throw new UsageError(`${job.path} runs a job for each item of a list; name a file with the list: --list <file>`);
  if (!isFile(list)) throw new UsageError(`--list ${list} is not a file; name a file with the list`);
}

function start(emulator: Emulator, job: RunnableJob, input: unknown, name: string | undefined): Execution {
  try {
    return emulator.stepFunctions.start(job.stateMachine.arn, input, name);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new UsageError(error.code === 'InvalidName'
      ? `--name '${name}' is not a name of an execution; use 1 to 80 letters, digits, hyphens and underscores`
      : `the run cannot be started: ${error.code}: ${error.message}`);
  }
}

/** The value of a JSON text; the text itself when it is not JSON. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text!);
  } catch {
    return text;
  }
}
