import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { hasGpus } from './instance-gpus';
import { namedInstances } from './named-instances';
import { refuse } from '../common/validation';

/** What Batch calls the ECS-optimized images that instances start from. */
export type ImageType = 'ECS_AL2023' | 'ECS_AL2023_NVIDIA';

/**
 * Families that Amazon Linux 2023 does not run on, or its image for GPUs, with one of each that does instead.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html
 */
const UNSUPPORTED: { readonly [family: string]: string } = {
  a1: 'm6g', g2: 'g6', g3: 'g6', g3s: 'g6', g5g: 'g6', p2: 'p4d', p3: 'p4d', p3dn: 'p4d',
};

/** The image for each kind of instance: with NVIDIA's driver for those with GPUs. What a token hides may be of either kind. */
export function imageTypes(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[]): ImageType[] {
  const named = namedInstances(types, classes);
  const old = named.find(({ family }) => family in UNSUPPORTED);
  if (old) {
    refuse(scope, old.prop, `has ${old.name}, which the ECS-optimized image for Amazon Linux 2023 does not support; use a newer family, such as ${UNSUPPORTED[old.family]}`);
  }
  const hidden = named.length < types.length + classes.length;
  const gpus = named.filter(({ family }) => hasGpus(family)).length;
  return [
    ...named.length === 0 || hidden || gpus < named.length ? ['ECS_AL2023' as const] : [],
    ...hidden || gpus > 0 ? ['ECS_AL2023_NVIDIA' as const] : [],
  ];
}
