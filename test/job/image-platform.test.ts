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

test('an image for ARM is warned of on x86, with what to do', () => {
  expect(warnings('x64', 'linux', ARM)).toEqual([
    'the image is built for linux/arm64, and this machine is amd64; let Docker emulate it (docker run --privileged --rm tonistiigi/binfmt --install arm64), ' +
    "give it a builder of that architecture (docker buildx create), or deploy from a machine of it, such as CodeBuild's ARM_CONTAINER; " +
    'acknowledge this where that is done [ack: cdk-heavy-batch:otherPlatform]',
  ]);
});

test('an image for x86 is warned of on ARM', () => {
  expect(warnings('arm64', 'linux', X86)).toEqual([expect.stringMatching(/linux\/amd64, and this machine is arm64; .*--install amd64.*LINUX_CONTAINER/)]);
});

test.each<[string, NodeJS.Architecture, NodeJS.Platform, HeavyBatchJobProps]>([
  ['of this machine\'s architecture', 'x64', 'linux', X86],
  ['on ARM for ARM', 'arm64', 'linux', ARM],
  ['with Docker Desktop on macOS, which emulates', 'arm64', 'darwin', X86],
  ['with Docker Desktop on Windows', 'x64', 'win32', ARM],
  ['on a machine of another kind', 'riscv64', 'linux', ARM],
  ['that is built already', 'x64', 'linux', { ...ARM, image: ecs.ContainerImage.fromRegistry('x') }],
])('an image is not warned of %s', (_, arch, platform, props) => {
  expect(warnings(arch, platform, props)).toEqual([]);
});
