import * as efs from 'aws-cdk-lib/aws-efs';

/**
 * How a file system is mounted.
 */
export interface HeavyBatchFileSystemOptions {
  /**
   * Whether the container may only read it.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * A file system that the containers of a job share, with each other and with whoever else mounts it.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * const fileSystem = new efs.FileSystem(this, 'Files', { vpc });
 * const accessPoint = fileSystem.addAccessPoint('Jobs', {
 *   path: '/jobs',
 *   createAcl: { ownerUid: '1000', ownerGid: '1000', permissions: '750' },
 *   posixUser: { uid: '1000', gid: '1000' },
 * });
 * new HeavyBatchJob(this, 'Job', {
 *   vpc,
 *   imageDirectory: './image',
 *   fileSystem: HeavyBatchFileSystem.fromEfsAccessPoint(accessPoint, '/mnt/files'),
 * });
 */
export class HeavyBatchFileSystem {
  /**
   * An Amazon EFS file system by one of its access points, which says what part of it the container sees, and as which user.
   *
   * It is mounted with encryption in transit and with the authorization of the job role, which is allowed to use this access point
   * and no other. The instances may connect to it, and the job waits for its mount targets.
   *
   * @param accessPoint   of a file system in the instances' VPC
   * @param containerPath where the container sees it, from `/`; also in the container's environment, as HEAVY_BATCH_FILE_SYSTEM
   * @param options       how
   */
  static fromEfsAccessPoint(accessPoint: efs.IAccessPoint, containerPath: string, options: HeavyBatchFileSystemOptions = {}): HeavyBatchFileSystem {
    return new HeavyBatchFileSystem(accessPoint, containerPath, options.readOnly ?? false);
  }

  private constructor(
    /** Whose file system it is. */
    readonly accessPoint: efs.IAccessPoint,
    /** Where the container sees it. */
    readonly containerPath: string,
    /** Whether the container may only read it. */
    readonly readOnly: boolean,
  ) {}
}
