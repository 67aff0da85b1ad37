import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { namedInstances } from './hardware';
import { refuse } from '../common/validation';

export interface ArchitectureProps {
  readonly instanceTypes?: ec2.InstanceType[];
  readonly instanceClasses?: ec2.InstanceClass[];
  readonly cpuArchitecture?: ecs.CpuArchitecture;
}

/** The architecture that jobs run on. Undefined where it is a token. A compute environment has only one. */
export function architectureOf(scope: IConstruct, props: ArchitectureProps): ec2.InstanceArchitecture | undefined {
  const { instanceTypes = [], instanceClasses = [], cpuArchitecture } = props;
  const wanted = cpuArchitecture && instanceArchitecture(scope, cpuArchitecture);
  const named = namedInstances(instanceTypes, instanceClasses);
  if (named.length === 0) return wanted ?? (instanceTypes.length + instanceClasses.length > 0 ? undefined : ec2.InstanceArchitecture.X86_64);

  const [first, ...others] = named;
  const other = others.find(({ architecture }) => architecture !== first.architecture);
  if (other) {
    refuse(scope, other.prop, `has ${other.name}, which is ${other.architecture}, but ${first.name} is ${first.architecture}; ` +
      'use instances of one architecture, or two computes');
  }
  if (wanted && wanted !== first.architecture) {
    refuse(scope, 'cpuArchitecture', `is ${wanted}, but ${first.name} is ${first.architecture}; leave it out, or use other instance types`);
  }
  return first.architecture;
}

function instanceArchitecture(scope: IConstruct, { _cpuArchitecture: name }: ecs.CpuArchitecture): ec2.InstanceArchitecture {
  if (name === ecs.CpuArchitecture.X86_64._cpuArchitecture) return ec2.InstanceArchitecture.X86_64;
  if (name === ecs.CpuArchitecture.ARM64._cpuArchitecture) return ec2.InstanceArchitecture.ARM_64;
  return refuse(scope, 'cpuArchitecture', `is ${name}, which AWS Batch does not support; use CpuArchitecture.X86_64 or CpuArchitecture.ARM64`);
}
