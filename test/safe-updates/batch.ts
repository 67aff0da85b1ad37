/** What AWS Batch refuses when CloudFormation updates a resource, or does only by replacing it. */

export interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: Record<string, any> }>;
}

/**
 * The properties with which Batch refuses any update of a Fargate environment. CloudFormation sends all that are in the template, changed or
 * not. https://github.com/aws/aws-cdk/issues/27054, https://github.com/hashicorp/terraform-provider-aws/pull/16819 (`MinvCpus`)
 */
const NOT_ON_FARGATE = [
  'UpdatePolicy', ...[
    'AllocationStrategy', 'BidPercentage', 'Ec2Configuration', 'Ec2KeyPair', 'ImageId', 'InstanceRole', 'InstanceTypes', 'LaunchTemplate', 'MinvCpus',
    'PlacementGroup', 'ScalingPolicy', 'Tags', 'UpdateToLatestImageVersion',
  ].map((name) => `ComputeResources.${name}`),
];

/** What an update of a Fargate environment may change: https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html */
const CHANGED_ON_FARGATE = [
  ...['SecurityGroupIds', 'Subnets', 'MaxvCpus'].map((name) => `ComputeResources.${name}`),
  'EcsSettings.ContainerInsights', // https://docs.aws.amazon.com/batch/latest/userguide/cloudwatch-container-insights.html
];

/**
 * `createOnlyProperties` of CloudFormation's schemas of 20 October 2026, as cfn-lint has them. A change replaces the resource, whatever
 * `ReplaceComputeEnvironment` says.
 */
const CREATE_ONLY: Record<string, string[]> = {
  'AWS::Batch::ComputeEnvironment': ['ComputeEnvironmentName', 'Tags', 'Type', 'EksConfiguration', 'ComputeResources.SpotIamFleetRole'],
  'AWS::Batch::JobQueue': ['JobQueueName', 'JobQueueType'],
  'AWS::Batch::JobDefinition': ['JobDefinitionName'],
  'AWS::Batch::SchedulingPolicy': ['Name'],
};

/** What goes wrong with the resources of Batch that stay when a stack is updated. Empty when Batch changes each of them in place. */
export function batchFaults(before: Template, after: Template): string[] {
  return Object.entries(after.Resources).flatMap(([id, { Type: type, Properties: now = {} }]) => {
    const old = before.Resources[id]?.Properties;
    if (!old || JSON.stringify(old) === JSON.stringify(now)) return [];
    const changed = (path: string) => JSON.stringify(valueAt(old, path)) !== JSON.stringify(valueAt(now, path));
    const replaced = (CREATE_ONLY[type] ?? []).filter(changed).map((path) => `${type}: ${path} replaces it`);
    switch (type) {
      case 'AWS::Batch::ComputeEnvironment': return [...replaced, ...environmentFaults(old, now, changed)];
      case 'AWS::Batch::JobQueue': return [...replaced, ...queueFaults(old, now)];
      default: return replaced;
    }
  });
}

function environmentFaults(old: any, now: any, changed: (path: string) => boolean): string[] {
  const [from, to] = [old, now].map(({ ComputeResources }) => String(ComputeResources.Type));
  const [wasFargate, isFargate] = [from, to].map((type) => type.startsWith('FARGATE'));
  if (wasFargate || isFargate) {
    return [
      ...from === to ? [] : [`ComputeEnvironment: Type from ${from} to ${to} is refused`],
      ...NOT_ON_FARGATE.filter((path) => valueAt(now, path) !== undefined).map((path) => `ComputeEnvironment: ${path} is refused on Fargate`),
      ...leaves(old, now).filter((path) => changed(path) && !CHANGED_ON_FARGATE.some((allowed) => path.startsWith(allowed)))
        .map((path) => `ComputeEnvironment: a change of ${path} is refused on Fargate`),
    ];
  }
  return [
    ...now.ReplaceComputeEnvironment === false ? [] : ['ComputeEnvironment: it is replaced without ReplaceComputeEnvironment: false'],
    // Both are needed to change instances: https://docs.aws.amazon.com/batch/latest/userguide/updating-compute-environments.html
    .../^(BEST_FIT_PROGRESSIVE|SPOT_(PRICE_)?CAPACITY_OPTIMIZED)$/.test(now.ComputeResources.AllocationStrategy) ? [] : ['ComputeEnvironment: its allocation strategy allows no update'],
    ...now.ServiceRole === undefined ? [] : ['ComputeEnvironment: its service role allows no update'],
  ];
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_UpdateJobQueue.html */
function queueFaults(old: any, now: any): string[] {
  const [had, has] = [old, now].map(({ SchedulingPolicyArn }) => SchedulingPolicyArn !== undefined);
  return had === has ? [] : [`JobQueue: a scheduling policy that is ${has ? 'added' : 'removed'} is refused`];
}

function valueAt(properties: any, path: string): unknown {
  return path.split('.').reduce((value, name) => value?.[name], properties);
}

/** The paths of the properties of an environment, two levels deep. */
function leaves(...versions: any[]): string[] {
  const paths = versions.flatMap((properties) => Object.entries<any>(properties)
    .flatMap(([name, value]) => name === 'ComputeResources' || name === 'EcsSettings' ? Object.keys(value).map((part) => `${name}.${part}`) : [name]));
  return [...new Set(paths)];
}
