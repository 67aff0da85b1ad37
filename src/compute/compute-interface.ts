import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import type { ComputePlan } from './compute-plan';

/**
 * What jobs run on, and the functions that submit and check them: a `HeavyBatchCompute`, or a `HeavyBatchQueueCompute` for a job queue
 * that exists already.
 *
 * Jobs accept only these two. Another class that implements this interface is refused.
 */
export interface IHeavyBatchCompute extends IConstruct, ec2.IConnectable {
  /** The job queue to which the first round of each run is submitted. */
  readonly jobQueue: batch.IJobQueue;

  /** The job queue for another round of a run whose Spot capacity was reclaimed. Undefined without such a queue. */
  readonly onDemandJobQueue?: batch.IJobQueue;

  /**
   * The compute environment of `jobQueue`. Its capacity is Spot with `spot`, and on-demand without it. Undefined for a
   * `HeavyBatchQueueCompute`.
   */
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;

  /** The compute environment of `onDemandJobQueue`. Undefined for a `HeavyBatchQueueCompute`, and without such a queue. */
  readonly onDemandComputeEnvironment?: batch.IManagedComputeEnvironment;

  /** The VPC of the jobs. Undefined for a `HeavyBatchQueueCompute`. */
  readonly vpc?: ec2.IVpc;

  /** The bucket for inputs that are too long for AWS Batch, and for the results of containers. */
  readonly payloadBucket: s3.IBucket;

  /** The function that submits the jobs of all runs. */
  readonly submitFunction: lambda.Function;

  /** The function that checks the jobs of all runs and reports the outcome of each round. */
  readonly checkFunction: lambda.Function;

  /** The SQS queue that holds the checks that are due. The check function reads it. */
  readonly watchQueue: sqs.Queue;

  /** The SQS queue for messages that the check function failed to process five times. */
  readonly deadLetterQueue: sqs.Queue;

  /**
   * The CloudWatch alarm for messages in `deadLetterQueue`. It has no action, unless `regulated` names an `alarmTopic`: add one with `addAlarmAction` to be notified.
   */
  readonly deadLetterAlarm: cloudwatch.Alarm;

  /** The key that encrypts the data of the compute and of its jobs. Undefined without `regulated`. */
  readonly encryptionKey?: kms.IKey;

  /** @internal */
  readonly _plan: ComputePlan;
}
