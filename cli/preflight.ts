import * as fs from 'node:fs';
import type { Mounts } from './containers/mounts';
import type { Prepared, ProcessRuntime } from './containers/process-runtime';
import { CannotExecute, programOf } from './containers/program-of';
import { UsageError } from './errors';
import type { SkippedStep } from './image/image-files';
import type { DeployedJobDefinition } from '../emulator/assembly/deployment';
import { ContainerStartError } from '../emulator/services/batch/containers';
import { containerOf, mountsOf } from '../emulator/services/batch/job-plan';

/**
 * Throws a `UsageError` where a job cannot run as a process of this machine: no engine could build its image, or its program is missing here.
 * Returns what a person must know about the image. A run that would fail for such a reason does not start.
 */
export function validateImage(runtime: ProcessRuntime, mounts: Mounts, definition: DeployedJobDefinition): string[] {
  const { path: jobPath, image } = definition;
  const container = containerOf(definition);
  const volumes = mountsOf(container);
  const request = { image, imageUri: String(container.Image), properties: container, environment: {}, mounts: volumes, command: container.Command };
  try {
    const prepared = runtime.prepare(request, mounts.bindsOf(volumes));
    for (const words of commandsIn(prepared)) {
      const missing = missingFor(words, prepared);
      if (missing !== undefined) throw new UsageError(`${jobPath} needs ${missing}, which this machine does not have. ${whatBringsIt(missing, prepared)}`);
    }
    return prepared.skipped.map(({ instruction, line, reason }) => `${instruction} (line ${line} of the Dockerfile): ${reason}`);
  } catch (error) {
    if (error instanceof ContainerStartError) throw new UsageError(`${jobPath} cannot run: ${error.reason ?? error.message}`);
    throw error;
  }
}

/** The program that a command lacks. A command that the kernel refuses for another reason is for the run, which fails as in AWS. */
function missingFor(words: readonly string[], prepared: Prepared): string | undefined {
  const { view, environment: { PATH }, config: { workingDirectory } } = prepared;
  try {
    const file = view.find(programOf({ words, path: PATH, workingDirectory }, view))!;
    const [, interpreter] = /^#!\s*\/usr\/bin\/env\s+(?:-S\s+)?([^\s-]\S*)/.exec(beginningOf(file)) ?? [];
    return interpreter === undefined ? undefined : missingFor([interpreter], prepared);
  } catch (error) {
    if (error instanceof CannotExecute) return error.missing;
    throw error;
  }
}

/** The commands that are known before the run: the one of the container, and the first one of a shell. */
function commandsIn({ words }: Prepared): (readonly string[])[] {
  const [program, option, text] = words;
  if (/Ref::/.test(program)) return [];
  const isShell = /^(.*\/)?(ba|da|a|z)?sh$/.test(program);
  if (isShell && /^-\w*c$/.test(option ?? '') && text !== undefined) return [words, ...firstCommandOf(text)];
  // A shell or an interpreter that reads a file of the image.
  return [words];
}

/** The first command of a text for a shell, where it is a simple one. */
function firstCommandOf(text: string): (readonly string[])[] {
  const [, word] = /^\s*(?:exec\s+)?([\w./-]+)(?=\s|$|;)/.exec(text) ?? [];
  return word === undefined || SHELL_WORDS.has(word) ? [] : [[word]];
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html */
const SHELL_WORDS = new Set([
  'alias', 'bg', 'break', 'case', 'cd', 'command', 'continue', 'do', 'done', 'elif', 'else', 'esac', 'eval', 'exec', 'exit', 'export', 'fc', 'fg', 'fi', 'for', 'getopts', 'hash', 'if',
  'in', 'jobs', 'kill', 'local', 'read', 'readonly', 'return', 'set', 'shift', 'source', 'then', 'times', 'trap', 'type', 'ulimit', 'umask', 'unalias', 'unset', 'until', 'wait', 'while', '.', ':',
]);

/** Which instruction would have brought a program, and the two ways on. */
function whatBringsIt(missing: string, { skipped, base }: Prepared): string {
  const name = missing.split('/').at(-1)!;
  const stem = name.replace(/[\d.]+$/, '') || name;
  const step = skipped.find(({ instruction }) => instruction.includes(name)) ?? skipped.find(({ instruction }) => instruction.includes(stem)) ?? (missing.includes('/') ? skipped.at(-1) : undefined);
  const source = step && !isOfBase(step, base, stem) ? `${step.instruction} (line ${step.line} of the Dockerfile) would have brought it` : `Its base image, ${base}, would have brought it`;
  return `${source}, and only a container engine can do that. Install ${name} on this machine, or run the job with --docker.`;
}

/** `FROM python` rather than `RUN pip install python-dateutil`. */
function isOfBase({ instruction }: SkippedStep, base: string, stem: string): boolean {
  return base.includes(stem) && !new RegExp(`install[^&;]*\\s${stem.replace(/\W/g, '\\$&')}(\\s|$)`).test(instruction);
}

function beginningOf(file: string): string {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(256);
    return buffer.toString('latin1', 0, fs.readSync(descriptor, buffer, 0, buffer.length, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}
