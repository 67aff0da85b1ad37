import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HeavyBatchImageBuild } from './image-build-options';
import { jobVolumes, VolumeProps } from './job-volumes';
import { leaveUntagged } from '../common/tags';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../contract/parameters';
import { fargateDisk } from '../instances/fargate-fit';

/** What a job says on Fargate that it does not say on an instance. */
export interface FargateTask {
  readonly assignPublicIp: boolean;
  readonly architecture?: ec2.InstanceArchitecture;
  readonly scratchSize?: Size;
}

export interface JobContainerProps extends VolumeProps {
  readonly imageDirectory?: string;
  readonly image?: ecs.ContainerImage;
  readonly imageBuild?: HeavyBatchImageBuild;
  readonly platform?: ecrAssets.Platform;
  readonly vcpus: number;
  readonly memory: Size;
  readonly gpus?: number;
  /** Undefined for a job on instances. */
  readonly fargate?: FargateTask;
  readonly command?: string[];
  readonly parameters?: { [name: string]: string };
  readonly environment?: { [name: string]: string };
  readonly secrets?: { [name: string]: batch.Secret };
  readonly jobRole: iam.IRole;
  readonly executionRole: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly attempts: number;
  readonly retryApplicationErrors?: boolean;
  readonly attemptTimeout: Duration;
  readonly nodes?: number;
  readonly schedulingPriority?: number;
}

/** What Batch runs: the image, what it gets, and when it is started again. */
export class JobContainer extends Construct {
  readonly jobDefinition: batch.IJobDefinition;

  constructor(scope: Construct, id: string, props: JobContainerProps) {
    super(scope, id);
    const container: batch.EcsContainerDefinitionProps = {
      image: props.image ?? ecs.ContainerImage.fromAsset(props.imageDirectory!, {
        file: props.imageBuild?.file,
        buildArgs: props.imageBuild?.buildArgs,
        target: props.imageBuild?.target,
        platform: props.platform,
      }),
      cpu: props.vcpus,
      memory: props.memory,
      command: props.command,
      environment: {
        ...props.environment,
        HEAVY_BATCH_SCRATCH: '/tmp', // on the disk of its host, and gone with the container
        ...props.fileSystem ? { HEAVY_BATCH_FILE_SYSTEM: props.fileSystem.containerPath } : {},
      },
      volumes: jobVolumes(props),
      secrets: props.secrets,
      jobRole: props.jobRole,
      executionRole: props.executionRole,
      logging: ecs.LogDrivers.awsLogs({ logGroup: props.logGroup, streamPrefix: 'run' }),
    };
    const definition = {
      // Declared with a default, so that a job may bring them: what it carries of its run. No command refers to them.
      parameters: { ...props.parameters, [TOKEN_PARAMETER]: '-', [CONTEXT_PARAMETER]: '-' },
      timeout: props.attemptTimeout,
      retryAttempts: props.attempts,
      retryStrategies: retryStrategies(props.fargate !== undefined, props.retryApplicationErrors ?? false),
      propagateTags: true, // from the job to its task
      // A run in flight keeps the revision that it was submitted with.
      skipDeregisterOnUpdate: true,
      schedulingPriority: props.schedulingPriority,
    };
    const its = props.fargate
      ? new batch.EcsFargateContainerDefinition(this, 'Definition', { ...container, ...fargateProps(scope, props.fargate) })
      : new batch.EcsEc2ContainerDefinition(this, 'Definition', { ...container, gpu: props.gpus });
    this.jobDefinition = props.nodes === undefined
      ? new batch.EcsJobDefinition(this, 'JobDefinition', { ...definition, container: its })
      : new batch.MultiNodeJobDefinition(this, 'JobDefinition', { ...definition, mainNode: 0, containers: [{ container: its, startNode: 0, endNode: props.nodes - 1 }] });
    leaveUntagged(this.jobDefinition);
    // aws-batch takes a token for a number, and refuses it; and CloudFormation adds no numbers: it is the size of the whole disk.
    if (props.fargate?.scratchSize?.isUnresolved()) {
      (this.jobDefinition.node.defaultChild as batch.CfnJobDefinition)
        .addPropertyOverride('ContainerProperties.EphemeralStorage.SizeInGiB', props.fargate.scratchSize.toGibibytes());
    }
    if (props.fileSystem) this.jobDefinition.node.addDependency(props.fileSystem.accessPoint.fileSystem.mountTargetsAvailable);
  }
}

function fargateProps(scope: Construct, { assignPublicIp, architecture, scratchSize }: FargateTask): Partial<batch.EcsFargateContainerDefinitionProps> {
  return {
    assignPublicIp,
    ephemeralStorageSize: scratchSize && !scratchSize.isUnresolved() ? fargateDisk(scope, scratchSize) : undefined,
    fargatePlatformVersion: ecs.FargatePlatformVersion.LATEST,
    fargateCpuArchitecture: architecture === ec2.InstanceArchitecture.ARM_64 ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
    fargateOperatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
  };
}

/**
 * At most five rules, a pattern's only wild card is its last `*`, and what no rule matches is retried: the list has to be closed.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
function retryStrategies(fargate: boolean, retryApplicationErrors: boolean): batch.RetryStrategy[] {
  const on = (action: batch.Action, reason: batch.CustomReason) => batch.RetryStrategy.of(action, batch.Reason.custom(reason));
  const reclaimed = on(batch.Action.RETRY, { onStatusReason: fargate ? 'Your Spot Task was interrupted*' : 'Host EC2*' });
  if (retryApplicationErrors) {
    return [
      reclaimed,
      on(batch.Action.EXIT, { onReason: 'OutOfMemoryError*' }), // the same memory would run out again
      on(batch.Action.RETRY, { onReason: '*' }),
    ];
  }
  if (fargate) {
    // There the task says what the container says on an instance:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
    return [
      reclaimed,
      on(batch.Action.RETRY, { onStatusReason: 'Cannot*' }),
      on(batch.Action.RETRY, { onStatusReason: 'ResourceInitializationError*' }),
      on(batch.Action.RETRY, { onStatusReason: 'Timeout waiting for*' }), // its network interface, or its disk
      on(batch.Action.EXIT, { onReason: '*' }),
    ];
  }
  return [
    reclaimed,
    on(batch.Action.RETRY, { onReason: 'Cannot*' }), // CannotPullContainerError, CannotInspectContainerError, CannotStartContainerError
    on(batch.Action.RETRY, { onReason: 'DockerTimeoutError*' }),
    on(batch.Action.RETRY, { onStatusReason: 'Task failed to start*' }),
    on(batch.Action.EXIT, { onReason: '*' }),
  ];
}
