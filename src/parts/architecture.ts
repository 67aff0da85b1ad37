import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { refuse } from './check';

/** The one architecture of all instances; undefined where a token hides it. One environment cannot have two. */
export function architectureOf(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[]): ec2.InstanceArchitecture | undefined {
  const named = [
    ...types.map((type) => ({ prop: 'instanceTypes', name: type.toString(), type })),
    ...classes.map((name) => ({ prop: 'instanceClasses', name: String(name), type: ec2.InstanceType.of(name, ec2.InstanceSize.LARGE) })),
  ].filter(({ name }) => !Token.isUnresolved(name));
  if (named.length === 0) return types.length + classes.length > 0 ? undefined : ec2.InstanceArchitecture.X86_64;

  const [first, ...others] = named;
  const other = others.find(({ type }) => type.architecture !== first.type.architecture);
  if (other) {
    refuse(scope, other.prop, `has ${other.name}, which is ${other.type.architecture}, beside ${first.name}, which is ${first.type.architecture}; ` +
      'use one architecture, or two computes');
  }
  return first.type.architecture;
}
