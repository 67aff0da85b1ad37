import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { HeavyBatchCompute, HeavyBatchComputeProps } from './heavy-batch-compute';
import { IHeavyBatchCompute } from './heavy-batch-compute-interface';
import { HeavyBatchFileSystem } from './heavy-batch-file-system';
import { HeavyBatchImageBuild } from './heavy-batch-image-build';
import { acknowledge } from './parts/acknowledge';
import { checkJob, computeProps } from './parts/job-checks';
import { JobContainer } from './parts/job-container';
import { JobGrants } from './parts/job-grants';
import { grantFileSystem } from './parts/job-volumes';
import { longestRun } from './parts/run-timeout';
import { watchQueueTarget } from './parts/run-watch';
import { RunWorkflow } from './parts/run-workflow';
import { reachSecrets } from './parts/vpc-endpoints';

/**
 * A heavy job: what runs, with how much, and for how long.
 *
 * The props of `HeavyBatchComputeProps` describe a compute of the job's own; they are refused together with `compute`.
 */
export interface HeavyBatchJobProps extends HeavyBatchComputeProps {
  /**
   * The directory with the Dockerfile of the job's image. It is built and pushed by the CDK CLI when the app is deployed.
   *
   * Exactly one of `imageDirectory` and `image` is given. Refused when there is no Dockerfile in it.
   *
   * @default - `image`
   */
  readonly imageDirectory?: string;

  /**
   * An image that exists already, for example from an ECR repository.
   *
   * @default - `imageDirectory`
   */
  readonly image?: ecs.ContainerImage;

  /**
   * How the image is built from `imageDirectory`.
   *
   * @default - its Dockerfile, for the platform of the instances
   */
  readonly imageBuild?: HeavyBatchImageBuild;

  /**
   * vCPUs of the container. A run may ask for others.
   *
   * Refused when it is more than `maxvCpus`, or than any of `instanceTypes` has.
   *
   * @default 1
   */
  readonly vcpus?: number;

  /**
   * Memory of the container, in whole MiB. A run may ask for another amount.
   *
   * An instance keeps some of its own: an m4.large of 8192 MiB leaves 7985. Refused when none of `instanceTypes` can hold it.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html
   * @default - where Batch may start nothing but `instanceTypes`, the part of their memory that goes with the job's vCPUs or GPUs: with one of
   * an m4.large's two vCPUs, 3992 MiB, at the most `maxMemory`; else 1024 MiB
   */
  readonly memory?: Size;

  /**
   * NVIDIA GPUs of the container, 1 to 16. A run may ask for another number. The container gets them to itself.
   *
   * Refused when none of `instanceTypes` and `instanceClasses` has a GPU, or none has so many.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/gpu-jobs.html
   * @default - none
   */
  readonly gpus?: number;

  /**
   * The most memory that a run may have. A round that ran out of memory is followed by one with twice as much, up to this.
   *
   * @default - the memory stays as it is, and the run fails with `OutOfMemory`
   */
  readonly maxMemory?: Size;

  /**
   * The command of the container. `Ref::name` stands for a parameter, whose default is in `parameters`.
   *
   * @default - the image's own
   */
  readonly command?: string[];

  /**
   * The parameters that `command` refers to, with their defaults. A run gives others in its input.
   *
   * Refused when the command does not refer to one, or refers to one that is not here.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Environment variables of the container. Not for secrets. Names that begin with `AWS_BATCH` are Batch's own, and refused.
   *
   * @default - none but Batch's own, HEAVY_BATCH_RUN_ID, HEAVY_BATCH_ROUND, and HEAVY_BATCH_SCRATCH: a directory for what is of use only
   * while the container runs
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables of the container that come from Secrets Manager or the Parameter Store when it starts.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: batch.Secret };

  /**
   * A file system that the container mounts, at the path that HEAVY_BATCH_FILE_SYSTEM names.
   *
   * @default - none
   */
  readonly fileSystem?: HeavyBatchFileSystem;

  /**
   * Further volumes: directories of the instance, or file systems whose network and permissions are yours to arrange. Two at the same path
   * are refused, and so is a path that is not from the root.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_definition_parameters.html#ContainerProperties-volumes
   * @default - none
   */
  readonly volumes?: batch.EcsVolume[];

  /**
   * The role of the container: what the job's own code may do.
   *
   * @default - a role that may do nothing; `bucket.grantRead(job)` adds to it
   */
  readonly jobRole?: iam.IRole;

  /**
   * How often Batch starts the container at the most, 1 to 10, when its host is reclaimed, its image cannot be pulled or Docker fails.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
   * @default 3
   */
  readonly attempts?: number;

  /**
   * Whether a non-zero exit code is a reason for a further attempt too. A container that ran out of memory is not started again
   * with the same memory, see `maxMemory`.
   *
   * @default false
   */
  readonly retryApplicationErrors?: boolean;

  /**
   * How long the container may run, from 60 seconds. Then it gets SIGTERM, and 30 seconds later SIGKILL.
   *
   * @see https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
   * @default Duration.days(1)
   */
  readonly attemptTimeout?: Duration;

  /**
   * How long a job may wait for its place on an instance, from 60 seconds. Then the run fails with `Stuck`, and says what Batch knows
   * about it.
   *
   * @default Duration.days(1)
   */
  readonly queueTimeout?: Duration;

  /**
   * How long a run may take as a whole, from 60 seconds to one year. Then its job is terminated, and the execution's status is TIMED_OUT.
   *
   * @default - what its rounds can take at the most: `queueTimeout` and `attempts` times `attemptTimeout` for each
   */
  readonly runTimeout?: Duration;

  /**
   * How long the container's log is kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The compute that this job shares with others.
   *
   * @default - one of its own
   */
  readonly compute?: IHeavyBatchCompute;

  /**
   * The name of the state machine. A name keeps CloudFormation from replacing it.
   *
   * @default - CloudFormation makes one
   */
  readonly stateMachineName?: string;

  /**
   * Whether runs are traced with X-Ray.
   *
   * @default false
   */
  readonly tracing?: boolean;
}

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
  readonly jobDefinition: batch.EcsJobDefinition;
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
  /** The job role: `bucket.grantRead(job)`. */
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: HeavyBatchJobProps) {
    super(scope, id);
    this.compute = props.compute ?? new HeavyBatchCompute(this, 'Compute', computeProps(props));
    const job = checkJob(this, props, this.compute);
    this.connections = this.compute.connections;
    const grants = new JobGrants(this, this.compute);

    this.jobQueue = this.compute.jobQueue;
    this.computeEnvironment = this.compute.computeEnvironment;
    this.logGroup = new logs.LogGroup(this, 'Log', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.jobRole = props.jobRole ?? new iam.Role(this, 'JobRole', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    this.grantPrincipal = this.jobRole.grantPrincipal;
    const container = new JobContainer(this, 'Container', { ...props, ...job, jobRole: this.jobRole, executionRole: grants.executionRole, logGroup: this.logGroup });
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
        memory: job.memory.toMebibytes(),
        maxMemory: props.maxMemory?.toMebibytes(),
        queueTimeout: job.queueTimeout.toSeconds(),
        logGroup: this.logGroup.logGroupName,
        parameters: Object.keys(props.parameters ?? {}),
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
   * Lets somebody start runs.
   *
   * @param grantee who
   */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}
