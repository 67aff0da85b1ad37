import * as batch from 'aws-cdk-lib/aws-batch';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { RunWatch } from './run-watch';

/**
 * What is the same for every compute: the functions that submit and watch, and the roles that jobs share.
 *
 * @internal
 */
export abstract class ComputeBase extends Construct {
  /** The role with which ECS pulls images, reads secrets and writes logs for jobs. */
  readonly executionRole: iam.IRole;
  private runs?: RunWatch;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.executionRole = new iam.Role(this, 'ExecutionRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    acknowledge(this);
  }

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
  protected _watch(...jobQueues: (batch.IJobQueue | undefined)[]): void {
    this.runs = new RunWatch(this, 'Watch', { jobQueueArns: jobQueues.flatMap((queue) => queue ? [queue.jobQueueArn] : []) });
  }
}
