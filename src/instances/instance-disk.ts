import { Size, SizeRoundingBehavior } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { familyFacts, instanceTypeFacts } from './instance-memory';
import { namedInstances } from './named-instances';
import { checkRange, known, refuse } from '../common/validation';

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

/** What the image of Amazon Linux 2023 for ECS is made with, in GiB: https://github.com/aws/amazon-ecs-ami/blob/main/variables.pkr.hcl */
const SYSTEM_GIB = 30;

/** https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type */
const GP3 = {
  sizeGiB: 65_536,
  iops: { least: 3_000, most: 80_000 },
  throughput: { least: 125, most: 2_000, unit: 'MiB/s' },
  iopsPerGiB: 500,
  throughputPerIops: 0.25,
};

/** The disk of an instance. Nothing on it outlives the instance. */
export function instanceVolume(scope: IConstruct, props: DiskProps): ec2.BlockDeviceVolume {
  const { scratchIops: iops, scratchThroughput: throughput } = props;
  const size = volumeSize(scope, props.scratchSize);
  checkRange(scope, 'scratchIops', iops, GP3.iops);
  checkRange(scope, 'scratchThroughput', throughput, GP3.throughput);
  const most = GP3.iopsPerGiB * size;
  if (known(iops) && known(size) && iops > most) {
    refuse(scope, 'scratchIops', `is ${iops}, but a volume of ${size} GiB has ${most} at the most; use ${most} or less, or a larger 'scratchSize'`);
  }
  const needed = known(throughput) ? throughput / GP3.throughputPerIops : 0;
  if (known(iops ?? GP3.iops.least) && needed > (iops ?? GP3.iops.least)) {
    refuse(scope, 'scratchThroughput', `is ${throughput} MiB/s, for which a volume has ${needed} IOPS or more; use a 'scratchIops' of ${needed}, or less throughput`);
  }
  return ec2.BlockDeviceVolume.ebs(size, {
    volumeType: ec2.EbsDeviceVolumeType.GP3,
    encrypted: true,
    deleteOnTermination: true,
    iops,
    throughput: known(throughput) ? throughput : undefined,
  });
}

/** GiB. CloudFormation adds no numbers: a token is the size of the whole volume. */
function volumeSize(scope: IConstruct, scratch: Size | undefined): number {
  if (!scratch) return SYSTEM_GIB;
  if (scratch.isUnresolved()) return scratch.toGibibytes();
  const wanted = Math.ceil(scratch.toGibibytes({ rounding: SizeRoundingBehavior.NONE }));
  checkRange(scope, 'scratchSize', wanted, { least: 1, most: GP3.sizeGiB - SYSTEM_GIB, unit: 'GiB' });
  return SYSTEM_GIB + wanted;
}

/** Refuses an instance store that one of the instances does not have, and what is about the disk that it takes the place of. */
export function checkInstanceStore(scope: IConstruct, props: DiskProps & DiskInstances): void {
  if (!props.instanceStore) return;
  const other = (['scratchSize', 'scratchIops', 'scratchThroughput'] as const).find((prop) => props[prop] !== undefined);
  if (other) refuse(scope, other, "is given together with 'instanceStore', which takes the place of that disk; leave one of them out");
  const { instanceTypes = [], instanceClasses = [] } = props;
  const without = namedInstances(instanceTypes, instanceClasses).find(({ prop, name, family }) => {
    const facts = prop === 'instanceTypes' ? [instanceTypeFacts(name)] : familyFacts(family);
    return facts.length > 0 && facts.every((one) => one?.storeGB === 0);
  });
  const mend = "use 'instanceTypes' that have one, such as c6id.large, or 'scratchSize'";
  if (without) refuse(scope, 'instanceStore', `is true, but ${without.name} has no NVMe instance store; ${mend}`);
  if (props.useOptimalInstanceClasses || instanceTypes.length + instanceClasses.length === 0) {
    refuse(scope, 'instanceStore', `is true, but Batch's choice of instances has no NVMe instance store; ${mend}`);
  }
}
