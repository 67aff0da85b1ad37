import { posix } from 'path';
import { Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import type { HeavyBatchContainerProps } from './container-props';
import type { HeavyBatchFileSystem } from './file-system';
import { ownStatement } from '../common/own-permissions';
import { atEndOf, refuse, warn } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';

export type VolumeProps = Pick<HeavyBatchContainerProps, 'fileSystem' | 'volumes' | 'tmpfs' | 'readonlyRootFilesystem'>;

/** The value of HEAVY_BATCH_SCRATCH: on the disk of the host, and deleted with the container. */
export const SCRATCH_PATH = '/tmp';

/** All volumes of a container. */
export function jobVolumes(props: VolumeProps, fargate: boolean): batch.EcsVolume[] {
  const { fileSystem, volumes = [] } = props;
  const own: batch.EcsVolume[] = fileSystem ? [batch.EcsVolume.efs({
    name: 'fileSystem',
    fileSystem: fileSystem.accessPoint.fileSystem,
    accessPointId: fileSystem.accessPoint.accessPointId,
    containerPath: fileSystem.containerPath,
    readonly: fileSystem.readOnly,
    enableTransitEncryption: true,
    useJobRole: true,
  })] : [];
  if (addsScratch(props, fargate)) {
    // The ECS agent creates a volume without a path on the host for the task, and deletes it with the task:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
    own.push(batch.EcsVolume.host({ name: 'scratch', containerPath: SCRATCH_PATH }));
  }
  return [...own, ...volumes];
}

/** Whether an empty volume is added, so that a container with read-only files has a place for temporary files. */
function addsScratch(props: VolumeProps, fargate: boolean): boolean {
  return props.readonlyRootFilesystem === true && !fargate && !isMounted(SCRATCH_PATH, props);
}

/** Whether the container can write to `SCRATCH_PATH`. On Fargate AWS Batch has no empty volumes. */
export function hasScratch(props: VolumeProps, fargate: boolean): boolean {
  return !props.readonlyRootFilesystem || !fargate || isMounted(SCRATCH_PATH, props);
}

function isMounted(path: string, { fileSystem, volumes = [], tmpfs = [] }: VolumeProps): boolean {
  return [fileSystem, ...volumes, ...tmpfs].some((mounted) => mounted && normalized(mounted.containerPath) === path);
}

/** `/tmp/` is the same directory as `/tmp`. */
function normalized(directory: string): string {
  return posix.normalize(directory).replace(/(.)\/$/, '$1');
}

export function validateVolumes(scope: IConstruct, props: VolumeProps, fargate: boolean): void {
  const { fileSystem, volumes = [], tmpfs = [] } = props;
  const host = fargate ? volumes.find((volume) => batch.HostVolume.isHostVolume(volume)) : undefined;
  if (host) refuse(scope, 'volumes', `has '${host.name}', a directory of the instance, but Fargate has no instances; use a file system`);
  const own = { fileSystem: fileSystem && 'fileSystem', scratch: addsScratch(props, fargate) && 'readonlyRootFilesystem' };
  for (const [name, prop] of Object.entries(own)) {
    if (prop && volumes.some((volume) => volume.name === name)) {
      refuse(scope, 'volumes', `has '${name}', which is the name of the volume for the prop '${prop}'; use another name`);
    }
  }
  const mounts = [
    ...fileSystem ? [{ prop: 'fileSystem', name: 'fileSystem', containerPath: fileSystem.containerPath }] : [],
    ...volumes.map(({ name, containerPath }) => ({ prop: 'volumes', name, containerPath })),
    ...tmpfs.map(({ containerPath }) => ({ prop: 'tmpfs', name: 'tmpfs', containerPath })),
  ];
  const names = new Map<string, string>();
  for (const { prop, name, containerPath } of mounts) {
    if (Token.isUnresolved(containerPath)) continue;
    if (!/^\/./.test(containerPath)) refuse(scope, prop, `is mounted at '${containerPath}', which is not an absolute path below '/'; use a path such as /mnt/files`);
    const other = names.get(normalized(containerPath));
    if (other) refuse(scope, prop, `is mounted at '${containerPath}', but '${other}' is mounted there too; use another path`);
    names.set(normalized(containerPath), name);
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
  const grant = iam.Grant.addToPrincipal({
    grantee: jobRole,
    actions: ['elasticfilesystem:ClientMount', ...readOnly ? [] : ['elasticfilesystem:ClientWrite']],
    resourceArns: [fileSystem.fileSystemArn],
    // https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    conditions: { StringEquals: { 'elasticfilesystem:AccessPointArn': accessPoint.accessPointArn } },
  });
  if (grant.principalStatement) ownStatement(jobRole, grant.principalStatement, 'one access point of one file system');
  return grant;
}

const POLICY = 'Give it a policy, for example one that denies connections without TLS: https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html';

/**
 * A file system without a policy lets every client that reaches it mount all of it, without IAM and without an access point:
 * https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html#default-filesystempolicy
 */
export function warnOfAnonymousAccess(scope: IConstruct, { accessPoint: { fileSystem } }: HeavyBatchFileSystem): void {
  const resource = fileSystem.node.defaultChild;
  if (!(resource instanceof efs.CfnFileSystem)) {
    warn(scope, 'fileSystemPolicyUnknown', `the policy of ${fileSystem.node.path} is not known here; without one, every client in its network may mount all of it, ` +
      `without IAM and without the access point. ${POLICY}, and acknowledge this warning`);
    return;
  }
  atEndOf(scope, () => {
    if (Stack.of(resource).resolve(resource.fileSystemPolicy) !== undefined) return;
    warn(scope, 'fileSystemWithoutPolicy', `${fileSystem.node.path} has no policy, so every client in its network may mount all of it, without IAM and without the access point. ${POLICY}`);
  });
}

/** https://docs.aws.amazon.com/efs/latest/ug/network-access.html */
const NFS = 2049;
