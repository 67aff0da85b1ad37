import { Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps } from '../../src';
import { INSTANCE_TYPES } from '../../src/contract/instance-types';
import { hasNeuron } from '../../src/instances/machine-image';
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
      .toThrow("'instanceTypes' has a1.large, which the ECS-optimized image for Amazon Linux 2023 does not support; use another family, such as m6g, or a 'machineImage' that supports it (at Stack/Job/Compute)");
  });
});

describe('instances with Inferentia or Trainium', () => {
  const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id';
  const configuration = (template: Template) => Object.values(template.findResources('AWS::Batch::ComputeEnvironment'))[0].Properties.ComputeResources.Ec2Configuration;
  const warnings = (props: HeavyBatchJobProps) => Annotations.fromStack(Stack.of(newJob(props))).findWarning('*', Match.stringLikeRegexp('Neuron')).map(({ entry }) => entry.data);

  test.each<[string, HeavyBatchJobProps]>([
    ['a type', { instanceTypes: types('inf2.xlarge', 'trn1.2xlarge') }],
    ['a class', { instanceClasses: [ec2.InstanceClass.INFERENCE2] }],
    ['a family that is not in the table', { instanceTypes: types('trn9.xlarge') }],
  ])('start from the ECS-optimized image with the Neuron driver: %s', (_, props) => {
    const template = templateOf(props);
    const [[id]] = Object.entries(template.findParameters('*', { Default: PARAMETER, Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' }));
    expect(configuration(template)).toEqual([{ ImageType: 'ECS_AL2023', ImageIdOverride: { Ref: id } }]);
  });

  test('keep their image beside instances with GPUs', () => {
    expect(configuration(templateOf({ instanceTypes: types('inf2.xlarge', 'g6.xlarge'), gpus: 1 }))).toEqual([
      { ImageType: 'ECS_AL2023', ImageIdOverride: expect.anything() }, { ImageType: 'ECS_AL2023_NVIDIA' },
    ]);
  });

  test.each<[string, HeavyBatchJobProps, string]>([
    ['other instances', { instanceTypes: types('inf2.xlarge', 'c6i.large') }, "'instanceTypes' has inf2.xlarge, which starts from the image with the Neuron driver, but c6i.large would start from it too; use two computes (at Stack/Job/Compute)"],
    ["Batch's optimal instances", { instanceTypes: types('trn1.2xlarge'), useOptimalInstanceClasses: true }, "but Batch's optimal instances would start from it too"],
  ])('are refused beside %s, which have no image of their own then', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });

  test('cause a warning, since a container sees only the devices that it is given', () => {
    expect(warnings({ instanceTypes: types('inf2.xlarge') })).toEqual([
      "inf2.xlarge has Neuron devices (Inferentia or Trainium), but the job has no 'devices', so its container cannot use them; set 'devices' to /dev/neuron0 and so on, or use other instances" +
      ' [ack: cdk-heavy-batch:neuronDevices]',
    ]);
    expect(warnings({ instanceTypes: types('c6i.large') })).toEqual([]);
    expect(warnings({ devices: [{ hostPath: '/dev/neuron0' }], instanceTypes: types('inf2.xlarge') })).toEqual([]);
    expect(warnings({ privileged: true, instanceTypes: types('inf2.xlarge') })).toEqual([]);
  });

  test('are recognized for each family of the table', () => {
    expect(Object.keys(INSTANCE_TYPES).filter(hasNeuron)).toEqual(['inf1', 'inf2', 'trn1', 'trn1n', 'trn2', 'trn2u']);
  });
});
