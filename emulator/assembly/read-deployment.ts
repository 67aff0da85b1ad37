import { Assembly, AssemblyError, AssemblyStack } from './assembly';
import type {
  DeployedBucket, DeployedComputeEnvironment, DeployedEventSource, DeployedFunction, DeployedImage, DeployedJobDefinition, DeployedJobQueue, DeployedQueue,
  DeployedRole, DeployedRule, DeployedStateMachine, Deployment, PolicyDocument,
} from './deployment';
import { queueUrl } from './names';
import { ResolvedResources } from './resolved-resources';

/** The deployment that the templates of an app describe. */
export function readDeployment(assembly: Assembly): Deployment {
  const [firstStack] = assembly.stacks;
  if (!firstStack) throw new AssemblyError(`the app in ${assembly.directory} has no stack`);
  const resources = new ResolvedResources(assembly);
  return {
    account: firstStack.account,
    region: firstStack.region,
    roles: readRoles(resources),
    functions: readFunctions(resources),
    eventSources: readEventSources(resources),
    queues: readQueues(resources),
    rules: readRules(resources),
    stateMachines: readStateMachines(resources),
    jobDefinitions: readJobDefinitions(resources, assembly.stacks.flatMap((stack) => Object.values(stack.images))),
    jobQueues: readJobQueues(resources),
    computeEnvironments: readComputeEnvironments(resources),
    logGroups: resources.ofType('AWS::Logs::LogGroup').map(({ deployed }) => deployed),
    buckets: readBuckets(resources),
  };
}

function readRoles(resources: ResolvedResources): DeployedRole[] {
  const policies = [...resources.ofType('AWS::IAM::Policy'), ...resources.ofType('AWS::IAM::ManagedPolicy')];
  return resources.ofType('AWS::IAM::Role').map(({ properties, deployed }) => ({
    ...deployed,
    assumedBy: properties.AssumeRolePolicyDocument,
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
    policies: [
      ...(properties.Policies ?? []).map((policy: any) => policy.PolicyDocument as PolicyDocument),
      ...policies.filter(({ properties: { Roles } }) => Roles?.includes(deployed.name)).map((policy) => policy.properties.PolicyDocument as PolicyDocument),
    ],
  }));
}

/** The functions whose code is an asset of the app. */
function readFunctions(resources: ResolvedResources): DeployedFunction[] {
  return resources.ofType('AWS::Lambda::Function').flatMap(({ properties, stack, deployed }) => {
    const asset = Object.values(stack.fileAssets).find(({ objectKeys }) => objectKeys.includes(properties.Code.S3Key));
    if (!asset) return [];
    return [{
      ...deployed,
      roleArn: properties.Role,
      codeDirectory: asset.directory,
      handler: properties.Handler,
      environment: Object.fromEntries(Object.entries(properties.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)])),
      timeoutSeconds: Number(properties.Timeout ?? 3),
      memoryMebibytes: Number(properties.MemorySize ?? 128),
    }];
  });
}

function readEventSources(resources: ResolvedResources): DeployedEventSource[] {
  const mappings = resources.ofType('AWS::Lambda::EventSourceMapping').filter(({ properties }) => String(properties.EventSourceArn).includes(':sqs:'));
  return mappings.map(({ properties, deployed, stack }) => ({
    ...deployed,
    functionArn: String(properties.FunctionName).startsWith('arn:') ? properties.FunctionName : `arn:aws:lambda:${stack.region}:${stack.account}:function:${properties.FunctionName}`,
    queueArn: properties.EventSourceArn,
    batchSize: Number(properties.BatchSize ?? 10),
    maximumBatchingWindowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
    reportBatchItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
  }));
}

function readQueues(resources: ResolvedResources): DeployedQueue[] {
  const policies = resources.ofType('AWS::SQS::QueuePolicy');
  return resources.ofType('AWS::SQS::Queue').map(({ stack, logicalId, resource, properties, deployed }) => {
    const url = queueUrl(stack, logicalId, resource);
    return {
      ...deployed,
      url,
      visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
      retentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
      deadLetterQueueArn: properties.RedrivePolicy?.deadLetterTargetArn,
      maxReceiveCount: properties.RedrivePolicy?.maxReceiveCount,
      policies: policies.filter((policy) => policy.properties.Queues.includes(url)).map((policy) => policy.properties.PolicyDocument),
    };
  });
}

