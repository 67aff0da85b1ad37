import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { containerSizes } from '../../src/instances/container-sizes';
import type { Hardware } from '../../src/instances/hardware';

const types = (...names: string[]) => names.map((name) => new ec2.InstanceType(name));
const named: Hardware = { fargate: false, instanceTypes: [], instanceClasses: [], onlyNamedInstances: true, instancesKnown: true };
const sizes = (hardware: Partial<Hardware>) => containerSizes({ ...named, ...hardware });

test.each<[string, Partial<Hardware>, object[]]>([
  ['one instance type', { instanceTypes: types('c6i.large') }, [{ vcpus: 2, memory: 4_064 }]],
  ['a measured one', { instanceTypes: types('m4.large') }, [{ vcpus: 2, memory: 7_985 }]],
  ['the same type twice', { instanceTypes: types('c6i.large', 'c6i.large') }, [{ vcpus: 2, memory: 4_064 }]],
  ['types of which one covers the other', { instanceTypes: types('c6i.large', 'm6i.xlarge') }, [{ vcpus: 4, memory: 16_352 }]],
  ['types of which none covers the other', { instanceTypes: types('r6i.large', 'c6i.xlarge') }, [{ vcpus: 4, memory: 8_160 }, { vcpus: 2, memory: 16_352 }]],
  ['a type with GPUs beside a larger one without', { instanceTypes: types('g6.xlarge', 'c6i.8xlarge') }, [{ vcpus: 32, memory: 65_504 }, { vcpus: 4, memory: 16_352, gpus: 1 }]],
  ['an instance class', { instanceClasses: [ec2.InstanceClass.C6I] }, [{ vcpus: 128, memory: 262_112 }]],
  ['a class by its other name, and a type', { instanceClasses: [ec2.InstanceClass.COMPUTE6_INTEL], instanceTypes: types('x8g.48xlarge') }, [{ vcpus: 192, memory: 3_145_696 }]],
])('the sizes of %s', (_, hardware, expected) => {
  expect(sizes(hardware)).toEqual(expected);
});

test.each<[string, Partial<Hardware>]>([
  ['Fargate', { fargate: true }],
  ['instances that Batch chooses', { onlyNamedInstances: false }],
  ['types beside instances that Batch chooses', { onlyNamedInstances: false, instanceTypes: types('c6i.large') }],
  ['a type that is not known', { instanceTypes: types('c6i.large', 'm99i.large') }],
  ['a class that is not known', { instanceClasses: ['m99i' as ec2.InstanceClass] }],
  ['a token', { instanceTypes: [...types('c6i.large'), new ec2.InstanceType(Token.asString({ Ref: 'Type' }))] }],
])('the sizes of %s are not known', (_, hardware) => {
  expect(sizes(hardware)).toBeUndefined();
});
