import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import { Assembly, AssemblyError, AssemblyStack, FileAsset, ImageSource } from './assembly';
import { readText } from './assembly-files';
import type {
  DeployedBucket, DeployedComputeEnvironment, DeployedEventSource, DeployedFunction, DeployedImage, DeployedJobDefinition, DeployedJobQueue, DeployedQueue,
  DeployedRole, DeployedRule, DeployedStateMachine, Deployment, PolicyDocument,
} from './deployment';
import { queueUrl } from './names';
import { readHttpApis } from './read-http-apis';
import { readTables } from './read-tables';
import { ResolvedResources } from './resolved-resources';
import { ResourceReader } from './resource-reader';
import { isObject } from '../../src/contract/json-text';
import { isWithin } from '../is-within';
import { depthOf } from '../json-depth';

/** The deployment that the templates of an app describe. */
export function readDeployment(assembly: Assembly): Deployment {
  const [firstStack] = assembly.stacks;
  if (!firstStack) throw new AssemblyError(`the app in ${assembly.directory} has no stack`);
  const resources = new ResolvedResources(assembly);
  const reader = new ResourceReader(resources);
  return {
    account: firstStack.account,
    region: firstStack.region,
    roles: readRoles(reader, resources),
    functions: readFunctions(reader, resources),
    httpApis: readHttpApis(reader, resources),
    eventSources: readEventSources(reader),
    queues: readQueues(reader, resources),
    rules: readRules(reader),
    stateMachines: readStateMachines(reader),
    jobDefinitions: readJobDefinitions(reader, assembly.stacks.flatMap((stack) => Object.values(stack.images))),
    jobQueues: readJobQueues(reader),
    computeEnvironments: readComputeEnvironments(reader),
    logGroups: reader.read('AWS::Logs::LogGroup', ({ properties, deployed }) => ({ ...deployed, tags: tagsOf(properties) })),
    buckets: readBuckets(reader, resources),
    tables: readTables(reader),
    faults: reader.faults,
  };
}

function readRoles(reader: ResourceReader, resources: ResolvedResources): DeployedRole[] {
  const policies = [...resources.ofType('AWS::IAM::Policy'), ...resources.ofType('AWS::IAM::ManagedPolicy')].map(({ properties }) => properties);
  return reader.read('AWS::IAM::Role', ({ properties, deployed }) => ({
    ...deployed,
    assumedBy: properties.AssumeRolePolicyDocument,
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
    policies: [
      ...(properties.Policies ?? []).map((policy: any) => policy.PolicyDocument as PolicyDocument),
      ...policies.filter(({ Roles }) => [Roles].flat().includes(deployed.name)).map(({ PolicyDocument }) => PolicyDocument as PolicyDocument),
    ],
  }));
}

/** The functions whose code is an asset of the app. */
function readFunctions(reader: ResourceReader, resources: ResolvedResources): DeployedFunction[] {
  const permissions = resources.ofType('AWS::Lambda::Permission').map(({ properties }) => properties);
  return reader.read('AWS::Lambda::Function', ({ properties, stack, deployed }) => {
    const asset = assetWithKey(stack, properties.Code?.S3Key);
    if (!asset) throw new AssemblyError(`${deployed.path} has code that is not an asset of the app, which the emulator cannot run; use Code.fromAsset()`);
    return {
      ...deployed,
      roleArn: properties.Role,
      codeDirectory: asset.directory,
      handler: properties.Handler,
      environment: Object.fromEntries(Object.entries(properties.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)])),
      timeoutSeconds: Number(properties.Timeout ?? 3),
      memoryMebibytes: Number(properties.MemorySize ?? 128),
      permissions: permissions
        .filter(({ FunctionName }) => FunctionName === deployed.name || FunctionName === deployed.arn)
        .map(({ Principal, SourceArn }) => ({ principal: String(Principal), sourceArn: SourceArn === undefined ? undefined : String(SourceArn) })),
    };
  });
}

