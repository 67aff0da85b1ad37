import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { statOf } from './containers/stat';
import { UsageError } from './errors';

/** Directories with what was installed or built. What changes there changes nothing in the app. */
const NOT_SOURCES = /^(\..*|node_modules|cdk\.out|__pycache__|venv|target|bin|obj|dist|build|coverage)$/;

/** A large directory is not read to its end: a warning is not worth the time. */
const MOST_FILES = 20_000;

/** Output of programs and backups of editors in a project. */
const NO_SOURCE = /^\.|\.log$|~$/;

/** How many entries are read before other work of this process may go on. */
const AT_ONCE = 200;

/** When an app was synthesized, in milliseconds since the epoch. Undefined where there is none, or a synthesis has not ended. */
export function synthesizedAt(app: string): number | undefined {
  return statOf(path.join(path.resolve(app), 'manifest.json'))?.mtimeMs;
}

/**
 * The files of an app that were changed after the app was synthesized, by their paths in its project.
 *
 * @param outputs directories that others write, which are not read
 */
export async function* newerSources(app: string, outputs: readonly string[] = []): AsyncGenerator<string> {
  const directory = path.resolve(app);
  const time = synthesizedAt(app);
  const project = projectOf(directory);
  if (time === undefined || project === undefined) return;
  const left = new Set([directory, ...outputs.map((output) => path.resolve(output))]);
  const waiting = [project];
  for (let seen = 0; waiting.length > 0 && seen < MOST_FILES;) {
    const current = waiting.pop()!;
    for (const entry of entriesOf(current)) {
      const file = path.join(current, entry.name);
      if (++seen % AT_ONCE === 0) await setImmediate();
      if (entry.isDirectory() && !NOT_SOURCES.test(entry.name) && !left.has(file)) waiting.push(file);
      if (entry.isFile() && !NO_SOURCE.test(entry.name) && (statOf(file)?.mtimeMs ?? 0) > time) yield path.relative(project, file);
    }
  }
}

/** None for a directory that we may not read: this is for a warning only. */
function entriesOf(directory: string): fs.Dirent[] {
  try {
    return fs.readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Synthesizes the app again. */
export async function synthesize(app: string): Promise<void> {
  const directory = path.resolve(app);
  const project = projectOf(directory);
  if (project === undefined) throw new UsageError(`--synth finds no cdk.json beside ${directory} or above it; run 'npx cdk synth' where the app is, and leave --synth out`);
  // npx and npm run add the programs of the project to PATH. What the app prints is no part of the output of this command.
  const child = spawn('cdk', ['synth', '--quiet', '--output', directory], { cwd: project, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('close', (code) => resolve(code === 0 ? undefined : `'cdk synth' failed in ${project}; its messages are above`));
    child.once('error', ({ message }) => resolve(`'cdk synth' cannot be run (${message}); install the CDK CLI, for example with 'npm install --save-dev aws-cdk', or leave --synth out`));
  });
  if (failure !== undefined) throw new UsageError(failure);
}

/** The directory with the `cdk.json` of an app: that of `cdk.out`, or one above it. */
function projectOf(directory: string): string | undefined {
  for (let current = path.dirname(directory); ; current = path.dirname(current)) {
    if (fs.existsSync(path.join(current, 'cdk.json'))) return current;
    if (current === path.dirname(current)) return undefined;
  }
}
