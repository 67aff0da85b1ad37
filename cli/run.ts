import * as fs from 'node:fs';
import { DockerRuntime } from './docker-runtime';
import { findJob } from './jobs';
import { itemOf, putList, resultsOf } from './lists';
import { Mounts } from './mounts';
import { PayloadFiles } from './payload-files';
import { ProcessRuntime } from './process-runtime';
import { Timeline } from './timeline';
import { readAssembly } from '../emulator/assembly/assembly';
import { readDeployment } from '../emulator/assembly/read-deployment';
import { ScaledClock } from '../emulator/clock';
import { Emulator } from '../emulator/emulator';
import { NO_FAULTS } from '../emulator/faults';
import type { Execution } from '../emulator/states/execution';

export interface RunOptions {
  readonly app: string;
  readonly param: string[];
  readonly mount: string[];
  readonly input?: string;
  readonly list?: string;
  readonly name?: string;
  readonly json?: boolean;
  readonly docker?: boolean;
  readonly timeScale: number;
  readonly verbose?: boolean;
}

export const EXIT = { SUCCEEDED: 0, FAILED: 1, USAGE: 2, INTERRUPTED: 130 };

/** Runs a job of a synthesized app here, and answers the exit code. */
export async function run(path: string | undefined, options: RunOptions): Promise<number> {
  const deployment = readDeployment(readAssembly(options.app));
  const job = findJob(deployment, path);
  const input = inputOf(options);
  if (options.list !== undefined && !job.list) throw new UsageError(`--list is for a state machine that runs a job over a list, which ${job.path} is not`);
  if (job.list && (options.list === undefined || !fs.existsSync(options.list))) {
    throw new UsageError(options.list === undefined ? `${job.path} runs a job over a list; name a file with it: --list <file>` : `--list ${options.list} is not a file`);
  }
  const clock = new ScaledClock(options.timeScale);
  const mounts = new Mounts(pairsOf('mount', options.mount));
  const containers = options.docker ? new DockerRuntime(clock, mounts) : new ProcessRuntime(clock, mounts);
  if (containers instanceof DockerRuntime) await containers.check();

  const startedAt = clock.now();
  const timeline = new Timeline(options.json ? process.stderr : process.stdout, () => clock.now() - startedAt);
  const emulator = new Emulator(deployment, clock);
  const files = new PayloadFiles(containers, () => emulator);
  await emulator.start({
    containers: files,
    faults: NO_FAULTS,
    onJob: (batchJob) => timeline.state(batchJob, Number(batchJob.plan.environment.HEAVY_BATCH_ROUND), itemOf(batchJob)),
    onOutput: (batchJob, line) => timeline.output(line, itemOf(batchJob)),
    onLog: (functionPath, line) => { if (options.verbose) timeline.note(`${functionPath.split('/').at(-1)} ${line}`); },
  });

  let interrupted = 0;
  let execution: Execution | undefined;
  const onInterrupt = () => {
    if (++interrupted > 1) {
      containers.killAll();
      process.exit(EXIT.INTERRUPTED);
    }
    timeline.note('stopping: the job gets SIGTERM, and SIGKILL 30 s later; once more Ctrl-C kills it at once');
    execution?.stop('Interrupted', 'Ctrl-C');
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);

  try {
    const its = job.list ? putList(emulator, job, options.list!, input) : input;
    execution = emulator.stepFunctions.start(job.stateMachine.arn, its, options.name);
    timeline.note(`${job.path}: its state machine and its functions as they would be deployed, on this machine; no scheduler, no ECS agent, no Spot market${options.docker ? '' : ', and no limit on memory'}`);
    await execution.done();
    // What a stopped run leaves is ended by the watch function, as it would be.
    const deadline = clock.now() + 180_000;
    while (emulator.batch.containerJobs().some((one) => !one.isOver) && clock.now() < deadline) await clock.sleep(100);
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
    containers.killAll();
    files.removeAll();
    await emulator.stop();
    mounts.removeAll();
    clock.stop();
  }
  timeline.end(execution);
  if (options.json || execution.status === 'SUCCEEDED') {
    const { status, error, cause, output, arn, transitions } = execution;
    const items = job.list ? { items: resultsOf(emulator, execution) } : {};
    const document = options.json
      ? { executionArn: arn, job: job.path, status, error, cause: parsed(cause), output, transitions, ...items }
      : job.list ? { ...output as object, ...items } : output;
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  return interrupted > 0 ? EXIT.INTERRUPTED : execution.status === 'SUCCEEDED' ? EXIT.SUCCEEDED : EXIT.FAILED;
}

/** The run's input: `--input`, with each `--param` in its parameters. */
export function inputOf({ input, param }: Pick<RunOptions, 'input' | 'param'>): unknown {
  const text = input === undefined ? '{}' : /^\s*[[{"]/.test(input) ? input : read(input);
  let json: any;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--input is not JSON: ${(error as Error).message}`);
  }
  if (param.length === 0) return json;
  return { ...json, parameters: { ...json.parameters, ...pairsOf('param', param) } };
}

function pairsOf(option: string, pairs: string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--${option} ${pair} is not ${option === 'param' ? 'name=value' : 'path=directory'}`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}

export class UsageError extends Error {
  readonly name = 'UsageError';
}

function read(file: string): string {
  if (!fs.existsSync(file)) throw new UsageError(`--input ${file} is neither JSON nor a file`);
  return fs.readFileSync(file, 'utf8');
}

function parsed(cause: string | undefined): unknown {
  try {
    return JSON.parse(cause!);
  } catch {
    return cause;
  }
}
