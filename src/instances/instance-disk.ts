import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { IConstruct } from 'constructs';
import { namedInstances } from './hardware';
import { familyFacts, instanceTypeFacts } from './instance-memory';
import { isKnown, refuse, validateRange } from '../common/validation';

export interface DiskProps {
  readonly scratchSize?: Size;
  readonly scratchIops?: number;
  readonly scratchThroughput?: number;
  readonly instanceStore?: boolean;
}

export interface DiskInstances {
  readonly instanceTypes?: ec2.InstanceType[];
  readonly instanceClasses?: ec2.InstanceClass[];
  readonly useOptimalInstanceClasses?: boolean;
}

/** The disk size of the ECS-optimized image for Amazon Linux 2023, in GiB: https://github.com/aws/amazon-ecs-ami/blob/main/variables.pkr.hcl */
const SYSTEM_GIB = 30;

/** https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type */
const GP3 = {
  sizeGiB: 65_536,
  iops: { least: 3_000, most: 80_000 },
  throughput: { least: 125, most: 2_000, unit: 'MiB/s' },
  iopsPerGiB: 500,
  throughputPerIops: 0.25,
};

/** The disk of an instance. Its data is deleted with the instance. */
export function instanceVolume(scope: IConstruct, props: DiskProps & { readonly encryptionKey?: kms.IKey }): ec2.BlockDeviceVolume {
  const { scratchIops: iops, scratchThroughput: throughput } = props;
  const size = volumeSize(scope, props.scratchSize);
  validateRange(scope, 'scratchIops', iops, GP3.iops);
  validateRange(scope, 'scratchThroughput', throughput, GP3.throughput);
  const mostIops = GP3.iopsPerGiB * size;
  if (isKnown(iops) && isKnown(size) && iops > mostIops) {
    refuse(scope, 'scratchIops', `is ${iops}, but a volume of ${size} GiB has at most ${mostIops}; use ${mostIops} or less, or a larger 'scratchSize'`);
  }
  const neededIops = isKnown(throughput) ? throughput / GP3.throughputPerIops : 0;
  if (isKnown(iops ?? GP3.iops.least) && neededIops > (iops ?? GP3.iops.least)) {
    refuse(scope, 'scratchThroughput', `is ${throughput} MiB/s, which needs at least ${neededIops} IOPS; use ${neededIops} for 'scratchIops', or less throughput`);
  }
  return ec2.BlockDeviceVolume.ebs(size, {
    volumeType: ec2.EbsDeviceVolumeType.GP3,
    encrypted: true,
    kmsKey: props.encryptionKey,
    deleteOnTermination: true,
    iops,
    throughput: isKnown(throughput) ? throughput : undefined,
  });
}

/** The size of the whole disk in GiB. CloudFormation cannot add numbers, so a token is the size of the whole disk. */
function volumeSize(scope: IConstruct, scratch: Size | undefined): number {
  if (!scratch) return SYSTEM_GIB;
  if (scratch.isUnresolved()) return scratch.toGibibytes();
  const wanted = Math.ceil(scratch.toGibibytes({ rounding: SizeRoundingBehavior.NONE }));
  validateRange(scope, 'scratchSize', wanted, { least: 1, most: GP3.sizeGiB - SYSTEM_GIB, unit: 'GiB' });
  return SYSTEM_GIB + wanted;
}

/** Refuses `instanceStore` on instances that have none, and together with the props of the EBS disk, which it replaces. */
export function validateInstanceStore(scope: IConstruct, props: DiskProps & DiskInstances): void {
  if (!props.instanceStore) return;
  const other = (['scratchSize', 'scratchIops', 'scratchThroughput'] as const).find((prop) => props[prop] !== undefined);
  if (other) refuse(scope, other, "is given together with 'instanceStore', which replaces that disk; leave one of them out");
  const { instanceTypes = [], instanceClasses = [] } = props;
  const without = namedInstances(instanceTypes, instanceClasses).find(({ prop, name, family }) => {
    const facts = prop === 'instanceTypes' ? [instanceTypeFacts(name)] : familyFacts(family);
    return facts.length > 0 && facts.every((type) => type?.storeGB === 0);
  });
  const remedy = "use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'";
  if (without) refuse(scope, 'instanceStore', `is true, but ${without.name} has no NVMe instance store; ${remedy}`);
  if (props.useOptimalInstanceClasses || instanceTypes.length + instanceClasses.length === 0) {
    refuse(scope, 'instanceStore', `is true, but Batch's choice of instances has no NVMe instance store; ${remedy}`);
  }
}
