import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { letReadResults, letWritePayloads } from './payload-bucket';
import { CheckFunction } from '../functions/check/check-function';
import { SubmitFunction } from '../functions/submit/submit-function';

export interface RunWatchProps {
  /** The queues whose jobs are watched. */
  readonly jobQueueArns: string[];
  readonly payloadBucket: s3.IBucket;
}

/** What submits and watches the jobs of all runs: two functions, the watch queue, and the rule that brings a job's end into it. */
export class RunWatch extends Construct {
  readonly watchQueue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
  readonly deadLetterAlarm: cloudwatch.Alarm;
  readonly submitFunction: lambda.Function;
  readonly watchFunction: lambda.Function;
  readonly jobRule: events.Rule;
  readonly workflowRole: iam.Role;

  constructor(scope: Construct, id: string, { jobQueueArns, payloadBucket }: RunWatchProps) {
    super(scope, id);
    const functionTimeout = Duration.seconds(30);

    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.deadLetterAlarm = this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' })
      .createAlarm(this, 'DeadLetterAlarm', {
        alarmDescription: 'Messages about runs that the watch function could not handle; the heartbeat brings the runs back, the cause is in its log.',
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
    this.watchQueue = new sqs.Queue(this, 'WatchQueue', {
      enforceSSL: true,
      // Six times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * functionTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 5 },
    });
    this.letEventBridgeSend();

    const environment = { WATCH_QUEUE_URL: this.watchQueue.queueUrl, JOB_QUEUES: jobQueueArns.join(',') };
    this.submitFunction = new SubmitFunction(this, 'SubmitFunction', {
      ...this.functionOptions('Submit', functionTimeout),
      environment,
      description: 'Submits the job of a run, once; and ends what a run leaves that gives up.',
    });
    this.watchFunction = new CheckFunction(this, 'WatchFunction', {
      ...this.functionOptions('Watch', functionTimeout),
      environment,
      description: 'Looks at jobs and tells their runs what they came to.',
    });
    this.grantCalls(jobQueueArns);
    letWritePayloads(this.submitFunction, payloadBucket);
    letReadResults(this.watchFunction, payloadBucket);
    this.workflowRole = new iam.Role(this, 'WorkflowRole', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
    this.submitFunction.grantInvoke(this.workflowRole);
    this.watchQueue.grant(this.workflowRole, 'sqs:SendMessage');
    // Not `addEventSource`, whose logical id would have the stack's name in it.
    new lambda.EventSourceMapping(this, 'WatchSource', {
      target: this.watchFunction,
      eventSourceArn: this.watchQueue.queueArn,
      batchSize: 100, // as many as DescribeJobs takes at once
      maxBatchingWindow: Duration.seconds(1), // the least that a batch of more than ten may have
      reportBatchItemFailures: true,
      maxConcurrency: 10,
    }).node.addDependency(this.watchFunction.role!); // Lambda asks whether the role may read the queue

    this.jobRule = new events.Rule(this, 'JobRule', {
      description: 'The end of a job, to the watch queue.',
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: {
          jobQueue: jobQueueArns,
          status: ['SUCCEEDED', 'FAILED'],
          // Neither the children of an array job nor the nodes of a multi-node job, whose ends are not the job's:
          // https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
          jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }],
        },
      },
      targets: [watchQueueTarget(this.watchQueue)],
    });
  }

  /**
   * By account and not by rule: the rules of jobs in other stacks point here, and a policy that named them would point back.
   */
  private letEventBridgeSend(): void {
    const stack = Stack.of(this);
    this.watchQueue.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.watchQueue.queueArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' }) },
      },
    }));
  }

  private functionOptions(name: string, timeout: Duration): lambda.FunctionOptions {
    const logGroup = new logs.LogGroup(this, `${name}Log`, { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(this, `${name}Role`, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    return { architecture: lambda.Architecture.ARM_64, memorySize: 256, timeout, logGroup, role };
  }

  private grantCalls(jobQueueArns: string[]): void {
    const jobs = Stack.of(this).formatArn({ service: 'batch', resource: 'job', resourceName: '*' }); // ids are made by Batch
    const allow = (grantee: lambda.Function, actions: string[], resources: string[]) =>
      grantee.addToRolePolicy(new iam.PolicyStatement({ actions, resources }));

    allow(this.submitFunction, ['batch:SubmitJob'], jobQueueArns); // the job definitions are added by the jobs
    allow(this.submitFunction, ['batch:ListJobs'], ['*']); // Batch knows no resource for it
    allow(this.submitFunction, ['batch:TerminateJob'], [jobs]);
    this.watchQueue.grant(this.submitFunction, 'sqs:SendMessage');

    allow(this.watchFunction, ['batch:DescribeJobs', 'batch:ListJobs'], ['*']); // Batch knows no resource for them
    allow(this.watchFunction, ['batch:TerminateJob'], [jobs]);
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    this.watchQueue.grant(this.watchFunction, 'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  }
}

/** The watch queue as a rule's target. `targets.SqsQueue` would name the rule in the queue's policy, and tie their stacks both ways. */
export function watchQueueTarget(queue: sqs.IQueue): events.IRuleTarget {
  return { bind: () => ({ arn: queue.queueArn, targetResource: queue }) };
}
