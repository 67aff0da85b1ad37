import { Duration, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchInstanceProps } from './instance-props';
import { accepted, atEndOf, refuse, validateRange, warn } from '../common/validation';

/** The disk of the system, in the ECS-optimized image for Amazon Linux 2023. */
export const ROOT_DEVICE = '/dev/xvda';

/** Refuses what AWS Batch or EC2 would refuse, or would not use. */
export function validateInstances(scope: IConstruct, props: HeavyBatchInstanceProps): void {
  validateBlockDevices(scope, props.blockDevices);
  validateUserData(scope, props.userData);
  scaleDownMinutes(scope, props.minScaleDownDelay);
}

function validateBlockDevices(scope: IConstruct, blockDevices: ec2.BlockDevice[] = []): void {
  const names = blockDevices.map(({ deviceName }) => deviceName);
  names.forEach((name, index) => {
    if (name === ROOT_DEVICE) refuse(scope, 'blockDevices', `has ${name}, which is the disk of the system; use 'scratchSize' to make it larger, or another device name`);
    if (names.indexOf(name) < index) refuse(scope, 'blockDevices', `has ${name} twice; use another device name for one of them`);
  });
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
const USER_DATA_BYTES = 16_384;

/** The text may be a token as a whole, or have tokens in it. Commands may be added until synthesis. */
function validateUserData(scope: IConstruct, userData?: ec2.UserData): void {
  if (!userData) return;
  const start = userData.render();
  if (!start.startsWith('#!') && !/^\$\{Token\[/.test(start)) {
    refuse(scope, 'userData', `begins with ${JSON.stringify(start.slice(0, 20))}, but a shell script begins with #!; use ec2.UserData.forLinux()`);
  }
  atEndOf(scope, () => {
    const text = userData.render();
    const bytes = Buffer.from(text).toString('base64').length;
    if (bytes > USER_DATA_BYTES && !Token.isUnresolved(text)) {
      refuse(scope, 'userData', `has ${bytes} bytes in base64, but EC2 accepts ${USER_DATA_BYTES} for all user data of an instance; use a short script that downloads the rest`);
    }
  });
}

/** The prop `minScaleDownDelay` in minutes. 0 turns it off: https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeScalingPolicy.html */
export function scaleDownMinutes(scope: IConstruct, delay?: Duration): number | undefined {
  const minutes = delay?.isUnresolved() ? delay.toMinutes() : delay?.toMinutes({ integral: false });
  if (minutes !== 0) validateRange(scope, 'minScaleDownDelay', minutes, { least: 20, most: 10_080, unit: 'minutes' });
  return minutes;
}

/** The image, read once: a look-up or a parameter for it is then created once, for all compute environments. */
export function machineImageOf(scope: Construct, image: ec2.IMachineImage): ec2.IMachineImage {
  if (image instanceof ec2.GenericLinuxImage && Object.keys((image as unknown as { amiMap: object }).amiMap).length === 0) refuse(scope, 'machineImage', 'has no image for any Region; use the id of one');
  const config = accepted(scope, 'machineImage', 'is not known here', 'use an image of the Region of the stack', () => image.getImage(scope));
  if (config.osType === ec2.OperatingSystemType.WINDOWS) {
    refuse(scope, 'machineImage', 'is an image for Windows; use one that is made from the ECS-optimized image for Amazon Linux 2023');
  }
  return { getImage: () => config };
}

/** Warns of a cluster placement group in several zones: EC2 starts its instances in the zone of the first one only. */
export function warnOfClusterZones(scope: IConstruct, placementGroup: ec2.IPlacementGroup | undefined, subnets: ec2.SelectedSubnets): void {
  const { CLUSTER } = ec2.PlacementGroupStrategy;
  // Without a strategy, a new placement group is a cluster. That of an imported one is not known.
  const strategy = placementGroup?.strategy ?? (placementGroup instanceof ec2.PlacementGroup ? CLUSTER : undefined);
  const zones = strategy === CLUSTER && !subnets.isPendingLookup ? zonesOf(subnets) : 0;
  if (zones < 2) return;
  warn(scope, 'placementGroupInSeveralZones', `'placementGroup' is a cluster, which is in one Availability Zone, but the subnets are in ${zones}, so instances fail to start in the others; ` +
    "use 'vpcSubnets' with one of the 'availabilityZones'");
}

/** The number of Availability Zones that are known. aws-ec2 throws where a subnet was imported without one. */
function zonesOf({ subnets }: ec2.SelectedSubnets): number {
  const zones = subnets.map((subnet) => {
    try {
      return subnet.availabilityZone;
    } catch {
      return undefined;
    }
  });
  return new Set(zones.filter((zone) => zone !== undefined)).size;
}
