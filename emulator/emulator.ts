import { Activity } from './activity';
import type { Deployment } from './assembly/deployment';
import { Clock, VirtualClock } from './clock';
import type { EmulatorState, Journal } from './emulator-state';
import { clientEnvironment } from './endpoint/client-environment';
import { Credentials, FormerKeys, Keys } from './endpoint/keys';
import type { Faults } from './faults';
import { CallRecord, HttpEndpoint } from './http';
import { ServiceError } from './service';
import { Authorizers } from './services/api-gateway/authorizers';
import { HttpApis } from './services/api-gateway/http-apis';
import { Batch, BatchJob } from './services/batch/batch';
import type { ContainerRuntime } from './services/batch/containers';
import { CloudWatchLogs } from './services/cloudwatch-logs/cloudwatch-logs';
import { DynamoDb, StoredItem } from './services/dynamodb/dynamodb';
import { EventBridge } from './services/events/event-bridge';
import { Iam, RevokedAction } from './services/iam/iam';
import { EventSourceMapping } from './services/lambda/event-source-mapping';
import { InvocationRecord, Lambda } from './services/lambda/lambda';
import { S3 } from './services/s3/s3';
import { Sqs } from './services/sqs/sqs';
import type { Execution, HistoryEvent } from './states/execution';
import { isSupportedResource, ServiceIntegrations, SUPPORTED_RESOURCES } from './states/service-integrations';
import { StepFunctions } from './states/step-functions';

/** How a deployment is run: who runs its containers, which faults occur, and who is informed of what happens. */
export interface EmulatorOptions {
  /** Runs the containers of the jobs. */
  readonly containers: ContainerRuntime;
  readonly faults: Faults;
  /** The port of the HTTP endpoint. Without it, any that is free. */
  readonly port?: number;
  /** Returns a number from 0 up to, but not including, 1. */
  readonly random?: () => number;
  /** Actions that are taken away from roles, whatever their policies allow. */
  readonly revoked?: readonly RevokedAction[];
  /** How many SubmitJob calls Batch accepts in a second. Undefined: no limit. */
  readonly submitPerSecond?: number;
  readonly closedTokens?: 'error' | 'silent';
  readonly onCall?: (record: CallRecord) => void;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  readonly onJob?: (job: BatchJob) => void;
  readonly onOutput?: (job: BatchJob, line: string) => unknown;
  readonly onEvent?: (event: Record<string, unknown>) => void;
  readonly onLog?: (functionPath: string, line: string) => void;
  readonly onInvocation?: (record: InvocationRecord) => void;
  /** What the services have from the beginning. */
  readonly state?: EmulatorState;
  /** Is told what changes in the services. */
  readonly journal?: Journal;
  /** Items of `state` that no table of the app can have. */
  readonly onUnknownItems?: (items: readonly StoredItem[]) => void;
  /** An error of the emulator itself. The caller of the service only sees its message. */
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** An app as if it were deployed: the AWS services that a run uses, behind one HTTP endpoint and on one clock. */
export class Emulator {
  batch!: Batch;
  sqs!: Sqs;
  s3!: S3;
  logs!: CloudWatchLogs;
  stepFunctions!: StepFunctions;
  httpApis!: HttpApis;
  endpoint!: string;
  private dynamoDb!: DynamoDb;
  private iam!: Iam;
  private lambda!: Lambda;
  private options!: EmulatorOptions;
  private readonly activity = new Activity();
  /** With which the endpoint's requests are signed. */
  readonly keys: Keys;
  private readonly http: HttpEndpoint;

  /** @param keys those of a former emulator, which programs may have */
  constructor(readonly deployment: Deployment, readonly clock: Clock, keys?: FormerKeys) {
    this.keys = new Keys(deployment.roles.map((role) => role.arn), keys);
    this.http = new HttpEndpoint(this.keys, this.activity);
  }

  /** Starts the HTTP server and begins. */
  async start(options: EmulatorOptions): Promise<void> {
    this.endpoint = await this.http.start(options.port);
    this.beginWithFunctions(options);
  }

  /** Begins with what another emulator has, and goes on with its HTTP server. Where this throws, the other one still has it. */
  async startAfter(former: Emulator, options: EmulatorOptions): Promise<void> {
    this.endpoint = former.endpoint;
    this.beginWithFunctions({ ...options, state: await former.state() });
    this.http.takeOver(former.http);
  }

  private beginWithFunctions(options: EmulatorOptions): void {
    this.lambda = new Lambda({
      clock: this.clock,
      region: this.deployment.region,
      functions: this.deployment.functions,
      activity: this.activity,
      credentialsOf: (roleArn) => this.keys.of(roleArn),
      random: () => this.random(),
      onLog: (functionPath, line) => this.options.onLog?.(functionPath, line),
      onInvocation: (record) => this.options.onInvocation?.(record),
    }, this.endpoint, options.faults);
    this.begin(options);
  }

