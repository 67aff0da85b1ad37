import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { refuse } from './check';
import { namedInstances } from './instances';

/** The one architecture of all instances; undefined where a token hides it. One environment cannot have two. */
export function architectureOf(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[]): ec2.InstanceArchitecture | undefined {
  const named = namedInstances(types, classes);
  if (named.length === 0) return types.length + classes.length > 0 ? undefined : ec2.InstanceArchitecture.X86_64;

  const [first, ...others] = named;
  const other = others.find(({ architecture }) => architecture !== first.architecture);
  if (other) {
    refuse(scope, other.prop, `has ${other.name}, which is ${other.architecture}, beside ${first.name}, which is ${first.architecture}; ` +
      'use one architecture, or two computes');
  }
  return first.architecture;
}
