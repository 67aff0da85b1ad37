import { DefaultStackSynthesizer } from 'aws-cdk-lib';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchImageProps } from './image-props';
import { outermostStack, uniqueName } from '../common/unique-name';
import { STATE_DIRECTORY } from '../contract/local-state';

/** The image of a job, and the secret for its registry, which aws-batch does not hand on: https://github.com/aws/aws-cdk/issues/37003 */
export class JobImage extends ecs.ContainerImage {
  private config?: ecs.ContainerImageConfig;

  constructor(private readonly image: ecs.ContainerImage) {
    super();
  }

  bind(scope: Construct, container: ecs.ContainerDefinition): ecs.ContainerImageConfig {
    this.config = this.image.bind(scope, container);
    return this.config;
  }

  /** Known once the image is bound. */
  get imageName(): string {
    return this.config!.imageName;
  }

  /** Known once the image is bound. Undefined for a public registry, and for ECR. */
  get credentialsParameter(): string | undefined {
    return this.config!.repositoryCredentials?.credentialsParameter;
  }
}

export function jobImage(job: IConstruct, { image, imageDirectory, imageBuild }: HeavyBatchImageProps, platform?: ecrAssets.Platform): JobImage {
  if (image) return new JobImage(image);
  const options = { assetName: defaultAssetName(job), ...imageBuild, exclude: [STATE_DIRECTORY], platform };
  return new JobImage(ecs.ContainerImage.fromAsset(imageDirectory!, options));
}

/**
 * A name for synthesizers that need one, as the `AppStagingSynthesizer` does. Without a name the synthesizers of aws-cdk-lib build the image of two jobs
 * only once, if they have the same directory.
 */
function defaultAssetName(job: IConstruct): string | undefined {
  if (outermostStack(job).synthesizer instanceof DefaultStackSynthesizer) return undefined;
  return uniqueName(job, 100).toLowerCase().replace(/-+/g, '-');
}
