import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { namedInstances } from './hardware';
import { refuse, warn } from '../common/validation';

/** Families that a compute cannot use, or not as a user would expect. */
interface UnsupportedFamilies {
  /** Each family, with one to use instead. */
  readonly families: { readonly [family: string]: string };
  /** Continues "which ...". */
  readonly reason: string;
  /** Whether an image of the user's own may support them. */
  readonly needsOwnImage?: boolean;
  readonly source: string;
  /** The day on which the source said so. */
  readonly seen: string;
}

export const REFUSED_FAMILIES: readonly UnsupportedFamilies[] = [
  {
    // Reports of AWS Batch's answer: T2 in 2019 (https://github.com/aws/aws-parallelcluster/pull/1451), T4g in March 2026, T3 and T3a in June 2026.
    families: { t1: 'm7i', t2: 'm7i', t3: 'm7i', t3a: 'm7a', t4g: 'm7g' },
    reason: 'AWS Batch does not accept: it has no burstable instances',
    source: 'https://github.com/opensupplyhub/open-supply-hub/pull/1058',
    seen: '2026-06-10',
  },
  {
    families: { a1: 'm6g' },
    reason: 'the ECS-optimized image for Amazon Linux 2023 does not support',
    needsOwnImage: true,
    source: 'https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html',
    seen: '2026-11-26',
  },
  {
    families: { g2: 'g6', g3: 'g6', g3s: 'g6', g5g: 'g6', p2: 'p4d', p3: 'p4d', p3dn: 'p4d' },
    reason: 'the ECS GPU-optimized image for Amazon Linux 2023 does not support',
    needsOwnImage: true,
    source: 'https://docs.aws.amazon.com/batch/latest/APIReference/API_Ec2Configuration.html',
    seen: '2026-11-26',
  },
];

/** EC2 Mac instances, of whatever generation, run macOS on a Dedicated Host: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-mac-instances.html */
const MAC = /^mac/;

/** The families with another accelerator than NVIDIA's GPUs and the Neuron chips. There are ECS-optimized images for these two only. */
export const WITHOUT_DRIVER: readonly (Pick<UnsupportedFamilies, 'reason' | 'source' | 'seen'> & { readonly families: string[] })[] = [
  { families: ['g4ad'], reason: 'GPUs of AMD' },
  { families: ['dl1'], reason: 'Gaudi accelerators' },
  { families: ['dl2q'], reason: 'AI 100 accelerators of Qualcomm' },
  { families: ['f1', 'f2'], reason: 'FPGAs' },
  { families: ['vt1'], reason: 'transcoding accelerators' },
].map((row) => ({ ...row, source: 'https://github.com/aws/amazon-ecs-ami/blob/main/README.md', seen: '2026-08-21' }));

/** Refuses instances that a compute environment cannot have, and warns of those of which it is not certain, or whose accelerator stays unused. */
export function validateFamilies(scope: IConstruct, types: ec2.InstanceType[], classes: ec2.InstanceClass[], hasOwnImage = false): void {
  for (const { prop, name, family } of namedInstances(types, classes)) {
    const refused = REFUSED_FAMILIES.find(({ families, needsOwnImage }) => Object.hasOwn(families, family) && !(needsOwnImage && hasOwnImage));
    if (refused) {
      const image = refused.needsOwnImage ? ", or a 'machineImage' that supports it" : '';
      refuse(scope, prop, `has ${name}, which ${refused.reason}; use another family, such as ${refused.families[family]}${image}`);
    }
    if (MAC.test(family)) refuse(scope, prop, `has ${name}, which runs macOS on a Dedicated Host, and no Linux containers; use another family, such as m7g`);
    if (/^t\d/.test(family)) {
      warn(scope, 'burstableInstances', `'${prop}' has ${name}, and AWS Batch accepted no burstable instances so far (seen ${REFUSED_FAMILIES[0].seen}), ` +
        'so the deployment may fail; use another family, such as m7i');
    }
    const accelerated = WITHOUT_DRIVER.find(({ families }) => families.includes(family));
    if (accelerated && !hasOwnImage) {
      warn(scope, 'noAcceleratorDriver', `'${prop}' has ${name}, but the ECS-optimized images have no driver for its ${accelerated.reason}, ` +
        "so containers cannot use them; use other instances, or a 'machineImage' with the driver");
    }
  }
}
