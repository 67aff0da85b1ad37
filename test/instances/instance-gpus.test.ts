import { CfnParameter, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));

describe('GPUs', () => {
  test('are in the job definition and in the request of each run', () => {
    const template = templateOf({ instanceTypes: types('g6.xlarge'), gpus: 1 });
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: { ResourceRequirements: Match.arrayWith([{ Type: 'GPU', Value: '1' }]) },
    });
    expect(JSON.stringify(template.findResources('AWS::StepFunctions::StateMachine'))).toContain('\\"gpus\\":1');
  });

  test('appear nowhere in a template without them', () => {
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
    ['none of the instance types has one', { gpus: 1, instanceTypes: types('c6i.large', 'm6i.large') }, "'gpus' is 1, but c6i.large, m6i.large have no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out (at Stack/Job)"],
    ['the instance type has GPUs of AMD', { gpus: 1, instanceTypes: types('g4ad.xlarge') }, "'gpus' is 1, but g4ad.xlarge has no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out (at Stack/Job)"],
    ['Batch\'s default instance classes have none', { gpus: 1 }, "'gpus' is 1, but Batch's choice of instances has no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out (at Stack/Job)"],
    ['Batch\'s optimal instance classes have none', { gpus: 1, useOptimalInstanceClasses: true }, "'gpus' is 1, but Batch's choice of instances has no NVIDIA GPU; use 'instanceTypes' with GPUs, such as g6.xlarge, or leave 'gpus' out (at Stack/Job)"],
    ['no instance type has so many', { gpus: 5, instanceTypes: types('g6.xlarge', 'g6.12xlarge') }, "'gpus' is 5, but g6.12xlarge has 4; use 4 or less, or a larger instance type (at Stack/Job)"],
    ['no size of the instance class has so many', { gpus: 9, instanceClasses: [ec2.InstanceClass.G6] }, "'gpus' is 9, but g6 has 8; use 8 or less, or a larger instance type (at Stack/Job)"],
    ['the number is not a whole one', { gpus: 0.5, instanceTypes: types('g6.xlarge') }, "'gpus' is 0.5; use a whole number from 1 to 16 (at Stack/Job)"],
    ['the number is 0', { gpus: 0, instanceTypes: types('g6.xlarge') }, "'gpus' is 0; use 1 to 16 (at Stack/Job)"],
    ['the image does not support such old instances', { gpus: 1, instanceTypes: types('p3.2xlarge') }, "'instanceTypes' has p3.2xlarge, which the ECS GPU-optimized image for Amazon Linux 2023 does not support; use another family, such as p4d, or a 'machineImage' that supports it (at Stack/Job/Compute)"],
    ['there is no image for GPUs on ARM', { gpus: 1, instanceClasses: [ec2.InstanceClass.G5G] }, "'instanceClasses' has g5g, which the ECS GPU-optimized image for Amazon Linux 2023 does not support; use another family, such as g6, or a 'machineImage' that supports it (at Stack/Job/Compute)"],
  ])('are refused if %s', (_, props, message) => {
    expect(() => newJob(props)).toThrow(message);
  });

  test.each<[string, HeavyBatchJobProps]>([
    ['an unknown instance type', { gpus: 8, instanceTypes: types('g9.xlarge') }],
    ['a token', { gpus: 8, instanceClasses: [Token.asString({ Ref: 'Class' }) as ec2.InstanceClass] }],
    ['an instance class with its long name', { gpus: 8, instanceClasses: [ec2.InstanceClass.GRAPHICS5] }],
    ['several instance types of which one has them', { gpus: 4, instanceTypes: types('c6i.large', 'g6.12xlarge') }],
  ])('are accepted on %s', (_, props) => {
    expect(() => newJob(props)).not.toThrow();
  });

  test('that no job uses cause a warning', () => {
    const warnings = (props: HeavyBatchJobProps) => Annotations.fromStack(Stack.of(newJob(props))).findWarning('*', Match.stringLikeRegexp('GPU')).map(({ entry }) => entry.data);
    expect(warnings({ instanceTypes: types('g6.xlarge') })).toEqual([
      "the instances have GPUs, but the job has no 'gpus', so its container cannot use them; set 'gpus', or use other instances than g6.xlarge [ack: cdk-heavy-batch:gpusNotUsed]",
    ]);
    expect(warnings({ instanceTypes: types('g6.xlarge', 'c6i.xlarge') })).toEqual([]);
    expect(warnings({ instanceTypes: types('g6.xlarge'), gpus: 1 })).toEqual([]);
    expect(warnings({})).toEqual([]);
  });
});
