/** The files of an image, from its Dockerfile, without an engine. https://docs.docker.com/reference/dockerfile/ */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { buildContext, SourceTree, stageTree } from './build-context';
import { followCopy } from './copy-steps';
import { configOfStage, DockerfileError, ImageConfig } from './dockerfile';
import { fileErrorOf } from './file-entries';
import { CopyStep, Stage, Step } from './image-recipe';
import { Instruction, located } from './instruction-text';
import { giveTo, ownerOf } from './owners';
import { RootDirectory } from './root-directory';
import { followRun } from './run-steps';
import { readStages } from './stages';
import { readText } from './text-file';
import type { DeployedImage } from '../../emulator/assembly/deployment';
import { removeDirectory } from '../remove-directory';

export { DockerfileError };
export type { ImageConfig };

/** An instruction that is not followed, or only in part. */
export interface SkippedStep {
  /** In the Dockerfile, counted from 1. */
  readonly line: number;
  /** Its first words: `RUN apt-get update && apt-get install -y ffmpeg`. */
  readonly instruction: string;
  /** All its words: `apt-get update && apt-get install -y ffmpeg`. */
  readonly text: string;
  readonly reason: string;
}

export interface ImageFiles {
  readonly config: ImageConfig;
  /** The image from which the stages of the image begin: `debian:12`, `scratch`. */
  readonly base: string;
  readonly skipped: readonly SkippedStep[];
}

/** What an engine gives an image whose base has no PATH: https://github.com/moby/buildkit/blob/master/util/system/path.go */
const BASE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Writes the files that a Dockerfile adds to its base image: `/app/run.sh` of the image is `<root>/app/run.sh`.
 * @param root an empty directory. Nothing is written outside of it
 * @param baseEnvironment the environment variables that every base image is assumed to have
 * @throws DockerfileError when no engine could build the image
 */
export function buildImage(image: DeployedImage, root: string, baseEnvironment: Readonly<Record<string, string>> = BASE_ENVIRONMENT): ImageFiles {
  return inDockerfile(image, (dockerfile) => {
    const stage = readImage(image, dockerfile, baseEnvironment);
    const build = new ImageBuild(buildContext(image.directory, image.dockerfile), fs.realpathSync(root));
    try {
      build.build(stage);
    } finally {
      build.removeTemporary();
    }
    const skipped = [...build.skipped].map(([{ line, summary, text, documents }, reason]) => (
      { line, instruction: summary, text: [text, ...documents.map(({ content }) => content)].join('\n'), reason }
    ));
    return { config: configOfStage(stage), base: stage.base, skipped: skipped.sort((one, other) => one.line - other.line) };
  });
}

/** Reads the configuration of an image. Nothing is written. */
export function configOf(image: DeployedImage, baseEnvironment: Readonly<Record<string, string>> = BASE_ENVIRONMENT): ImageConfig {
  return inDockerfile(image, (text) => configOfStage(readImage(image, text, baseEnvironment)));
}

function readImage({ buildArgs, target, platform }: DeployedImage, text: string, baseEnvironment: Readonly<Record<string, string>>): Stage {
  return readStages(text, { buildArgs, target, platform, baseEnvironment });
}

/** An error names the file and the line. */
function inDockerfile<T>({ directory, dockerfile }: DeployedImage, action: (text: string) => T): T {
  const file = path.join(directory, dockerfile);
  if (!fs.existsSync(file)) throw new DockerfileError(`${file} does not exist; add it, or set the name of the Dockerfile of the image`);
  try {
    return action(readText(file));
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    throw new DockerfileError(`${file}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`);
  }
}

class ImageBuild {
  readonly skipped = new Map<Instruction, string>();
  private readonly trees = new Map<Stage, SourceTree>();
  private readonly temporary: string[] = [];

  /** @param root the directory of the image. The files of stages from which another one copies are beside it */
  constructor(private readonly context: SourceTree, private readonly root: string) {}

  /** A stage begins with the files of its parent, which are made again here. */
  build(stage: Stage, directory = this.root): RootDirectory {
    const root = new RootDirectory(directory, stage.base !== 'scratch');
    for (const step of stepsOf(stage)) located(step.instruction.line, () => this.follow(step, root));
    root.linkMerged();
    return root;
  }

  removeTemporary(): void {
    this.temporary.splice(0).forEach(removeDirectory);
  }

  private follow(step: Step, root: RootDirectory): void {
    try {
      const reason = this.carryOut(step, root);
      if (reason !== undefined && !this.skipped.has(step.instruction)) this.skipped.set(step.instruction, reason);
    } catch (error) {
      const problem = fileErrorOf(error);
      if (!problem) throw error;
      throw new DockerfileError(`${step.instruction.summary}: ${problem.message.replaceAll(root.directory, '')}`);
    }
  }

  /** Returns why the step is not followed. */
  private carryOut(step: Step, root: RootDirectory): string | undefined {
    const roots = [root.directory, '/'];
    switch (step.kind) {
      case 'copy': return this.copy(step, root, roots);
      case 'run': return followRun(step, root, roots);
      case 'directory': return makeDirectory(step.path, step.owner, root, roots);
    }
  }

  private copy(step: CopyStep, root: RootDirectory, roots: readonly string[]): string | undefined {
    const { stage } = step;
    const tree = stage ? this.treeOf(stage) : this.context;
    const mayHaveMore = stage !== undefined && (stage.base !== 'scratch' || stepsOf(stage).some(({ instruction }) => this.skipped.has(instruction)));
    return followCopy(step, { root, roots, tree, mayHaveMore, temporary: () => this.makeTemporary() });
  }

  /** The files of a stage from which another stage copies. */
  private treeOf(stage: Stage): SourceTree {
    const tree = this.trees.get(stage) ?? stageTree(this.build(stage, this.makeTemporary()));
    this.trees.set(stage, tree);
    return tree;
  }

  private makeTemporary(): string {
    const directory = fs.realpathSync(fs.mkdtempSync(`${this.root}-`));
    this.temporary.push(directory);
    return directory;
  }
}

function stepsOf({ parent, steps }: Stage): Step[] {
  return [...parent ? stepsOf(parent) : [], ...steps];
}

/** A directory of WORKDIR belongs to the USER before it. */
function makeDirectory(imagePath: string, user: string | undefined, root: RootDirectory, roots: readonly string[]): undefined {
  const owner = user === undefined ? undefined : ownerOf(user, roots);
  root.makeDirectory(imagePath, (place) => owner && giveTo(place, owner));
}
