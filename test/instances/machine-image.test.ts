import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps } from '../../src';
import { newJob, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const imagesOf = (props: HeavyBatchJobProps) => {
  const [environment] = Object.values(templateOf(props).findResources('AWS::Batch::ComputeEnvironment'));
  return environment.Properties.ComputeResources.Ec2Configuration.map(({ ImageType }: { ImageType: string }) => ImageType);
};

describe('the image of the instances', () => {
  test.each<[string, HeavyBatchJobProps, string[]]>([
    ['is Amazon Linux 2023 by default', {}, ['ECS_AL2023']],
    ['is Amazon Linux 2023 on ARM too', { instanceTypes: types('c7g.large') }, ['ECS_AL2023']],
    ['has the driver of NVIDIA on instances with GPUs', { instanceTypes: types('g6.xlarge', 'p5.48xlarge'), gpus: 1 }, ['ECS_AL2023_NVIDIA']],
    ['has the driver of NVIDIA for an instance class with GPUs', { instanceClasses: [ec2.InstanceClass.G6], gpus: 1 }, ['ECS_AL2023_NVIDIA']],
    ['is a different one for instances with and without GPUs', { instanceTypes: types('g6.xlarge', 'c6i.xlarge'), gpus: 1 }, ['ECS_AL2023', 'ECS_AL2023_NVIDIA']],
    ['may be either one if the instance class is a token', { instanceClasses: [Token.asString({ Ref: 'Class' }) as ec2.InstanceClass] }, ['ECS_AL2023', 'ECS_AL2023_NVIDIA']],
    ['has no driver of NVIDIA for GPUs of AMD', { instanceTypes: types('g4ad.xlarge') }, ['ECS_AL2023']],
  ])('%s', (_, props, images) => {
    expect(imagesOf(props)).toEqual(images);
  });

  test('does not exist for A1', () => {
    expect(() => newJob({ instanceTypes: types('a1.large') }))
      .toThrow("'instanceTypes' has a1.large, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as m6g (at Stack/Job/Compute)");
  });
});
