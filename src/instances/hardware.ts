import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { className, familyArchitecture, typeName } from './instance-names';

/** What jobs run on, as far as it is known at synth. */
export interface Hardware {
  /** Whether jobs run on Fargate, where there are no instances. */
  readonly fargate: boolean;
  readonly instanceTypes: ec2.InstanceType[];
  readonly instanceClasses: ec2.InstanceClass[];
  /** Whether Batch starts only instances of `instanceTypes` and `instanceClasses`. */
  readonly onlyNamedInstances: boolean;
  /** False for an existing job queue whose instance types were not given. */
  readonly instancesKnown: boolean;
  /** Undefined where it is not known. */
  readonly architecture?: ec2.InstanceArchitecture;
  /** The most vCPUs that run at once. Undefined where it is not known. */
  readonly maxvCpus?: number;
}

/** An instance type, or an instance class with all of its sizes. */
export interface NamedInstances {
  /** The prop that has it. */
  readonly prop: 'instanceTypes' | 'instanceClasses';
  /** `c6i.large` for a type, `c6i` for a class. */
  readonly name: string;
  /** `c6i` */
  readonly family: string;
  readonly architecture: ec2.InstanceArchitecture;
}

/** The instance types and classes with their EC2 names. Tokens are left out, since their names are not known at synth. */
export function namedInstances(types: ec2.InstanceType[], classes: ec2.InstanceClass[]): NamedInstances[] {
  const known = (names: string[]) => names.filter((name) => !Token.isUnresolved(name));
  const named = (prop: NamedInstances['prop'], name: string): NamedInstances => {
    const [family] = name.split('.');
    return { prop, name, family, architecture: familyArchitecture(family) };
  };
  return [
    ...known(types.map(typeName)).map((name) => named('instanceTypes', name)),
    ...known(classes.map(className)).map((name) => named('instanceClasses', name)),
  ];
}
