import { Duration, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { computeName, jobDefinitionNames } from './compute-name';
import type { ComputePlan } from './compute-plan';
import { PAYLOAD_RETENTION, payloadBucket } from './payload-bucket';
import type { Regulated } from './regulated';
import { SubmitAndCheck } from './submit-and-check';
import { acknowledge } from '../common/acknowledge';
import type { Hardware } from '../instances/hardware';

/** The facts of a compute that its class knows. The others are the same for every compute. */
export type OwnPlan = Hardware & Pick<ComputePlan, 'spot' | 'fairShare' | 'assignPublicIp' | 'scratchSize'>;

interface PayloadProps {
  readonly payloadBucket?: s3.IBucket;
  readonly payloadRetention?: Duration;
}

/** What the props `regulated` and those of the bucket say. */
type DataProps = PayloadProps & { readonly regulated?: Regulated };

/**
 * What every compute has: the functions that submit and check jobs, with their roles.
 *
 * @internal
 */
export abstract class ComputeBase extends Construct {
  private plan?: ComputePlan;
  private functions?: SubmitAndCheck;
  private bucket?: s3.IBucket;
  private key?: kms.IKey;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    acknowledge(this);
  }

  /** The bucket for inputs that are too long for AWS Batch, and for the results of containers. */
  get payloadBucket(): s3.IBucket { return this.bucket!; }
  /** The function that submits the jobs of all runs. */
  get submitFunction(): lambda.Function { return this.functions!.submitFunction; }
  /** The function that checks the jobs of all runs and reports the outcome of each round. */
  get checkFunction(): lambda.Function { return this.functions!.checkFunction; }
  /** The SQS queue that holds the checks that are due. The check function reads it. */
  get watchQueue(): sqs.Queue { return this.functions!.watchQueue; }
  /** The SQS queue for messages that the check function failed to process five times. */
  get deadLetterQueue(): sqs.Queue { return this.functions!.deadLetterQueue; }
  /**
   * The CloudWatch alarm for messages in `deadLetterQueue`. It has no action, unless `regulated` names an `alarmTopic`: add one with `addAlarmAction` to be notified.
   */
  get deadLetterAlarm(): cloudwatch.Alarm { return this.functions!.deadLetterAlarm; }

  /** The key that encrypts the data of the compute and of its jobs. Undefined without `regulated`. */
  get encryptionKey(): kms.IKey | undefined { return this.key; }

  /** @internal */
  get _plan(): ComputePlan { return this.plan!; }

  /**
   * Creates the bucket and the functions, after the job queues.
   *
   * @internal
   */
  protected _complete(plan: OwnPlan, data: DataProps, ...queues: (batch.IJobQueue | undefined)[]): void {
    const { regulated } = data;
    const jobQueues = queues.filter((queue) => queue !== undefined);
    this.key = regulated?.encryptionKey;
    this.bucket = data.payloadBucket ?? payloadBucket(this, 'PayloadBucket', data.payloadRetention ?? PAYLOAD_RETENTION, regulated);
    this.functions = new SubmitAndCheck(this, 'Watch', {
      computeName: computeName(this),
      jobDefinitions: Stack.of(this).formatArn({ service: 'batch', resource: 'job-definition', resourceName: jobDefinitionNames(this) }),
      jobQueueArns: jobQueues.map(({ jobQueueArn }) => jobQueueArn),
      payloadBucket: this.bucket,
      regulated,
    });
    this.plan = {
      ...plan,
      regulated,
      jobQueues,
      workflowRole: this.functions.workflowRole,
      allowTags: () => this.functions!.allowTags(),
      allowConsumableResources: () => this.functions!.allowConsumableResources(),
      allowLogs: () => this.functions!.allowLogs(),
    };
  }
}
