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
