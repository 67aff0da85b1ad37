import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** An instance type, or a class with all of its sizes, as it was given. */
export interface NamedInstances {
  readonly prop: 'instanceTypes' | 'instanceClasses';
  /** `c6i.large`, or `c6i` */
  readonly name: string;
  /** `c6i` */
  readonly family: string;
  readonly architecture: ec2.InstanceArchitecture;
}

/** What EC2 calls the instances of an environment, without what a token hides. */
export function namedInstances(types: ec2.InstanceType[], classes: ec2.InstanceClass[]): NamedInstances[] {
  const family = (type: ec2.InstanceType) => type.toString().split('.')[0];
  return [
    ...types.filter((type) => !Token.isUnresolved(type.toString()))
      .map((type) => ({ prop: 'instanceTypes' as const, name: type.toString(), family: family(type), architecture: type.architecture })),
    // `InstanceClass.COMPUTE6_INTEL` is `c6i` as well.
    ...classes.filter((name) => !Token.isUnresolved(name)).map((name) => ec2.InstanceType.of(name, ec2.InstanceSize.LARGE))
      .map((type) => ({ prop: 'instanceClasses' as const, name: family(type), family: family(type), architecture: type.architecture })),
  ];
}
