import { CloudFormationTemplate, resourcesOf } from '../template';

/**
 * The types of resources that cost nothing while no job runs. A type that is not here is a violation, so a new one has to be looked up.
 * docs/guide/cost.md has the two that cost cents: the alarm, and the requests with which Lambda polls the queue.
 */
const FREE = new Set([
  // https://aws.amazon.com/api-gateway/pricing/
  'AWS::ApiGatewayV2::Api', 'AWS::ApiGatewayV2::ApiMapping', 'AWS::ApiGatewayV2::Authorizer', 'AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Stage', 'AWS::Lambda::Permission',
  'AWS::Batch::ComputeEnvironment', 'AWS::Batch::JobDefinition', 'AWS::Batch::JobQueue', 'AWS::Batch::SchedulingPolicy',
  'AWS::CloudWatch::Alarm', 'AWS::Events::Rule', 'AWS::Logs::LogGroup', 'AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'AWS::StepFunctions::StateMachine',
  'AWS::DynamoDB::Table', 'AWS::IAM::InstanceProfile', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Function',
  'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::EFS::AccessPoint', 'AWS::EFS::FileSystem', 'AWS::EFS::MountTarget',
  'AWS::EC2::InternetGateway', 'AWS::EC2::LaunchTemplate', 'AWS::EC2::Route', 'AWS::EC2::RouteTable', 'AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::PlacementGroup', 'AWS::EC2::Subnet', 'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC', 'AWS::EC2::VPCGatewayAttachment',
]);

export function nothingCostsWhileIdle(template: CloudFormationTemplate): string[] {
  return [
    ...resourcesOf(template).filter(({ Type, properties }) => !FREE.has(Type) && !(Type === 'AWS::EC2::VPCEndpoint' && properties.VpcEndpointType === 'Gateway'))
      .map(({ id, Type }) => `${id} is of type ${Type}, which is not known to be free while no job runs`),
    ...resourcesOf(template, 'AWS::Batch::ComputeEnvironment').flatMap(({ id, properties }) => {
      const { Type, MinvCpus = 0, DesiredvCpus } = properties.ComputeResources;
      if (/^FARGATE/.test(Type)) return [];
      return MinvCpus === 0 && DesiredvCpus === undefined ? [] : [`${id} keeps instances while no job runs`];
    }),
    // https://aws.amazon.com/dynamodb/pricing/on-demand/: what is stored costs money, and expires
    ...resourcesOf(template, 'AWS::DynamoDB::Table').filter(({ properties }) => properties.BillingMode !== 'PAY_PER_REQUEST' || !properties.TimeToLiveSpecification?.Enabled)
      .map(({ id }) => `${id} has capacity that is paid for, or items that stay`),
    ...resourcesOf(template, 'AWS::Lambda::Function').filter(({ properties }) => properties.VpcConfig || properties.SnapStart).map(({ id }) => `${id} keeps something ready`),
    ...resourcesOf(template, 'AWS::EFS::FileSystem').filter(({ properties }) => properties.ThroughputMode === 'provisioned').map(({ id }) => `${id} has provisioned throughput`),
  ];
}

/** What is given is bounded: a compute environment has a most, and a function cannot start without one. */
export function capacityIsBounded(template: CloudFormationTemplate): string[] {
  return [
    ...resourcesOf(template, 'AWS::Batch::ComputeEnvironment').filter(({ properties }) => !(properties.ComputeResources.MaxvCpus >= 1)).map(({ id }) => `${id} has no most vCPUs`),
    ...resourcesOf(template, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) => !(properties.ScalingConfig?.MaximumConcurrency >= 2))
      .map(({ id }) => `${id} can start all functions that the account allows`),
  ];
}
