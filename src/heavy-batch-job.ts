import { Names, RemovalPolicy } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledge } from './common/acknowledge';
import { tagsOf } from './common/tags';
import { IHeavyBatchCompute } from './compute/compute-interface';
import { connectNodes } from './compute/network';
import { watchQueueTarget } from './compute/submit-and-check';
import { reachSecrets } from './compute/vpc-endpoints';
import { HeavyBatchCompute } from './heavy-batch-compute';
import { HeavyBatchRunMany, HeavyBatchRunManyOptions } from './heavy-batch-map';
import { JobContainer } from './job/job-container';
import { JobGrants } from './job/job-grants';
import { HeavyBatchJobProps } from './job/job-props';
import { grantFileSystem } from './job/job-volumes';
import { longestRun } from './job/run-timeout';
import { RunWorkflow } from './job/run-workflow';
import { checkJob, computeProps } from './job/validate-job';

/**
 * A heavy job as a service: start an execution of its state machine, and get what the job came to.
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
export class HeavyBatchJob extends Construct implements iam.IGrantable, ec2.IConnectable {
  /** One execution of it is one run. */
  readonly stateMachine: sfn.StateMachine;
  /** What Batch runs. */
  readonly jobDefinition: batch.IJobDefinition;
  /** The queue that jobs are submitted to first. */
  readonly jobQueue: batch.IJobQueue;
  /** The environment that jobs run in first. Undefined where only the queue is known. */
  readonly computeEnvironment?: batch.IManagedComputeEnvironment;
  /** What the container writes. */
  readonly logGroup: logs.LogGroup;
  /** What the container may do. */
  readonly jobRole: iam.IRole;
  /** The compute: the job's own, or the one that was given. */
  readonly compute: IHeavyBatchCompute;
  /** Brings the end of a run into the watch queue, so that nothing of it goes on. */
  readonly runRule: events.Rule;
  /** The network of the container: `database.connections.allowDefaultPortFrom(job)`. */
  readonly connections: ec2.Connections;
  /** vCPUs of the container, where a run asks for no others. */
  readonly vcpus: number;
  /** How many nodes a run has. */
  readonly nodes: number;
  /** The job role: `bucket.grantRead(job)`. */
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: HeavyBatchJobProps) {
    super(scope, id);
    this.compute = props.compute ?? new HeavyBatchCompute(this, 'Compute', computeProps(props));
    const job = checkJob(this, props, this.compute);
    this.connections = this.compute.connections;
    this.vcpus = job.vcpus;
    this.nodes = props.nodes ?? 1;
    const grants = new JobGrants(this, this.compute);

    this.jobQueue = this.compute.jobQueue;
    this.computeEnvironment = this.compute.computeEnvironment;
    if (props.nodes) connectNodes(this.connections);
    this.logGroup = new logs.LogGroup(this, 'Log', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const store = { bucket: this.compute.payloadBucket.bucketName, folder: Names.uniqueResourceName(this, { maxLength: 64 }) };
    this.jobRole = grants.containerRole('JobRole', store.folder, props.jobRole);
    this.grantPrincipal = this.jobRole.grantPrincipal;
    const container = new JobContainer(this, 'Container', {
      ...props,
      ...job,
      fargate: this.compute.fargate ? this.compute : undefined,
      jobRole: this.jobRole,
      executionRole: grants.executionRole,
      logGroup: this.logGroup,
    });
    this.jobDefinition = container.jobDefinition;
    reachSecrets(this.compute, props.secrets);
    if (props.fileSystem) grantFileSystem(this, props.fileSystem, this.jobRole, this.compute);

    const workflow = new RunWorkflow(this, 'Run', {
      job: {
        definition: this.jobDefinition.jobDefinitionArn,
        queue: this.jobQueue.jobQueueArn,
        onDemandQueue: this.compute.onDemandJobQueue?.jobQueueArn,
        vcpus: job.vcpus,
        gpus: props.gpus,
        fargate: this.compute.fargate || undefined,
        memory: job.memory.toMebibytes(),
        maxMemory: props.maxMemory?.toMebibytes(),
        queueTimeout: job.queueTimeout.toSeconds(),
        logGroup: this.logGroup.logGroupName,
        parameters: Object.keys(props.parameters ?? {}),
        tags: tagsOf(this.jobDefinition),
        command: props.command,
        store,
        nodes: props.nodes,
        shareIdentifier: job.shareIdentifier,
      },
      submitFunction: this.compute.submitFunction,
      watchQueue: this.compute.watchQueue,
      role: this.compute.workflowRole,
      runTimeout: props.runTimeout ?? longestRun({ ...job, maxMemory: props.maxMemory, spotFallback: this.compute.onDemandJobQueue !== undefined }),
      stateMachineName: props.stateMachineName,
      tracing: props.tracing ?? false,
    });
    this.stateMachine = workflow.stateMachine;
    grants.letSubmit(this.jobDefinition);
    grants.letReport(this.stateMachine);

    this.runRule = new events.Rule(this, 'RunRule', {
      description: 'The end of a run that did not succeed, to the watch queue: what it left running is ended.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.stateMachine.stateMachineArn], status: ['ABORTED', 'TIMED_OUT', 'FAILED'] },
      },
      targets: [watchQueueTarget(this.compute.watchQueue)],
    });
    acknowledge(this);
  }

  /**
   * Runs the job once for each item of a list in S3.
   *
   * @param id      the id of the construct that does so
   * @param options which list, and how
   */
  runMany(id: string, options: HeavyBatchRunManyOptions): HeavyBatchRunMany {
    return new HeavyBatchRunMany(this, id, { ...options, job: this });
  }

  /**
   * Lets somebody start runs.
   *
   * @param grantee who
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}
