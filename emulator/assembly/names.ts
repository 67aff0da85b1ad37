import { createHash } from 'node:crypto';
import type { AssemblyStack, TemplateResource } from './assembly';

/** The physical name that CloudFormation would make, always the same one: `<stack>-<logical id>-<12 characters>`. */
export function physicalName(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  const given = NAMES[resource.Type] && resource.Properties?.[NAMES[resource.Type]];
  if (typeof given === 'string') return given;
  const random = createHash('sha256').update(`${stack.id}/${id}`).digest('hex').slice(0, 12);
  // State machines and Batch's resources are named without the stack.
  if (resource.Type === 'AWS::S3::Bucket') return `${stack.stackName}-${id}`.slice(0, 50).toLowerCase() + `-${random}`;
  return /^AWS::(StepFunctions|Batch)::/.test(resource.Type) ? `${id}-${random}` : `${`${stack.stackName}-${id}`.slice(0, 50)}-${random}`;
}

const NAMES: Record<string, string> = {
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
};

/** A resource's ARN, as its service writes it. */
export function arnOf(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  const { account, region } = stack;
  const name = physicalName(stack, id, resource);
  const arn = (service: string, rest: string, where = region) => `arn:aws:${service}:${where}:${account}:${rest}`;
  switch (resource.Type) {
    case 'AWS::StepFunctions::StateMachine': return arn('states', `stateMachine:${name}`);
    case 'AWS::Batch::JobQueue': return arn('batch', `job-queue/${name}`);
    case 'AWS::Batch::JobDefinition': return arn('batch', `job-definition/${name}:1`);
    case 'AWS::Batch::ComputeEnvironment': return arn('batch', `compute-environment/${name}`);
    case 'AWS::Lambda::Function': return arn('lambda', `function:${name}`);
    case 'AWS::SQS::Queue': return arn('sqs', name);
    case 'AWS::IAM::Role': return arn('iam', `role/${name}`, '');
    case 'AWS::Logs::LogGroup': return arn('logs', `log-group:${name}:*`);
    case 'AWS::Events::Rule': return arn('events', `rule/${name}`);
    case 'AWS::S3::Bucket': return `arn:aws:s3:::${name}`;
    default: return arn(resource.Type.split('::')[1].toLowerCase(), name);
  }
}

export function queueUrl(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  return `https://sqs.${stack.region}.amazonaws.com/${stack.account}/${physicalName(stack, id, resource)}`;
}

/** What `Ref` answers. */
export function reference(stack: AssemblyStack, id: string, resource: TemplateResource): string {
  if (resource.Type === 'AWS::SQS::Queue') return queueUrl(stack, id, resource);
  const byArn = ['AWS::StepFunctions::StateMachine', 'AWS::Batch::JobQueue', 'AWS::Batch::JobDefinition', 'AWS::Batch::ComputeEnvironment'];
  return byArn.includes(resource.Type) ? arnOf(stack, id, resource) : physicalName(stack, id, resource);
}

/** What `Fn::GetAtt` answers: an ARN, a name, or a text that tells whose attribute it is. */
export function attribute(stack: AssemblyStack, id: string, resource: TemplateResource, name: string): string {
  if (/Arn$/.test(name)) return arnOf(stack, id, resource);
  if (name === 'Name' || name === 'QueueName') return physicalName(stack, id, resource);
  if (name === 'QueueUrl') return queueUrl(stack, id, resource);
  return `${id}.${name}`;
}
