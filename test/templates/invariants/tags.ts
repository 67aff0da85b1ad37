import { CloudFormationTemplate, resourcesOf } from '../template';

/** CloudFormation replaces these when a tag changes, and with a queue its jobs: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html */
const REPLACED = ['AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobDefinition', 'AWS::Batch::JobQueue', 'AWS::Batch::SchedulingPolicy'];

/** These accept tags, which change in place, and cost money or hold data or permissions. */
const TAGGED = [
  'AWS::StepFunctions::StateMachine', 'AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::IAM::Role', 'AWS::S3::Bucket', 'AWS::EC2::VPC', 'AWS::EC2::Subnet',
  'AWS::EC2::SecurityGroup', 'AWS::EC2::LaunchTemplate',
];

export function tagsReplaceNothing(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, ...REPLACED).filter(({ properties }) => properties.Tags !== undefined).map(({ id }) => `${id} would be replaced when a tag changes`);
}

/** Tags of the user reach instances, disks and tasks, which are what costs money. */
export function tagsReachWhatCosts(template: CloudFormationTemplate): string[] {
  return [
    ...resourcesOf(template, 'AWS::Batch::JobDefinition').filter(({ properties }) => properties.PropagateTags !== true).map(({ id }) => `${id} keeps tags from ECS tasks`),
    ...resourcesOf(template, 'AWS::EC2::LaunchTemplate').flatMap(({ id, properties }) => ['instance', 'volume']
      .filter((type) => !(properties.LaunchTemplateData.TagSpecifications ?? []).some((entry: any) => entry.ResourceType === type && entry.Tags.length > 0))
      .map((type) => `${id} tags no ${type}`)),
  ];
}

/** The resources of an app whose tags include `key` that do not have it. */
export function tagIsEverywhere(template: CloudFormationTemplate, key: string): string[] {
  const has = (tags: any) => Array.isArray(tags) ? tags.some((tag) => tag.Key === key) : tags?.[key] !== undefined;
  return [
    ...resourcesOf(template, ...TAGGED).filter(({ Type, properties }) => !has(Type === 'AWS::EC2::LaunchTemplate'
      ? (properties.LaunchTemplateData.TagSpecifications ?? []).find((entry: any) => entry.ResourceType === 'instance')?.Tags : properties.Tags)).map(({ id }) => `${id} has no tag ${key}`),
    ...resourcesOf(template, 'AWS::Batch::ComputeEnvironment').filter(({ properties }) => !/^FARGATE/.test(properties.ComputeResources.Type) && !has(properties.ComputeResources.Tags))
      .map(({ id }) => `${id} has instances without the tag ${key}`),
  ];
}
