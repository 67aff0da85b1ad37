import { CfnParameter } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HeavyBatchJobProps } from '../../src';
import { newJob, newStack, templateOf } from '../stacks';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const instanceTypes = (template: Template) => Object.values(template.findResources('AWS::Batch::ComputeEnvironment'))[0].Properties.ComputeResources.InstanceTypes;

describe("Batch's optimal instances, which are x86_64", () => {
  test.each<[string, HeavyBatchJobProps, string]>([
    ['ARM instances', { instanceTypes: types('c7g.large') }, 'c7g.large'],
    ['ARM instances after others', { instanceTypes: types('c6i.large', 'c7g.large') }, 'c7g.large'],
    ['a class of ARM instances', { instanceClasses: [ec2.InstanceClass.COMPUTE7_GRAVITON3] }, 'c7g'],
    ['jobs on ARM', { cpuArchitecture: ecs.CpuArchitecture.ARM64 }, "'cpuArchitecture'"],
  ])('are refused together with %s', (_, props, arm) => {
    expect(() => newJob({ useOptimalInstanceClasses: true, ...props }))
      .toThrow(`'useOptimalInstanceClasses' is true, and Batch's optimal instances are x86_64, but ${arm} is arm64; leave it out, since the default instances have the architecture of the other props (at Stack/Job/Compute)`);
  });

  test('are refused together with ARM where an instance type is a token', () => {
    const stack = newStack();
    const type = new ec2.InstanceType(new CfnParameter(stack, 'Type').valueAsString);
    expect(() => newJob({ useOptimalInstanceClasses: true, instanceTypes: [type], cpuArchitecture: ecs.CpuArchitecture.ARM64 }, stack)).toThrow("'useOptimalInstanceClasses' is true");
  });

  test('go with instances and jobs of their architecture', () => {
    expect(instanceTypes(templateOf({ useOptimalInstanceClasses: true, instanceTypes: types('c6i.large'), cpuArchitecture: ecs.CpuArchitecture.X86_64 }))).toEqual(['c6i.large', 'optimal']);
    expect(instanceTypes(templateOf({ useOptimalInstanceClasses: true }))).toEqual(['optimal']);
  });
});

test('without them, jobs on ARM run on the default instances for ARM', () => {
  expect(instanceTypes(templateOf({ useOptimalInstanceClasses: false, cpuArchitecture: ecs.CpuArchitecture.ARM64 }))).toEqual(['default_arm64']);
});

test.each<[string, string]>([['p6-b200.48xlarge', 'c7g.large'], ['u7i-6tb.112xlarge', 'c7g.large']])('instances of a family with a hyphen have an architecture: %s beside %s is refused', (x86, arm) => {
  expect(() => newJob({ instanceTypes: types(x86, arm) })).toThrow(`'instanceTypes' has ${arm}, which is arm64, but ${x86} is x86_64; use instances of one architecture, or two computes (at Stack/Job/Compute)`);
});
