// Runs the commands of the tasks and of the conformance suites. No packages are imported: tasks/prepare.mjs uses this module before
// anything is installed.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Progress } from './progress.mjs';
import { at, ROOT } from './project.mjs';

const progress = new Progress();

/** jsii warns about each version of Node.js that it was not tested with. */
const ENVIRONMENT = { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1' };

/** A command that failed, with its exit status. */
export class StepError extends Error {
  constructor(message, status) {
    super(message);
    this.name = 'StepError';
    this.status = status;
  }
}

/**
 * Runs a command and returns `{ status, stdout, output }`; `output` is standard output and standard error. A command that fails is a
 * `StepError` that contains its output; with `check: false` it is a result like any other.
 *
 * A command that takes longer than `limit` milliseconds is ended.
 *
 * `env` is added to the environment; a variable that is undefined is removed. With `inherit` the user sees the output directly; with
 * `onStdout`, a function, the caller gets standard output as it arrives and the user sees standard error.
 */
export async function step(title, command, args = [], { cwd = ROOT, env = {}, input, shell = false, inherit = false, onStdout, check = true, limit } = {}) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  // A command whose output the user sees shows its own progress.
  const end = inherit || onStdout ? () => undefined : progress.begin(title);

  const child = spawn(command, args, {
    cwd,
    shell,
    env: { ...process.env, ...ENVIRONMENT, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', inherit ? 'inherit' : 'pipe', inherit || onStdout ? 'inherit' : 'pipe'],
  });
  let stdout = '';
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    output += text;
    onStdout?.(text);
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => { output += text; });
  // A command may end before it has read its input.
  child.stdin?.on('error', () => undefined).end(input);
  const timer = limit && setTimeout(() => {
    process.stderr.write(`${title} did not end within ${limit / 60_000} minutes\n`);
    child.kill('SIGKILL');
  }, limit);
  const [status, problem] = await new Promise((resolve) => {
    child.once('error', (error) => resolve([undefined, error.message]));
    child.once('close', (code, signal) => resolve([code, signal ? `it was ended by ${signal}` : `it exited with ${code}`]));
  });
  clearTimeout(timer);
  end();
  if (status === undefined || (check && status !== 0)) {
    throw new StepError(`${title} failed after ${seconds()}: ${problem}: ${[command, ...args].join(' ')}\n${output.trim()}`.trim(), status);
  }
  return { status, stdout, output };
}

/** Runs a script: when one of its commands fails, it shows why and exits with the status of the command. */
export async function script(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.status || 1;
  }
}

/** Does the work for all items, two at once unless it is told otherwise: most of it waits for disks and registries. */
export async function forEach(items, work, atOnce = 2) {
  const queue = [...items];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (queue.length > 0) await work(queue.shift());
  }));
}

/** Synthesizes a TypeScript app of this project. */
export function synthesize(title, app, outdir, env = {}) {
  const args = [at('node_modules', 'ts-node', 'dist', 'bin.js'), '--transpile-only', '--project', at('tsconfig.dev.json'), path.basename(app)];
  return step(`synthesizing ${title}`, process.execPath, args, { cwd: path.dirname(app), env: { CDK_OUTDIR: outdir, ...env } });
}
