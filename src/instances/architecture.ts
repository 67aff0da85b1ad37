import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { NamedInstances, namedInstances } from './hardware';
import { refuse } from '../common/validation';

export interface ArchitectureProps {
  readonly instanceTypes?: ec2.InstanceType[];
  readonly instanceClasses?: ec2.InstanceClass[];
  readonly useOptimalInstanceClasses?: boolean;
  readonly cpuArchitecture?: ecs.CpuArchitecture;
}

/** The architecture that jobs run on. Undefined where it is a token. A compute environment has only one. */
export function architectureOf(scope: IConstruct, props: ArchitectureProps): ec2.InstanceArchitecture | undefined {
  const { instanceTypes = [], instanceClasses = [], cpuArchitecture, useOptimalInstanceClasses = false } = props;
  const wanted = cpuArchitecture && instanceArchitecture(scope, cpuArchitecture);
  const named = namedInstances(instanceTypes, instanceClasses);
  if (useOptimalInstanceClasses) {
    validateOptimal(scope, wanted, named);
    return ec2.InstanceArchitecture.X86_64;
  }
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

/** "Optimal" means the same as `default_x86_64` since November 2025: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html */
function validateOptimal(scope: IConstruct, wanted: ec2.InstanceArchitecture | undefined, named: NamedInstances[]): void {
  const arm = named.find(({ architecture }) => architecture === ec2.InstanceArchitecture.ARM_64)?.name
    ?? (wanted === ec2.InstanceArchitecture.ARM_64 ? "'cpuArchitecture'" : undefined);
  if (arm) {
    refuse(scope, 'useOptimalInstanceClasses', `is true, and Batch's optimal instances are x86_64, but ${arm} is arm64; ` +
      'leave it out, since the default instances have the architecture of the other props');
  }
}

function instanceArchitecture(scope: IConstruct, { _cpuArchitecture: name }: ecs.CpuArchitecture): ec2.InstanceArchitecture {
  if (name === ecs.CpuArchitecture.X86_64._cpuArchitecture) return ec2.InstanceArchitecture.X86_64;
  if (name === ecs.CpuArchitecture.ARM64._cpuArchitecture) return ec2.InstanceArchitecture.ARM_64;
  return refuse(scope, 'cpuArchitecture', `is ${name}, which AWS Batch does not support; use CpuArchitecture.X86_64 or CpuArchitecture.ARM64`);
}
