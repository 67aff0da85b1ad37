import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HeavyBatchCompute, HeavyBatchComputeProps, HeavyBatchImagePullBehavior } from '../../src';
import { newJob, newStack } from '../stacks';

const PARTS = /--\+AWS\+CDK\+User\+Data\+Separator==/;

function templateWith(props: (stack: Stack) => HeavyBatchComputeProps): Template {
  const stack = newStack();
  newJob(props(stack), stack);
  return Template.fromStack(stack);
}

const launchData = (template: Template) => Object.values(template.findResources('AWS::EC2::LaunchTemplate'))[0].Properties.LaunchTemplateData;
const environments = (template: Template) => Object.values(template.findResources('AWS::Batch::ComputeEnvironment')).map(({ Properties }) => Properties);
const resources = (template: Template) => environments(template).map(({ ComputeResources }) => ComputeResources);

function errorOf(props: (stack: Stack) => HeavyBatchComputeProps): string {
  try {
    templateWith(props);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('the user data of the user', () => {
  test('is a part of its own, with the commands that were added later', () => {
    const stack = newStack();
    const userData = ec2.UserData.forLinux();
    newJob({ userData }, stack);
    userData.addCommands('systemctl start xray');
    const parts = launchData(Template.fromStack(stack)).UserData['Fn::Base64']['Fn::Join'];
    expect(parts[0]).toBe('');
    const [before, own, end] = parts[1];
    expect(before.split(PARTS)).toHaveLength(3); // nothing, the library's part, and the header of this one
    expect(before).toMatch(/Content-Type: text\/x-shellscript; charset="utf-8"\nContent-Transfer-Encoding: base64\n\n$/);
    expect(own).toEqual({ 'Fn::Base64': '#!/bin/bash\nsystemctl start xray' });
    expect(end).toBe('\n--+AWS+CDK+User+Data+Separator==--\n');
  });

  test('may contain tokens', () => {
    const template = templateWith((stack) => {
      const userData = ec2.UserData.forLinux();
      userData.addCommands(`echo ${new CfnParameter(stack, 'Text').valueAsString}`);
      return { userData };
    });
    expect(JSON.stringify(launchData(template).UserData)).toContain('{"Fn::Base64":{"Fn::Join":["",["#!/bin/bash\\necho ",{"Ref":"Text"}]]}}');
  });

  test('may be a token as a whole', () => {
    const template = templateWith((stack) => ({ userData: ec2.UserData.custom(new CfnParameter(stack, 'Script').valueAsString) }));
    expect(JSON.stringify(launchData(template).UserData)).toContain('{"Fn::Base64":{"Ref":"Script"}}');
  });

  test.each<[string, () => ec2.UserData, string]>([
    ['it is for Windows', () => ec2.UserData.forWindows(), '<powershell></power'],
    ['it is multipart user data', () => new ec2.MultipartUserData(), 'Content-Type: multip'],
    ['it names no interpreter', () => ec2.UserData.custom('yum update'), 'yum update'],
  ])('is refused when %s', (_, userData, start) => {
    expect(errorOf(() => ({ userData: userData() })))
      .toMatch(new RegExp(`^'userData' begins with "${start}.*", but a shell script begins with #!; use ec2.UserData.forLinux\\(\\) \\(at Stack/Job/Compute\\)$`));
  });

  test('is refused at synthesis when it is longer than EC2 accepts, whenever the commands were added', () => {
    const appWith = (length: number) => () => {
      const userData = ec2.UserData.forLinux();
      const stack = newStack();
      new HeavyBatchCompute(stack, 'Compute', { userData });
      userData.addCommands('x'.repeat(length - '#!/bin/bash\n'.length));
      (stack.node.root as App).synth();
    };
    expect(appWith(12_288)).not.toThrow();
    expect(appWith(12_289))
      .toThrow("'userData' has 16388 bytes in base64, but EC2 accepts 16384 for all user data of an instance; use a short script that downloads the rest (at Stack/Compute)");
  });
});

describe('the machine image', () => {
  test('is refused without one for any Region, since CloudFormation accepts no empty mapping', () => {
    expect(errorOf(() => ({ machineImage: ec2.MachineImage.genericLinux({}) })))
      .toBe("'machineImage' has no image for any Region; use the id of one (at Stack/Job/Compute)");
  });

  test('is the image of all instances, with the image type of AWS Batch', () => {
    const template = templateWith(() => ({
      machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123' }),
      instanceTypes: [new ec2.InstanceType('c7i.large')],
      spot: true,
    }));
    const image = { ImageIdOverride: { 'Fn::FindInMap': [expect.any(String), { Ref: 'AWS::Region' }, 'ami'] }, ImageType: 'ECS_AL2023' };
    expect(resources(template).map(({ Ec2Configuration }) => Ec2Configuration)).toEqual([[image], [image]]);
  });

  test('is read once for both compute environments', () => {
    const template = templateWith(() => ({ machineImage: ecs.EcsOptimizedImage.amazonLinux2023(), spot: true }));
    const overrides = resources(template).map(({ Ec2Configuration }) => Ec2Configuration[0].ImageIdOverride);
    expect(overrides).toHaveLength(2);
    expect(overrides[0]).toEqual(overrides[1]);
    expect(Object.keys(template.findParameters('*')).filter((id) => id.includes('amazonlinux2023'))).toHaveLength(1);
  });

  test('may be a token', () => {
    const template = templateWith((stack) => {
      const imageId = new CfnParameter(stack, 'Image').valueAsString;
      return { machineImage: { getImage: () => ({ imageId, osType: ec2.OperatingSystemType.LINUX, userData: ec2.UserData.forLinux() }) } };
    });
    expect(resources(template)[0].Ec2Configuration).toEqual([{ ImageIdOverride: { Ref: 'Image' }, ImageType: 'ECS_AL2023' }]);
  });

  test('replaces the image with the Neuron driver, and may have drivers that the images of AWS have not', () => {
    const stack = newStack();
    const machineImage = ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123' });
    const instanceTypes = ['inf2.xlarge', 'c7i.large', 'g4ad.xlarge'].map((name) => new ec2.InstanceType(name));
    newJob({ machineImage, instanceTypes, devices: [{ hostPath: '/dev/neuron0' }] }, stack);
    const [{ Ec2Configuration }] = resources(Template.fromStack(stack));
    expect(JSON.stringify(Ec2Configuration)).toMatch(/^\[\{"ImageIdOverride":\{"Fn::FindInMap":/);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('noAcceleratorDriver'))).toEqual([]);
  });

  test('is refused when it is for Windows', () => {
    expect(errorOf(() => ({ machineImage: ec2.MachineImage.latestWindows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE) })))
      .toBe("'machineImage' is an image for Windows; use one that is made from the ECS-optimized image for Amazon Linux 2023 (at Stack/Job/Compute)");
  });
});

test('the key pair is in the launch template', () => {
  const template = templateWith((stack) => ({ keyPair: ec2.KeyPair.fromKeyPairName(stack, 'Key', 'ops') }));
  expect(launchData(template).KeyName).toBe('ops');
});

describe('further block devices', () => {
  const disk = (deviceName: string) => ({ deviceName, volume: ec2.BlockDeviceVolume.ebs(100, { encrypted: true }) });

  test('are besides the disk of the system', () => {
    const template = templateWith((stack) => ({ blockDevices: [disk('/dev/xvdb'), disk(new CfnParameter(stack, 'Name').valueAsString)] }));
    expect(launchData(template).BlockDeviceMappings.map(({ DeviceName }: { DeviceName: unknown }) => DeviceName)).toEqual(['/dev/xvda', '/dev/xvdb', { Ref: 'Name' }]);
  });

  test('are refused when they have the name of another disk', () => {
    expect(errorOf(() => ({ blockDevices: [disk('/dev/xvda')] })))
      .toBe("'blockDevices' has /dev/xvda, which is the disk of the system; use 'scratchSize' to make it larger, or another device name (at Stack/Job/Compute)");
    expect(errorOf(() => ({ blockDevices: [disk('/dev/xvdb'), disk('/dev/xvdb')] })))
      .toBe("'blockDevices' has /dev/xvdb twice; use another device name for one of them (at Stack/Job/Compute)");
  });
});

describe('the placement group', () => {
  const warningsWith = (props: (stack: Stack, vpc: ec2.Vpc) => HeavyBatchComputeProps) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
    const vpc = new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'] });
    newJob({ vpc, ...props(stack, vpc) }, stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('placementGroupInSeveralZones')).map(({ entry }) => entry.data);
  };

  test('is that of both compute environments', () => {
    const template = templateWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group'), spot: true }));
    const [id] = Object.keys(template.findResources('AWS::EC2::PlacementGroup'));
    expect(resources(template).map(({ PlacementGroup }) => PlacementGroup)).toEqual(Array(2).fill({ 'Fn::GetAtt': [id, 'GroupName'] }));
  });

  test('causes a warning when it is a cluster and the subnets are in several zones', () => {
    const expected = [
      "'placementGroup' is a cluster, which is in one Availability Zone, but the subnets are in 2, so instances fail to start in the others; " +
      "use 'vpcSubnets' with one of the 'availabilityZones' [ack: cdk-heavy-batch:placementGroupInSeveralZones]",
    ];
    expect(warningsWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group') }))).toEqual(expected);
    expect(warningsWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group', { strategy: ec2.PlacementGroupStrategy.CLUSTER }) }))).toEqual(expected);
  });

  test('causes no warning in one zone, with another strategy, or when its strategy is not known', () => {
    const { SPREAD, PARTITION } = ec2.PlacementGroupStrategy;
    expect(warningsWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group'), vpcSubnets: { availabilityZones: ['eu-west-1a'] } }))).toEqual([]);
    for (const strategy of [SPREAD, PARTITION]) expect(warningsWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group', { strategy }) }))).toEqual([]);
    expect(warningsWith((stack) => ({ placementGroup: ec2.PlacementGroup.fromPlacementGroupName(stack, 'Group', 'fast') }))).toEqual([]);
    const subnets = (stack: Stack) => ['subnet-1', 'subnet-2'].map((subnetId) => ec2.Subnet.fromSubnetId(stack, subnetId, subnetId)); // their zones are not known
    expect(warningsWith((stack) => ({ placementGroup: new ec2.PlacementGroup(stack, 'Group'), vpcSubnets: { subnets: subnets(stack) } }))).toEqual([]);
  });
});

describe('the scale-down delay', () => {
  const delays = (template: Template) => resources(template).map(({ ScalingPolicy }) => ScalingPolicy);

  test('is in minutes, for both compute environments', () => {
    expect(delays(templateWith(() => ({ minScaleDownDelay: Duration.hours(2), spot: true })))).toEqual(Array(2).fill({ MinScaleDownDelayMinutes: 120 }));
    expect(delays(templateWith(() => ({})))).toEqual([undefined]);
  });

  test('of zero minutes turns an earlier one off', () => {
    expect(delays(templateWith(() => ({ minScaleDownDelay: Duration.minutes(0) })))).toEqual([{ MinScaleDownDelayMinutes: 0 }]);
  });

  test('may be a token in minutes', () => {
    const parameter = (stack: Stack) => new CfnParameter(stack, 'Delay', { type: 'Number' }).valueAsNumber;
    expect(delays(templateWith((stack) => ({ minScaleDownDelay: Duration.minutes(parameter(stack)) })))).toEqual([{ MinScaleDownDelayMinutes: { Ref: 'Delay' } }]);
    expect(errorOf((stack) => ({ minScaleDownDelay: Duration.hours(parameter(stack)) })))
      .toBe("'minScaleDownDelay' is a token in another unit, and a token cannot be converted; use Duration.minutes(...) (at Stack/Job)");
  });

  test('is refused when AWS Batch does not offer it', () => {
    expect(errorOf(() => ({ minScaleDownDelay: Duration.minutes(10) }))).toBe("'minScaleDownDelay' is 10 minutes; use 20 to 10080 minutes (at Stack/Job/Compute)");
    expect(errorOf(() => ({ minScaleDownDelay: Duration.seconds(1230) }))).toBe("'minScaleDownDelay' is 20.5 minutes; use a whole number from 20 to 10080 (at Stack/Job/Compute)");
  });
});

test.each(Object.values(HeavyBatchImagePullBehavior))('the image pull behavior %s is in the configuration of the ECS agent', (imagePullBehavior) => {
  const text: string = launchData(templateWith(() => ({ imagePullBehavior }))).UserData['Fn::Base64'];
  expect(text.split('\n')).toContain(`echo ECS_IMAGE_PULL_BEHAVIOR=${imagePullBehavior} >> /etc/ecs/ecs.config`);
});

test('an image pull behavior that the ECS agent does not know is refused', () => {
  expect(errorOf(() => ({ imagePullBehavior: 'never' as HeavyBatchImagePullBehavior })))
    .toBe("'imagePullBehavior' is \"never\"; use default, always, once or prefer-cached (at Stack/Job)");
});

describe('Container Insights', () => {
  test.each([{ spot: true }, { fargate: true, spot: true }])('is a setting of each compute environment, with %j', (kind) => {
    const settings = environments(templateWith(() => ({ ...kind, containerInsights: ecs.ContainerInsights.ENHANCED }))).map(({ EcsSettings }) => EcsSettings);
    expect(settings).toEqual(Array(2).fill({ ContainerInsights: 'ENHANCED' }));
  });

  test('is that of the account by default', () => {
    expect(environments(templateWith(() => ({})))[0]).not.toHaveProperty('EcsSettings');
  });

  test('may be a token, and an unknown word is refused', () => {
    const template = templateWith((stack) => ({ containerInsights: new CfnParameter(stack, 'Insights').valueAsString as ecs.ContainerInsights }));
    expect(environments(template)[0].EcsSettings).toEqual({ ContainerInsights: { Ref: 'Insights' } });
    expect(errorOf(() => ({ containerInsights: 'on' as ecs.ContainerInsights }))).toBe("'containerInsights' is \"on\"; use enabled, disabled or enhanced (at Stack/Job)");
  });
});

test('a targeted capacity reservation is an override of the launch template', () => {
  const stack = newStack();
  const { launchTemplate } = new HeavyBatchCompute(stack, 'Compute');
  const target = { CapacityReservationTarget: { CapacityReservationResourceGroupArn: 'arn:aws:resource-groups:us-east-1:123456789012:group/reserved' } };
  (launchTemplate!.node.defaultChild as ec2.CfnLaunchTemplate).addPropertyOverride('LaunchTemplateData.CapacityReservationSpecification', target);
  expect(launchData(Template.fromStack(stack)).CapacityReservationSpecification).toEqual(target);
});

test.each<[keyof HeavyBatchComputeProps, (stack: Stack) => unknown]>([
  ['userData', () => ec2.UserData.forLinux()],
  ['machineImage', () => ecs.EcsOptimizedImage.amazonLinux2023()],
  ['keyPair', (stack) => ec2.KeyPair.fromKeyPairName(stack, 'Key', 'ops')],
  ['blockDevices', () => []],
  ['placementGroup', (stack) => new ec2.PlacementGroup(stack, 'Group')],
  ['minScaleDownDelay', () => Duration.hours(1)],
  ['imagePullBehavior', () => HeavyBatchImagePullBehavior.ONCE],
  ['canContainersAccessInstanceRole', () => true],
])('%s is refused on Fargate', (prop, value) => {
  expect(errorOf((stack) => ({ fargate: true, [prop]: value(stack) })))
    .toBe(`'${prop}' is given, but 'fargate' is true, and Fargate has no instances; leave one of them out (at Stack/Job/Compute)`);
});

test('a disk and an image that the CDK does not accept are refused with its reason', () => {
  const volume = { ebsDevice: { volumeSize: 100, volumeType: ec2.EbsDeviceVolumeType.IO2 } } as ec2.BlockDeviceVolume;
  expect(errorOf(() => ({ blockDevices: [{ deviceName: '/dev/sdf', volume }] })))
    .toMatch(/^'blockDevices' has a disk that EC2 does not offer: iops property is required .*; use another volume \(at Stack\/Job\/Compute\)$/);
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-east-1' } });
  expect(() => newJob({ machineImage: ec2.MachineImage.genericLinux({ 'eu-west-1': 'ami-1' }) }, stack))
    .toThrow(/^'machineImage' is not known here: Unable to find AMI .* 'us-east-1'; use an image of the Region of the stack \(at Stack\/Job\/Compute\)$/);
});
