import { ChildProcess, spawn } from 'child_process';
import * as path from 'path';
import { Program } from '../../cli/program';

/** The command line that ships. */
const BIN = path.join(__dirname, '..', '..', 'bin', 'heavy-batch.js');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const children: ChildProcess[] = [];
// A process that a failed test leaves running would keep Jest from ending.
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

/** Carries out a command line in this process, which takes less time. */
export function heavyBatchHere(...args: string[]): Promise<Ended> {
  return begunHere(...args).ended;
}

/** The same, with what has been printed so far. */
export function begunHere(...args: string[]): { readonly printed: { readonly out: string; readonly err: string }; readonly ended: Promise<Ended> } {
  const printed = { out: '', err: '' };
  const program = new Program({ stdout: { write: (text) => { printed.out += text; } }, stderr: { write: (text) => { printed.err += text; } } });
  const ended = program.execute(args).catch((error) => program.fail(error)).then((code) => ({ code, ...printed }));
  return { printed, ended };
}

/** Starts `heavy-batch` as a process. */
export function heavyBatch(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  return heavyBatchWith({}, ...args);
}

/** Starts `heavy-batch` with other environment variables than those of this process. */
export function heavyBatchWith(environment: Record<string, string>, ...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, NO_COLOR: '1', ...environment } });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => { out += chunk; });
  child.stderr.on('data', (chunk) => { err += chunk; });
  return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err }))) };
}
