import { Activity } from './activity';
import type { Deployment } from './assembly/deployment';
import { Clock, VirtualClock } from './clock';
import type { Faults } from './faults';
import { CallRecord, HttpFront } from './http';
import { ServiceError } from './service';
import { Batch, BatchJob } from './services/batch/batch';
import type { ContainerRuntime } from './services/batch/containers';
import { EventBridge } from './services/events/event-bridge';
import { Iam, Revoked } from './services/iam/iam';
import { EventSource } from './services/lambda/event-source';
import { FunctionError, InvocationRecord, Lambda } from './services/lambda/lambda';
import { S3 } from './services/s3/s3';
import { Sqs } from './services/sqs/sqs';
import type { Execution, HistoryEvent } from './states/execution';
import { StepFunctions } from './states/step-functions';
import type { TaskCall } from './states/task';
import { TaskError } from './states/task-error';

/** What makes one world different from another in which the same app is deployed. */
export interface WorldOptions {
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly revoked?: readonly Revoked[];
  readonly submitPerSecond?: number;
  readonly closedTokens?: 'error' | 'silent';
  readonly onCall?: (record: CallRecord) => void;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  readonly onJob?: (job: BatchJob) => void;
  readonly onOutput?: (job: BatchJob, line: string) => void;
  readonly onEvent?: (event: Record<string, unknown>) => void;
  readonly onLog?: (functionPath: string, line: string) => void;
  readonly onInvocation?: (record: InvocationRecord) => void;
}

/** An app, deployed on this machine: the services that a run touches, behind one HTTP endpoint, on one clock. */
export class Emulator {
  batch!: Batch;
  sqs!: Sqs;
  s3!: S3;
  stepFunctions!: StepFunctions;
  endpoint = '';
  private readonly activity = new Activity();
  private readonly front: HttpFront;
  private lambda!: Lambda;
  private iam!: Iam;
  private world!: WorldOptions;

  constructor(readonly deployment: Deployment, readonly clock: Clock) {
    this.front = new HttpFront(deployment.roles.map((role) => role.arn), this.activity);
  }

  async start(world: WorldOptions): Promise<void> {
    this.endpoint = await this.front.start();
    this.lambda = new Lambda({
      clock: this.clock,
      region: this.deployment.region,
      functions: this.deployment.functions,
      activity: this.activity,
      random: () => this.random(),
      onLog: (functionPath, line) => this.world.onLog?.(functionPath, line),
      onInvocation: (record) => this.world.onInvocation?.(record),
    }, this.endpoint, world.faults);
    this.begin(world);
  }

  async stop(): Promise<void> {
    await this.front.stop();
  }

  /** A new world in which nothing has happened yet. The functions' instances stay warm. */
  begin(world: WorldOptions): void {
    this.world = world;
    if (this.clock instanceof VirtualClock) this.clock.restart();
    const { deployment, clock } = this;
    const { account, region } = deployment;
    const { faults } = world;
    this.lambda.reset(faults);
    this.iam = new Iam(deployment, world.revoked);
    this.sqs = new Sqs(clock, deployment.queues);
    this.s3 = new S3(deployment);
    const eventBridge = new EventBridge(deployment, clock, faults, this.sqs);
    const onEvent = (event: Record<string, unknown>) => {
      world.onEvent?.(event);
      eventBridge.put(event);
    };
    const random = () => this.random();
    this.batch = new Batch({ ...world, clock, deployment, random, onEvent });
    this.stepFunctions = new StepFunctions({
      ...world, clock, account, region, random, onEvent, stateMachines: deployment.stateMachines, integration: (call) => this.integrate(call),
    });
    deployment.eventSources.forEach((source) => new EventSource(source, clock, this.sqs, this.lambda, this.iam));
    this.front.backend = { services: [this.batch, this.sqs, this.stepFunctions, this.s3], iam: this.iam, faults, clock, onCall: world.onCall };
  }

  /** Lets virtual time pass until something is so, or until nothing is left to happen. Answers whether it is so. */
  async settle(until: () => boolean): Promise<boolean> {
    if (!(this.clock instanceof VirtualClock)) throw new Error('only virtual time can be let pass');
    for (;;) {
      await this.activity.idle();
      if (until()) return true;
      if (!this.clock.advance()) return false;
    }
  }

