import type { Execution } from './execution';
import type { StepFunctions } from './step-functions';
import { isFunctionArn, TaskCall } from './task';
import { runtimeError, TaskError } from './task-error';
import { s3Uri } from '../../src/contract/object-store';
import { ServiceError } from '../service';
import type { Iam } from '../services/iam/iam';
import { FunctionError, Lambda } from '../services/lambda/lambda';
import type { S3 } from '../services/s3/s3';
import type { Sqs } from '../services/sqs/sqs';

export interface IntegratedServices {
  readonly account: string;
  readonly region: string;
  readonly iam: Iam;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly s3: S3;
  readonly stepFunctions: () => StepFunctions;
}

const INTEGRATIONS = [
  'lambda:invoke', 'sqs:sendMessage', 's3:getObject', 's3:putObject', 'states:startExecution', 'states:startExecution.sync', 'states:startExecution.sync:2',
  'aws-sdk:sfn:describeMapRun',
] as const;

/** The resources that a state machine may name. */
export const SUPPORTED_RESOURCES = ['the ARN of a function', ...INTEGRATIONS.map((integration) => `arn:aws:states:::${integration}`)];

export function isSupportedResource(resource: string): boolean {
  return isFunctionArn(resource) || (INTEGRATIONS as readonly string[]).includes(integrationIn(resource));
}

function integrationIn(resource: string): string {
  return /^arn:[^:]*:states:::(.+?)(\.waitForTaskToken)?$/.exec(resource)?.[1] ?? resource;
}

