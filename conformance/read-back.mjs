// Reads a deployed resource back through its service's own API, in CloudFormation's spelling.
import { createHash } from 'node:crypto';
import { BatchClient, DescribeComputeEnvironmentsCommand, DescribeJobDefinitionsCommand, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand, ListTagsForResourceCommand as ListLogTagsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeAddressesCommand, DescribeInternetGatewaysCommand, DescribeLaunchTemplatesCommand, DescribeLaunchTemplateVersionsCommand, DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand, DescribeVpcAttributeCommand, DescribeVpcEndpointsCommand, DescribeVpcsCommand, EC2Client,
} from '@aws-sdk/client-ec2';
import { DescribeAccessPointsCommand, DescribeFileSystemsCommand, DescribeMountTargetsCommand, DescribeMountTargetSecurityGroupsCommand, EFSClient } from '@aws-sdk/client-efs';
import { DescribeRuleCommand, EventBridgeClient, ListTagsForResourceCommand as ListRuleTagsCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetInstanceProfileCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { GetEventSourceMappingCommand, GetFunctionCommand, LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketOwnershipControlsCommand, GetBucketTaggingCommand, GetObjectCommand, GetPublicAccessBlockCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, ListTagsForResourceCommand as ListStateMachineTagsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The services' clients, all against one endpoint. */
export function clientsOf(moto) {
  return {
    batch: new BatchClient(moto.client),
    ec2: new EC2Client(moto.client),
    efs: new EFSClient(moto.client),
    events: new EventBridgeClient(moto.client),
    iam: new IAMClient(moto.client),
    lambda: new LambdaClient(moto.client),
    logs: new CloudWatchLogsClient(moto.client),
    s3: new S3Client(moto.client),
    sfn: new SFNClient(moto.client),
    sqs: new SQSClient(moto.client),
  };
}

/**
 * By type: answers the properties as the service knows them, and what `Fn::GetAtt` would; undefined, or the service's own error,
 * for what is not there. `properties` are those that were asked for, where the physical id does not say enough.
 */
export const READERS = {
  'AWS::Batch::ComputeEnvironment': async ({ batch }, id) => {
    const { computeEnvironments: [found] } = await batch.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: [id] }));
    return found && { properties: found, attributes: { ComputeEnvironmentArn: found.computeEnvironmentArn } };
  },
  'AWS::Batch::JobDefinition': async ({ batch }, id) => {
    const { jobDefinitions: [found] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions: [id] }));
    return found && { properties: found, attributes: {} };
  },
  'AWS::Batch::JobQueue': async ({ batch }, id) => {
    const { jobQueues: [found] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [id] }));
    return found && { properties: found, attributes: { JobQueueArn: found.jobQueueArn } };
  },
  'AWS::EC2::EIP': async ({ ec2 }, id) => {
    const { Addresses } = await ec2.send(new DescribeAddressesCommand({}));
    const found = Addresses.find(({ PublicIp }) => PublicIp === id);
    return found && { properties: found, attributes: { AllocationId: found.AllocationId, PublicIp: found.PublicIp } };
  },
  'AWS::EC2::InternetGateway': async ({ ec2 }, id) => {
    const { InternetGateways: [found] } = await ec2.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] }));
    return { properties: found, attributes: { InternetGatewayId: id } };
  },
  'AWS::EC2::LaunchTemplate': async ({ ec2 }, id) => {
    const { LaunchTemplates: [{ LatestVersionNumber, DefaultVersionNumber, Tags }] } = await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }));
    const { LaunchTemplateVersions: [found] } = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['$Latest'] }));
    return { properties: { ...found, TagSpecifications: [{ ResourceType: 'launch-template', Tags }] }, attributes: { LatestVersionNumber: String(LatestVersionNumber), DefaultVersionNumber: String(DefaultVersionNumber) } };
  },
  'AWS::EC2::NatGateway': async ({ ec2 }, id) => {
    const { NatGateways: [found] } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
    return found && { properties: { ...found, AllocationId: found.NatGatewayAddresses[0].AllocationId }, attributes: { NatGatewayId: id } };
  },
  'AWS::EC2::Route': async ({ ec2 }, id, { RouteTableId, DestinationCidrBlock }) => {
    const { RouteTables: [table] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
    const found = table.Routes.find((route) => route.DestinationCidrBlock === DestinationCidrBlock);
    return found && { properties: { ...found, RouteTableId }, attributes: {} };
  },
  'AWS::EC2::RouteTable': async ({ ec2 }, id) => {
    const { RouteTables: [found] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }));
    return { properties: found, attributes: { RouteTableId: id } };
  },
  'AWS::EC2::SecurityGroup': async ({ ec2 }, id) => {
    const { SecurityGroups: [found] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
    return {
      properties: { ...found, GroupDescription: found.Description, SecurityGroupEgress: rulesOf(found.IpPermissionsEgress), SecurityGroupIngress: rulesOf(found.IpPermissions) },
      attributes: { GroupId: found.GroupId, VpcId: found.VpcId },
    };
  },
  'AWS::EC2::SecurityGroupIngress': async ({ ec2 }, id, asked) => {
    const { SecurityGroups: [{ IpPermissions }] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [asked.GroupId] }));
    const found = rulesOf(IpPermissions).find((rule) => rule.IpProtocol === asked.IpProtocol && rule.FromPort === asked.FromPort && rule.SourceSecurityGroupId === asked.SourceSecurityGroupId && rule.CidrIp === asked.CidrIp);
    return found && { properties: { ...found, GroupId: asked.GroupId }, attributes: {} };
  },
  'AWS::EC2::Subnet': async ({ ec2 }, id) => {
    const { Subnets: [found] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
    return { properties: found, attributes: { SubnetId: id, AvailabilityZone: found.AvailabilityZone, CidrBlock: found.CidrBlock } };
  },
  'AWS::EC2::VPC': async ({ ec2 }, id) => {
    const { Vpcs: [found] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
    const attribute = async (Attribute) => (await ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute })));
    const { EnableDnsHostnames } = await attribute('enableDnsHostnames');
    const { EnableDnsSupport } = await attribute('enableDnsSupport');
    return {
      properties: { ...found, EnableDnsHostnames: EnableDnsHostnames.Value, EnableDnsSupport: EnableDnsSupport.Value },
      attributes: { VpcId: id, CidrBlock: found.CidrBlock, Ipv6CidrBlocks: [] },
    };
  },
  'AWS::EC2::VPCEndpoint': async ({ ec2 }, id) => {
    const { VpcEndpoints: [found] } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return { properties: { ...found, SecurityGroupIds: found.Groups?.map(({ GroupId }) => GroupId) }, attributes: { Id: id } };
  },
  'AWS::EC2::VPCGatewayAttachment': async ({ ec2 }, id, { InternetGatewayId, VpcId }) => {
    const { InternetGateways: [{ Attachments }] } = await ec2.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] }));
    return Attachments.some((attachment) => attachment.VpcId === VpcId) ? { properties: { InternetGatewayId, VpcId }, attributes: {} } : undefined;
  },
  'AWS::EFS::AccessPoint': async ({ efs }, id, { FileSystemId, RootDirectory }) => {
    const { AccessPoints } = await efs.send(new DescribeAccessPointsCommand({ FileSystemId }));
    const found = AccessPoints.find((one) => one.RootDirectory.Path === (RootDirectory?.Path ?? '/'));
    return found && { properties: { ...found, AccessPointTags: found.Tags }, attributes: { AccessPointId: found.AccessPointId, Arn: found.AccessPointArn } };
  },
  'AWS::EFS::FileSystem': async ({ efs }, id) => {
    const { FileSystems: [found] } = await efs.send(new DescribeFileSystemsCommand({ FileSystemId: id }));
    return found && { properties: { ...found, FileSystemTags: found.Tags }, attributes: { FileSystemId: id, Arn: found.FileSystemArn } };
  },
  'AWS::EFS::MountTarget': async ({ efs }, id) => {
    const { MountTargets: [found] } = await efs.send(new DescribeMountTargetsCommand({ MountTargetId: id }));
    const { SecurityGroups } = await efs.send(new DescribeMountTargetSecurityGroupsCommand({ MountTargetId: id }));
    return found && { properties: { ...found, SecurityGroups }, attributes: { Id: id, IpAddress: found.IpAddress } };
  },
  'AWS::Events::Rule': async ({ events }, id, { EventBusName }) => {
    const rule = await events.send(new DescribeRuleCommand({ Name: id, EventBusName }));
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: id, EventBusName }));
    const { Tags } = await events.send(new ListRuleTagsCommand({ ResourceARN: rule.Arn }));
    return { properties: { ...rule, EventPattern: rule.EventPattern && JSON.parse(rule.EventPattern), Targets, Tags }, attributes: { Arn: rule.Arn } };
  },
  'AWS::IAM::InstanceProfile': async ({ iam }, id) => {
    const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: id }));
    return { properties: { ...InstanceProfile, Roles: InstanceProfile.Roles.map(({ RoleName }) => RoleName) }, attributes: { Arn: InstanceProfile.Arn } };
  },
  'AWS::IAM::Policy': async ({ iam }, id, { PolicyName, Roles = [] }) => {
    const found = await Promise.all(Roles.map((RoleName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))));
    return { properties: { PolicyName, Roles: found.map(({ RoleName }) => RoleName), PolicyDocument: JSON.parse(decodeURIComponent(found[0].PolicyDocument)) }, attributes: {} };
  },
  'AWS::IAM::Role': async ({ iam }, id) => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: id }));
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: id }));
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName: id }));
    const Policies = await Promise.all(PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: id, PolicyName }));
      const text = decodeURIComponent(PolicyDocument);
      // moto writes what a role's template has inline as Python does.
      return { PolicyName, PolicyDocument: JSON.parse(text.startsWith("{'") ? text.replaceAll("'", '"') : text) };
    }));
    return {
      properties: { ...Role, Policies, AssumeRolePolicyDocument: JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument)), ManagedPolicyArns: AttachedPolicies.map(({ PolicyArn }) => PolicyArn) },
      attributes: { Arn: Role.Arn, RoleId: Role.RoleId },
    };
  },
  'AWS::Lambda::EventSourceMapping': async ({ lambda }, id, { FunctionName }) => {
    const found = await lambda.send(new GetEventSourceMappingCommand({ UUID: id }));
    const { Tags } = found.EventSourceMappingArn ? await lambda.send(new ListTagsCommand({ Resource: found.EventSourceMappingArn })) : {};
    return { properties: { ...found, Tags: listOf(Tags), FunctionName: String(FunctionName).startsWith('arn:') ? found.FunctionArn : found.FunctionArn.split(':')[6] }, attributes: { Id: id } };
  },
  'AWS::Lambda::Function': async ({ lambda, s3 }, id, { Code: { S3Bucket, S3Key } }) => {
    const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName: id }));
    // The service answers with a copy's URL; the copy is known by its hash.
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: S3Bucket, Key: S3Key }));
    const sha256 = createHash('sha256').update(await Body.transformToByteArray()).digest('base64');
    return {
      properties: { ...Configuration, Tags: listOf(Tags), Code: sha256 === Configuration.CodeSha256 ? { S3Bucket, S3Key } : { CodeSha256: Configuration.CodeSha256 } },
      attributes: { Arn: Configuration.FunctionArn },
    };
  },
  'AWS::Logs::LogGroup': async ({ logs }, id) => {
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: id }));
    const found = logGroups.find(({ logGroupName }) => logGroupName === id);
    if (!found) return undefined;
    const { tags } = await logs.send(new ListLogTagsCommand({ resourceArn: found.arn.replace(/:\*$/, '') }));
    return { properties: { ...found, Tags: listOf(tags) }, attributes: { Arn: found.arn } };
  },
  'AWS::S3::Bucket': async ({ s3 }, id) => {
    await s3.send(new HeadBucketCommand({ Bucket: id }));
    const about = (Command) => s3.send(new Command({ Bucket: id })).catch((error) => {
      if (!/NoSuch|NotFound/.test(error.name)) throw error;
      return {};
    });
    const { ServerSideEncryptionConfiguration: { Rules: encryption = [] } = {} } = await about(GetBucketEncryptionCommand);
    const { Rules: lifecycle } = await about(GetBucketLifecycleConfigurationCommand);
    return {
      properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: encryption.map((rule) => ({ ...rule, ServerSideEncryptionByDefault: rule.ApplyServerSideEncryptionByDefault })) },
        LifecycleConfiguration: lifecycle && { Rules: lifecycle.map((rule) => ({ ...rule, ExpirationInDays: rule.Expiration?.Days, Prefix: rule.Prefix ?? rule.Filter?.Prefix })) },
        Tags: (await about(GetBucketTaggingCommand)).TagSet,
        ...await about(GetBucketOwnershipControlsCommand),
        ...await about(GetPublicAccessBlockCommand),
      },
      attributes: { Arn: `arn:aws:s3:::${id}` },
    };
  },
  'AWS::SQS::Queue': async ({ sqs }, id) => {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ['All'] }));
    const { Tags } = await sqs.send(new ListQueueTagsCommand({ QueueUrl: id }));
    return {
      properties: { ...Attributes, Tags: listOf(Tags), RedrivePolicy: Attributes.RedrivePolicy && JSON.parse(Attributes.RedrivePolicy) },
      attributes: { Arn: Attributes.QueueArn, QueueName: Attributes.QueueArn.split(':').at(-1), QueueUrl: id },
    };
  },
  'AWS::StepFunctions::StateMachine': async ({ sfn }, id) => {
    const found = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: id }));
    const { tags: Tags } = await sfn.send(new ListStateMachineTagsCommand({ resourceArn: id }));
    return { properties: { ...found, Tags, StateMachineName: found.name, DefinitionString: found.definition, StateMachineType: found.type }, attributes: { Arn: id, Name: found.name } };
  },
};

/** A security group's rules, one for each peer, as a template has them. */
function rulesOf(permissions) {
  return permissions.flatMap((rule) => [
    ...rule.IpRanges.map(({ CidrIp, Description }) => ({ ...rule, CidrIp, Description })),
    ...rule.Ipv6Ranges?.map(({ CidrIpv6, Description }) => ({ ...rule, CidrIpv6, Description })) ?? [],
    ...rule.UserIdGroupPairs.map(({ GroupId, Description }) => ({ ...rule, SourceSecurityGroupId: GroupId, DestinationSecurityGroupId: GroupId, Description })),
  ]);
}

/** Tags by name, as a list, as a template has them. */
function listOf(tags) {
  return tags && Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
