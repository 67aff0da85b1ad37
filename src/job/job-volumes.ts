import { Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import type { HeavyBatchFileSystem } from './file-system';
import { refuse, warn } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';

export interface VolumeProps {
  readonly fileSystem?: HeavyBatchFileSystem;
  readonly volumes?: batch.EcsVolume[];
}

/** The name of the volume of the prop `fileSystem`. */
const FILE_SYSTEM = 'fileSystem';

/** All volumes of a container. */
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

export function validateVolumes(scope: IConstruct, { fileSystem, volumes = [] }: VolumeProps, fargate: boolean): void {
  const host = fargate ? volumes.find((volume) => batch.HostVolume.isHostVolume(volume)) : undefined;
  if (host) refuse(scope, 'volumes', `has '${host.name}', a directory of the instance, but Fargate has no instances; use a file system`);
  const named = volumes.find(({ name }) => name === FILE_SYSTEM);
  if (fileSystem && named) refuse(scope, 'volumes', `has '${FILE_SYSTEM}', which is the name of the volume for the prop 'fileSystem'; use another name`);
  const paths = new Map<string, string>();
  for (const { name, containerPath } of jobVolumes({ fileSystem, volumes })) {
    if (Token.isUnresolved(containerPath)) continue;
    const prop = name === FILE_SYSTEM ? 'fileSystem' : 'volumes';
    if (!/^\/./.test(containerPath)) refuse(scope, prop, `is mounted at '${containerPath}', which is not an absolute path below '/'; use a path such as /mnt/files`);
    const other = paths.get(containerPath);
    if (other) refuse(scope, prop, `is mounted at '${containerPath}', but '${other}' is mounted there too; use another path`);
    paths.set(containerPath, name);
  }
}

/** Allows the job role to use the access point, and the jobs' security groups to connect to the file system. */
export function grantFileSystem(scope: IConstruct, mounted: HeavyBatchFileSystem, jobRole: iam.IRole, compute: IHeavyBatchCompute): iam.Grant {
  const { accessPoint, readOnly } = mounted;
  const { fileSystem } = accessPoint;
  const clients = compute.connections.securityGroups;
  if (clients.length === 0) {
    warn(scope, 'fileSystemNotOpened', `the security groups of ${compute.node.path} are not known, so 'fileSystem' does not allow connections from its jobs; ` +
      "set 'securityGroups' of the compute, or allow port 2049 yourself");
  }
  // Where the file system is in the stack of the job, the rule is there too. By default the CDK would add it to the stack of the compute,
  // which would then depend on the stack of the job.
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