function assetWithKey(stack: AssemblyStack, key: unknown): FileAsset | undefined {
  return Object.values(stack.fileAssets).find(({ objectKeys }) => objectKeys.includes(key as string));
}

function readEventSources(reader: ResourceReader): DeployedEventSource[] {
  return reader.read('AWS::Lambda::EventSourceMapping', ({ properties, deployed, stack }) => String(properties.EventSourceArn).includes(':sqs:') ? {
    ...deployed,
    functionArn: String(properties.FunctionName).startsWith('arn:') ? properties.FunctionName : `arn:aws:lambda:${stack.region}:${stack.account}:function:${properties.FunctionName}`,
    queueArn: properties.EventSourceArn,
    batchSize: Number(properties.BatchSize ?? 10),
    maximumBatchingWindowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
    reportBatchItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
  } : []);
}

function readQueues(reader: ResourceReader, resources: ResolvedResources): DeployedQueue[] {
  const policies = resources.ofType('AWS::SQS::QueuePolicy');
  return reader.read('AWS::SQS::Queue', ({ stack, logicalId, resource, properties, deployed }) => {
    const url = queueUrl(stack, logicalId, resource);
    return {
      ...deployed,
      url,
      visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
      retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
      deadLetterQueueArn: properties.RedrivePolicy?.deadLetterTargetArn,
      maxReceiveCount: properties.RedrivePolicy?.maxReceiveCount,
      policies: policies.filter((policy) => [policy.properties.Queues].flat().includes(url)).map((policy) => policy.properties.PolicyDocument),
    };
  });
}

/** The rules that match events. Schedules and disabled rules are left out. */
function readRules(reader: ResourceReader): DeployedRule[] {
  return reader.read('AWS::Events::Rule', ({ properties, deployed }) => properties.EventPattern && properties.State !== 'DISABLED' ? {
    ...deployed,
    pattern: properties.EventPattern,
    targets: (properties.Targets ?? []).map(({ Arn, ...rest }: any) => ({ arn: Arn, ...rest })),
  } : []);
}

function readStateMachines(reader: ResourceReader): DeployedStateMachine[] {
  return reader.read('AWS::StepFunctions::StateMachine', ({ stack, properties, deployed }) => ({
    ...deployed,
    roleArn: properties.RoleArn,
    definition: readDefinition(stack, properties, deployed.path),
    tracing: properties.TracingConfiguration?.Enabled ?? false,
    tags: tagsOf(properties),
  }));
}

