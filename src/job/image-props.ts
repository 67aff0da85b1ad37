import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';

/**
 * How the image of a job is built from `imageDirectory`.
 */
export interface HeavyBatchImageBuildOptions {
  /**
   * The path of the Dockerfile, relative to the directory. A path that leaves the directory is refused: only the directory is copied to where
   * the image is built.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * Values for the `ARG` instructions of the Dockerfile.
   *
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * The stage of a multi-stage Dockerfile that becomes the image.
   *
   * @default - the last stage
   */
  readonly target?: string;

  /**
   * The platform that the image is built for. Refused when the instances have another architecture.
   *
   * @default - the platform of the instances
   */
  readonly platform?: ecrAssets.Platform;

  /**
   * Secrets for `RUN --mount=type=secret` in the Dockerfile, by their ids: files or environment variables of the machine that builds the image.
   * `DockerBuildSecret.fromSrc('npmrc')` of aws-cdk-lib is such a file, and the text 'env=NPM_TOKEN' such a variable. They are not in the image.
   *
   * @see https://docs.docker.com/build/building/secrets/
   * @default - none
   */
  readonly buildSecrets?: { [id: string]: string };

  /**
   * The SSH agent or the keys for `RUN --mount=type=ssh` in the Dockerfile, such as 'default'.
   *
   * @see https://docs.docker.com/reference/cli/docker/buildx/build/#ssh
   * @default - none
   */
  readonly buildSsh?: string;

  /**
   * Where Docker reads layers from that were built before, in addition to the cache of the machine.
   *
   * @see https://docs.docker.com/build/cache/backends/
   * @default - only the cache of the machine
   */
  readonly cacheFrom?: ecrAssets.DockerCacheOption[];

  /**
   * Where Docker writes the layers that it has built.
   *
   * @see https://docs.docker.com/build/cache/backends/
   * @default - only the cache of the machine
   */
  readonly cacheTo?: ecrAssets.DockerCacheOption;

  /**
   * Whether all layers are built again.
   *
   * @default false
   */
  readonly cacheDisabled?: boolean;

  /**
   * The network of the `RUN` instructions while the image is built. It has nothing to do with the network of the job.
   *
   * @default - the network of Docker's own choice
   */
  readonly networkMode?: ecrAssets.NetworkMode;

  /**
   * The name of the image, which is a part of the name of its ECR repository where a synthesizer creates a repository for each image. The
   * `AppStagingSynthesizer` does. Use lower-case letters, digits, and hyphens, underscores, dots or slashes between them.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/app-staging-synthesizer-alpha-readme.html
   * @default - none with `DefaultStackSynthesizer` and those that extend it; with other synthesizers, a name that follows from the path of the job
   */
  readonly assetName?: string;
}

/**
 * The image of a job: a directory from which it is built, or an image that exists already.
 */
export interface HeavyBatchImageProps {
  /**
   * The directory with the Dockerfile of the job's image. The CDK CLI builds and pushes the image when the app is deployed.
   *
   * Give either `imageDirectory` or `image`. A relative path starts at the directory in which the app is executed. A directory that does not
   * exist is refused, and so is one without a Dockerfile.
   *
   * @default - `image`
   */
  readonly imageDirectory?: string;

  /**
   * An image that exists already, for example in an ECR repository. `ContainerImage.fromRegistry` may have `credentials`, the secret for a
   * private registry: the execution role of the job gets permission to read it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_RepositoryCredentials.html
   * @default - `imageDirectory`
   */
  readonly image?: ecs.ContainerImage;

  /**
   * How the image is built from `imageDirectory`.
   *
   * @default - with the Dockerfile of the directory, for the platform of the instances
   */
  readonly imageBuild?: HeavyBatchImageBuildOptions;
}