  /** What a container does with an object, as its job's role. */
  readObject(roleArn: string | undefined, bucket: string, key: string): Buffer {
    this.allow(roleArn, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
    return this.s3.get(bucket, key)!;
  }

  writeObject(roleArn: string | undefined, bucket: string, key: string, body: Buffer): void {
    this.allow(roleArn, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
    this.s3.put(bucket, key, body);
  }

  private allow(roleArn: string | undefined, action: string, resource: string): void {
    const refusal = this.iam.refusal(roleArn ?? '', { action, resource });
    if (refusal) throw new ServiceError('AccessDenied', refusal, 403);
  }

  /** What a Task state calls. https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html */
  private async integrate({ resource, parameters, roleArn, onAbandon }: TaskCall): Promise<unknown> {
    const [, service = resource] = /:states:::(.+?)(\.waitForTaskToken)?$/.exec(resource) ?? [];
    switch (service) {
      case 'states:startExecution.sync:2':
        return this.runExecution(parameters, roleArn, onAbandon);
      case 'map:startExecution':
        this.authorize(roleArn, 'states:StartExecution', parameters.StateMachineArn, 'States.Permissions');
        return undefined;
      case 'aws-sdk:sfn:describeMapRun':
        this.authorize(roleArn, 'states:DescribeMapRun', parameters.MapRunArn, 'Sfn.SfnException');
        return this.stepFunctions.describeMapRun(parameters.MapRunArn);
      case 's3:getObject': {
        this.authorize(roleArn, 's3:GetObject', `arn:aws:s3:::${parameters.Bucket}/${parameters.Key}`, 'S3.AmazonS3Exception');
        const body = this.s3.get(parameters.Bucket, parameters.Key);
        if (!body) throw new TaskError('S3.NoSuchKeyException', `The specified key does not exist: s3://${parameters.Bucket}/${parameters.Key}`);
        return body.toString('utf8');
      }
      case 's3:putObject':
        this.authorize(roleArn, 's3:PutObject', `arn:aws:s3:::${parameters.Bucket}/${parameters.Key}`, 'S3.AmazonS3Exception');
        this.s3.put(parameters.Bucket, parameters.Key, parameters.Body);
        return {};
      case 'lambda:invoke': {
        this.authorize(roleArn, 'lambda:InvokeFunction', parameters.FunctionName, 'Lambda.AWSLambdaException');
        try {
          const Payload = await this.lambda.invoke(parameters.FunctionName, parameters.Payload);
          return { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 };
        } catch (error) {
          if (!(error instanceof FunctionError)) throw error;
          const { errorType, errorMessage, trace } = error;
          throw new TaskError(errorType, JSON.stringify({ errorType, errorMessage, trace }));
        }
      }
      case 'sqs:sendMessage': {
        const queueArn = this.sqs.arnOf(parameters.QueueUrl);
        this.authorize(roleArn, 'sqs:SendMessage', queueArn, 'SQS.AmazonSQSException');
        const body = typeof parameters.MessageBody === 'string' ? parameters.MessageBody : JSON.stringify(parameters.MessageBody);
        return { MessageId: this.sqs.send(queueArn, body, parameters.DelaySeconds ?? 0).messageId };
      }
      default:
        throw new TaskError('States.Runtime', `the local runner does not know the resource ${resource}`);
    }
  }

  /** An execution of another state machine, from its start to its end. https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html */
  private async runExecution({ StateMachineArn, Name, Input }: any, roleArn: string, onAbandon: TaskCall['onAbandon']): Promise<unknown> {
    const { account, region } = this.deployment;
    const execution = `${StateMachineArn.replace(':stateMachine:', ':execution:')}:${Name}`;
    const rule = `arn:aws:events:${region}:${account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
    this.authorize(roleArn, 'states:StartExecution', StateMachineArn, 'StepFunctions.AWSStepFunctionsException');
    for (const action of ['states:DescribeExecution', 'states:StopExecution']) this.authorize(roleArn, action, execution, 'StepFunctions.AWSStepFunctionsException');
    for (const action of ['events:PutTargets', 'events:PutRule', 'events:DescribeRule']) this.authorize(roleArn, action, rule, 'StepFunctions.AWSStepFunctionsException');
    const started = this.stepFunctions.start(StateMachineArn, Input, Name);
    onAbandon(() => started.stop());
    await started.done();
    const { arn, name, status, input, output, error, cause } = started;
    const answer = { ExecutionArn: arn, Name: name, StateMachineArn, Status: status, Input: input };
    if (status !== 'SUCCEEDED') throw new TaskError('States.TaskFailed', JSON.stringify({ ...answer, Error: error, Cause: cause }));
    return { ...answer, Output: output };
  }

  private authorize(roleArn: string, action: string, resource: string, error: string): void {
    const refusal = this.iam.refusal(roleArn, { action, resource });
    if (refusal) throw new TaskError(error, refusal);
  }

  private random(): number {
    return (this.world.random ?? Math.random)();
  }
}
