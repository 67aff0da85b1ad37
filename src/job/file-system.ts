import * as efs from 'aws-cdk-lib/aws-efs';

/**
 * How the containers of a job mount a file system.
 */
export interface HeavyBatchFileSystemOptions {
  /**
   * Whether the containers can only read from the file system.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * A file system that the containers of a job share with each other, and with all other clients that mount it.
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
   * An Amazon EFS file system, through one of its access points. The access point defines which directory the containers see, and as
   * which user they access it.
   *
   * The file system is mounted with encryption in transit and with the job role. The job role is allowed to use this access point and no
   * other one. That is enforced only by a policy of the file system: without one, every client that reaches the file system may mount all of it, so synthesis
   * warns. The security groups of the file system allow connections from the jobs, and the job definition waits for the mount targets.
   *
   * @param accessPoint   an access point of a file system in the VPC of the jobs
   * @param containerPath an absolute path in the container, such as `/mnt/files`; the environment variable HEAVY_BATCH_FILE_SYSTEM has it too
   * @param options       how the file system is mounted
   */
  static fromEfsAccessPoint(accessPoint: efs.IAccessPoint, containerPath: string, options: HeavyBatchFileSystemOptions = {}): HeavyBatchFileSystem {
    return new HeavyBatchFileSystem(accessPoint, containerPath, options.readOnly ?? false);
  }

  private constructor(
    /** The access point. */
    readonly accessPoint: efs.IAccessPoint,
    /** The path in the container. */
    readonly containerPath: string,
    /** Whether the containers can only read from the file system. */
    readonly readOnly: boolean,
  ) {}
}
