import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as alarmActions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { COMPUTE_TAG } from './compute-name';
import { functionOptions } from './function-options';
import { grantUse } from './key-policy';
import { grantCheck, grantSubmit } from './payload-bucket';
import type { Regulated } from './regulated';
import { ownerOf } from '../common/buckets';
import { ownGrant, ownStatement } from '../common/own-permissions';
import { stepFunctions } from '../common/trusted-services';
import { SUBMIT_FUNCTION_ID } from '../contract/construct-ids';
import { FUNCTION_VARIABLES } from '../contract/environment';
import { FUNCTION_TIMEOUT } from '../contract/timings';
import { CheckFunction } from '../functions/check/check-function';
import { SubmitFunction } from '../functions/submit/submit-function';

const JOB_DEFINITIONS = 'all job definitions on one compute, whose name they begin with';
const JOB_IDS = 'AWS Batch generates the ids of jobs';

export interface SubmitAndCheckProps {
  /** The value of the tag `COMPUTE_TAG` of the jobs' state machines. */
  readonly computeName: string;
  /** The ARNs of the job definitions, with a wildcard. */
  readonly jobDefinitions: string;
  /** The job queues whose jobs are checked: the first one, and the one for a round that follows a Spot reclaim. */
  readonly jobQueueArns: string[];
  readonly payloadBucket: s3.IBucket;
  readonly regulated?: Regulated;
}

/** Submits and checks the jobs of all runs: two functions, the watch queue between them, and the rule that sends the end of a job to it. */
export class SubmitAndCheck extends Construct {
  readonly watchQueue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
  readonly deadLetterAlarm: cloudwatch.Alarm;
  readonly submitFunction: lambda.Function;
  readonly checkFunction: lambda.Function;
  readonly workflowRole: iam.Role;

