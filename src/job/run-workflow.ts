import { Duration, IResolvable } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { encryptStateMachine } from '../compute/regulated';
import { FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, ORCHESTRATION_FAILED, SUBMIT_ERRORS } from '../contract/errors';
import type { CleanUpRequest, JobSpec, SubmitRequest } from '../contract/job-spec';
import type { CleanUp } from '../contract/messages';
import { HEARTBEAT, LISTED_AFTER, LONGEST_RETRY } from '../contract/timings';

export interface RunWorkflowProps {
  readonly job: Omit<JobSpec, 'tags'> & { readonly tags: IResolvable };
  readonly submitFunction: lambda.IFunction;
  readonly watchQueue: sqs.IQueue;
  readonly role: iam.IRole;
  readonly runTimeout: Duration;
  readonly stateMachineName?: string;
  readonly tracing: boolean;
  /** The key for what Step Functions keeps of runs. */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The errors that end a run without a retry: the reasons of failed verdicts, and the errors of the submit function that a retry would not
 * change. No state catches a reason of a verdict, so a redrive runs the job again.
 */
const FINAL = [...FAILURE_REASONS, INVALID_INPUT, JOB_NOT_FOUND, SUBMIT_ERRORS.REFUSED];

/** The errors after which a run cleans up: the submit function did not do its work, also after retries. */
const GIVE_UP = [
  ...Object.values(SUBMIT_ERRORS), 'States.HeartbeatTimeout', 'States.Timeout', 'States.Permissions',
  // https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception
  'Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException', 'Lambda.AccessDeniedException', 'Lambda.ResourceNotFoundException', 'Lambda.Unknown',
  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-execution.html
  'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.ImportModuleError', 'Runtime.HandlerNotFound', 'Runtime.UserCodeSyntaxError',
  'Runtime.UnhandledPromiseRejection', 'Runtime.OutOfMemory', 'Runtime.Unknown', 'Extension.Crash', 'Error', 'TypeError', 'RangeError', 'TimeoutError',
];

/**
 * The state machine of a run. It submits a job and waits for its verdict, and repeats this while the verdict asks for another round.
 *
 * The state machine does not poll: it waits for a task token, so a run of ten minutes and a run of ten days have the same number of state
 * transitions. The check function reads the states of jobs, less and less often as a job gets older.
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
    encryptStateMachine(this.stateMachine, props.encryptionKey);
  }

  /** Submits the job of a round, and waits until the check function sends the verdict. */
  private round(id: string, giveUp: sfn.IChainable, later: { nextRound?: IResolvable } = {}): sfn.TaskStateBase {
    const payload: Record<keyof Omit<SubmitRequest, 'nextRound'>, unknown> & { nextRound?: unknown } = {
      job: this.props.job,
      execution: sfn.JsonPath.objectAt('$$.Execution'), // the whole object, because RedriveTime is missing before the first redrive
      enteredAt: sfn.JsonPath.stateEnteredTime,
      retryCount: sfn.JsonPath.stateRetryCount,
      token: sfn.JsonPath.taskToken,
      ...later,
    };
    return new tasks.LambdaInvoke(this, id, {
      stateName: id,
      lambdaFunction: this.props.submitFunction,
      integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: sfn.TaskInput.fromObject(payload),
      heartbeatTimeout: sfn.Timeout.duration(Duration.seconds(HEARTBEAT)),
      retryOnServiceExceptions: false,
    })
      .addRetry({ errors: FINAL, maxAttempts: 0 })
      // Nothing was submitted. Retry soon, with jitter so that many runs do not retry at the same moment.
      .addRetry({
        errors: [SUBMIT_ERRORS.THROTTLED, 'Lambda.TooManyRequestsException'],
        interval: Duration.seconds(2),
        backoffRate: 2,
        maxDelay: Duration.seconds(60),
        maxAttempts: 100, // 45 minutes: 100,000 runs that start at once are submitted within 35 minutes
        jitterStrategy: sfn.JitterType.FULL,
      })
      // No check reached the run. Invoke the submit function again: it finds the job by its name.
      .addRetry({ errors: ['States.HeartbeatTimeout'], interval: Duration.seconds(1), backoffRate: 1, maxAttempts: 10 })
      // A job may have been submitted. Retry only after ListJobs would show it.
      .addRetry({
        errors: ['States.ALL'],
        interval: Duration.seconds(LISTED_AFTER),
        backoffRate: 1.5,
        maxDelay: Duration.seconds(LONGEST_RETRY),
        maxAttempts: 8,
      })
      .addCatch(giveUp, { errors: GIVE_UP });
  }

  /**
   * Ends all jobs of a run that gives up, by their names, so that none continues to run. The submit function does it at once. The check
   * function does it again a minute later, when ListJobs shows the job that was submitted last. Each of the two is enough if the other fails.
   */
  private giveUp(): sfn.IChainable {
    const fail = new sfn.Fail(this, 'OrchestrationFailed', {
      stateName: 'OrchestrationFailed',
      error: ORCHESTRATION_FAILED,
      causePath: sfn.JsonPath.format('{}: {}', sfn.JsonPath.stringAt('$.Error'), sfn.JsonPath.stringAt('$.Cause')),
    });
    const order: Record<keyof CleanUp, unknown> = { execution: sfn.JsonPath.executionId, redrive: sfn.JsonPath.numberAt('$$.Execution.RedriveCount') };
    // The request of the submit function and the message of the watch queue have the same form.
    const request: Record<keyof CleanUpRequest, unknown> = { cleanUp: order };
    const input = sfn.TaskInput.fromObject(request);
    const retry = { errors: ['States.ALL'], interval: Duration.seconds(2), backoffRate: 2, maxDelay: Duration.seconds(60), maxAttempts: 6 };
    const onceMore = new tasks.SqsSendMessage(this, 'CleanUpOnceMore', {
      stateName: 'CleanUpOnceMore',
      queue: withoutKey(this.props.watchQueue),
      messageBody: input,
      delay: Duration.seconds(LISTED_AFTER),
      resultPath: sfn.JsonPath.DISCARD,
    });
    onceMore.addRetry(retry).addCatch(fail, { errors: ['States.ALL'], resultPath: sfn.JsonPath.DISCARD });
    const cleanUp = new tasks.LambdaInvoke(this, 'CleanUp', {
      stateName: 'CleanUp',
      lambdaFunction: this.props.submitFunction,
      payload: input,
      resultPath: sfn.JsonPath.DISCARD,
      retryOnServiceExceptions: false,
    });
    cleanUp.addRetry(retry).addCatch(onceMore, { errors: ['States.ALL'], resultPath: sfn.JsonPath.DISCARD });
    onceMore.next(fail);
    return cleanUp.next(onceMore);
  }
}

/**
 * A queue whose key the task does not know. For a key, the task would add a statement with `kms:GenerateDataKey*` to the role, which has what it needs
 * from the compute.
 */
function withoutKey(queue: sqs.IQueue): sqs.IQueue {
  return Object.create(queue, { encryptionMasterKey: { value: undefined } });
}
