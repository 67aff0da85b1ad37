import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as fc from 'fast-check';
import { data, duration, durationToken, either, made, oddDuration, oddString, plain, prop, PropTable, Setting, textIn, Value, Values } from './value';
import { HeavyBatchImagePullBehavior, HeavyBatchInstanceProps } from '../../../src';

export const hasInstances = ({ compute }: Setting) => !compute.includes('fargate');

const userData: Values<ec2.UserData> = either(
  made('a shell script', () => {
    const script = ec2.UserData.forLinux();
    script.addCommands('echo "$HOME"', "echo 'a'");
    return script;
  }),
  made('a text with a shell script', () => ec2.UserData.custom('#!/bin/sh\necho 1\n')),
  made('a shell script with a token', (scope) => ec2.UserData.custom(`#!/bin/sh\necho ${textIn(scope, 'a')}\n`)),
  made('a text that is a parameter', (scope) => ec2.UserData.custom(textIn(scope, '#!/bin/sh'))),
);
const images: Values<ec2.IMachineImage> = either(
  made('the image of a parameter', () => ec2.MachineImage.fromSsmParameter('/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id')),
  made('an image of us-east-1', () => ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-1234567890abcdef0' })),
);
const oddImages: Values<ec2.IMachineImage> = either(
  images,
  made('an image of eu-west-1', () => ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-1234567890abcdef0' })),
  made('no image', () => ec2.MachineImage.genericLinux({})),
  made('an image for Windows', () => ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE)),
  made('an image that is looked up', () => ec2.MachineImage.lookup({ name: 'my-image-*', owners: ['self'] })),
);
const keyPairs: Values<ec2.IKeyPair> = either(
  made('a given key pair', (scope) => ec2.KeyPair.fromKeyPairName(scope, 'Key', 'key')),
  made('a new key pair', (scope) => new ec2.KeyPair(scope, 'Key')),
  made('a key pair that is a parameter', (scope) => ec2.KeyPair.fromKeyPairName(scope, 'Key', textIn(scope, 'key'))),
);
const disk = ec2.BlockDeviceVolume.ebs(100, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 });
const volumes = fc.constantFrom<[string, ec2.BlockDeviceVolume]>(
  ['ebs(100)', disk],
  ['ebs(0)', ec2.BlockDeviceVolume.ebs(0)],
  ['a snapshot', ec2.BlockDeviceVolume.ebsFromSnapshot('snap-1234567890abcdef0')],
  ['ephemeral(0)', ec2.BlockDeviceVolume.ephemeral(0)],
  ['io2 without IOPS', { ebsDevice: { volumeSize: 100, volumeType: ec2.EbsDeviceVolumeType.IO2 } } as ec2.BlockDeviceVolume],
);
const placementGroups: Values<ec2.IPlacementGroup> = either(
  made('a given placement group', (scope) => ec2.PlacementGroup.fromPlacementGroupName(scope, 'Group', 'group')),
  made('a new cluster', (scope) => new ec2.PlacementGroup(scope, 'Group', { strategy: ec2.PlacementGroupStrategy.CLUSTER })),
  made('a new placement group', (scope) => new ec2.PlacementGroup(scope, 'Group', { strategy: ec2.PlacementGroupStrategy.PARTITION, partitions: 2 })),
);

export const INSTANCE_VALUES = {
  userData: prop(userData, either(
    userData,
    data(oddString).map((text) => text.map(`the text ${text.text}`, (content) => ec2.UserData.custom(content))),
    made('a script for Windows', () => ec2.UserData.forWindows()),
    made('nothing', () => new ec2.MultipartUserData()),
  ), hasInstances),
  machineImage: prop(images, oddImages, hasInstances),
  keyPair: prop(keyPairs, keyPairs, hasInstances),
  blockDevices: prop(
    plain<ec2.BlockDevice[]>([{ deviceName: '/dev/sdf', volume: disk }]),
    fc.array(fc.tuple(fc.oneof(fc.constantFrom('/dev/xvda', '/dev/sdf', 'sdf'), oddString), volumes), { maxLength: 2 }).map((list) =>
      new Value(`[${list.map(([name, [text]]) => `${JSON.stringify(name)}: ${text}`).join(', ')}]`, () => list.map(([deviceName, [, volume]]) => ({ deviceName, volume })))),
    hasInstances,
  ),
  placementGroup: prop(placementGroups, placementGroups, hasInstances),
  minScaleDownDelay: prop(either(duration('minutes', 0, 20), duration('days', 7), durationToken('minutes', 30)), oddDuration, hasInstances),
  imagePullBehavior: prop(plain(...Object.values(HeavyBatchImagePullBehavior)), plain(...Object.values(HeavyBatchImagePullBehavior)), hasInstances),
  canContainersAccessInstanceRole: prop(plain(true, false), plain(true, false), hasInstances),
} satisfies PropTable<HeavyBatchInstanceProps>;
