import { ArnFormat, Duration, Lazy, Size, Stack, Token } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import type { HeavyBatchContainerProps } from './container-props';
import { warnOfBuiltPlatform } from './image-platform';
import { jobImage } from './job-image';
import { jobLogDriver, LogProps, validateLogDriver } from './job-logs';
import { hasScratch, jobVolumes, SCRATCH_PATH } from './job-volumes';
import { linuxParameters } from './linux-parameters';
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

export interface JobContainerProps extends HeavyBatchContainerProps, LogProps {
  readonly name: string;
  readonly platform?: ecrAssets.Platform;
  readonly vcpus: number;
  readonly memory: Size;
  /** Undefined for a job on instances. */
  readonly fargate?: FargateTask;
  readonly jobRole: iam.IRole;
  readonly executionRole: iam.IRole;
  readonly logGroup: logs.ILogGroup;
  readonly attempts: number;
  readonly retryApplicationErrors?: boolean;
  readonly attemptTimeout: Duration;
  readonly nodes?: number;
  readonly schedulingPriority?: number;
}

type EcsContainer = batch.EcsEc2ContainerDefinition | batch.EcsFargateContainerDefinition;

/** The job definition: the image, the resources and the environment of the container, and the rules for further attempts. */
export class JobContainer extends Construct {
  readonly jobDefinition: batch.IJobDefinition;
  /** The log group of the awslogs driver. */
  readonly logGroupName: string;
  /** The ARN of this log group, with its streams. Undefined for another driver, which writes elsewhere. */
  readonly logGroupArn?: string;
  /** The secret for the registry of the image. */
  readonly credentialsParameter?: string;

  constructor(scope: Construct, id: string, props: JobContainerProps) {
    super(scope, id);
    const image = jobImage(scope, props, props.platform);
    const container = this.container(scope, image, props); // which binds the image
    if (props.image) warnOfBuiltPlatform(scope, image.imageName, props.platform);
    this.credentialsParameter = image.credentialsParameter;
    const { logDriver, options } = container.logDriverConfig!;
    validateLogDriver(scope, logDriver, props.fargate !== undefined);
    this.logGroupName = options?.['awslogs-group'] ?? props.logGroup.logGroupName;
    this.logGroupArn = props.logDriver ? arnOfLogGroup(this, options?.['awslogs-group']) : props.logGroup.logGroupArn;
    this.jobDefinition = this.definition(container, props);
    leaveUntagged(this.jobDefinition);
    addOverrides(this.jobDefinition.node.defaultChild as batch.CfnJobDefinition, props, this.credentialsParameter);
    if (props.fileSystem) this.jobDefinition.node.addDependency(props.fileSystem.accessPoint.fileSystem.mountTargetsAvailable);
  }

  private container(scope: Construct, image: ecs.ContainerImage, props: JobContainerProps): EcsContainer {
    const fargate = props.fargate !== undefined;
    const container: batch.EcsContainerDefinitionProps = {
      image,
      cpu: asText(props.vcpus),
      memory: props.memory,
      command: props.command,
      environment: {
        ...fargate ? {} : regionVariables(props, Stack.of(this).region),
        ...props.environment,
        ...hasScratch(props, fargate) ? { [CONTAINER_VARIABLES.SCRATCH]: SCRATCH_PATH } : {},
        ...props.fileSystem ? { [CONTAINER_VARIABLES.FILE_SYSTEM]: props.fileSystem.containerPath } : {},
      },
      volumes: jobVolumes(props, fargate),
      secrets: props.secrets,
      linuxParameters: linuxParameters(this, props),
      readonlyRootFilesystem: props.readonlyRootFilesystem,
      user: props.user,
      jobRole: props.jobRole,
      enableExecuteCommand: props.enableExecuteCommand,
      executionRole: props.executionRole,
      logging: jobLogDriver(props, props.logGroup),
    };
    return props.fargate
      ? new batch.EcsFargateContainerDefinition(this, 'Definition', { ...container, ...fargateProps(scope, props.fargate) })
      : new batch.EcsEc2ContainerDefinition(this, 'Definition', { ...container, gpu: props.gpus && asText(props.gpus), ulimits: props.ulimits, privileged: props.privileged });
  }

  private definition(container: EcsContainer, props: JobContainerProps): batch.IJobDefinition {
    const definition: batch.JobDefinitionProps & { readonly propagateTags: boolean } = {
      jobDefinitionName: props.name,
      // A job carries its run in these parameters. A job can only set parameters that its definition declares with a default. The functions of an
      // earlier version also set the token: they may be those of the compute while a deployment is under way, or after it was rolled back.
      parameters: { ...props.parameters, [TOKEN_PARAMETER]: '-', [CONTEXT_PARAMETER]: '-' },
      timeout: props.attemptTimeout,
      retryAttempts: props.attempts,
      retryStrategies: retryRules(props.fargate !== undefined, props.retryApplicationErrors ?? false),
      propagateTags: true, // from the job to its ECS task
      // A run in flight uses the revision with which it was started, so a deployment must not deregister it.
      skipDeregisterOnUpdate: true,
      schedulingPriority: props.schedulingPriority,
    };
    return props.nodes === undefined
      ? new batch.EcsJobDefinition(this, 'JobDefinition', { ...definition, container })
      : new batch.MultiNodeJobDefinition(this, 'JobDefinition', { ...definition, mainNode: 0, containers: [{ container, startNode: 0, endNode: props.nodes - 1 }] });
  }
}

/** The ARN of a log group with its streams, as the CDK has it of a log group. */
function arnOfLogGroup(scope: IConstruct, name: string | undefined): string | undefined {
  return name && Stack.of(scope).formatArn({ service: 'logs', resource: 'log-group', resourceName: `${name}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** What aws-batch leaves out, or cannot write. */
function addOverrides(definition: batch.CfnJobDefinition, { nodes, fargate }: JobContainerProps, credentialsParameter?: string): void {
  if (credentialsParameter) {
    const path = nodes === undefined ? 'ContainerProperties' : 'NodeProperties.NodeRangeProperties.0.Container';
    definition.addPropertyOverride(`${path}.RepositoryCredentials.CredentialsParameter`, credentialsParameter);
  }
  // aws-batch compares a token as if it were a number, and refuses it. CloudFormation cannot add numbers, so a token is the size of the whole disk.
  if (fargate?.scratchSize?.isUnresolved()) {
    definition.addPropertyOverride('ContainerProperties.EphemeralStorage.SizeInGiB', fargate.scratchSize.toGibibytes());
  }
}

/**
 * The Region of the AWS SDKs. Several of them ask the instance metadata without it, which is closed to containers. ECS sets both variables on Fargate, and
 * on instances since version 1.104 of its agent, unless one of them is set: https://github.com/aws/amazon-ecs-agent/pull/4946
 */
function regionVariables({ environment, secrets }: JobContainerProps, region: string): Record<string, string> {
  const names = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
  if (names.some((name) => name in { ...environment, ...secrets })) return {};
  return Object.fromEntries(names.map((name) => [name, region]));
}

/** aws-batch writes a number as text, but not a token that becomes a number. */
function asText(value: number): number {
  if (!Token.isUnresolved(value)) return value;
  return Token.asNumber(Lazy.uncachedAny({
    produce: (context) => {
      const resolved = context.resolve(value);
      return typeof resolved === 'number' ? String(resolved) : resolved;
    },
  }));
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