/** The rules that match events. Schedules and disabled rules are left out. */
function readRules(resources: ResolvedResources): DeployedRule[] {
  const rules = resources.ofType('AWS::Events::Rule').filter(({ properties }) => properties.EventPattern && properties.State !== 'DISABLED');
  return rules.map(({ properties, deployed }) => ({
    ...deployed,
    pattern: properties.EventPattern,
    targets: properties.Targets.map(({ Arn, ...rest }: any) => ({ arn: Arn, ...rest })),
  }));
}

function readStateMachines(resources: ResolvedResources): DeployedStateMachine[] {
  return resources.ofType('AWS::StepFunctions::StateMachine').map(({ properties, deployed }) => ({
    ...deployed,
    roleArn: properties.RoleArn,
    definition: properties.Definition ?? JSON.parse(properties.DefinitionString),
    tracing: properties.TracingConfiguration?.Enabled ?? false,
    tags: Object.fromEntries((properties.Tags ?? []).map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value])),
  }));
}

function readJobDefinitions(resources: ResolvedResources, images: AssemblyStack['images'][string][]): DeployedJobDefinition[] {
  return resources.ofType('AWS::Batch::JobDefinition').map(({ properties, deployed }) => ({
    ...deployed,
    revision: 1,
    properties,
    image: imageOf(String((properties.ContainerProperties ?? properties.NodeProperties?.NodeRangeProperties[0].Container)?.Image), images),
  }));
}

/** An image that is an asset of the app has the hash of the asset as its tag. */
function imageOf(uri: string, images: AssemblyStack['images'][string][]): DeployedImage | undefined {
  const source = images.find(({ imageTags }) => imageTags.some((tag) => uri.endsWith(`:${tag}`)));
  return source && {
    directory: source.directory,
    dockerfile: source.dockerFile ?? 'Dockerfile',
    buildArgs: source.dockerBuildArgs ?? {},
    target: source.dockerBuildTarget,
    platform: source.platform,
  };
}

function readJobQueues(resources: ResolvedResources): DeployedJobQueue[] {
  return resources.ofType('AWS::Batch::JobQueue').map(({ properties, deployed }) => ({
    ...deployed,
    priority: Number(properties.Priority),
    fairShare: properties.SchedulingPolicyArn !== undefined,
    computeEnvironmentArns: [...properties.ComputeEnvironmentOrder].sort((a, b) => a.Order - b.Order).map(({ ComputeEnvironment }) => ComputeEnvironment),
    timeLimitActions: (properties.JobStateTimeLimitActions ?? []).map(({ Action, MaxTimeSeconds, Reason, State }: any) => (
      { action: Action, maxTimeSeconds: MaxTimeSeconds, reason: Reason, state: State }
    )),
  }));
}

function readComputeEnvironments(resources: ResolvedResources): DeployedComputeEnvironment[] {
  return resources.ofType('AWS::Batch::ComputeEnvironment').map(({ properties, deployed }) => ({
    ...deployed,
    type: properties.ComputeResources?.Type ?? 'EC2',
    minvCpus: Number(properties.ComputeResources?.MinvCpus ?? 0),
    maxvCpus: Number(properties.ComputeResources?.MaxvCpus ?? Infinity),
    properties,
  }));
}

function readBuckets(resources: ResolvedResources): DeployedBucket[] {
  const policies = resources.ofType('AWS::S3::BucketPolicy');
  return resources.ofType('AWS::S3::Bucket').map(({ properties, deployed }) => ({
    ...deployed,
    expirationDays: properties.LifecycleConfiguration?.Rules.find(({ Status, Prefix, TagFilters, ExpirationInDays }: any) => (
      Status === 'Enabled' && !Prefix && !TagFilters && ExpirationInDays !== undefined
    ))?.ExpirationInDays,
    policies: policies.filter((policy) => policy.properties.Bucket === deployed.name).map((policy) => policy.properties.PolicyDocument),
  }));
}
