import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Regulated } from './regulated';
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
  /** The prop `regulated`, with its defaults. */
  readonly regulated?: Regulated;
  /** The job queues, that of the first round of a run first. */
  readonly jobQueues: readonly batch.IJobQueue[];
  /** The role of the jobs' state machines. */
  readonly workflowRole: iam.IRole;
  /** Allows the submit function to submit jobs with tags. */
  readonly allowTags: () => void;
  /** Allows the submit function to submit jobs that need consumable resources. */
  readonly allowConsumableResources: () => void;
  /** Allows the check function to read results in the logs of jobs that have the tag of the compute. */
  readonly allowLogs: () => void;
}
