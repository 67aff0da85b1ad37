import { CfnParameter, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HeavyBatchJobProps, HeavyBatchQueueCompute } from '../../src';
import { ARM_FAMILIES, INSTANCE_TYPES } from '../../src/contract/instance-types';
import { className, familyArchitecture, hasNameOfArm } from '../../src/instances/instance-names';
import { hasNeuron } from '../../src/instances/machine-image';
import { REFUSED_FAMILIES } from '../../src/instances/unsupported-families';
import { existingQueue, newJob, newStack, templateOf } from '../stacks';

const FAMILIES = Object.keys(INSTANCE_TYPES);
const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const firstType = (family: string) => `${family}.${INSTANCE_TYPES[family].split(' ')[0]}`;

/** The instance types of the compute environment. */
function deployed(template: Template): unknown {
  const [environment] = Object.values(template.findResources('AWS::Batch::ComputeEnvironment'));
  return environment.Properties.ComputeResources.InstanceTypes;
}

describe('an instance class', () => {
  test('is deployed with the name of EC2, whichever of its names in the CDK is used', () => {
    const { COMPUTE6_INTEL, STANDARD7_INTEL_FLEX, PARALLEL5_EXTENDED, M7G } = ec2.InstanceClass;
    expect(deployed(templateOf({ instanceClasses: [COMPUTE6_INTEL, STANDARD7_INTEL_FLEX] }))).toEqual(['c6i', 'm7i-flex']);
    expect(deployed(templateOf({ instanceClasses: [PARALLEL5_EXTENDED], gpus: 1 }))).toEqual(['p5e']);
    expect(deployed(templateOf({ instanceClasses: [M7G] }))).toEqual(['m7g']);
  });

  test('is deployed once, if it is given with two of its names', () => {
    expect(deployed(templateOf({ instanceClasses: [ec2.InstanceClass.C6I, ec2.InstanceClass.COMPUTE6_INTEL] }))).toEqual(['c6i']);
  });

  test('has a name of EC2 for each member of the enum', () => {
    const members = Object.values(ec2.InstanceClass);
    expect(members.length).toBeGreaterThan(300);
    expect(members.filter((member) => !/^((u|u7i|u7in|u7inh)-\d+tb1?|mac2-m\w+|[a-z]{1,3}\d[a-z]*(-flex)?)$/.test(className(member)))).toEqual([]);
  });

  test('has another name in the CDK with the same name of EC2: a member with a description, and a member with the name', () => {
    const names = Object.values(ec2.InstanceClass).map(className);
    const short = new Set<string>(Object.values(ec2.InstanceClass).filter((member) => className(member) === member));
    expect(names.filter((name) => !short.has(name))).toEqual([]);
  });

  test('may be a parameter', () => {
    const stack = newStack();
    newJob({ instanceClasses: [new CfnParameter(stack, 'Class').valueAsString as ec2.InstanceClass] }, stack);
    expect(deployed(Template.fromStack(stack))).toEqual([{ Ref: 'Class' }]);
  });
});

describe('an instance type', () => {
  test('may be a parameter, alone and beside others', () => {
    const stack = newStack();
    newJob({ instanceTypes: [new ec2.InstanceType(new CfnParameter(stack, 'Type').valueAsString), ...types('c6i.large')] }, stack);
    expect(deployed(Template.fromStack(stack))).toEqual([{ Ref: 'Type' }, 'c6i.large']);
  });

  test('may be known late', () => {
    expect(deployed(templateOf({ instanceTypes: types(Lazy.string({ produce: () => 'c6i.large' })) }))).toEqual(['c6i.large']);
  });

  test('is deployed with the name of EC2', () => {
    expect(deployed(templateOf({ instanceTypes: [ec2.InstanceType.of(ec2.InstanceClass.PARALLEL5_EXTENDED_NETWORK, ec2.InstanceSize.XLARGE48)], gpus: 1 }))).toEqual(['p5en.48xlarge']);
  });

  test('of each family of the table is deployed, unless the family is refused', () => {
    const refused = new Set(REFUSED_FAMILIES.flatMap(({ families }) => Object.keys(families)));
    const accepted = FAMILIES.filter((family) => !refused.has(family));
    const computes = [
      accepted.filter((family) => ARM_FAMILIES.includes(family)),
      accepted.filter(hasNeuron),
      accepted.filter((family) => !ARM_FAMILIES.includes(family) && !hasNeuron(family)),
    ];
    expect(computes.flat().length).toBe(FAMILIES.length - 8); // a1, g5g, p3dn, and the burstable ones
    for (const families of computes) expect(deployed(templateOf({ instanceTypes: types(...families.map(firstType)) }))).toEqual(families.map(firstType));
    for (const families of computes) expect(deployed(templateOf({ instanceClasses: families as ec2.InstanceClass[] }))).toEqual(families);
  });

  test('of a family that is not in the table is accepted, since EC2 offers new ones all the time', () => {
    expect(deployed(templateOf({ instanceTypes: types('c99zx-new.metal-48xl') }))).toEqual(['c99zx-new.metal-48xl']);
    expect(deployed(templateOf({ instanceClasses: ['c99zx-new' as ec2.InstanceClass] }))).toEqual(['c99zx-new']);
  });
});

