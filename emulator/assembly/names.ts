import { createHash } from 'node:crypto';
import type { AssemblyStack, TemplateResource } from './assembly';

/**
 * The name that a resource gets: the one in the template, or one as CloudFormation makes it, `<stack>-<logical id>-<12 characters>`. The
 * characters are not random here, so that the name of a resource is always the same.
 */
export function physicalName(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  const nameInTemplate = NAME_PROPERTIES[resource.Type] && resource.Properties?.[NAME_PROPERTIES[resource.Type]];
  if (typeof nameInTemplate === 'string') return nameInTemplate;
  const digits = createHash('sha256').update(`${stack.id}/${id}`).digest('hex');
  // The name of an API is only for people. It is known by its id, which has ten characters.
  if (resource.Type === HTTP_API) return digits.slice(0, 10);
  const suffix = digits.slice(0, 12);
  const prefix = `${stack.stackName}-${id}`.slice(0, 50);
  if (resource.Type === 'AWS::S3::Bucket') return `${prefix.toLowerCase()}-${suffix}`;
  // The names of state machines and of the resources of Batch do not begin with the stack.
  return /^AWS::(StepFunctions|Batch)::/.test(resource.Type) ? `${id}-${suffix}` : `${prefix}-${suffix}`;
}

const HTTP_API = 'AWS::ApiGatewayV2::Api';

/** The property with the physical name, by resource type. */
const NAME_PROPERTIES: Record<string, string> = {
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::Batch::JobQueue': 'JobQueueName',
  'AWS::Batch::JobDefinition': 'JobDefinitionName',
  'AWS::Batch::ComputeEnvironment': 'ComputeEnvironmentName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Events::Rule': 'Name',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::ApiGatewayV2::Stage': 'StageName',
};

/** The ARN of a resource, in the format of its service. */
export function arnOf(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  const { account, region } = stack;
  const name = physicalName(stack, id, resource);
  const arn = (service: string, rest: string, arnRegion = region) => `arn:aws:${service}:${arnRegion}:${account}:${rest}`;
  switch (resource.Type) {
    case 'AWS::StepFunctions::StateMachine': return arn('states', `stateMachine:${name}`);
    case 'AWS::Batch::JobQueue': return arn('batch', `job-queue/${name}`);
    case 'AWS::Batch::JobDefinition': return arn('batch', `job-definition/${name}:1`);
    case 'AWS::Batch::ComputeEnvironment': return arn('batch', `compute-environment/${name}`);
    case 'AWS::Lambda::Function': return arn('lambda', `function:${name}`);
    case 'AWS::IAM::Role': return arn('iam', `role/${name}`, '');
    case 'AWS::Logs::LogGroup': return arn('logs', `log-group:${name}:*`);
    case 'AWS::Events::Rule': return arn('events', `rule/${name}`);
    case 'AWS::S3::Bucket': return `arn:aws:s3:::${name}`;
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable': return arn('dynamodb', `table/${name}`);
    case HTTP_API: return arn('execute-api', name);
    default: return arn(resource.Type.split('::')[1].toLowerCase(), name);
  }
}

export function queueUrl(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  return `https://sqs.${stack.region}.amazonaws.com/${stack.account}/${physicalName(stack, id, resource)}`;
}

/** The types whose `Ref` is an ARN. */
const REFERRED_BY_ARN = ['AWS::StepFunctions::StateMachine', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition', 'AWS::Batch::ComputeEnvironment'];

/** The value of `Ref`. */
export function reference(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  if (resource.Type === 'AWS::SQS::Queue') return queueUrl(stack, id, resource);
  return REFERRED_BY_ARN.includes(resource.Type) ? arnOf(stack, id, resource) : physicalName(stack, id, resource);
}

/** The unique id of a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function roleId(roleArn: string): string {
  return `AROA${createHash('sha256').update(roleArn).digest('hex').slice(0, 17).toUpperCase()}`;
}

/** The value of `Fn::GetAtt`: an ARN, a name or a URL. Any other attribute is a text with the resource and the attribute in it. */
export function attribute(stack: AssemblyStack, id: string, resource: TemplateResource, name: string): string {
  if (/Arn$/.test(name)) return arnOf(stack, id, resource);
  if (name === 'Name' || name === 'QueueName') return physicalName(stack, id, resource);
  if (name === 'QueueUrl') return queueUrl(stack, id, resource);
  if (name === 'ApiId') return physicalName(stack, id, resource);
  if (name === 'ApiEndpoint') return `https://${physicalName(stack, id, resource)}.execute-api.${stack.region}.amazonaws.com`;
  if (name === 'RoleId') return roleId(arnOf(stack, id, resource));
  return `${id}.${name}`;
}
