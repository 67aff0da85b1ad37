import { withWorkspace, Workspace } from './containers/workspace';
import { EndingSignal, onEnding } from './ending';
import { UsageError } from './errors';
import { EXIT } from './exit-codes';
import { synthesize } from './freshness';
import { findJob, RunnableJob } from './jobs';
import { itemIndexOf, itemResultsOf, putList } from './lists';
import { LocalApp } from './local-app';
import { withResultPaths } from './results';
import { inputOf } from './run-input';
import { isFile, RunOptions } from './run-options';
import type { Terminal } from './terminal';
import { Timeline } from './timeline';
import { readAssembly } from '../emulator/assembly/assembly';
import { readDeployment } from '../emulator/assembly/read-deployment';
import type { Emulator } from '../emulator/emulator';
import { ServiceError } from '../emulator/service';
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** Runs a job of a synthesized app in the emulator and prints what happens. Returns the exit code. */
export async function run(jobPath: string | undefined, options: RunOptions, terminal: Terminal): Promise<number> {
  if (options.synth) await synthesize(options.app);
  const job = findJob(readDeployment(readAssembly(options.app)), jobPath);
  const input = inputOf(options);
  validateList(job, options.list);
  return withWorkspace((workspace) => new LocalRun(job, options, terminal, workspace).execute(input));
}

/** One run on this machine. */
class LocalRun {
  private readonly local: LocalApp;
  private readonly timeline: Timeline;
  private execution?: Execution;
  private interruptedBy?: EndingSignal;

  constructor(
    private readonly job: RunnableJob,
    private readonly options: RunOptions,
    private readonly terminal: Terminal,
    private readonly workspace: Workspace,
  ) {
    const { clock } = this.local = new LocalApp(job.deployment, options, workspace);
    const startedAt = clock.now();
    this.timeline = new Timeline(options.json ? terminal.stderr : terminal.stdout, () => clock.now() - startedAt);
  }

  async execute(input: unknown): Promise<number> {
    const { job, options, local, local: { emulator }, timeline, workspace } = this;
    const note = (text: string) => timeline.note(text);
    const listenNoMore = onEnding({
      stop: (signal) => {
        note('Stopping the run. The container gets SIGTERM now and SIGKILL after 30 s. Press Ctrl-C again to kill it immediately.');
        this.interruptedBy = signal;
        this.stop();
      },
      abort: (signal) => this.abort(EXIT[signal]),
      exit: () => {
        local.killAll();
        workspace.removeAll();
      },
    });
    let lacks: string[] = [];
    try {
      await local.noteNewerSource(note);
      const { instructions, programs } = await local.validate(note);
      lacks = [...instructions, ...programs];
      await local.start({
        note,
        onJob: (batchJob) => timeline.state(batchJob, Number(batchJob.plan.environment[CONTAINER_VARIABLES.ROUND]), itemIndexOf(batchJob)),
        onOutput: (batchJob, line) => timeline.output(line, itemIndexOf(batchJob)),
      });
      this.execution = start(emulator, job, job.list ? putList(emulator, job, options.list!, input) : input, options.name);
      if (this.interruptedBy) this.stop();
      note(`Running ${job.path} in the emulator, with the state machine and the functions of the app. `
        + `The emulator has no scheduler, no ECS agent and no Spot market${options.docker ? '' : ', and it does not limit memory'}.`);
      await this.execution.done();
      await local.untilJobsEnd();
    } finally {
      listenNoMore();
      await local.stop();
    }
    timeline.end(this.execution);
    if (this.execution.status === 'FAILED' && lacks.length > 0) {
      note(`\nThe image was not built, so it lacks:\n${lacks.map((lack) => `  ${lack}\n`).join('')}Install what the job needs on this machine, or run it with --docker.`);
    }
    this.terminal.stdout.write(this.document(this.execution));
    if (this.interruptedBy) return EXIT[this.interruptedBy];
    return this.execution.status === 'SUCCEEDED' ? EXIT.SUCCEEDED : EXIT.FAILED;
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
    const { local: { emulator }, job, options } = this;
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
