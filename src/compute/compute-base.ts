import { Duration } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PAYLOAD_RETENTION, payloadBucket } from './payload-bucket';
import { RunWatch } from './submit-and-check';
import { acknowledge } from '../common/acknowledge';

/**
 * What is the same for every compute: the functions that submit and watch, and the roles that jobs share.
 *
 * @internal
 */
export abstract class ComputeBase extends Construct {
  /** The role with which ECS pulls images, reads secrets and writes logs for jobs. */
  readonly executionRole: iam.IRole;
  private runs?: RunWatch;
  private bucket?: s3.IBucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.executionRole = new iam.Role(this, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    acknowledge(this);
  }

  /** What is too long for Batch, and what containers leave for their callers. */
  get payloadBucket(): s3.IBucket { return this.bucket!; }
  /** Submits the jobs of all runs. */
  get submitFunction(): lambda.Function { return this.runs!.submitFunction; }
  /** Watches the jobs of all runs. */
  get watchFunction(): lambda.Function { return this.runs!.watchFunction; }
  /** What the watch function is to look at. */
  get watchQueue(): sqs.Queue { return this.runs!.watchQueue; }
  /** What the watch function could not handle. */
  get deadLetterQueue(): sqs.Queue { return this.runs!.deadLetterQueue; }
  /** Rings when there is something in the dead-letter queue. Has no action of its own. */
  get deadLetterAlarm(): cloudwatch.Alarm { return this.runs!.deadLetterAlarm; }
  /** The role of the jobs' state machines. */
  get workflowRole(): iam.IRole { return this.runs!.workflowRole; }

  /** @internal */
  protected _watch(payloads: { payloadBucket?: s3.IBucket; payloadRetention?: Duration }, ...jobQueues: (batch.IJobQueue | undefined)[]): void {
    this.bucket = payloads.payloadBucket ?? payloadBucket(this, 'PayloadBucket', payloads.payloadRetention ?? PAYLOAD_RETENTION);
    this.runs = new RunWatch(this, 'Watch', { jobQueueArns: jobQueues.flatMap((queue) => queue ? [queue.jobQueueArn] : []), payloadBucket: this.bucket });
  }
}
