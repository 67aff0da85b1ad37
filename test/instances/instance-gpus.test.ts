import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const imagesOf = (props: HeavyBatchJobProps) => {
  const [environment] = Object.values(templateOf(props).findResources('AWS::Batch::ComputeEnvironment'));
  return environment.Properties.ComputeResources.Ec2Configuration.map((one: { ImageType: string }) => one.ImageType);
};

describe('GPUs', () => {
  test('are in the job definition, and in what each run asks for', () => {
    const template = templateOf({ instanceTypes: types('g6.xlarge'), gpus: 1 });
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: Match.arrayWith([{ Type: 'GPU', Value: '1' }]) },
    });
    expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain('\\"gpus\\":1');
  });

  test('are no word of a job without them', () => {
    expect(JSON.stringify(templateOf().toJSON())).not.toMatch(/gpu/i);
  });

  test('may be a token', () => {
    const stack = newStack();
    newJob({ instanceTypes: types('g6.12xlarge'), gpus: new CfnParameter(stack, 'Gpus', { type: 'Number' }).valueAsNumber }, stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: Match.arrayWith([{ Type: 'GPU', Value: { Ref: 'Gpus' } }]) },
    });
  });

  test.each<[string, HeavyBatchJobProps, string]>([
    ['none of the instances has', { gpus: 1, instanceTypes: types('c6i.large', 'm6i.large') }, "'gpus' is 1, but c6i.large, m6i.large has no NVIDIA GPU; use 'instanceTypes' that have, such as g6.xlarge, or leave it out (at Stack/Job)"],
    ['are AMD\'s', { gpus: 1, instanceTypes: types('g4ad.xlarge') }, "'gpus' is 1, but g4ad.xlarge has no NVIDIA GPU; use 'instanceTypes' that have, such as g6.xlarge, or leave it out (at Stack/Job)"],
    ['Batch\'s default classes have not', { gpus: 1 }, "'gpus' is 1, but Batch's choice of instances has no NVIDIA GPU; use 'instanceTypes' that have, such as g6.xlarge, or leave it out (at Stack/Job)"],
    ['the optimal classes have not', { gpus: 1, useOptimalInstanceClasses: true }, "'gpus' is 1, but Batch's choice of instances has no NVIDIA GPU; use 'instanceTypes' that have, such as g6.xlarge, or leave it out (at Stack/Job)"],
    ['are more than any instance has', { gpus: 5, instanceTypes: types('g6.xlarge', 'g6.12xlarge') }, "'gpus' is 5, but g6.12xlarge has 4; use 4 or less, or a larger instance type (at Stack/Job)"],
    ['are more than any size of a class has', { gpus: 9, instanceClasses: [ec2.InstanceClass.G6] }, "'gpus' is 9, but g6 has 8; use 8 or less, or a larger instance type (at Stack/Job)"],
    ['are half of one', { gpus: 0.5, instanceTypes: types('g6.xlarge') }, "'gpus' is 0.5; use a whole number from 1 to 16 (at Stack/Job)"],
    ['are none', { gpus: 0, instanceTypes: types('g6.xlarge') }, "'gpus' is 0; use 1 to 16 (at Stack/Job)"],
    ['are too old for the image', { gpus: 1, instanceTypes: types('p3.2xlarge') }, "'instanceTypes' has p3.2xlarge, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as p4d (at Stack/Job/Compute)"],
    ['are on ARM, for which there is no image', { gpus: 1, instanceClasses: [ec2.InstanceClass.G5G] }, "'instanceClasses' has g5g, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as g6 (at Stack/Job/Compute)"],
  ])('are refused that %s', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });

  test.each<[string, HeavyBatchJobProps]>([
    ['a type that is not known yet', { gpus: 8, instanceTypes: types('g9.xlarge') }],
    ['a token', { gpus: 8, instanceClasses: [Token.asString({ Ref: 'Class' }) as ec2.InstanceClass] }],
    ['a class by its long name', { gpus: 8, instanceClasses: [ec2.InstanceClass.GRAPHICS5] }],
    ['one of several types that has them', { gpus: 4, instanceTypes: types('c6i.large', 'g6.12xlarge') }],
  ])('are taken on %s', (_, props) => {
    expect(() => newJob(props)).not.toThrow();
  });

  test('that nobody asks for are warned of', () => {
    const warnings = (props: HeavyBatchJobProps) => Annotations.fromStack(Stack.of(newJob(props))).findWarning('*', Match.stringLikeRegexp('GPU')).map(({ entry }) => entry.data);
    expect(warnings({ instanceTypes: types('g6.xlarge') })).toEqual([
      "the instances have GPUs, and the job asks for none, so that its container sees none; set 'gpus', or leave g6.xlarge out [ack: cdk-heavy-batch:gpusNotUsed]",
    ]);
    expect(warnings({ instanceTypes: types('g6.xlarge', 'c6i.xlarge') })).toEqual([]);
    expect(warnings({ instanceTypes: types('g6.xlarge'), gpus: 1 })).toEqual([]);
    expect(warnings({})).toEqual([]);
  });
});

describe('the image that instances start from', () => {
  test.each<[string, HeavyBatchJobProps, string[]]>([
    ['is Amazon Linux 2023', {}, ['ECS_AL2023']],
    ['is that on ARM too', { instanceTypes: types('c7g.large') }, ['ECS_AL2023']],
    ['has NVIDIA\'s driver where there are GPUs', { instanceTypes: types('g6.xlarge', 'p5.48xlarge'), gpus: 1 }, ['ECS_AL2023_NVIDIA']],
    ['has it for a class', { instanceClasses: [ec2.InstanceClass.G6], gpus: 1 }, ['ECS_AL2023_NVIDIA']],
    ['is one for each kind', { instanceTypes: types('g6.xlarge', 'c6i.xlarge'), gpus: 1 }, ['ECS_AL2023', 'ECS_AL2023_NVIDIA']],
    ['is one for each kind where a token hides which', { instanceClasses: [Token.asString({ Ref: 'Class' }) as ec2.InstanceClass] }, ['ECS_AL2023', 'ECS_AL2023_NVIDIA']],
    ['is not NVIDIA\'s for AMD\'s GPUs', { instanceTypes: types('g4ad.xlarge') }, ['ECS_AL2023']],
  ])('%s', (_, props, images) => {
    expect(imagesOf(props)).toEqual(images);
  });

  test('is none for A1', () => {
    expect(() => newJob({ instanceTypes: types('a1.large') }))
      .toThrow("'instanceTypes' has a1.large, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as m6g (at Stack/Job/Compute)");
  });
});
