/** An image as data: its stages, and what each of them does to its files. All variables are replaced, and the paths in the image are absolute. */
import type { DockerfileError } from './dockerfile-words';
import type { Instruction } from './instruction-text';

/** A stage. While the Dockerfile is read, its fields are what the next instruction sees. */
export interface Stage {
  /** In small letters, as names of stages are compared. */
  readonly name?: string;
  /** The place of its FROM among all FROM, counted from 0. */
  readonly index: number;
  /** The image from which the stage begins, or from which the stages below it begin: `debian:12`, `scratch`. */
  readonly base: string;
  /** The stage from which the stage begins. */
  readonly parent?: Stage;
  /** What the stage does itself, without its parent. */
  readonly steps: Step[];
  args: Record<string, string>;
  /** The variables that the next instruction sees. */
  variables: Record<string, string>;
  environment: Record<string, string>;
  workingDirectory: string;
  shell: string[];
  entrypoint?: string[];
  cmd?: { words: string[]; inherited?: boolean };
  user?: string;
  stopSignal?: string;
  volumes: string[];
  /** The ONBUILD instructions. They are applied in a stage that is based on this one. */
  triggers: Instruction[];
  /** Why the stage cannot be built. That does not matter unless the image needs the stage. */
  error?: DockerfileError;
}

export type Step = CopyStep | DirectoryStep | RunStep;

/** COPY and ADD. */
export interface CopyStep {
  readonly kind: 'copy';
  readonly instruction: Instruction;
  /** Paths in the context or in the stage of `--from`, with wildcards. */
  readonly sources: readonly string[];
  /** The files whose contents are in the Dockerfile. */
  readonly documents: readonly { readonly name: string; readonly content: string }[];
  /** Ends with `/` when it is written as a directory. */
  readonly destination: string;
  /** `--from`: the name or the number of a stage, or an image. */
  readonly from?: string;
  /** The stage of `--from`. Undefined for an image. */
  stage?: Stage;
  readonly owner?: string;
  readonly mode?: string;
  readonly parents: boolean;
  readonly excludes: readonly string[];
  /** Whether a local archive is unpacked. */
  readonly unpack: boolean;
}

/** WORKDIR and VOLUME. */
export interface DirectoryStep {
  readonly kind: 'directory';
  readonly instruction: Instruction;
  readonly path: string;
  readonly owner?: string;
}

export interface RunStep {
  readonly kind: 'run';
  readonly instruction: Instruction;
  /** The words of the exec form. */
  readonly words?: readonly string[];
  /** The program that reads the shell form, for example `/bin/sh`. */
  readonly shell: string;
  readonly workingDirectory: string;
  readonly variables: Readonly<Record<string, string>>;
}
