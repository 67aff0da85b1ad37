import { DockerfileError } from './dockerfile-words';
import { Stage } from './image-recipe';
import { BuildOptions, readStages } from './stages';

/** The configuration of an image. */
export interface ImageConfig {
  /** ENTRYPOINT and CMD together. Undefined when the Dockerfile has none: then it comes from the base image, which is not known. */
  readonly command?: string[];
  /** ENTRYPOINT alone. The command of a job is appended to it. */
  readonly entrypoint: string[];
  readonly environment: Record<string, string>;
  readonly workingDirectory: string;
  /** USER: a name or a number, and after a colon that of a group: `app`, `1000:1000`. */
  readonly user?: string;
  /** STOPSIGNAL: `SIGINT`, `2`. */
  readonly stopSignal?: string;
  /** The paths of VOLUME. */
  readonly volumes: string[];
}

export type { BuildOptions };
export { DockerfileError };

/** Reads the configuration that the image of a Dockerfile would have, without building it. https://docs.docker.com/reference/dockerfile/ */
export function readDockerfile(text: string, options: BuildOptions = {}): ImageConfig {
  return configOfStage(readStages(text, options));
}

export function configOfStage({ entrypoint = [], cmd, environment, workingDirectory, user, stopSignal, volumes }: Stage): ImageConfig {
  const words = [...entrypoint, ...cmd?.words ?? []];
  return { command: words.length > 0 ? words : undefined, entrypoint, environment, workingDirectory, user, stopSignal, volumes: [...new Set(volumes)] };
}
