import { Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Hardware } from '../instances/hardware';

/** The default of `maxvCpus`. */
export const DEFAULT_MAX_VCPUS = 256;

/** The facts of a compute that jobs need at synth. Users do not need them, so they are not part of `IHeavyBatchCompute`. */
export interface ComputePlan extends Hardware {
  /** Whether jobs run on Spot capacity first. Undefined for an existing job queue, where it is not known. */
  readonly spot?: boolean;
  /** Whether the job queues have a fair-share policy. Jobs then need a share identifier. */
  readonly fairShare: boolean;
  /** Whether jobs on Fargate get a public IP address. In public subnets they need one to pull their image. */
  readonly assignPublicIp: boolean;
  /** The prop `scratchSize`. */
  readonly scratchSize?: Size;
  /** The role with which ECS pulls images, reads secrets and writes logs. */
  readonly executionRole: iam.IRole;
  /** The role of the jobs' state machines. */
  readonly workflowRole: iam.IRole;
}
