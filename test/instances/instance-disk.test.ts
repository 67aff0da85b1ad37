import { CfnParameter, Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchCompute, HeavyBatchComputeProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const diskOf = (props: HeavyBatchComputeProps) => {
  const [template] = Object.values(templateOf(props).findResources('AWS::EC2::LaunchTemplate'));
  const [{ DeviceName: device, Ebs: ebs }] = template.Properties.LaunchTemplateData.BlockDeviceMappings;
  return { device, ...ebs };
};

describe('the disk of an instance', () => {
  test.each<[string, HeavyBatchComputeProps, object]>([
    ['has 30 GiB for the system and images by default', {}, { VolumeSize: 30 }],
    ['has the scratch space in addition', { scratchSize: Size.gibibytes(500) }, { VolumeSize: 530 }],
    ['has whole GiB', { scratchSize: Size.mebibytes(1_500) }, { VolumeSize: 32 }],
    ['may have the largest size of a volume', { scratchSize: Size.gibibytes(65_506) }, { VolumeSize: 65_536 }],
    ['may have more IOPS and throughput', { scratchSize: Size.gibibytes(500), scratchIops: 16_000, scratchThroughput: 1_000 }, { VolumeSize: 530, Iops: 16_000, Throughput: 1_000 }],
    ['may have more IOPS and throughput without scratch space', { scratchIops: 15_000, scratchThroughput: 2_000 }, { VolumeSize: 30, Iops: 15_000, Throughput: 2_000 }],
    ['may have a throughput of a quarter of its IOPS', { scratchThroughput: 750 }, { VolumeSize: 30, Throughput: 750 }],
  ])('%s', (_, props, expected) => {
    expect(diskOf(props)).toEqual({ device: '/dev/xvda', VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true, ...expected });
  });

  test('may have tokens for its values', () => {
    const stack = newStack();
    const number = (name: string) => new CfnParameter(stack, name, { type: 'Number' }).valueAsNumber;
    newJob({ scratchSize: Size.gibibytes(number('Size')), scratchIops: number('Iops'), scratchThroughput: number('Throughput') }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { VolumeSize: { Ref: 'Size' }, Iops: { Ref: 'Iops' }, Throughput: { Ref: 'Throughput' } } }] },
    });
  });

  test.each<[string, HeavyBatchComputeProps, string]>([
    ['a scratch space of 0', { scratchSize: Size.gibibytes(0) }, "'scratchSize' is 0 GiB; use 1 to 65506 GiB"],
    ['more scratch space than a volume can have', { scratchSize: Size.gibibytes(65_507) }, "'scratchSize' is 65507 GiB; use 1 to 65506 GiB"],
    ['fewer IOPS than each gp3 volume has', { scratchIops: 100 }, "'scratchIops' is 100; use 3000 to 80000"],
    ['more IOPS than any gp3 volume has', { scratchIops: 80_001 }, "'scratchIops' is 80001; use 3000 to 80000"],
    ['more IOPS than a volume of this size has', { scratchIops: 15_001 }, "'scratchIops' is 15001, but a volume of 30 GiB has at most 15000; use 15000 or less, or a larger 'scratchSize'"],
    ['less throughput than each gp3 volume has', { scratchThroughput: 124 }, "'scratchThroughput' is 124 MiB/s; use 125 to 2000 MiB/s"],
    ['more throughput than any gp3 volume has', { scratchThroughput: 2_001 }, "'scratchThroughput' is 2001 MiB/s; use 125 to 2000 MiB/s"],
    ['more throughput than 3,000 IOPS allow', { scratchThroughput: 1_000 }, "'scratchThroughput' is 1000 MiB/s, which needs at least 4000 IOPS; use 4000 for 'scratchIops', or less throughput"],
    ['more throughput than its IOPS allow', { scratchThroughput: 1_001, scratchIops: 4_000 }, "'scratchThroughput' is 1001 MiB/s, which needs at least 4004 IOPS; use 4004 for 'scratchIops', or less throughput"],
    ['an instance store and scratch space', { instanceStore: true, scratchSize: Size.gibibytes(1), instanceTypes: types('c6id.large') }, "'scratchSize' is given together with 'instanceStore', which replaces that disk; leave one of them out"],
    ['an instance store and IOPS', { instanceStore: true, scratchIops: 3_000, instanceTypes: types('c6id.large') }, "'scratchIops' is given together with 'instanceStore', which replaces that disk; leave one of them out"],
    ['an instance store that one of the instance types does not have', { instanceStore: true, instanceTypes: types('c6id.large', 'c6i.large') }, "'instanceStore' is true, but c6i.large has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'"],
    ['an instance store that an instance class does not have', { instanceStore: true, instanceClasses: [ec2.InstanceClass.M6I] }, "'instanceStore' is true, but m6i has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'"],
    ['an instance store on Batch\'s default instance classes', { instanceStore: true }, "'instanceStore' is true, but Batch's choice of instances has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'"],
    ['an instance store on Batch\'s optimal instance classes', { instanceStore: true, instanceTypes: types('c6id.large'), useOptimalInstanceClasses: true }, "'instanceStore' is true, but Batch's choice of instances has no NVMe instance store; use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'"],
  ])('is refused with %s', (_, props, message) => {
    expect(() => new HeavyBatchCompute(newStack(), 'Compute', props)).toThrow(`${message} (at Stack/Compute)`);
  });

  test.each<[string, HeavyBatchComputeProps]>([
    ['instance types that have one', { instanceTypes: types('c6id.large', 'i4i.xlarge') }],
    ['an unknown instance type', { instanceTypes: types('c99id.large') }],
    ['an unknown instance class', { instanceClasses: ['m99id' as ec2.InstanceClass] }],
    ['an instance class that has one', { instanceClasses: [ec2.InstanceClass.R6ID] }],
  ])('may be the instance store of %s', (_, props) => {
    expect(() => new HeavyBatchCompute(newStack(), 'Compute', { ...props, instanceStore: true })).not.toThrow();
  });

  test('is available to a container as /tmp', () => {
    templateOf().hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { Environment: Match.arrayWith([{ Name: 'HEAVY_BATCH_SCRATCH', Value: '/tmp' }]) },
    });
  });
});