  /** Starts over: nothing has happened in the services yet. Only the instances of the functions are kept, since they take long to start. */
  begin(options: EmulatorOptions): void {
    this.options = options;
    if (this.clock instanceof VirtualClock) this.clock.restart();
    const { deployment, clock, lambda } = this;
    const { account, region, stateMachines } = deployment;
    const { faults, state, journal, onCall, onUnexpectedError } = options;
    const random = () => this.random();

    lambda.reset(faults);
    const iam = this.iam = new Iam(deployment, options.revoked);
    const sqs = this.sqs = new Sqs(clock, deployment.queues);
    const s3 = this.s3 = new S3(deployment, clock, undefined, journal?.onObject);
    const eventBridge = new EventBridge(deployment, clock, faults, sqs, lambda);
    const onEvent = (event: Record<string, unknown>) => {
      options.onEvent?.(event);
      eventBridge.put(event);
    };
    const logs = this.logs = new CloudWatchLogs(clock, faults, deployment.logGroups, journal?.onLogStream);
    const onOutput = (job: BatchJob, line: string) => {
      const { plan, current } = job;
      if (plan.logGroup !== undefined && current) logs.write(plan.logGroup, current.logStreamName, line);
      return options.onOutput?.(job, line);
    };
    const onJob = (job: BatchJob) => {
      const { plan, current, status } = job;
      if (status === 'RUNNING' && plan.logGroup !== undefined && current) logs.createStream(plan.logGroup, current.logStreamName);
      options.onJob?.(job);
    };
    const batch = this.batch = new Batch({ ...options, clock, deployment, random, onEvent, onOutput, onJob });
    const integrations = new ServiceIntegrations({ account, region, iam, lambda, sqs, s3, stepFunctions: () => stepFunctions });
    const stepFunctions: StepFunctions = this.stepFunctions = new StepFunctions({
      ...options,
      clock,
      account,
      region,
      stateMachines,
      random,
      onEvent,
      onExecution: journal?.onExecution,
      integration: (call) => integrations.call(call),
      resources: { supported: SUPPORTED_RESOURCES, isSupported: isSupportedResource },
    });
    this.httpApis = new HttpApis({ apis: deployment.httpApis, clock, lambda });
    deployment.eventSources.forEach((source) => new EventSourceMapping(source, clock, sqs, lambda, iam));
    const dynamoDb = this.dynamoDb = new DynamoDb(deployment, journal?.onItem);
    this.http.backend = { services: [batch, sqs, stepFunctions, s3, logs, dynamoDb], iam, faults, clock, onCall, onUnexpectedError };
    if (state) this.restore(state, options);
  }

  /** What the services have. */
  async state(): Promise<EmulatorState> {
    const { stepFunctions, dynamoDb, logs, s3 } = this;
    return { items: await dynamoDb.state(), executions: stepFunctions.state(), logStreams: logs.state(), objects: s3.state() };
  }

  private restore({ objects, logStreams, items, executions }: EmulatorState, { onUnknownItems }: EmulatorOptions): void {
    const { stepFunctions, dynamoDb, logs, s3, clock } = this;
    s3.restore(objects);
    logs.restore(logStreams);
    void dynamoDb.restore(items, clock.now()).then((unknown) => { if (unknown.length > 0) onUnknownItems?.(unknown); });
    stepFunctions.restore(executions); // at last: it sends events
  }

  /** Whether no request and no function is in progress. */
  get isIdle(): boolean {
    return this.http.isIdle && this.lambda.isIdle;
  }

  /** Lets the requests of programs wait. */
  pause(): void {
    this.http.pause();
  }

  resume(): void {
    this.http.resume();
  }

  /** Resolves when no work is in progress: then only a timer can make something happen. */
  untilQuiet(): Promise<void> {
    return this.activity.untilIdle();
  }

  /** Counts something outside of the emulator as work, for example a program: virtual time stands still until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    return this.activity.track(work);
  }

  /**
   * Lets virtual time pass until a condition holds, or until there is nothing left that could happen. Returns whether the condition
   * holds.
   */
  async settle(until: () => boolean): Promise<boolean> {
    if (!(this.clock instanceof VirtualClock)) throw new Error('settle() needs a VirtualClock; a ScaledClock moves on by itself');
    for (;;) {
      await this.untilQuiet();
      if (until()) return true;
      if (!this.clock.advance()) return false;
    }
  }

  /** Stops the HTTP server. */
  async stop(): Promise<void> {
    await this.http.stop();
  }

  /** The environment of a program that calls the emulator as a role. Without a role it has no keys. */
  environmentOf(roleArn: string | undefined): Record<string, string> {
    return this.environmentWith(roleArn === undefined ? undefined : this.keys.of(roleArn));
  }

  /** The environment of a program that calls the emulator as its user, who may do anything. */
  environmentOfUser(): Record<string, string> {
    return this.environmentWith(this.keys.user);
  }

  /** The authorizers of the HTTP APIs. */
  authorizers(claims: Readonly<Record<string, string>>): Authorizers {
    const { keys, clock, deployment: { account } } = this;
    return new Authorizers({ keys, clock, account, claims, iam: () => this.iam });
  }

  /** Reads an object for a scripted container, with the permissions of the job role. */
  readObject(roleArn: string | undefined, bucket: string, key: string): Buffer {
    this.authorizeContainer(roleArn, 's3:GetObject', bucket, key);
    return this.s3.get(bucket, key)!;
  }

  /** Writes an object for a scripted container, with the permissions of the job role. */
  writeObject(roleArn: string | undefined, bucket: string, key: string, body: Buffer): void {
    this.authorizeContainer(roleArn, 's3:PutObject', bucket, key);
    this.s3.put(bucket, key, body);
  }

  private authorizeContainer(roleArn: string | undefined, action: string, bucket: string, key: string): void {
    const refusal = this.iam.refusal(roleArn ?? '', { action, resource: `arn:aws:s3:::${bucket}/${key}` });
    if (refusal) throw new ServiceError('AccessDenied', refusal, 403);
  }

  private environmentWith(credentials: Credentials | undefined): Record<string, string> {
    return clientEnvironment({ endpoint: this.endpoint, region: this.deployment.region, credentials });
  }

  private random(): number {
    return (this.options.random ?? Math.random)();
  }
}
