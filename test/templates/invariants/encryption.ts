import { CloudFormationTemplate, resourcesOf, textOf } from '../template';

/** SQS encrypts a queue unless it is told not to: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html */
export function dataIsEncryptedAtRest(template: CloudFormationTemplate): string[] {
  return [
    ...resourcesOf(template, 'AWS::S3::Bucket')
      .filter(({ properties }) => !(properties.BucketEncryption?.ServerSideEncryptionConfiguration ?? [])
        .some((rule: any) => /^(AES256|aws:kms)$/.test(rule.ServerSideEncryptionByDefault?.SSEAlgorithm)))
      .map(({ id }) => `${id} is not encrypted`),
    ...resourcesOf(template, 'AWS::SQS::Queue').filter(({ properties }) => properties.SqsManagedSseEnabled === false).map(({ id }) => `${id} is not encrypted`),
    ...resourcesOf(template, 'AWS::EC2::LaunchTemplate').flatMap(({ id, properties }) => {
      const disks: any[] = properties.LaunchTemplateData.BlockDeviceMappings ?? [];
      if (disks.length === 0) return [`${id} has the disk of its image, whose encryption is not known`];
      return disks.filter((disk) => disk.Ebs?.Encrypted !== true).map((disk) => `${id} has a disk ${disk.DeviceName} that is not encrypted`);
    }),
    ...resourcesOf(template, 'AWS::EFS::FileSystem').filter(({ properties }) => properties.Encrypted !== true).map(({ id }) => `${id} is not encrypted`),
  ];
}

/** A file system is mounted with TLS and with the role of the job: https://docs.aws.amazon.com/batch/latest/userguide/efs-volumes.html */
export function fileSystemsAreMountedWithTls(template: CloudFormationTemplate): string[] {
  return containersOf(template).flatMap(({ id, container }) => (container.Volumes ?? []).map((volume: any) => volume.EfsVolumeConfiguration).filter(Boolean)
    .filter((volume: any) => volume.TransitEncryption !== 'ENABLED' || volume.AuthorizationConfig?.Iam !== 'ENABLED' || !volume.AuthorizationConfig.AccessPointId)
    .map((volume: any) => `${id} mounts ${textOf(volume.FileSystemId)} without TLS, its role or an access point`));
}

/** IMDSv2 with a hop limit of 1: a container in a bridge network cannot get the role of its instance. */
export function instancesProtectTheirRole(template: CloudFormationTemplate): string[] {
  const templates = new Map(resourcesOf(template, 'AWS::EC2::LaunchTemplate').map((resource) => [`<${resource.id}>`, resource.properties.LaunchTemplateData]));
  return resourcesOf(template, 'AWS::Batch::ComputeEnvironment').filter(({ properties }) => /^(EC2|SPOT)$/.test(properties.ComputeResources.Type)).flatMap(({ id, properties }) => {
    const { LaunchTemplateId: launchTemplate, Version } = properties.ComputeResources.LaunchTemplate ?? {};
    const data = templates.get(textOf(launchTemplate));
    if (!data) return [`${id} has no launch template`];
    return [
      ...data.MetadataOptions?.HttpTokens === 'required' && data.MetadataOptions.HttpPutResponseHopLimit === 1 ? [] : [`${id} gives the role of its instances to containers`],
      ...textOf(Version) === textOf({ 'Fn::GetAtt': [launchTemplate.Ref, 'LatestVersionNumber'] }) ? [] : [`${id} keeps an old version of its launch template`],
    ];
  });
}

/** A secret is never written into a template: a container gets it by its ARN, and ECS reads it. */
export function secretsStayOutside(template: CloudFormationTemplate): string[] {
  return resourcesOf(template).flatMap(({ id, properties }) => /\{\{resolve:/.test(JSON.stringify(properties)) ? [`${id} contains the value of a secret or of a parameter`] : []);
}

export interface Container { readonly id: string; readonly container: any }

/** The containers of all job definitions: of a single-node job, or of the nodes. */
export function containersOf(template: CloudFormationTemplate): Container[] {
  return resourcesOf(template, 'AWS::Batch::JobDefinition').flatMap(({ id, properties }) => [
    properties.ContainerProperties, ...(properties.NodeProperties?.NodeRangeProperties ?? []).map((range: any) => range.Container),
  ].filter(Boolean).map((container) => ({ id, container })));
}
