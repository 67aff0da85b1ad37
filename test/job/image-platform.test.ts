import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HeavyBatchJobProps } from '../../src';
import { newJob, onMachine } from '../stacks';

function warnings(arch: NodeJS.Architecture, platform: NodeJS.Platform, props: HeavyBatchJobProps): unknown[] {
  const job = onMachine(arch, platform, () => newJob(props));
  return Annotations.fromStack(Stack.of(job)).findWarning('*', Match.stringLikeRegexp('otherPlatform')).map(({ entry }) => entry.data);
}

const ARM: HeavyBatchJobProps = { instanceTypes: [new ec2.InstanceType('c7g.large')] };
const X86: HeavyBatchJobProps = { instanceTypes: [new ec2.InstanceType('c7i.large')] };

test('an image for ARM causes a warning on x86, with the remedies', () => {
  expect(warnings('x64', 'linux', ARM)).toEqual([
    'the image is built for linux/arm64, but this machine is amd64; let Docker emulate the other architecture (docker run --privileged --rm tonistiigi/binfmt --install arm64), ' +
    "use a builder of that architecture (docker buildx create), or deploy from such a machine, for example CodeBuild's ARM_CONTAINER; " +
    'acknowledge this warning if you have done one of these [ack: cdk-heavy-batch:otherPlatform]',
  ]);
});

test('an image for x86 causes a warning on ARM', () => {
  expect(warnings('arm64', 'linux', X86)).toEqual([expect.stringMatching(/linux\/amd64, but this machine is arm64; .*--install amd64.*LINUX_CONTAINER/)]);
});

test.each<[string, NodeJS.Architecture, NodeJS.Platform, HeavyBatchJobProps]>([
  ['for the architecture of this machine', 'x64', 'linux', X86],
  ['for ARM on ARM', 'arm64', 'linux', ARM],
  ['with Docker Desktop on macOS, which emulates other architectures', 'arm64', 'darwin', X86],
  ['with Docker Desktop on Windows', 'x64', 'win32', ARM],
  ['on a machine with an unknown architecture', 'riscv64', 'linux', ARM],
  ['that exists already', 'x64', 'linux', { ...ARM, image: ecs.ContainerImage.fromRegistry('x') }],
])('an image %s causes no warning', (_, arch, platform, props) => {
  expect(warnings(arch, platform, props)).toEqual([]);
});
