import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';

/**
 * How a job's image is built from its directory.
 */
export interface HeavyBatchImageBuild {
  /**
   * The Dockerfile, as a path in the directory.
   *
   * @default 'Dockerfile'
   */
  readonly file?: string;

  /**
   * Values for the Dockerfile's `ARG`s.
   *
   * @default - none
   */
  readonly buildArgs?: { [name: string]: string };

  /**
   * The stage of a multi-stage Dockerfile to stop at.
   *
   * @default - the last one
   */
  readonly target?: string;

  /**
   * The platform that the image is built for. Refused when the instances are of another architecture.
   *
   * @default - that of the instances
   */
  readonly platform?: ecrAssets.Platform;
}
