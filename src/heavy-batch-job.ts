import { Tags, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './common/acknowledge';
import { foldersIn } from './common/buckets';
import { ownGrant } from './common/own-permissions';
import { validateTypes } from './common/prop-types';
import { limitStackOf } from './common/stack-limits';
import { tagsOf, whenTagged } from './common/tags';
import { IHeavyBatchCompute } from './compute/compute-interface';
import { COMPUTE_TAG, computeName, jobDefinitionName } from './compute/compute-name';
import { connectNodes } from './compute/network';
import { logGroupOf } from './compute/regulated';
import { watchQueueTarget } from './compute/submit-and-check';
import { planOf } from './compute/validate-compute';
import { ensureJobEndpoints } from './compute/vpc-endpoints';
import { RUN_ID } from './contract/construct-ids';
import { HeavyBatchCompute } from './heavy-batch-compute';
import { HeavyBatchMap } from './heavy-batch-map';
import { containerSizes } from './instances/container-sizes';
import { ImportedJob } from './job/imported-job';
import { addConsumableResources } from './job/job-consumables';
import { JobContainer } from './job/job-container';
import { IHeavyBatchJob } from './job/job-interface';
import type { JobPlan } from './job/job-plan';
import { JOB_PROP_TYPES } from './job/job-prop-types';
import { HeavyBatchJobAttributes, HeavyBatchJobProps } from './job/job-props';
import { containerRole, ExecutionRole } from './job/job-roles';
import { grantFileSystem, warnOfAnonymousAccess } from './job/job-volumes';
import { HeavyBatchResultSource } from './job/result-source';
import { longestRun } from './job/run-timeout';
import { RunWorkflow } from './job/run-workflow';
import { StateMachineBase } from './job/state-machine-base';
import { knownDefaults } from './job/validate-container';
import { computeProps, validateJob } from './job/validate-job';
import { allowedOverrides } from './job/validate-overrides';
import { HeavyBatchMapOptions } from './map/map-props';

/**
 * A heavy job as a service. An execution of its state machine runs the job on AWS Batch, and ends with the outcome of the job.
 *
 * @example
 * const job = new HeavyBatchJob(this, 'Sort', {
 *   imageDirectory: './image',
 *   instanceTypes: [new ec2.InstanceType('c7i.xlarge')],
 *   vcpus: 2,
 *   memory: Size.gibibytes(4),
 *   command: ['node', 'index.js', 'Ref::megabytes'],
 *   parameters: { megabytes: '300' },
 * });
 */
export class HeavyBatchJob extends StateMachineBase implements IHeavyBatchJob, iam.IGrantable, ec2.IConnectable {
  /**
   * A job that was created elsewhere: in another stack, in another app, or by another team. Nothing is created for it. You can grant
   * permissions on it, read its metrics, and run it over a list with a `HeavyBatchMap`.
   *
   * @param scope      the construct in whose scope it is imported
   * @param id         the id of the imported job
   * @param attributes what is known of the job
   */
  static fromHeavyBatchJobAttributes(scope: Construct, id: string, attributes: HeavyBatchJobAttributes): IHeavyBatchJob {
    return new ImportedJob(scope, id, attributes);
  }

  /** The state machine of the job. Each of its executions is one run. */
  readonly stateMachine: sfn.IStateMachine;
  /** The Batch job definition. */
  readonly jobDefinition: batch.IJobDefinition;
  /** The job queue to which the first round of each run is submitted. */
  readonly jobQueue: batch.IJobQueue;
  /** The compute environment of `jobQueue`. Undefined on a `HeavyBatchQueueCompute`. */
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  /** The log group of the containers. */
  readonly logGroup: logs.LogGroup;
  /** The role of the containers. */
  readonly jobRole: iam.IRole;
  /** The compute of the job: the prop `compute`, or a new one for this job only. */
  readonly compute: IHeavyBatchCompute;
  /** The EventBridge rule that sends the end of a run that did not succeed to the watch queue, so that its jobs are terminated. */
  readonly runRule: events.Rule;
  /** The connections of the containers: `database.connections.allowDefaultPortFrom(job)`. */
  readonly connections: ec2.Connections;
  /** The principal of the job role, to which permissions are granted: `bucket.grantRead(job)`. */
  readonly grantPrincipal: iam.IPrincipal;
  /** @internal */
  readonly _plan: JobPlan;

  constructor(scope: Construct, id: string, props: HeavyBatchJobProps) {
    super(scope, id);
    validateTypes(this, props, JOB_PROP_TYPES);
    this.compute = props.compute ?? new HeavyBatchCompute(this, 'Compute', computeProps(props));
    const plan = planOf(this, this.compute);
    const job = validateJob(this, props, plan, this.compute.vpc);
    this._encryptionKey = this.compute.encryptionKey;
    this.connections = this.compute.connections;

    this.jobQueue = this.compute.jobQueue;
    this.computeEnvironment = this.compute.computeEnvironment;
    if (props.nodes) connectNodes(this.connections);
    this.logGroup = logGroupOf(this, 'Log', plan.regulated, props.logRetention);
    const { payloadBucket } = this.compute;
    const folders = foldersIn(payloadBucket, this);
    const store = { bucket: payloadBucket.bucketName, folder: folders.folder };
    this.jobRole = containerRole(this, 'JobRole', this.compute, folders, props.jobRole);
    this.grantPrincipal = this.jobRole.grantPrincipal;
    const container = new JobContainer(this, 'Container', {
      ...props,
      ...job,
      name: jobDefinitionName(this, this.compute),
      fargate: plan.fargate ? plan : undefined,
      jobRole: this.jobRole,
      executionRole: new ExecutionRole(this, 'ExecutionRole'),
      logGroup: this.logGroup,
    });
    this.jobDefinition = container.jobDefinition;
    this._plan = {
      vcpus: job.vcpus,
      nodes: props.nodes,
      maxvCpus: plan.maxvCpus,
      jobQueues: plan.jobQueues,
      fairShare: plan.fairShare,
      shareAllowed: props.allowedOverrides?.share,
      payloadBucket,
      resultFolder: props.resultSource === HeavyBatchResultSource.LOG ? undefined : folders.folder,
      encryptionKey: this.compute.encryptionKey,
      logRetention: plan.regulated?.logRetention,
      logGroupArn: container.logGroupArn,
      parameters: Object.keys(props.parameters ?? {}),
      defaults: knownDefaults(props),
    };
    addConsumableResources(this.jobDefinition, props, plan);
    ensureJobEndpoints(this.compute, { ...props, credentialsParameter: container.credentialsParameter });
    if (props.fileSystem) {
      grantFileSystem(this, props.fileSystem, this.jobRole, this.compute);
      warnOfAnonymousAccess(this, props.fileSystem);
    }

    const readsLog = Token.isUnresolved(props.resultSource) || props.resultSource === HeavyBatchResultSource.LOG;
    const workflow = new RunWorkflow(this, RUN_ID, {
      job: {
        definition: this.jobDefinition.jobDefinitionArn,
        vcpus: job.vcpus,
        gpus: props.gpus,
        fargate: plan.fargate || undefined,
        spot: plan.spot,
        maxvCpus: plan.maxvCpus,
        sizes: containerSizes(plan),
        memory: job.memory.toMebibytes(),
        maxMemory: props.maxMemory?.toMebibytes(),
        queueTimeout: job.queueTimeout.toSeconds(),
        startTimeout: job.startTimeout.toSeconds(),
        attemptTimeout: job.attemptTimeout.toSeconds(),
        logGroup: container.logGroupName,
        parameters: Object.keys(props.parameters ?? {}),
        defaults: knownDefaults(props),
        tags: tagsOf(this.jobDefinition),
        command: props.command,
        store,
        resultSource: readsLog ? props.resultSource : undefined,
        nodes: props.nodes,
        allowedOverrides: allowedOverrides(props),
        shareIdentifier: job.shareIdentifier,
        recorded: true,
      },
      submitFunction: this.compute.submitFunction,
      watchQueue: this.compute.watchQueue,
      role: plan.workflowRole,
      runTimeout: props.runTimeout ?? longestRun({
        ...job,
        maxMemory: props.maxMemory,
        nodes: props.nodes,
        spotFallback: this.compute.onDemandJobQueue !== undefined,
      }),
      stateMachineName: props.stateMachineName,
      tracing: props.tracing ?? false,
      encryptionKey: this.compute.encryptionKey,
    });
    this.stateMachine = workflow.stateMachine;
    Tags.of(this.stateMachine).add(COMPUTE_TAG, computeName(this.compute));
    whenTagged(this.jobDefinition, () => plan.allowTags());
    if (readsLog) {
      Tags.of(this.logGroup).add(COMPUTE_TAG, computeName(this.compute));
      plan.allowLogs();
    }

    this.runRule = new events.Rule(this, 'RunRule', {
      description: 'The end of a run that did not succeed, to the watch queue: what it left running is ended.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.stateMachine.stateMachineArn], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
      },
      targets: [watchQueueTarget(this.compute.watchQueue)],
    });
    this.rememberGrantsOfTheCdk(props, plan.workflowRole);
    acknowledge(this);
    limitStackOf(this);
  }

  /** The permissions that constructs of the CDK add for props of a job. */
  private rememberGrantsOfTheCdk({ tracing, enableExecuteCommand }: HeavyBatchJobProps, workflowRole: iam.IRole): void {
    if (tracing) {
      const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];
      ownGrant(workflowRole, actions, '*', 'X-Ray supports no resource for these actions');
    }
    if (enableExecuteCommand) {
      const actions = ['ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel'];
      ownGrant(this.jobRole, actions, '*', 'Session Manager supports no resource for these actions');
    }
  }

  /**
   * Adds a state machine that runs this job once for each item of a list in S3.
   *
   * @param id      the id of the new construct, in the scope of this job
   * @param options the list, and how the job runs over it
   */
  addMap(id: string, options: HeavyBatchMapOptions): HeavyBatchMap {
    return new HeavyBatchMap(this, id, { ...options, job: this });
  }

  /**
   * Does what `addMap` does, which is its name now.
   *
   * @param id      the id of the new construct, in the scope of this job
   * @param options the list, and how the job runs over it
   * @deprecated use `addMap`
   */
  runMany(id: string, options: HeavyBatchMapOptions): HeavyBatchMap {
    return this.addMap(id, options);
  }
}
