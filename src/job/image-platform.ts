import { Annotations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import { IConstruct } from 'constructs';

/** What Docker calls an architecture; undefined where a token hides it. */
export function platformOf(architecture: ec2.InstanceArchitecture | undefined): ecrAssets.Platform | undefined {
  if (architecture === undefined) return undefined;
  return architecture === ec2.InstanceArchitecture.ARM_64 ? ecrAssets.Platform.LINUX_ARM64 : ecrAssets.Platform.LINUX_AMD64;
}

/** What Node.js calls this machine, as Docker does. */
const MACHINES: { readonly [arch: string]: string } = { x64: 'amd64', arm64: 'arm64' };

/**
 * Warns of an image that this machine cannot build by itself: its `RUN` steps would end with `exec format error`. Docker Desktop, on
 * macOS and Windows, emulates the other architecture. https://docs.docker.com/build/building/multi-platform/
 */
export function warnOfOtherPlatform(scope: IConstruct, wanted: ecrAssets.Platform | undefined): void {
  const here = MACHINES[process.arch];
  const architecture = wanted?.platform.split('/')[1];
  if (!here || !architecture || here === architecture || process.platform !== 'linux') return;
  Annotations.of(scope).addWarningV2('cdk-heavy-batch:otherPlatform', `the image is built for ${wanted!.platform}, and this machine is ${here}; ` +
    `let Docker emulate it (docker run --privileged --rm tonistiigi/binfmt --install ${architecture}), give it a builder of that architecture (docker buildx create), ` +
    `or deploy from a machine of it, such as CodeBuild's ${architecture === 'arm64' ? 'ARM_CONTAINER' : 'LINUX_CONTAINER'}; acknowledge this where that is done`);
}
