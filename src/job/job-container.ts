import { Duration, Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { HeavyBatchImageBuildOptions } from './job-props';
import { jobVolumes, VolumeProps } from './job-volumes';
import { retryRules } from './retry-rules';
import { leaveUntagged } from '../common/tags';
import { CONTAINER_VARIABLES } from '../contract/environment';
import { CONTEXT_PARAMETER, TOKEN_PARAMETER } from '../contract/parameters';
import { fargateDisk } from '../instances/fargate-fit';

/** The facts that a job definition needs only on Fargate. */
export interface FargateTask {
  readonly assignPublicIp: boolean;
  readonly architecture?: ec2.InstanceArchitecture;
  readonly scratchSize?: Size;
}

export interface JobContainerProps extends VolumeProps {
  readonly name: string;
  readonly imageDirectory?: string;
  readonly image?: ecs.ContainerImage;
  readonly imageBuild?: HeavyBatchImageBuildOptions;
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

/** The job definition: the image, the resources and the environment of the container, and the rules for further attempts. */
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
        [CONTAINER_VARIABLES.SCRATCH]: '/tmp', // on the disk of the host; deleted with the container
        ...props.fileSystem ? { [CONTAINER_VARIABLES.FILE_SYSTEM]: props.fileSystem.containerPath } : {},
      },
      volumes: jobVolumes(props),
      secrets: props.secrets,
      jobRole: props.jobRole,
      executionRole: props.executionRole,
      logging: ecs.LogDrivers.awsLogs({ logGroup: props.logGroup, streamPrefix: 'run' }),
    };
    const definition = {
      jobDefinitionName: props.name,
      // A job carries its run in these two parameters. A job can only set parameters that its definition declares with a default.
      parameters: { ...props.parameters, [TOKEN_PARAMETER]: '-', [CONTEXT_PARAMETER]: '-' },
      timeout: props.attemptTimeout,
      retryAttempts: props.attempts,
      retryStrategies: retryRules(props.fargate !== undefined, props.retryApplicationErrors ?? false),
      propagateTags: true, // from the job to its ECS task
      // A run in flight uses the revision with which it was started, so a deployment must not deregister it.
      skipDeregisterOnUpdate: true,
      schedulingPriority: props.schedulingPriority,
    };
    const ecsContainer = props.fargate
      ? new batch.EcsFargateContainerDefinition(this, 'Definition', { ...container, ...fargateProps(scope, props.fargate) })
      : new batch.EcsEc2ContainerDefinition(this, 'Definition', { ...container, gpu: props.gpus });
    this.jobDefinition = props.nodes === undefined
      ? new batch.EcsJobDefinition(this, 'JobDefinition', { ...definition, container: ecsContainer })
      : new batch.MultiNodeJobDefinition(this, 'JobDefinition', { ...definition, mainNode: 0, containers: [{ container: ecsContainer, startNode: 0, endNode: props.nodes - 1 }] });
    leaveUntagged(this.jobDefinition);
    // aws-batch compares a token as if it were a number, and refuses it. CloudFormation cannot add numbers, so a token is the size of the whole disk.
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
