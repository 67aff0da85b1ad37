import { commandOf, environmentOf } from './container-texts';
import type { Mount } from './containers';
import { hasSize, isFargate } from './fargate';
import { validateTags } from './job-tags';
import { unplaceable } from './placement';
import { EvaluateOnExit } from './retry-strategy';
import type { DeployedComputeEnvironment, DeployedImage, DeployedJobDefinition, DeployedJobQueue, Deployment } from '../../assembly/deployment';
import { ServiceError } from '../../service';

export type Platform = 'EC2' | 'FARGATE';

/** A submitted job: its definition, with the overrides of the SubmitJob request. */
export interface JobPlan {
  readonly definition: DeployedJobDefinition;
  readonly queue: DeployedJobQueue;
  readonly jobName: string;
  readonly parameters: Record<string, string>;
  readonly command?: string[];
  readonly environment: Record<string, string>;
  /** The container properties of the job definition. */
  readonly container: Readonly<Record<string, any>>;
  readonly mounts: Mount[];
  readonly vcpus: number;
  /** MiB */
  readonly memory: number;
  /** 0 for a container without GPUs. */
  readonly gpus: number;
  readonly attempts: number;
  readonly evaluateOnExit: EvaluateOnExit[];
  readonly timeoutSeconds?: number;
  readonly imageUri: string;
  readonly image?: DeployedImage;
  readonly jobRoleArn?: string;
  readonly arraySize?: number;
  /** The number of nodes of a multi-node job. Node 0 is the main node. */
  readonly nodes?: number;
  readonly shareIdentifier?: string;
  readonly tags: Record<string, string>;
  /** Where the awslogs driver writes. Undefined with another driver. */
  readonly logGroup?: string;
  readonly logStreamPrefix: string;
  readonly platform: Platform;
  /** Why ECS will refuse the container, although Batch accepts the job. */
  readonly refusedByEcs?: string;
  /** Why the job can never get a place, although Batch accepts it. */
  readonly unplaceable?: string;
}

// These limits are the emulator's own, apart from those in src/contract/limits.ts: a mistake in one of the two is found by a test.

/** Bytes. https://docs.aws.amazon.com/batch/latest/userguide/service_limits.html */
const LARGEST_SUBMIT = 30 * 1024;
/** Characters. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html */
const LONGEST_OVERRIDES = 8_192;
/** MiB. https://docs.aws.amazon.com/batch/latest/APIReference/API_ResourceRequirement.html */
const LEAST_MEMORY = 4;

const SUPPORTED_FIELDS = [
  'jobName', 'jobQueue', 'jobDefinition', 'parameters', 'containerOverrides', 'arrayProperties', 'retryStrategy', 'timeout', 'tags', 'propagateTags',
  'shareIdentifier', 'schedulingPriorityOverride', 'nodeOverrides',
];
const SUPPORTED_OVERRIDES = ['command', 'environment', 'resourceRequirements', 'vcpus', 'memory', 'instanceType'];

