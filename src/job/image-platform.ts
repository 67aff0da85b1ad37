import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import { IConstruct } from 'constructs';
import { warn } from '../common/validation';

/** Docker's name for an architecture. Undefined where the architecture is not known. */
export function platformOf(architecture: ec2.InstanceArchitecture | undefined): ecrAssets.Platform | undefined {
  if (architecture === undefined) return undefined;
  return architecture === ec2.InstanceArchitecture.ARM_64 ? ecrAssets.Platform.LINUX_ARM64 : ecrAssets.Platform.LINUX_AMD64;
}

/** Docker's name for the architecture of this machine, by the name that Node.js has for it. */
const MACHINES: { readonly [arch: string]: string } = { x64: 'amd64', arm64: 'arm64' };

/**
 * Warns of an image that this machine cannot build without emulation: its `RUN` steps would fail with `exec format error`. Docker Desktop,
 * on macOS and Windows, emulates the other architecture. https://docs.docker.com/build/building/multi-platform/
 */
export function warnOfOtherPlatform(scope: IConstruct, wanted: ecrAssets.Platform | undefined): void {
  const machine = MACHINES[process.arch];
  const architecture = wanted?.platform.split('/')[1];
  if (!machine || !architecture || machine === architecture || process.platform !== 'linux') return;
  warn(scope, 'otherPlatform', `the image is built for ${wanted!.platform}, but this machine is ${machine}; ` +
    `let Docker emulate the other architecture (docker run --privileged --rm tonistiigi/binfmt --install ${architecture}), use a builder of that architecture (docker buildx create), ` +
    `or deploy from such a machine, for example CodeBuild's ${architecture === 'arm64' ? 'ARM_CONTAINER' : 'LINUX_CONTAINER'}; acknowledge this warning if you have done one of these`);
}

/**
 * Warns of an image that this app builds for another platform than that of the instances: its containers would end with `exec format error`.
 *
 * @param imageUri the image of the job
 * @param wanted   the platform of the instances
 */
export function warnOfBuiltPlatform(scope: IConstruct, imageUri: string, wanted: ecrAssets.Platform | undefined): void {
  const asset = wanted && scope.node.root.node.findAll().find((construct): construct is ecrAssets.DockerImageAsset =>
    construct instanceof ecrAssets.DockerImageAsset && construct.imageUri === imageUri);
  const built = asset && platformInHash(asset);
  if (built === undefined || built.split('/').slice(0, 2).join('/') === wanted!.platform) return;
  warn(scope, 'imagePlatform', `'image' is built ${built === '' ? 'for the platform of the machine that builds it' : `for ${built}`}, but the job runs on ${wanted!.platform}; ` +
    `set 'platform' of the image to ${wanted!.platform}, or use 'imageDirectory', whose platform follows the instances`);
}

/**
 * The platform of an image: empty when it has none, and undefined when it is not known. The asset does not tell it, but it is a part of its hash.
 */
function platformInHash(asset: ecrAssets.DockerImageAsset): string | undefined {
  const staging = asset.node.tryFindChild('Staging') as unknown as { readonly fingerprintOptions?: { readonly extraHash?: string } } | undefined;
  const hashed = staging?.fingerprintOptions?.extraHash;
  return hashed === undefined ? undefined : JSON.parse(hashed).platform?.platform ?? '';
}
