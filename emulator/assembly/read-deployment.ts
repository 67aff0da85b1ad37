import { Assembly, AssemblyError, AssemblyStack, TemplateResource } from './assembly';
import type { Deployed, DeployedImage, DeployedRole, Deployment, PolicyDocument } from './deployment';
import { Intrinsics } from './intrinsics';
import { arnOf, physicalName, queueUrl } from './names';

/** One resource, with its properties resolved. */
interface Found {
  readonly stack: AssemblyStack;
  readonly id: string;
  readonly resource: TemplateResource;
  readonly properties: Record<string, any>;
  readonly deployed: Deployed;
}

/** The deployment that an app's templates describe. */
export function readDeployment(assembly: Assembly): Deployment {
  const intrinsics = new Map<AssemblyStack, Intrinsics>();
  const exported = (name: string): unknown => {
    for (const stack of assembly.stacks) {
      for (const output of Object.values<any>(stack.template.Outputs ?? {})) {
        const its = intrinsics.get(stack)!;
        if (output.Export && its.resolve(output.Export.Name, 'an output') === name) return its.resolve(output.Value, 'an output');
      }
    }
    throw new AssemblyError(`no stack exports ${name}`);
  };
  assembly.stacks.forEach((stack) => intrinsics.set(stack, new Intrinsics(stack, exported)));

  const all = (type: string): Found[] => assembly.stacks.flatMap((stack) => Object.entries(stack.template.Resources)
    .filter(([, resource]) => resource.Type === type && (!resource.Condition || intrinsics.get(stack)!.holds(resource.Condition)))
    .map(([id, resource]) => ({
      stack,
      id,
      resource,
      properties: intrinsics.get(stack)!.resolve(resource.Properties ?? {}, `${stack.id}/${id}`),
      deployed: { path: pathOf(stack, id, resource), stack: stack.stackName, logicalId: id, arn: arnOf(stack, id, resource) },
    })));
  const named = ({ stack, id, resource, deployed }: Found) => ({ ...deployed, name: physicalName(stack, id, resource) });

  const [first] = assembly.stacks;
  if (!first) throw new AssemblyError(`the app in ${assembly.directory} has no stack`);
  const policies = [...all('AWS::IAM::Policy'), ...all('AWS::IAM::ManagedPolicy')];
  const queuePolicies = all('AWS::SQS::QueuePolicy');
  const bucketPolicies = all('AWS::S3::BucketPolicy');
  const images = assembly.stacks.flatMap((stack) => Object.values(stack.images));

  return {
    account: first.account,
    region: first.region,
    roles: all('AWS::IAM::Role').map((found): DeployedRole => {
      const { name } = named(found);
      return {
        ...named(found),
        assumedBy: found.properties.AssumeRolePolicyDocument,
        managedPolicyArns: found.properties.ManagedPolicyArns ?? [],
        policies: [
          ...(found.properties.Policies ?? []).map((policy: any) => policy.PolicyDocument as PolicyDocument),
          ...policies.filter((policy) => (policy.properties.Roles ?? []).includes(name)).map((policy) => policy.properties.PolicyDocument as PolicyDocument),
        ],
      };
    }),
    functions: all('AWS::Lambda::Function').flatMap((found) => {
      const { properties, stack } = found;
      const asset = Object.values(stack.fileAssets).find(({ objectKeys }) => objectKeys.includes(properties.Code?.S3Key));
      if (!asset) return [];
      return [{
        ...named(found),
        roleArn: properties.Role,
        codeDirectory: asset.directory,
        handler: properties.Handler,
        environment: Object.fromEntries(Object.entries(properties.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)])),
        timeoutSeconds: Number(properties.Timeout ?? 3),
      }];
    }),
    eventSources: all('AWS::Lambda::EventSourceMapping').filter(({ properties }) => String(properties.EventSourceArn).includes(':sqs:')).map(({ properties, deployed, stack }) => ({
      ...deployed,
      functionArn: String(properties.FunctionName).startsWith('arn:') ? properties.FunctionName : `arn:aws:lambda:${stack.region}:${stack.account}:function:${properties.FunctionName}`,
      queueArn: properties.EventSourceArn,
      batchSize: Number(properties.BatchSize ?? 10),
      maximumBatchingWindowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
      reportBatchItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
      maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency,
    })),
    queues: all('AWS::SQS::Queue').map((found) => {
      const url = queueUrl(found.stack, found.id, found.resource);
      return {
        ...named(found),
        url,
        visibilityTimeoutSeconds: Number(found.properties.VisibilityTimeout ?? 30),
        retentionSeconds: Number(found.properties.MessageRetentionPeriod ?? 345_600),
        deadLetterQueueArn: found.properties.RedrivePolicy?.deadLetterTargetArn,
        maxReceiveCount: found.properties.RedrivePolicy?.maxReceiveCount,
        policies: queuePolicies.filter((policy) => policy.properties.Queues.includes(url)).map((policy) => policy.properties.PolicyDocument),
      };
    }),
    rules: all('AWS::Events::Rule').filter(({ properties }) => properties.EventPattern && properties.State !== 'DISABLED').map((found) => ({
      ...named(found),
      pattern: found.properties.EventPattern,
      targets: found.properties.Targets.map(({ Arn, ...rest }: any) => ({ arn: Arn, ...rest })),
    })),
    stateMachines: all('AWS::StepFunctions::StateMachine').map((found) => ({
      ...named(found),
      roleArn: found.properties.RoleArn,
      definition: found.properties.Definition ?? JSON.parse(found.properties.DefinitionString),
      tracing: found.properties.TracingConfiguration?.Enabled ?? false,
    })),
    jobDefinitions: all('AWS::Batch::JobDefinition').map((found) => ({
      ...named(found),
      revision: 1,
      properties: found.properties,
      image: imageOf(String((found.properties.ContainerProperties ?? found.properties.NodeProperties?.NodeRangeProperties[0].Container)?.Image ?? ''), images),
    })),
    jobQueues: all('AWS::Batch::JobQueue').map((found) => ({
      ...named(found),
      priority: Number(found.properties.Priority),
      fairShare: found.properties.SchedulingPolicyArn !== undefined,
      computeEnvironmentArns: [...found.properties.ComputeEnvironmentOrder].sort((a, b) => a.Order - b.Order).map((one) => one.ComputeEnvironment),
      timeLimitActions: (found.properties.JobStateTimeLimitActions ?? []).map((one: any) => ({
        action: one.Action, maxTimeSeconds: one.MaxTimeSeconds, reason: one.Reason, state: one.State,
      })),
    })),
    computeEnvironments: all('AWS::Batch::ComputeEnvironment').map((found) => ({
      ...named(found),
      type: found.properties.ComputeResources?.Type ?? 'EC2',
      minvCpus: Number(found.properties.ComputeResources?.MinvCpus ?? 0),
      maxvCpus: Number(found.properties.ComputeResources?.MaxvCpus ?? Infinity),
      properties: found.properties,
    })),
    logGroups: all('AWS::Logs::LogGroup').map(named),
    buckets: all('AWS::S3::Bucket').map((found) => {
      const { name } = named(found);
      const its = bucketPolicies.filter((policy) => policy.properties.Bucket === name).map((policy) => policy.properties.PolicyDocument);
      return { ...named(found), policies: its };
    }),
  };
}

/** The construct path, without the `Resource`s at its end. */
function pathOf(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  return (stack.paths[id] ?? resource.Metadata?.['aws:cdk:path'] ?? `${stack.id}/${id}`).replace(/(\/Resource)+$/, '');
}

/** An image of the app's own has its asset's hash for a tag. */
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