describe('the architecture of a family', () => {
  test.each(FAMILIES)('is known for %s, and its name tells the same', (family) => {
    const arm = ARM_FAMILIES.includes(family);
    expect(familyArchitecture(family)).toBe(arm ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64);
    expect(hasNameOfArm(family)).toBe(arm);
  });

  test.each<[string, boolean]>([
    ['c99g', true], ['c99gn', true], ['is9gen', true], ['p6e-gb200', true],
    ['c99i', false], ['c99i-flex', false], ['g99', false], ['gr99f', false], ['u99i-6tb', false], ['u-99tb1', false], ['p9-b400', false], ['a12', false],
  ])('is told by the name %s of a family that is not in the table: ARM %s', (family, arm) => {
    expect(familyArchitecture(family)).toBe(arm ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64);
  });
});

describe('a text that is no name of EC2', () => {
  test.each<[string, string]>([
    ['', 'use a name of EC2, such as c7i.large'],
    ['c7i', "use a size, such as c7i.large, or 'instanceClasses' for all sizes of c7i"],
    ['C7i.large', 'use a name of EC2, such as c7i.large'],
    [' c7i.large', 'use a name of EC2, such as c7i.large'],
    ['c7i.large.x', 'use a name of EC2, such as c7i.large.x'],
    ['c99.', 'use a name of EC2, such as c7i.large'],
    ['.large', 'use a name of EC2, such as c7i.large'],
    ['big one', 'use a name of EC2, such as c7i.large'],
    ['optimal', "leave it out, and set 'useOptimalInstanceClasses' to true"],
    ['default_x86_64', 'leave it out: it is the default'],
    ['default_arm64', "leave it out, and set 'cpuArchitecture' to CpuArchitecture.ARM64"],
  ])('is refused as an instance type: "%s"', (name, remedy) => {
    expect(() => newJob({ instanceTypes: types('c6i.large', name) }))
      .toThrow(`'instanceTypes' has '${name}', which is not the name of an instance type; ${remedy} (at Stack/Job/Compute)`);
  });

  test.each<[string, string]>([['', 'c7i'], ['C6i', 'c6i'], ['c6i.large', 'c6i'], ['c7 i', 'c7i']])('is refused as an instance class: "%s"', (name, instead) => {
    expect(() => newJob({ instanceClasses: [name as ec2.InstanceClass] }))
      .toThrow(`'instanceClasses' has '${name}', which is not the name of an instance family; use a name of EC2, such as ${instead} (at Stack/Job/Compute)`);
  });

  test('is refused as the type of an existing queue too', () => {
    const stack = newStack();
    expect(() => new HeavyBatchQueueCompute(stack, 'Compute', { jobQueue: existingQueue(stack), instanceTypes: [new batch.OptimalInstanceType()] }))
      .toThrow("'instanceTypes' has 'optimal', which is not the name of an instance type; leave it out, and set 'useOptimalInstanceClasses' to true (at Stack/Compute)");
  });

  test('is not looked for in a token', () => {
    const props: HeavyBatchJobProps = { instanceTypes: types(Lazy.string({ produce: () => 'no name' })) };
    expect(() => newJob(props)).not.toThrow();
  });
});
