import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { platformOf } from './image-platform';
import type { HeavyBatchImageBuildOptions, HeavyBatchImageProps } from './image-props';
import { refuse } from '../common/validation';
import type { ComputePlan } from '../compute/compute-plan';

/** Refuses an image that cannot be built, or that the instances cannot execute. */
export function validateImage(scope: IConstruct, { image, imageDirectory, imageBuild }: HeavyBatchImageProps, plan: ComputePlan): void {
  if (image && imageDirectory !== undefined) refuse(scope, 'image', "is given together with 'imageDirectory'; leave one of them out");
  if (!image && imageDirectory === undefined) {
    refuse(scope, 'imageDirectory', "is missing, and 'image' is missing too; use the directory of the job's Dockerfile, or an 'image' that exists already");
  }
  if (image && imageBuild) refuse(scope, 'imageBuild', "is given together with 'image', which is built already; leave one of them out");
  if (imageDirectory === undefined) return;
  refuseTokens(scope, { imageDirectory, ...prefixed(imageBuild) });
  validateDirectory(scope, imageDirectory);
  validateDockerfile(scope, imageDirectory, imageBuild?.file ?? 'Dockerfile');
  validateAssetName(scope, imageBuild?.assetName);
  validatePlatform(scope, imageBuild, plan);
}

function prefixed(options: HeavyBatchImageBuildOptions = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([prop, value]) => [`imageBuild.${prop}`, value]));
}

/** An image is built before CloudFormation gives a token its value. */
function refuseTokens(scope: IConstruct, props: Record<string, unknown>): void {
  const prop = Object.keys(props).find((name) => hasToken(props[name]));
  if (prop) refuse(scope, prop, 'has a token, but its value is needed before the deployment, when the image is built; use a value that is known at synth');
}

function hasToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  return typeof value === 'object' && value !== null && Object.entries(value).some(([key, entry]) => Token.isUnresolved(key) || hasToken(entry));
}

function validateDirectory(scope: IConstruct, directory: string): void {
  const stats = statsOf(directory);
  if (!stats) {
    const start = path.isAbsolute(directory) ? '' : ` in ${process.cwd()}`;
    refuse(scope, 'imageDirectory', `is '${directory}', which does not exist${start}; use the directory of the job's Dockerfile`);
  }
  if (!stats.isDirectory()) {
    refuse(scope, 'imageDirectory', `is ${directory}, which is a file; use its directory, and 'imageBuild.file' for a Dockerfile with another name`);
  }
}

/** Undefined for what does not exist, and for a text that cannot be a path. */
function statsOf(file: string): fs.Stats | undefined {
  try {
    return fs.statSync(file);
  } catch {
    return undefined;
  }
}

function validateDockerfile(scope: IConstruct, directory: string, file: string): void {
  const leaves = path.relative(directory, path.join(directory, file)).split(path.sep)[0] === '..';
  if (path.isAbsolute(file) || leaves) {
    refuse(scope, 'imageBuild.file', `is ${file}, but only what is in 'imageDirectory' is copied to where the image is built; ` +
      "use an 'imageDirectory' that contains both, and the path of the Dockerfile in it");
  }
  if (!statsOf(path.join(directory, file))?.isFile()) {
    refuse(scope, 'imageDirectory', `is ${directory}, where there is no ${file}; use the directory that contains it, or set 'imageBuild.file'`);
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
function validateAssetName(scope: IConstruct, name: string | undefined): void {
  if (name === undefined || /^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(name)) return;
  refuse(scope, 'imageBuild.assetName', `is '${name}'; use lower-case letters and digits, and single hyphens, underscores, dots or slashes between them`);
}

function validatePlatform(scope: IConstruct, { platform }: HeavyBatchImageBuildOptions = {}, plan: ComputePlan): void {
  const wanted = platformOf(plan.architecture);
  if (platform && wanted && platform.platform.split('/').slice(0, 2).join('/') !== wanted.platform) {
    refuse(scope, 'imageBuild.platform', `is ${platform.platform}, but the ${plan.fargate ? 'job runs on' : 'instances are'} ${plan.architecture}; use ${wanted.platform}, or leave it out`);
  }
}