  constructor(scope: Construct, id: string, private readonly props: SubmitAndCheckProps) {
    super(scope, id);
    const { jobQueueArns, payloadBucket, regulated } = props;
    const encryptionMasterKey = regulated?.encryptionKey;
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', { enforceSSL: true, encryptionMasterKey, retentionPeriod: Duration.days(14) });
    this.deadLetterAlarm = this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' })
      .createAlarm(this, 'DeadLetterAlarm', {
        alarmDescription: 'Messages about runs that the watch function could not handle; the heartbeat brings the runs back, the cause is in its log.',
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
    if (regulated?.alarmTopic) this.deadLetterAlarm.addAlarmAction(new alarmActions.SnsAction(regulated.alarmTopic));
    this.watchQueue = new sqs.Queue(this, 'WatchQueue', {
      enforceSSL: true,
      encryptionMasterKey,
      // Six times the time-out of the function: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * FUNCTION_TIMEOUT),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: 5 },
    });
    this.allowEventBridgeToSend();

    const bucketOwner = ownerOf(this, payloadBucket);
    const environment = {
      [FUNCTION_VARIABLES.WATCH_QUEUE_URL]: this.watchQueue.queueUrl,
      [FUNCTION_VARIABLES.JOB_QUEUES]: jobQueueArns.join(','),
      [FUNCTION_VARIABLES.PAYLOAD_BUCKET]: payloadBucket.bucketName,
      ...bucketOwner === undefined ? {} : { [FUNCTION_VARIABLES.BUCKET_OWNER]: bucketOwner },
    };
    const submit = functionOptions(this, { log: 'SubmitLog', role: 'SubmitRole' }, regulated);
    const check = functionOptions(this, { log: 'WatchLog', role: 'WatchRole' }, regulated);
    this.workflowRole = new iam.Role(this, 'WorkflowRole', { assumedBy: stepFunctions(this) });
    this.submitFunction = new SubmitFunction(this, SUBMIT_FUNCTION_ID, {
      ...submit,
      environment,
      description: 'Submits the job of a run, once; and ends what a run leaves that gives up.',
    });
    this.checkFunction = new CheckFunction(this, 'WatchFunction', {
      ...check,
      environment: { ...environment, [FUNCTION_VARIABLES.SENDERS]: [submit.role, check.role, this.workflowRole].map(({ roleId }) => roleId).join(',') },
      description: 'Looks at jobs and tells their runs what they came to.', // an old wording: a change would change every template
    });
    this.grantCalls();
    grantSubmit(this.submitFunction, payloadBucket);
    grantCheck(this.checkFunction, payloadBucket);
    this.submitFunction.grantInvoke(this.workflowRole);
    ownGrant(this.workflowRole, ['lambda:InvokeFunction'], `${this.submitFunction.functionArn}:*`, 'all versions of one function');
    this.watchQueue.grant(this.workflowRole, 'sqs:SendMessage');
    this.grantKey();
    // `addEventSource` would put the name of the stack into the logical id.
    new lambda.EventSourceMapping(this, 'WatchSource', {
      target: this.checkFunction,
      eventSourceArn: this.watchQueue.queueArn,
      batchSize: 100, // the number of jobs that one call of DescribeJobs accepts
      maxBatchingWindow: Duration.seconds(1), // the least that a batch of more than ten messages needs
      reportBatchItemFailures: true,
      maxConcurrency: 10,
    }).node.addDependency(this.checkFunction.role!); // Lambda validates that the role may read the queue

    new events.Rule(this, 'JobRule', {
      description: 'The end of a job, to the watch queue.',
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: {
          jobQueue: jobQueueArns,
          status: ['SUCCEEDED', 'FAILED'],
          // No children of array jobs, and no nodes of multi-node jobs. Their end is not the end of the job:
          // https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
          jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }],
        },
      },
      targets: [watchQueueTarget(this.watchQueue)],
    });
  }

  /**
   * Allows all rules of the account to send to the watch queue. Jobs in other stacks have rules too: a policy with the names of these rules
   * would make the stack of the compute depend on the stacks of its jobs. The
   * ARN has the account, so `aws:SourceAccount` would add nothing: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
   */
  private allowEventBridgeToSend(): void {
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

  /**
   * Both functions send to the watch queue and have encrypted variables; the check function also reads the queue and reports to runs. The workflow role
   * sends to the queue, and reads and writes the data of its executions:
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
   * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  private grantKey(): void {
    for (const grantee of [this.submitFunction, this.checkFunction, this.workflowRole]) grantUse(this.props.regulated?.encryptionKey, grantee);
  }

  /**
   * Batch authorizes a submission with tags a second time, as TagResource on the job definition and on the job queue:
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html, https://github.com/wri/gfw-data-api/pull/175
   */
  allowTags(): void {
    const { jobDefinitions, jobQueueArns } = this.props;
    allow(this.submitFunction, ['batch:TagResource'], [jobDefinitions, ...jobQueueArns], JOB_DEFINITIONS);
  }

  /**
   * Batch authorizes a submission on the consumable resources of the job definition too:
   * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
   */
  allowConsumableResources(): void {
    const resources = [Stack.of(this).formatArn({ service: 'batch', resource: 'consumable-resource', resourceName: '*' })];
    allow(this.submitFunction, ['batch:SubmitJob'], resources, 'all consumable resources: the job definitions name those that they need');
  }

  /** All log groups with the tag of the compute: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-identity-based-access-control-cwl.html */
  allowLogs(): void {
    const resource = Stack.of(this).formatArn({ service: 'logs', resource: 'log-group', resourceName: '*:*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    allow(this.checkFunction, ['logs:GetLogEvents'], [resource], 'all log groups of jobs that have the tag of the compute', { StringEquals: { [`aws:ResourceTag/${COMPUTE_TAG}`]: this.props.computeName } });
  }

  /** The permissions that all jobs have in common. They name jobs by what a compute gives them, so they are the same for any number of jobs. */
  private grantCalls(): void {
    const { computeName, jobDefinitions, jobQueueArns } = this.props;
    const stack = Stack.of(this);
    const jobs = stack.formatArn({ service: 'batch', resource: 'job', resourceName: '*' }); // Batch generates the ids
    const states = (resource: string) => stack.formatArn({ service: 'states', resource, resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });

    allow(this.submitFunction, ['batch:SubmitJob'], [...jobQueueArns, jobDefinitions], JOB_DEFINITIONS);
    allow(this.submitFunction, ['batch:DescribeJobs', 'batch:ListJobs'], ['*'], 'AWS Batch supports no resource for these actions');
    allow(this.submitFunction, ['batch:TerminateJob'], [jobs], JOB_IDS);
    this.watchQueue.grant(this.submitFunction, 'sqs:SendMessage');

    allow(this.checkFunction, ['batch:DescribeJobs', 'batch:ListJobs'], ['*'], 'AWS Batch supports no resource for these actions');
    allow(this.checkFunction, ['batch:TerminateJob'], [jobs], JOB_IDS);
    // AWS compares the ARN of the state machine. There is no condition on the tag, because AWS does not document whether it evaluates the tags of a
    // state machine for these actions. A caller needs the task token.
    // https://github.com/aws/aws-cdk/pull/8486, https://github.com/NOAA-OWP/hydrovis/issues/837
    allow(this.checkFunction, ['states:SendTaskSuccess', 'states:SendTaskFailure', 'states:SendTaskHeartbeat'], [states('stateMachine')],
      'all state machines, since each job of a compute has its own; a caller needs the task token');
    // An execution has the tags of its state machine: https://docs.aws.amazon.com/step-functions/latest/dg/tag-based-policies.html
    allow(this.checkFunction, ['states:DescribeExecution'], [states('execution')],
      'all executions of state machines that have the tag of the compute: their callers choose the names', { StringEquals: { [`aws:ResourceTag/${COMPUTE_TAG}`]: computeName } });
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    this.watchQueue.grant(this.checkFunction, 'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  }
}

function allow(grantee: lambda.Function, actions: string[], resources: string[], reason: string, conditions?: iam.Conditions): void {
  grantee.addToRolePolicy(ownStatement(grantee.role!, new iam.PolicyStatement({ actions, resources, conditions }), reason));
}

/**
 * The watch queue as the target of a rule. `targets.SqsQueue` would write the name of the rule into the policy of the queue, and make
 * their stacks depend on each other.
 */
export function watchQueueTarget(queue: sqs.IQueue): events.IRuleTarget {
  return { bind: () => ({ arn: queue.queueArn, targetResource: queue }) };
}
