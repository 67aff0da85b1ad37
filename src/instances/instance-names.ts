import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { refuse } from '../common/validation';
import { ARM_FAMILIES, INSTANCE_TYPES } from '../contract/instance-types';

/**
 * Descriptive names that `InstanceType.of` passes on as they are, where it translates all others:
 * https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ec2/lib/instance-types.ts
 */
const NOT_TRANSLATED: { readonly [name: string]: string } = { 'parallel5-extended': 'p5e', 'parallel5-extended-network': 'p5en' };

/** EC2's name of an instance type: `c6i.large`. A token stays as it is. */
export function typeName(type: ec2.InstanceType): string {
  const name = type.toString();
  if (Token.isUnresolved(name)) return name;
  const [family, ...size] = name.split('.');
  return [Object.hasOwn(NOT_TRANSLATED, family) ? NOT_TRANSLATED[family] : family, ...size].join('.');
}

/** EC2's name of an instance class, which has several names in the CDK: `c6i` for `InstanceClass.COMPUTE6_INTEL` too. A token stays as it is. */
export function className(instanceClass: ec2.InstanceClass): string {
  if (Token.isUnresolved(instanceClass)) return instanceClass;
  return typeName(ec2.InstanceType.of(instanceClass, ec2.InstanceSize.LARGE)).slice(0, -'.large'.length);
}

/**
 * The architecture of a family. The CDK's own `InstanceType.architecture` fails at a family with a hyphen, such as `p6-b200`. The name of a
 * family that is not in the table tells it: `g` among the letters after the generation is Graviton, and `gb` after a hyphen is Grace.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function familyArchitecture(family: string): ec2.InstanceArchitecture {
  const arm = Object.hasOwn(INSTANCE_TYPES, family) ? ARM_FAMILIES.includes(family) : hasNameOfArm(family);
  return arm ? ec2.InstanceArchitecture.ARM_64 : ec2.InstanceArchitecture.X86_64;
}

export function hasNameOfArm(family: string): boolean {
  return /^(a1$|[a-z]+\d+[a-z]*(g|-gb))/.test(family);
}

const FAMILY = /^[a-z][a-z\d]*(-[a-z\d]+)*$/;
const TYPE = /^[a-z][a-z\d]*(-[a-z\d]+)*\.[a-z\d]+(-[a-z\d]+)*$/;

/** What Batch takes in the place of instance types, and how it is said here. */
const WORDS_OF_BATCH: { readonly [word: string]: string } = {
  optimal: "leave it out, and set 'useOptimalInstanceClasses' to true",
  default_x86_64: 'leave it out: it is the default',
  default_arm64: "leave it out, and set 'cpuArchitecture' to CpuArchitecture.ARM64",
};

/** Refuses texts that cannot be names of EC2. Names that are not in the table are accepted, since EC2 offers new families and sizes all the time. */
export function validateInstanceNames(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[]): void {
  for (const name of types.map(typeName).filter((text) => !Token.isUnresolved(text))) {
    if (TYPE.test(name)) continue;
    refuse(scope, 'instanceTypes', `has '${name}', which is not the name of an instance type; ${typeRemedy(name)}`);
  }
  for (const name of classes.map(className).filter((text) => !Token.isUnresolved(text))) {
    if (Object.hasOwn(WORDS_OF_BATCH, name)) refuse(scope, 'instanceClasses', `has '${name}', which is not the name of an instance family; ${WORDS_OF_BATCH[name]}`);
    if (FAMILY.test(name)) continue;
    refuse(scope, 'instanceClasses', `has '${name}', which is not the name of an instance family; use a name of EC2, such as ${knownFamily(name) ?? 'c7i'}`);
  }
}

function typeRemedy(name: string): string {
  if (Object.hasOwn(WORDS_OF_BATCH, name)) return WORDS_OF_BATCH[name];
  const family = knownFamily(name);
  if (family === name) return `use a size, such as ${name}.large, or 'instanceClasses' for all sizes of ${name}`;
  return `use a name of EC2, such as ${family ? name.trim().toLowerCase() : 'c7i.large'}`;
}

/** The family that a text was probably meant to name. */
function knownFamily(text: string): string | undefined {
  const [family] = text.trim().toLowerCase().split('.');
  return Object.hasOwn(INSTANCE_TYPES, family) ? family : undefined;
}
