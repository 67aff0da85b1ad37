import { Duration, IResolvable } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { FailureReason } from '../contract/errors';
import type { JobSpec, SubmitRequest } from '../contract/job-spec';
import { LISTED_AFTER } from '../contract/timings';

export interface RunWorkflowProps {
  readonly job: Omit<JobSpec, 'tags'> & { readonly tags: IResolvable };
  readonly submitFunction: lambda.IFunction;
  readonly watchQueue: sqs.IQueue;
  readonly role: iam.IRole;
  readonly runTimeout: Duration;
  readonly stateMachineName?: string;
  readonly tracing: boolean;
}

/** Longer than the 15 minutes between two looks at a job, so that it takes three lost ones to lapse. */
export const HEARTBEAT = Duration.minutes(45);

/** What ends a run for good. Sent as the task's failure and caught by nobody here, so that a redrive runs the job again. */
const FINAL: FailureReason[] = ['SpotReclaimed', 'OutOfMemory', 'DiskFull', 'ImagePull', 'Infrastructure', 'AttemptTimeout', 'Stuck', 'Cancelled', 'ExitCode', 'Unknown'];

/** What means that the submit function could not do its work. */
const GIVE_UP = [
  'SubmitThrottled', 'SubmitUncertain', 'SubmitRefused', 'States.HeartbeatTimeout', 'States.Timeout', 'States.Permissions',
  // https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
  'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException', 'Lambda.AccessDeniedException', 'Lambda.ResourceNotFoundException', 'Lambda.Unknown',
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-execution.html
  'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.ImportModuleError', 'Runtime.HandlerNotFound', 'Runtime.UserCodeSyntaxError',
  'Runtime.UnhandledPromiseRejection', 'Runtime.OutOfMemory', 'Runtime.Unknown', 'Extension.Crash', 'Error', 'TypeError', 'RangeError', 'TimeoutError',
];

/**
 * The state machine of a run: submit a job and wait for its verdict, again while the verdict asks for another round. It never
 * polls: a run of ten minutes and one of ten days pass through the same three states.
 */
export class RunWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, private readonly props: RunWorkflowProps) {
    super(scope, id);
    const giveUp = this.giveUp();
    const run = this.round('Run', giveUp);
    const runAgain = this.round('RunAgain', giveUp, { nextRound: sfn.JsonPath.objectAt('$.nextRound') });
    const next = new sfn.Choice(this, 'NextRound', { stateName: 'NextRound' })
      .when(sfn.Condition.isPresent('$.nextRound'), runAgain)
      .otherwise(new sfn.Succeed(this, 'Done', { stateName: 'Done' }));
    runAgain.next(next);

    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(run.next(next)),
      stateMachineName: props.stateMachineName,
      role: props.role,
      timeout: props.runTimeout,
      tracingEnabled: props.tracing,
      comment: 'One heavy job, from its submission to its verdict.',
    });
  }

  /** Submits the job of a round and waits, for nothing, until the watch function says what it came to. */
  private round(id: string, giveUp: sfn.IChainable, more: Record<string, unknown> = {}): sfn.TaskStateBase {
    const payload: Record<keyof Omit<SubmitRequest, 'nextRound'>, unknown> = {
      job: this.props.job,
      execution: sfn.JsonPath.objectAt('$$.Execution'), // whole: only an execution that was redriven has a RedriveTime
      retryCount: sfn.JsonPath.stateRetryCount,
      token: sfn.JsonPath.taskToken,
    };
    return new tasks.LambdaInvoke(this, id, {
      stateName: id,
      lambdaFunction: this.props.submitFunction,
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: sfn.TaskInput.fromObject({ ...payload, ...more }),
      heartbeatTimeout: sfn.Timeout.duration(HEARTBEAT),
      retryOnServiceExceptions: false,
    })
      .addRetry({ errors: [...FINAL, 'InvalidInput', 'SubmitRefused'], maxAttempts: 0 })
      // Nothing was submitted: again soon, and not all at once.
      .addRetry({
        errors: ['SubmitThrottled', 'Lambda.TooManyRequestsException'],
        interval: Duration.seconds(2),
        backoffRate: 2,
        maxDelay: Duration.seconds(60),
        maxAttempts: 100, // three quarters of an hour: 100,000 runs that start at once are submitted within 35 minutes
        jitterStrategy: sfn.JitterType.FULL,
      })
      // Nobody tells how the job is: submit again, which finds it by its name.
      .addRetry({ errors: ['States.HeartbeatTimeout'], interval: Duration.seconds(1), backoffRate: 1, maxAttempts: 10 })
      // Something may have been submitted: not before ListJobs would show it.
      .addRetry({ errors: ['States.ALL'], interval: Duration.seconds(LISTED_AFTER), backoffRate: 1.5, maxDelay: Duration.seconds(300), maxAttempts: 8 })
      .addCatch(giveUp, { errors: GIVE_UP });
  }

  /**
   * A machine that gives up leaves nothing running: what it may have submitted is ended by name. At once, by the submit function;
   * and a minute later, when ListJobs shows what was submitted last, by the watch function. Either will do where the other cannot.
   */
  private giveUp(): sfn.IChainable {
    const fail = new sfn.Fail(this, 'OrchestrationFailed', {
      stateName: 'OrchestrationFailed',
      error: 'OrchestrationFailed',
      causePath: sfn.JsonPath.format('{}: {}', sfn.JsonPath.stringAt('$.Error'), sfn.JsonPath.stringAt('$.Cause')),
    });
    const leftovers = sfn.TaskInput.fromObject({
      cleanUp: { execution: sfn.JsonPath.executionId, redrive: sfn.JsonPath.numberAt('$$.Execution.RedriveCount') },
    });
    const once = { errors: ['States.ALL'], interval: Duration.seconds(2), backoffRate: 2, maxDelay: Duration.seconds(60), maxAttempts: 6 };
    const onceMore = new tasks.SqsSendMessage(this, 'CleanUpOnceMore', {
      stateName: 'CleanUpOnceMore',
      queue: this.props.watchQueue,
      messageBody: leftovers,
      delay: Duration.seconds(LISTED_AFTER),
      resultPath: sfn.JsonPath.DISCARD,
    });
    onceMore.addRetry(once).addCatch(fail, { errors: ['States.ALL'], resultPath: sfn.JsonPath.DISCARD });
    const cleanUp = new tasks.LambdaInvoke(this, 'CleanUp', {
      stateName: 'CleanUp',
      lambdaFunction: this.props.submitFunction,
      payload: leftovers,
      resultPath: sfn.JsonPath.DISCARD,
      retryOnServiceExceptions: false,
    });
    cleanUp.addRetry(once).addCatch(onceMore, { errors: ['States.ALL'], resultPath: sfn.JsonPath.DISCARD });
    onceMore.next(fail);
    return cleanUp.next(onceMore);
  }
}