function tagsOf({ Tags = [] }: Record<string, any>): Record<string, string> {
  return Object.fromEntries(Tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
}

/** A definition has at most 1 MB, and states in states in it have four levels each. */
const DEEPEST_DEFINITION = 300;

/** The definition is in the template, or in a file that is an asset: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
function readDefinition(stack: AssemblyStack, properties: Record<string, any>, path: string): Record<string, unknown> {
  const { Definition, DefinitionString, DefinitionS3Location: location, DefinitionSubstitutions: substitutions = {} } = properties;
  const asset = assetWithKey(stack, location?.Key);
  if (location && !asset) throw new AssemblyError(`${path} has its definition in the object ${location.Key}, which is not an asset of the app; use DefinitionBody.fromFile()`);
  const text: string = asset ? readText(asset.directory) : DefinitionString ?? JSON.stringify(Definition);
  const substituted = text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (variable, name) => Object.hasOwn(substitutions, name) ? String(substitutions[name]) : variable);
  let definition: unknown;
  if (depthOf(substituted) > DEEPEST_DEFINITION) throw new AssemblyError(`${path} has a definition of more than ${DEEPEST_DEFINITION} levels; correct it, and synthesize the app again`);
  try {
    definition = JSON.parse(substituted);
  } catch (error) {
    throw new AssemblyError(`${path} has a definition that is not JSON (${(error as Error).message}); correct it, and synthesize the app again`);
  }
  if (!isObject(definition)) throw new AssemblyError(`${path} has a definition that is not an object of JSON; correct it, and synthesize the app again`);
  return definition;
}

function readJobDefinitions(reader: ResourceReader, images: readonly ImageSource[]): DeployedJobDefinition[] {
  return reader.read('AWS::Batch::JobDefinition', ({ properties, deployed }) => ({
    ...deployed,
    revision: 1,
    properties,
    image: imageOf(String((properties.ContainerProperties ?? properties.NodeProperties?.NodeRangeProperties?.[0]?.Container)?.Image), images),
  }));
}

/** An image that is an asset of the app has the hash of the asset as its tag. */
function imageOf(uri: string, images: readonly ImageSource[]): DeployedImage | undefined {
  const source = images.find(({ imageTags }) => imageTags.some((tag) => uri.endsWith(`:${tag}`)));
  if (!source) return undefined;
  const { directory, dockerFile: dockerfile = 'Dockerfile' } = source;
  if (!hasFile(directory, dockerfile)) {
    throw new AssemblyError(`the image in ${directory} has the Dockerfile ${JSON.stringify(dockerfile)}, which is not in that directory`);
  }
  return {
    directory,
    dockerfile,
    buildArgs: source.dockerBuildArgs ?? {},
    target: source.dockerBuildTarget,
    platform: source.platform,
  };
}

/** Whether a name is one of a file in a directory. A link that leads out of the directory is none: no engine follows it. */
function hasFile(directory: string, name: string): boolean {
  const isBelow = (root: string, place: string) => place !== root && isWithin(root, place);
  const place = nodePath.join(directory, name);
  return isBelow(directory, place) && (!fs.existsSync(place) || isBelow(fs.realpathSync(directory), fs.realpathSync(place)));
}

function readJobQueues(reader: ResourceReader): DeployedJobQueue[] {
  return reader.read('AWS::Batch::JobQueue', ({ properties, deployed }) => ({
    ...deployed,
    priority: Number(properties.Priority),
    fairShare: properties.SchedulingPolicyArn !== undefined,
    computeEnvironmentArns: [...properties.ComputeEnvironmentOrder ?? []].sort((a, b) => a.Order - b.Order).map(({ ComputeEnvironment }) => ComputeEnvironment),
    timeLimitActions: (properties.JobStateTimeLimitActions ?? []).map(({ Action, MaxTimeSeconds, Reason, State }: any) => (
      { action: Action, maxTimeSeconds: MaxTimeSeconds, reason: Reason, state: State }
    )),
  }));
}

function readComputeEnvironments(reader: ResourceReader): DeployedComputeEnvironment[] {
  return reader.read('AWS::Batch::ComputeEnvironment', ({ properties, deployed }) => ({
    ...deployed,
    type: properties.ComputeResources?.Type ?? 'EC2',
    minvCpus: Number(properties.ComputeResources?.MinvCpus ?? 0),
    maxvCpus: Number(properties.ComputeResources?.MaxvCpus ?? Infinity),
    properties,
  }));
}

function readBuckets(reader: ResourceReader, resources: ResolvedResources): DeployedBucket[] {
  const policies = resources.ofType('AWS::S3::BucketPolicy');
  return reader.read('AWS::S3::Bucket', ({ properties, deployed, stack }) => ({
    ...deployed,
    account: stack.account,
    expirationDays: Object.fromEntries((properties.LifecycleConfiguration?.Rules ?? []).flatMap(({ Status, Prefix = '', TagFilters, ExpirationInDays }: any) => (
      Status === 'Enabled' && !TagFilters && ExpirationInDays !== undefined ? [[Prefix, ExpirationInDays]] : []
    ))),
    policies: policies.filter((policy) => policy.properties.Bucket === deployed.name).map((policy) => policy.properties.PolicyDocument),
  }));
}