/**
 * The calls that Task states and distributed maps make to other services, with the permissions of the state machine's role.
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
export class ServiceIntegrations {
  constructor(private readonly services: IntegratedServices) {}

  async call({ resource, parameters, roleArn, onAbandon, onSubmitted }: TaskCall): Promise<unknown> {
    if (isFunctionArn(resource)) return (await this.invokeFunction({ FunctionName: resource, Payload: parameters }, roleArn)).Payload;
    const integration = integrationIn(resource);
    switch (integration) {
      case 'lambda:invoke': return this.invokeFunction(parameters, roleArn);
      case 'sqs:sendMessage': return this.sendMessage(parameters, roleArn);
      case 's3:getObject': return this.getObject(parameters, roleArn);
      case 's3:putObject': return this.putObject(parameters, roleArn);
      case 'states:startExecution': return this.startExecution(parameters, roleArn);
      case 'states:startExecution.sync':
      case 'states:startExecution.sync:2': return this.runExecution(parameters, roleArn, integration, { onAbandon, onSubmitted });
      case 'aws-sdk:sfn:describeMapRun': return this.describeMapRun(parameters, roleArn);
      // These are not integrations of AWS. A map state asks here whether it may start and redrive the executions of its items.
      case 'map:startExecution':
        this.authorize(roleArn, 'states:StartExecution', parameters.StateMachineArn, 'States.Permissions');
        return undefined;
      case 'map:redriveExecution':
        this.authorize(roleArn, 'states:RedriveExecution', parameters.ExecutionArn, 'States.Permissions');
        return undefined;
      default:
        throw runtimeError(`the emulator does not support the resource ${resource}`);
    }
  }

  private async invokeFunction({ FunctionName, Payload: event }: any, roleArn: string) {
    this.authorize(roleArn, 'lambda:InvokeFunction', FunctionName, 'Lambda.AWSLambdaException');
    try {
      const Payload = await this.services.lambda.invoke(FunctionName, event);
      return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
    } catch (error) {
      if (error instanceof ServiceError) throw new TaskError(`Lambda.${error.code}`, `${error.message} ${sourceOf('AWSLambda', error)}`);
      if (!(error instanceof FunctionError)) throw error;
      const { errorType, errorMessage, trace } = error;
      throw new TaskError(errorType, JSON.stringify({ errorType, errorMessage, trace }));
    }
  }

  private sendMessage({ QueueUrl, MessageBody, DelaySeconds }: any, roleArn: string): unknown {
    const { sqs } = this.services;
    try {
      const queueArn = sqs.arnOf(QueueUrl);
      this.authorize(roleArn, 'sqs:SendMessage', queueArn, 'SQS.AmazonSQSException');
      const body = typeof MessageBody === 'string' || MessageBody === null ? MessageBody : JSON.stringify(MessageBody);
      return sqs.sendMessage(queueArn, { MessageBody: body, DelaySeconds }, roleArn);
    } catch (error) {
      throw error instanceof ServiceError ? new TaskError('SQS.AmazonSQSException', `${error.message} ${sourceOf('AmazonSQS', error)}`) : error;
    }
  }

  private getObject({ Bucket, Key, ExpectedBucketOwner }: any, roleArn: string): string {
    this.authorize(roleArn, 's3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`, 'S3.AmazonS3Exception');
    this.requireOwner(Bucket, ExpectedBucketOwner);
    const body = this.services.s3.get(Bucket, Key);
    if (!body) throw new TaskError('S3.NoSuchKeyException', `The specified key does not exist: ${s3Uri(Bucket, Key)}`);
    return body.toString('utf8');
  }

  private putObject({ Bucket, Key, Body, ExpectedBucketOwner }: any, roleArn: string): unknown {
    this.authorize(roleArn, 's3:PutObject', `arn:aws:s3:::${Bucket}/${Key}`, 'S3.AmazonS3Exception');
    this.requireOwner(Bucket, ExpectedBucketOwner);
    this.services.s3.put(Bucket, Key, Body);
    return {};
  }

  private requireOwner(bucket: string, expected: string | undefined): void {
    try {
      this.services.s3.requireOwner(bucket, expected);
    } catch (error) {
      throw error instanceof ServiceError ? new TaskError('S3.AmazonS3Exception', `${error.message} ${sourceOf('AmazonS3', error)}`) : error;
    }
  }

  private describeMapRun({ MapRunArn }: any, roleArn: string): unknown {
    this.authorize(roleArn, 'states:DescribeMapRun', MapRunArn, 'Sfn.SfnException');
    return this.services.stepFunctions().describeMapRun(MapRunArn);
  }

  private startExecution({ StateMachineArn, Name, Input }: any, roleArn: string): unknown {
    this.authorize(roleArn, 'states:StartExecution', StateMachineArn, 'StepFunctions.AWSStepFunctionsException');
    const { arn, startedAt } = this.start(StateMachineArn, Input, Name);
    return { ExecutionArn: arn, StartDate: startedAt };
  }

  private start(stateMachineArn: string, input: unknown = {}, name?: string): Execution {
    try {
      return this.services.stepFunctions().start(stateMachineArn, input, name);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { code, status, message } = error;
      throw new TaskError(`StepFunctions.${code}Exception`, `${message} (Service: AWSStepFunctions; Status Code: ${status}; Error Code: ${code}; Proxy: null)`);
    }
  }

  /**
   * Runs an execution of another state machine to its end. Besides the three Step Functions actions, the role needs the ones with
   * which Step Functions learns of the end through EventBridge. https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
   *
   * Input and output of the execution are JSON texts in the answer of `.sync`, and JSON in that of `.sync:2`.
   */
  private async runExecution(
    { StateMachineArn, Name, Input }: any, roleArn: string, integration: string, { onAbandon, onSubmitted }: Pick<TaskCall, 'onAbandon' | 'onSubmitted'>,
  ): Promise<unknown> {
    const { account, region } = this.services;
    const executionArn = `${StateMachineArn.replace(':stateMachine:', ':execution:')}:${Name}`;
    const ruleArn = `arn:aws:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
    const needed: [action: string, resource: string][] = [
      ['states:StartExecution', StateMachineArn],
      ['states:DescribeExecution', executionArn],
      ['states:StopExecution', executionArn],
      ['events:PutTargets', ruleArn],
      ['events:PutRule', ruleArn],
      ['events:DescribeRule', ruleArn],
    ];
    needed.forEach(([action, resource]) => this.authorize(roleArn, action, resource, 'StepFunctions.AWSStepFunctionsException'));

    const execution = this.start(StateMachineArn, Input, Name);
    onAbandon(() => execution.stop());
    onSubmitted();
    await execution.done();
    const written = (json: unknown) => integration.endsWith(':2') ? json : JSON.stringify(json);
    const { arn, name, status, input, output, error, cause, startedAt, stoppedAt } = execution;
    const answer = {
      ExecutionArn: arn,
      Input: written(input),
      InputDetails: { Included: true },
      Name: name,
      StartDate: startedAt,
      StateMachineArn,
      Status: status,
      StopDate: stoppedAt,
    };
    // What went wrong is told in the same words for both: the input in the cause of a failure is a text.
    if (status !== 'SUCCEEDED') throw new TaskError('States.TaskFailed', JSON.stringify({ Cause: cause, Error: error, ...answer, Input: JSON.stringify(input) }));
    return { ...answer, Output: written(output), OutputDetails: { Included: true } };
  }

  private authorize(roleArn: string, action: string, resource: string, errorName: string): void {
    const refusal = this.services.iam.refusal(roleArn, { action, resource });
    if (refusal) throw new TaskError(errorName, refusal);
  }
}

/** How the cause of a failed task names the service that refused the call. */
function sourceOf(service: string, { code, status }: ServiceError): string {
  return `(Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)`;
}