/** Validates a SubmitJob request as Batch does. https://docs.aws.amazon.com/batch/latest/APIReference/API_SubmitJob.html */
export function planJob(input: any, deployment: Deployment): JobPlan {
  const unknown = Object.keys(input).find((field) => !SUPPORTED_FIELDS.includes(field))
    ?? Object.keys(overridesOf(input)).find((field) => !SUPPORTED_OVERRIDES.includes(field));
  if (unknown) refuse(`the emulator does not support '${unknown}'`);
  const bytes = Buffer.byteLength(JSON.stringify(input));
  // https://github.com/ASFHyP3/hyp3/issues/3041
  if (bytes > LARGEST_SUBMIT) refuse(`Job size must be less than ${LARGEST_SUBMIT / 1024} KiB, got ${Math.ceil(bytes / 1024)} KiB`);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(input.jobName ?? '')) refuse(`Job name ${input.jobName} is invalid`);
  const queue = queueOf(input.jobQueue, deployment);
  const definition = definitionOf(input.jobDefinition, deployment);
  const { NodeProperties: nodeProperties, Parameters = {}, RetryStrategy = {}, Timeout = {} } = definition.properties;
  const container = containerOf(definition);
  if (!container) refuse('the emulator supports job definitions with containerProperties or nodeProperties');
  if (nodeProperties && input.containerOverrides) refuse('containerOverrides cannot be given to a multi-node job; use nodeOverrides');
  if (!nodeProperties && input.nodeOverrides) refuse('nodeOverrides can be given to a multi-node job only');
  if (nodeProperties && input.arrayProperties) refuse('A multi-node job cannot be an array job');
  const targets = input.nodeOverrides?.nodePropertyOverrides?.[0]?.targetNodes;
  if (targets !== undefined && !['0:', `0:${nodeProperties.NumNodes - 1}`].includes(targets)) refuse(`the emulator supports nodeOverrides of all nodes, and not of ${targets}`);
  validateShare(input, queue, definition);
  validateTags(input.tags ?? {});

  const overrides = overridesOf(input);
  const parameters = { ...Parameters, ...input.parameters } as Record<string, string>;
  for (const [name, value] of Object.entries(parameters)) if (typeof value !== 'string') refuse(`Parameter ${name} is not a string`);
  const variables = [...pairs(container.Environment, 'Name', 'Value'), ...pairs(overrides.environment, 'name', 'value')];
  const environment = environmentOf(variables.map(([name, value]) => ({ name, value })));
  const resources = resourcesOf(container, overrides);
  const retry = input.retryStrategy ?? { attempts: RetryStrategy.Attempts, evaluateOnExit: RetryStrategy.EvaluateOnExit?.map(toApiSpelling) };
  if ((retry.evaluateOnExit ?? []).length > 5) refuse('evaluateOnExit has more than 5 conditions');
  const timeoutSeconds = input.timeout?.attemptDurationSeconds ?? Timeout.AttemptDurationSeconds;
  if (timeoutSeconds !== undefined && timeoutSeconds < 60) refuse('attemptDurationSeconds must be at least 60');
  const arraySize = input.arrayProperties?.size;
  if (arraySize !== undefined && !(Number.isInteger(arraySize) && arraySize >= 2 && arraySize <= 10_000)) refuse('Array size must be between 2 and 10000');

  const platform = platformOf(definition, queue, deployment);
  const [vcpus, memory, gpus] = ['VCPU', 'MEMORY', 'GPU'].map((type) => Number(resources.get(type) ?? 0));
  if (platform === 'EC2') validateResources(resources);
  if (platform === 'FARGATE' && !hasSize(vcpus, memory)) refuse(`Fargate resource requirements (${vcpus} vCPU, ${memory} MiB) not valid.`);
  if (platform === 'FARGATE' && resources.has('GPU')) refuse('GPU is not supported on Fargate');

  const command = commandOf(overrides.command ?? container.Command, parameters);
  // The command counts with the values of its parameters: https://github.com/ASFHyP3/hyp3/issues/3041
  const overridesAreTooLong = JSON.stringify({ ...overrides, command }).length > LONGEST_OVERRIDES;
  return {
    definition,
    queue,
    jobName: input.jobName,
    parameters,
    command,
    environment,
    container,
    mounts: mountsOf(container),
    vcpus,
    memory,
    gpus,
    attempts: Number(retry.attempts ?? 1),
    evaluateOnExit: retry.evaluateOnExit ?? [],
    timeoutSeconds: timeoutSeconds === undefined ? undefined : Number(timeoutSeconds),
    imageUri: String(container.Image),
    image: definition.image,
    jobRoleArn: container.JobRoleArn,
    arraySize,
    nodes: nodeProperties && Number(nodeProperties.NumNodes),
    shareIdentifier: input.shareIdentifier,
    tags: input.tags ?? {},
    // https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
    logGroup: container.LogConfiguration?.LogDriver === 'awslogs' ? container.LogConfiguration.Options?.['awslogs-group'] ?? '/aws/batch/job' : undefined,
    logStreamPrefix: container.LogConfiguration?.Options?.['awslogs-stream-prefix'] ?? definition.name,
    platform,
    unplaceable: platform === 'FARGATE' ? undefined : unplaceable({ vcpus, memory, gpus }, environmentsOf(queue, deployment)),
    refusedByEcs: overridesAreTooLong ? `Container Overrides length must be at most ${LONGEST_OVERRIDES}` : undefined,
  };
}

/** The container properties of a job definition; of a multi-node job, those of all its nodes. */
export function containerOf({ properties }: DeployedJobDefinition): any {
  return properties.ContainerProperties ?? properties.NodeProperties?.NodeRangeProperties[0].Container;
}

export function queueOf(nameOrArn: string, deployment: Deployment): DeployedJobQueue {
  return deployment.jobQueues.find((queue) => queue.arn === nameOrArn || queue.name === nameOrArn)
    ?? queueOutsideOfApp(nameOrArn) ?? refuse(`JobQueue ${nameOrArn} can't be found`);
}

/** A queue that the app uses but does not create. Its compute environments are not known. */
function queueOutsideOfApp(arn: string): DeployedJobQueue | undefined {
  const name = /^arn:[\w-]+:batch:[^:]+:\d+:job-queue\/([\w-]+)$/.exec(arn)?.[1];
  return name === undefined ? undefined : { path: name, stack: '', logicalId: name, arn, name, priority: 1, computeEnvironmentArns: [], timeLimitActions: [] };
}

export function definitionOf(nameOrArn: string, deployment: Deployment): DeployedJobDefinition {
  const found = deployment.jobDefinitions.find(({ arn, name, revision }) => [arn, name, `${name}:${revision}`, arn.replace(/:\d+$/, '')].includes(nameOrArn));
  return found ?? refuse(`JobDefinition ${nameOrArn} can't be found or is deregistered`);
}

