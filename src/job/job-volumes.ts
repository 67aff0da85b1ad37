import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import type { HeavyBatchFileSystem } from './file-system';
import { refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';

export interface VolumeProps {
  readonly fileSystem?: HeavyBatchFileSystem;
  readonly volumes?: batch.EcsVolume[];
}

const FILE_SYSTEM = 'fileSystem';

/** What a container mounts. */
export function jobVolumes({ fileSystem, volumes = [] }: VolumeProps): batch.EcsVolume[] {
  if (!fileSystem) return volumes;
  return [
    batch.EcsVolume.efs({
      name: FILE_SYSTEM,
      fileSystem: fileSystem.accessPoint.fileSystem,
      accessPointId: fileSystem.accessPoint.accessPointId,
      containerPath: fileSystem.containerPath,
      readonly: fileSystem.readOnly,
      enableTransitEncryption: true,
      useJobRole: true,
    }),
    ...volumes,
  ];
}

export function checkVolumes(scope: IConstruct, { fileSystem, volumes = [] }: VolumeProps, { fargate }: IHeavyBatchCompute): void {
  const host = fargate ? volumes.find((volume) => batch.HostVolume.isHostVolume(volume)) : undefined;
  if (host) refuse(scope, 'volumes', `has '${host.name}', a directory of the instance, but there is none on Fargate; use a file system`);
  const named = volumes.find(({ name }) => name === FILE_SYSTEM);
  if (fileSystem && named) refuse(scope, 'volumes', `has '${FILE_SYSTEM}', which is the name of 'fileSystem'; use another name`);
  const paths = new Map<string, string>();
  for (const { name, containerPath } of jobVolumes({ fileSystem, volumes })) {
    if (Token.isUnresolved(containerPath)) continue;
    const prop = name === FILE_SYSTEM ? 'fileSystem' : 'volumes';
    if (!/^\/./.test(containerPath)) refuse(scope, prop, `is mounted at '${containerPath}'; use a path from the root, such as /mnt/files`);
    const other = paths.get(containerPath);
    if (other) refuse(scope, prop, `is mounted at '${containerPath}', and so is '${other}'; use another path`);
    paths.set(containerPath, name);
  }
}

/** Lets the job use the access point, and what it runs on connect to the file system. */
export function grantFileSystem(scope: IConstruct, mounted: HeavyBatchFileSystem, jobRole: iam.IRole, compute: IHeavyBatchCompute): iam.Grant {
  const { accessPoint, readOnly } = mounted;
  const { fileSystem } = accessPoint;
  const clients = compute.connections.securityGroups;
  if (clients.length === 0) {
    Annotations.of(scope).addWarningV2('cdk-heavy-batch:fileSystemNotOpened', `nobody knows the security groups of ${compute.node.path}, so that 'fileSystem' ` +
      "is not opened for its jobs; set 'securityGroups' of the queue, or open port 2049 yourself");
  }
  // Beside the file system where the job is: a rule in the compute's stack would make it depend on that of the job.
  const remoteRule = Stack.of(fileSystem) === Stack.of(scope) ? false : undefined;
  for (const group of fileSystem.connections.securityGroups) {
    for (const client of clients) group.addIngressRule(client, ec2.Port.tcp(NFS), 'jobs', remoteRule);
  }
  return iam.Grant.addToPrincipal({
    grantee: jobRole,
    actions: ['elasticfilesystem:ClientMount', ...readOnly ? [] : ['elasticfilesystem:ClientWrite']],
    resourceArns: [fileSystem.fileSystemArn],
    // https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
  });
}

/** https://docs.aws.amazon.com/efs/latest/ug/network-access.html */
const NFS = 2049;
