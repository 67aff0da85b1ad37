import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { namedInstances } from './hardware';
import { hasGpus } from './instance-gpus';
import { refuse } from '../common/validation';

/** AWS Batch's names for the ECS-optimized images that instances start from. */
export type ImageType = 'ECS_AL2023' | 'ECS_AL2023_NVIDIA';

/**
 * The families that the image for Amazon Linux 2023, or its variant for GPUs, does not support, each with a newer family that it supports.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
 */
const UNSUPPORTED: { readonly [family: string]: string } = {
  a1: 'm6g', g2: 'g6', g3: 'g6', g3s: 'g6', g5g: 'g6', p2: 'p4d', p3: 'p4d', p3dn: 'p4d',
};

/** The images of the instances: one for those without GPUs, and one with NVIDIA's driver for those with GPUs. A token may need either. */
export function imageTypes(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[]): ImageType[] {
  const named = namedInstances(types, classes);
  const unsupported = named.find(({ family }) => family in UNSUPPORTED);
  if (unsupported) {
    const { prop, name, family } = unsupported;
    refuse(scope, prop, `has ${name}, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as ${UNSUPPORTED[family]}`);
  }
  const hasTokens = named.length < types.length + classes.length;
  const withGpus = named.filter(({ family }) => hasGpus(family)).length;
  return [
    ...named.length === 0 || hasTokens || withGpus < named.length ? ['ECS_AL2023' as const] : [],
    ...hasTokens || withGpus > 0 ? ['ECS_AL2023_NVIDIA' as const] : [],
  ];
}