/** The volumes that a container mounts. https://docs.aws.amazon.com/batch/latest/APIReference/API_MountPoint.html */
export function mountsOf(container: any): Mount[] {
  return (container.MountPoints ?? []).map(({ ContainerPath: containerPath, ReadOnly: readOnly = false, SourceVolume: volume }: any) => {
    const declared = container.Volumes?.find(({ Name: name }: any) => name === volume) ?? refuse(`The volume ${volume} is mounted, but not declared`);
    // https://docs.aws.amazon.com/batch/latest/APIReference/API_Host.html
    const isEmpty = declared.EfsVolumeConfiguration === undefined && declared.Host?.SourcePath === undefined;
    return { containerPath, readOnly, ...isEmpty ? { isEmpty } : {} };
  });
}

/** A job definition is for EC2 or for Fargate, and so is a queue in the app. Of a queue outside of the app it is not known. */
function platformOf(definition: DeployedJobDefinition, queue: DeployedJobQueue, deployment: Deployment): Platform {
  const platform: Platform = (definition.properties.PlatformCapabilities ?? ['EC2'])[0];
  if (environmentsOf(queue, deployment).some(({ type }) => isFargate(type) !== (platform === 'FARGATE'))) {
    refuse(`Job definition ${definition.name} is for ${platform}, and job queue ${queue.name} is not`);
  }
  return platform;
}

function environmentsOf(queue: DeployedJobQueue, deployment: Deployment): DeployedComputeEnvironment[] {
  return deployment.computeEnvironments.filter(({ arn }) => queue.computeEnvironmentArns.includes(arn));
}

/** The container overrides. Those of a multi-node job must be the same for all nodes. */
function overridesOf({ containerOverrides, nodeOverrides }: any): any {
  if (!nodeOverrides) return containerOverrides ?? {};
  const [first, ...more] = nodeOverrides.nodePropertyOverrides ?? [];
  if (more.length > 0 || Object.keys(nodeOverrides).some((field) => field !== 'nodePropertyOverrides')) refuse('the emulator supports nodeOverrides with one override for all nodes, and without numNodes');
  return first?.containerOverrides ?? {};
}

/** https://docs.aws.amazon.com/batch/latest/userguide/share-identifiers.html */
function validateShare({ shareIdentifier, schedulingPriorityOverride }: any, queue: DeployedJobQueue, { properties }: DeployedJobDefinition): void {
  if (queue.fairShare && !shareIdentifier) refuse(`shareIdentifier must be specified for a job queue with a fair-share policy (${queue.name})`);
  // https://github.com/nextflow-io/nextflow/issues/3505
  if (queue.fairShare && (schedulingPriorityOverride ?? properties.SchedulingPriority) === undefined) {
    refuse('Either schedulingPriority in job definition or schedulingPriorityOverride should be specified.');
  }
  if (queue.fairShare === false && shareIdentifier) refuse(`shareIdentifier cannot be specified for a job queue without a fair-share policy (${queue.name})`);
  if (queue.fairShare === false && schedulingPriorityOverride !== undefined) refuse(`schedulingPriorityOverride cannot be specified for a job queue without a fair-share policy (${queue.name})`);
  if (shareIdentifier && !/^[A-Za-z0-9]{1,255}$/.test(shareIdentifier)) refuse(`shareIdentifier ${shareIdentifier} is invalid`);
}

/**
 * The requirements of the container, by type. Where the job definition has requirements, the fields `vcpus` and `memory` of the overrides
 * change nothing: https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerOverrides.html
 */
function resourcesOf(container: any, overrides: any): Map<string, string> {
  const fields = { VCPU: overrides.vcpus ?? container.Vcpus, MEMORY: overrides.memory ?? container.Memory };
  return new Map([
    ...Object.entries(fields).filter(([, value]) => value !== undefined).map(([type, value]) => [type, String(value)] as const),
    ...pairs(container.ResourceRequirements, 'Type', 'Value'),
    ...pairs(overrides.resourceRequirements, 'type', 'value'),
  ]);
}

/** What instances accept. The table of Fargate's sizes is stricter. */
function validateResources(resources: ReadonlyMap<string, string>): void {
  for (const [type, value] of resources) {
    // https://github.com/kestra-io/plugin-aws/issues/504
    if (!/^[0-9]+$/.test(value) || Number(value) < 1) refuse(`Value ${value} for type ${type} in resourceRequirement is not valid. Please provide a numeric value.`);
  }
  if (!resources.has('VCPU')) refuse('vCPU is not provided.'); // https://github.com/ASFHyP3/hyp3/pull/586
  const memory = Number(resources.get('MEMORY') ?? 0);
  // In the words of https://github.com/pplu/cfn-fargate-batch
  if (memory < LEAST_MEMORY) refuse(`Memory must be at least ${LEAST_MEMORY} Mib, got ${memory} Mib.`);
}

function pairs(list: any[] | undefined, nameField: string, valueField: string): [string, string][] {
  return (list ?? []).map((item) => [String(item[nameField] ?? ''), String(item[valueField] ?? '')]);
}

/** CloudFormation spells the fields of a rule with a capital letter, and the API does not. */
function toApiSpelling(rule: Record<string, string>): EvaluateOnExit {
  return Object.fromEntries(Object.entries(rule).map(([key, value]) => [key[0].toLowerCase() + key.slice(1), value])) as unknown as EvaluateOnExit;
}

function refuse(message: string): never {
  throw new ServiceError('ClientException', message);
}
