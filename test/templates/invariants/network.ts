import { CloudFormationTemplate, resourcesOf, textOf } from '../template';

export function bucketsArePrivate(template: CloudFormationTemplate): string[] {
  return resourcesOf(template, 'AWS::S3::Bucket').flatMap(({ id, properties }) => [
    ...['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
      .filter((setting) => properties.PublicAccessBlockConfiguration?.[setting] !== true).map((setting) => `${id} has no ${setting}`),
    ...properties.AccessControl !== undefined ? [`${id} has an access control list`] : [],
    ...properties.OwnershipControls?.Rules?.[0]?.ObjectOwnership !== 'BucketOwnerEnforced' ? [`${id} allows access control lists of objects`] : [],
    ...properties.WebsiteConfiguration !== undefined ? [`${id} is a web site`] : [],
  ]);
}

/** Without encryption in transit, buckets and queues refuse every call. */
export function bucketsAndQueuesRequireTls(template: CloudFormationTemplate): string[] {
  const refusing = new Set(resourcesOf(template, 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy')
    .filter(({ properties }) => properties.PolicyDocument.Statement.some((statement: any) => statement.Effect === 'Deny'
      && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false' && /^(s3|sqs):\*$/.test(statement.Action) && ['*', '{"AWS":"*"}'].includes(textOf(statement.Principal))))
    .flatMap(({ properties }) => [properties.Bucket ?? properties.Queues].flat().map(textOf)));
  return resourcesOf(template, 'AWS::S3::Bucket', 'AWS::SQS::Queue').filter(({ id }) => !refusing.has(`<${id}>`)).map(({ id }) => `${id} accepts calls without TLS`);
}

/** Nobody connects to a job from outside: a rule for inbound connections names a security group, never an address. */
export function nothingIsOpenToAddresses(template: CloudFormationTemplate): string[] {
  const rules = [
    ...resourcesOf(template, 'AWS::EC2::SecurityGroup').flatMap(({ id, properties }) => (properties.SecurityGroupIngress ?? []).map((rule: any) => ({ id, rule }))),
    ...resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(({ id, properties }) => ({ id, rule: properties })),
  ];
  return [
    ...rules.filter(({ rule }) => !rule.SourceSecurityGroupId || rule.CidrIp || rule.CidrIpv6 || rule.SourcePrefixListId).map(({ id }) => `${id} lets addresses in`),
    ...resourcesOf(template, 'AWS::Lambda::Url', 'AWS::ApiGateway::RestApi', 'AWS::ElasticLoadBalancingV2::LoadBalancer').map(({ id }) => `${id} is an address`),
    ...resourcesOf(template, 'AWS::Lambda::Permission').filter(({ properties }) => properties.Principal === '*').map(({ id }) => `${id} is open to everybody`),
  ];
}

/**
 * Public IP addresses are only in public subnets of a new VPC, which has no NAT gateway, and for jobs of Fargate in public subnets:
 * https://docs.aws.amazon.com/batch/latest/userguide/create-compute-environment-fargate.html
 */
export function publicAddressesAreNeeded(template: CloudFormationTemplate): string[] {
  const withGateway = new Set(resourcesOf(template, 'AWS::EC2::VPCGatewayAttachment').map(({ properties }) => textOf(properties.VpcId)));
  return [
    ...resourcesOf(template, 'AWS::EC2::Subnet')
      .filter(({ properties }) => properties.MapPublicIpOnLaunch === true && !withGateway.has(textOf(properties.VpcId)))
      .map(({ id }) => `${id} gives public IP addresses, but its VPC has no internet gateway`),
    ...resourcesOf(template, 'AWS::EC2::Subnet')
      .filter(({ properties }) => properties.MapPublicIpOnLaunch === true && !(properties.Tags ?? []).some((tag: any) => tag.Key === 'aws-cdk:subnet-type' && tag.Value === 'Public'))
      .map(({ id }) => `${id} gives public IP addresses, but is not public`),
    ...resourcesOf(template, 'AWS::EC2::LaunchTemplate')
      .filter(({ properties }) => (properties.LaunchTemplateData.NetworkInterfaces ?? []).some((card: any) => card.AssociatePublicIpAddress))
      .map(({ id }) => `${id} gives public IP addresses`),
    ...resourcesOf(template, 'AWS::EC2::EIP').map(({ id }) => `${id} is a public IP address`),
  ];
}
