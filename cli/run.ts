import { EngineRuntime } from './containers/engine-runtime';
import { UsageError } from './errors';
import { findJob, Job } from './jobs';
import { itemIndexOf, itemResultsOf, putList } from './lists';
import { Mounts } from './containers/mounts';
import { PayloadFiles } from './payload-files';
import { ProcessRuntime } from './containers/process-runtime';
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
import type { Execution } from '../emulator/states/execution';
import { CONTAINER_VARIABLES } from '../src/contract/environment';

/** The exit codes. `USAGE` is also the exit code of an unexpected error. */
export const EXIT = { SUCCEEDED: 0, FAILED: 1, USAGE: 2, INTERRUPTED: 130 };

/** Milliseconds that the jobs of a stopped run have to end. The check function ends them, as in AWS. */
const CLEAN_UP_TIME = 180_000;

/** Runs a job of a synthesized app in the emulator and prints what happens. Returns the exit code. */
export async function run(jobPath: string | undefined, options: RunOptions, { stdout, stderr }: Terminal): Promise<number> {
  const deployment = readDeployment(readAssembly(options.app));
  const job = findJob(deployment, jobPath);
  const input = inputOf(options);
  validateList(job, options.list);

  const clock = new ScaledClock(options.timeScale);
  const mounts = new Mounts(mountsOf(options));
  const containers = options.docker ? new EngineRuntime(clock, mounts) : new ProcessRuntime(clock, mounts);
  if (containers instanceof EngineRuntime) await containers.requireEngine();

  const startedAt = clock.now();
  const timeline = new Timeline(options.json ? stderr : stdout, () => clock.now() - startedAt);
  const emulator = new Emulator(deployment, clock);
  const payloadFiles = new PayloadFiles(containers, () => emulator);
  await emulator.start({
    containers: payloadFiles,
    faults: NO_FAULTS,
    onJob: (batchJob) => timeline.state(batchJob, Number(batchJob.plan.environment[CONTAINER_VARIABLES.ROUND]), itemIndexOf(batchJob)),
    onOutput: (batchJob, line) => timeline.output(line, itemIndexOf(batchJob)),
    onLog: (functionPath, line) => { if (options.verbose) timeline.note(`${functionPath.split('/').at(-1)} ${line}`); },
    onUnexpectedError: (error) => { if (options.verbose) timeline.note(`unexpected error of the emulator: ${(error as Error)?.stack ?? String(error)}`); },
  });

  let interrupts = 0;
  let execution: Execution | undefined;
  const onInterrupt = () => {
    if (++interrupts > 1) process.exit(EXIT.INTERRUPTED);
    timeline.note('Stopping the run. The container gets SIGTERM now and SIGKILL after 30 s. Press Ctrl-C again to kill it immediately.');
    execution?.stop('Interrupted', 'Ctrl-C');
  };
  const killAll = () => containers.killAll();
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt).on('exit', killAll);

  try {
    execution = start(emulator, job, job.list ? putList(emulator, job, options.list!, input) : input, options.name);
    timeline.note(`Running ${job.path} in the emulator, with the state machine and the functions of the app. `
      + `The emulator has no scheduler, no ECS agent and no Spot market${options.docker ? '' : ', and it does not limit memory'}.`);
    await execution.done();
    const deadline = clock.now() + CLEAN_UP_TIME;
    while (emulator.batch.containerJobs().some((batchJob) => !batchJob.isOver) && clock.now() < deadline) await clock.sleep(100);
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt).off('exit', killAll);
    killAll();
    payloadFiles.removeAll();
    await emulator.stop();
    mounts.removeAll();
    clock.stop();
  }
  timeline.end(execution);
  stdout.write(outputOf(emulator, job, execution, options.json));
  if (interrupts > 0) return EXIT.INTERRUPTED;
  return execution.status === 'SUCCEEDED' ? EXIT.SUCCEEDED : EXIT.FAILED;
}

function validateList(job: Job, list: string | undefined): void {
  if (!job.list && list !== undefined) throw new UsageError(`--list cannot be used with ${job.path}, which does not run for the items of a list`);
  if (!job.list) return;
  if (list === undefined) throw new UsageError(`${job.path} runs a job for each item of a list; name a file with the list: --list <file>`);
  if (!isFile(list)) throw new UsageError(`--list ${list} is not a file; name a file with the list`);
}

function start(emulator: Emulator, job: Job, input: unknown, name: string | undefined): Execution {
  try {
    return emulator.stepFunctions.start(job.stateMachine.arn, input, name);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new UsageError(error.code === 'InvalidName'
      ? `--name '${name}' is not a name of an execution; use 1 to 80 letters, digits, hyphens and underscores`
      : `the run cannot be started: ${error.code}: ${error.message}`);
  }
}

/** The text of the output of the execution; with `--json`, of a document about it, also when it failed. */
function outputOf(emulator: Emulator, job: Job, execution: Execution, json: boolean | undefined): string {
  const { status, error, cause, output, arn, transitions } = execution;
  if (!json && status !== 'SUCCEEDED') return '';
  const items = job.list ? { items: itemResultsOf(emulator, execution) } : {};
  const document = json
    ? { executionArn: arn, job: job.path, status, error, cause: parseJson(cause), output, transitions, ...items }
    : job.list ? { ...output as object, ...items } : output;
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The value of a JSON text; the text itself when it is not JSON. */
function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text!);
  } catch {
    return text;
  }
}
