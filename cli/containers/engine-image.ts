import type { ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import type { EngineError, EngineProgram } from './engine-program';
import { OutputLines } from './output-lines';
import { startProcess } from './start-process';
import type { DeployedImage } from '../../emulator/assembly/deployment';
import { ContainerRequest, ContainerStartError } from '../../emulator/services/batch/containers';

type ImageRequest = Pick<ContainerRequest, 'imageUri' | 'image' | 'onOutput'>;

/** How many lines of a build that failed are a part of the reason. */
const LAST_LINES = 10;

/** The images of a run. Each is built or pulled once, whatever the number of its containers. */
export class EngineImages {
  private readonly images = new Map<string, Promise<string>>();
  private readonly builds = new Set<ChildProcess>();

  constructor(private readonly engine: EngineProgram) {}

  /** The name of the image in the engine. Rejects with a `ContainerStartError`. */
  nameOf(request: ImageRequest): Promise<string> {
    const { image, imageUri } = request;
    const key = image ? JSON.stringify(image) : imageUri;
    const known = this.images.get(key);
    if (known) return known;
    const made = image ? this.build(image, request) : this.pull(request);
    this.images.set(key, made);
    made.catch(() => this.images.delete(key)); // the next attempt tries again
    return made;
  }

  stopBuilds(): void {
    this.builds.forEach((build) => build.kill());
  }

  private async build(image: DeployedImage, { onOutput }: ImageRequest): Promise<string> {
    const tag = tagOf(image);
    await onOutput(`building ${tag}`);
    const lastLines = await this.printed(buildArguments(image, tag), 'build: ', onOutput);
    if (lastLines) throw new ContainerStartError(`CannotPullContainerError: the image in ${image.directory} cannot be built: ${lastLines.join('\n')}`);
    return tag;
  }

  /** An image that is here already is not pulled again, so that a job also runs without a network. */
  private async pull({ imageUri, onOutput }: ImageRequest): Promise<string> {
    // A name that begins with a hyphen would be an option of the engine. https://github.com/distribution/reference/blob/main/reference.go
    if (!/^\w/.test(imageUri)) throw new ContainerStartError(`CannotPullContainerError: invalid reference format: ${imageUri}`);
    const isHere = await this.engine.run(['image', 'inspect', imageUri]).then(() => true, () => false);
    if (isHere) return imageUri;
    await onOutput(`pulling ${imageUri}`);
    await this.engine.run(['pull', imageUri]).catch((error: EngineError) => {
      throw new ContainerStartError(`CannotPullContainerError: ${error.message}`);
    });
    return imageUri;
  }

  /** Runs a command whose output is shown. Returns its last lines if it fails. */
  private async printed(args: string[], prefix: string, onOutput: ImageRequest['onOutput']): Promise<string[] | undefined> {
    const lastLines: string[] = [];
    const lines = new OutputLines((line) => {
      lastLines.push(line.slice(prefix.length));
      if (lastLines.length > LAST_LINES) lastLines.shift();
      return onOutput(line);
    });
    const child = startProcess(this.engine.name, args);
    this.builds.add(child);
    const status = new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        lastLines.push(error.message);
        resolve(null);
      });
      child.once('close', resolve);
    });
    await Promise.all([lines.read(child.stdout, prefix), lines.read(child.stderr, prefix)]);
    this.builds.delete(child);
    return await status === 0 ? undefined : lastLines;
  }
}

export function tagOf({ directory }: Pick<DeployedImage, 'directory'>): string {
  return `heavy-batch-local:${path.basename(directory).replace(/[^\w.-]/g, '-')}`;
}

/** https://docs.docker.com/reference/cli/docker/buildx/build/ */
export function buildArguments({ directory, dockerfile, buildArgs, target, platform }: DeployedImage, tag: string): string[] {
  return [
    'build', '--tag', tag, '--file', path.join(directory, dockerfile),
    ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...target ? ['--target', target] : [], ...platform ? ['--platform', platform] : [], directory,
  ];
}
