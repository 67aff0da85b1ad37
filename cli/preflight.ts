import type { Mounts } from './containers/mounts';
import type { Prepared, ProcessRuntime } from './containers/process-runtime';
import { SHELL_WORDS } from './containers/script-programs';
import { UsageError } from './errors';
import type { SkippedStep } from './image/image-files';
import { sourceOf } from './image/program-source';
import { missingFor, missingInScripts, textForShell } from './missing-programs';
import type { DeployedJobDefinition } from '../emulator/assembly/deployment';
import { ContainerStartError } from '../emulator/services/batch/containers';
import { containerOf, mountsOf } from '../emulator/services/batch/job-plan';

const MOST_LINES = 8;

/** What a person must know about an image that is not built. The run may do without it. */
export interface ImageLacks {
  /** The instructions that are not carried out, and why. */
  readonly instructions: readonly string[];
  /** The programs that scripts of the image name and that this machine does not have. */
  readonly programs: readonly string[];
}

/**
 * Throws a `UsageError` where a job cannot run as a process of this machine: no engine could build its image, or its program is missing here.
 * A run that would fail for such a reason does not start.
 */
export function validateImage(runtime: ProcessRuntime, mounts: Mounts, definition: DeployedJobDefinition): ImageLacks {
  const { image } = definition;
  const jobPath = definition.path.replace(/\/Container\/JobDefinition$/, '');
  const container = containerOf(definition);
  const volumes = mountsOf(container);
  const request = {
    image,
    imageUri: String(container.Image),
    properties: container,
    environment: environmentOf(container),
    mounts: volumes,
    command: container.Command,
  };
  try {
    const prepared = runtime.prepare(request, mounts.bindsOf(volumes));
    for (const words of commandsIn(prepared)) {
      const missing = missingFor(words, prepared);
      if (missing === undefined) continue;
      const source = `${sourceOf(missing, prepared)} would have brought it, and only a container engine can do that.`;
      throw new UsageError(`${jobPath} needs ${missing}, which this machine does not have. ${source} ${adviceFor(missing)}`);
    }
    return {
      instructions: linesOf(prepared.skipped),
      programs: missingInScripts(prepared),
    };
  } catch (error) {
    if (error instanceof ContainerStartError) throw new UsageError(`${jobPath} cannot run: ${(error.reason ?? error.message).replace(/^Cannot\w+Error: /, '')}`);
    throw error;
  }
}

/** The environment variables of the job definition. Those of the input are known in the run only. */
function environmentOf({ Environment = [] }: { readonly Environment?: readonly { readonly Name: string; readonly Value: string }[] }): Record<string, string> {
  return Object.fromEntries(Environment.map(({ Name, Value }) => [Name, Value]));
}

/** The last instructions make the stage that becomes the image. The others are counted where they are many. */
function linesOf(skipped: readonly SkippedStep[]): string[] {
  const line = (place: string, { instruction, reason }: SkippedStep) => `${instruction} (${place} of the Dockerfile): ${reason}`;
  const last = skipped.length > MOST_LINES ? skipped.slice(1 - MOST_LINES) : skipped;
  const others = skipped.slice(0, skipped.length - last.length);
  return [
    ...others.length === 0 ? [] : [line(`line ${others[0].line}, and ${others.length - 1} others up to line ${others.at(-1)!.line}`, others[0])],
    ...last.map((step) => line(`line ${step.line}`, step)),
  ];
}

/** The commands that are known before the run: the one of the container, and the first one of a shell. */
function commandsIn({ words }: Prepared): (readonly string[])[] {
  if (/Ref::/.test(words[0])) return [];
  const text = textForShell(words);
  return [words, ...text === undefined ? [] : firstCommandOf(text)];
}

/** The first command of a text for a shell, where it is a simple one. */
function firstCommandOf(text: string): (readonly string[])[] {
  const [, word] = /^\s*(?:exec\s+)?([\w./-]+)(?=\s|$|;)/.exec(text) ?? [];
  return word === undefined || SHELL_WORDS.has(word) ? [] : [[word]];
}

/** What is missing at a path is installed there, if anywhere. The root directory of a container has only the system directories of this machine. */
function adviceFor(missing: string): string {
  if (missing.includes('/') && !/^\/(usr|bin|sbin|opt)\//.test(missing)) return 'Run the job with --docker.';
  return `Install ${missing} on this machine, or run the job with --docker.`;
}
