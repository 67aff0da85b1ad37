// Where moto and AWS part, in one place. Each difference is told of in the judge's output, and one that no longer occurs fails it.
import { ACCOUNT, REGION } from './moto.mjs';

const CFN = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const API = 'https://docs.aws.amazon.com';

/** What a template needs before moto takes it: `change` says whether it changed anything. */
export const WANTED = [
  {
    what: 'AWS::Batch::ComputeEnvironment.ServiceRole',
    why: `moto wants a role; without one, AWS takes the service-linked role: ${CFN}/aws-resource-batch-computeenvironment.html`,
    change({ Properties }, addRole) {
      if (Properties.ServiceRole) return false;
      Properties.ServiceRole = { 'Fn::GetAtt': [addRole('batch.amazonaws.com'), 'Arn'] };
      return true;
    },
  },
  {
    what: 'AWS::Batch::ComputeEnvironment.Type',
    why: 'moto wants MANAGED; aws-cdk-lib writes managed, which CloudFormation takes as well: https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-batch/lib/managed-compute-environment.ts',
    change({ Properties }) {
      const { Type } = Properties;
      Properties.Type = Type.toUpperCase();
      return Properties.Type !== Type;
    },
  },
  {
    what: 'AWS::Batch::ComputeEnvironment.ComputeResources.InstanceTypes',
    why: `moto knows optimal, but not default_x86_64 and default_arm64: ${API}/batch/latest/userguide/instance-type-compute-table.html`,
    change({ Properties: { ComputeResources } }) {
      const asked = ComputeResources?.InstanceTypes;
      if (!asked?.some((name) => /^default_/.test(name))) return false;
      ComputeResources.InstanceTypes = asked.map((name) => /^default_/.test(name) ? 'optimal' : name);
      return true;
    },
  },
  {
    what: 'AWS::Batch::JobDefinition.NodeProperties',
    why: `moto knows no multi-node jobs; what it is shown is the container of their nodes: ${API}/batch/latest/userguide/multi-node-parallel-jobs.html`,
    change({ Properties }) {
      if (!Properties.NodeProperties) return false;
      Properties.ContainerProperties = Properties.NodeProperties.NodeRangeProperties[0].Container;
      Properties.Type = 'container';
      delete Properties.NodeProperties;
      return true;
    },
  },
  {
    what: 'AWS::EC2::VPC.DeletionPolicy',
    why: 'moto does not delete the route tables of a stack, and then cannot delete its VPC',
    change(resource) {
      resource.DeletionPolicy = 'Retain';
      return true;
    },
  },
];

/** Attributes, and references, that moto does not know, and what stands for them. */
export const REFERRED = {
  'AWS::Batch::ComputeEnvironment.ComputeEnvironmentArn': { value: (id) => ({ Ref: id }), why: `moto does not know it; it is what Ref answers: ${CFN}/aws-resource-batch-computeenvironment.html` },
  'AWS::Batch::JobQueue.JobQueueArn': { value: (id) => ({ Ref: id }), why: `moto does not know it; it is what Ref answers: ${CFN}/aws-resource-batch-jobqueue.html` },
  'AWS::EFS::FileSystem.Arn': {
    value: (id) => ({ 'Fn::Join': ['', [`arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/`, { Ref: id }]] }),
    why: `moto does not know it: ${API}/service-authorization/latest/reference/list_amazonelasticfilesystem.html`,
  },
  'AWS::EFS::AccessPoint.Ref': { value: () => 'fsap-0123456789abcdef0', why: `moto answers something that is not JSON: ${CFN}/aws-resource-efs-accesspoint.html` },
};

/** Types that moto takes, and makes nothing of. */
export const NOT_MADE = {
  'AWS::EC2::SubnetRouteTableAssociation': 'moto associates nothing: no route table has the association afterwards',
};

/** What stands for a resource that moto does not make, so that what refers to it can be made. */
export function standsFor(type, id) {
  const [, service, resource] = type.split('::');
  return `arn:aws:${service.toLowerCase()}:${REGION}:${ACCOUNT}:${service === 'SecretsManager' ? `${resource.toLowerCase()}:` : ''}${id}`;
}

/** By type and attribute: what moto makes of it, and what AWS does. */
export const ATTRIBUTES = {
  'AWS::Logs::LogGroup.Arn': { why: `moto's has no :* at its end: ${CFN}/aws-resource-logs-loggroup.html`, moto: (arn) => arn.replace(/:\*$/, ''), aws: (arn) => arn.replace(/(:\*)?$/, ':*') },
};

const only = 'is for CloudFormation alone, and in no answer of the service';

/** By type and property: why the answer has nothing of what was asked for, or something else; `same` where something else means the same. */
export const ANSWERS = {
  'AWS::Batch::ComputeEnvironment.ReplaceComputeEnvironment': { why: `${only}: ${CFN}/aws-resource-batch-computeenvironment.html` },
  'AWS::Batch::ComputeEnvironment.UpdatePolicy': { why: `moto does not keep it: ${API}/batch/latest/APIReference/API_ComputeEnvironmentDetail.html` },
  'AWS::Batch::JobQueue.SchedulingPolicyArn': { why: `moto does not answer it: ${API}/batch/latest/APIReference/API_JobQueueDetail.html` },
  'AWS::Batch::JobDefinition.PlatformCapabilities': { why: `moto does not take it from a template: ${API}/batch/latest/APIReference/API_JobDefinition.html` },
  'AWS::Batch::JobDefinition.PropagateTags': { why: `moto does not take it from a template: ${API}/batch/latest/APIReference/API_JobDefinition.html` },
  'AWS::Batch::JobDefinition.ResourceRetentionPolicy': { why: `${only}: ${CFN}/aws-resource-batch-jobdefinition.html` },
  'AWS::Batch::JobDefinition.RetryStrategy.EvaluateOnExit.Action': {
    why: `moto answers in lower case; case does not matter: ${API}/batch/latest/APIReference/API_EvaluateOnExit.html`,
    same: (asked, answered) => asked.toLowerCase() === answered.toLowerCase(),
  },
  'AWS::Batch::JobDefinition.Timeout': { why: `moto does not take it from a template: ${API}/batch/latest/APIReference/API_JobDefinition.html` },
  'AWS::Batch::JobQueue.JobStateTimeLimitActions': { why: `moto does not keep them: ${API}/batch/latest/APIReference/API_JobQueueDetail.html` },
  'AWS::EC2::EIP.Tags': { why: 'moto does not take them from a template' },
  'AWS::EC2::InternetGateway.Tags': { why: 'moto does not take them from a template' },
  'AWS::EC2::NatGateway.Tags': { why: 'moto does not take them from a template' },
  'AWS::EC2::RouteTable.Tags': { why: 'moto does not take them from a template' },
  'AWS::EC2::SecurityGroup.SecurityGroupEgress': { why: 'moto does not take it from a template: a group has the rule that AWS gives without one' },
  'AWS::EC2::SecurityGroupIngress.Description': { why: 'moto does not take it from a template' },
  'AWS::EC2::Subnet.MapPublicIpOnLaunch': { why: 'moto does not take it from a template' },
  'AWS::EC2::VPC.EnableDnsHostnames': { why: 'moto does not take it from a template' },
  'AWS::EC2::VPCEndpoint.Tags': { why: 'moto does not take them from a template' },
  'AWS::IAM::Role.ManagedPolicyArns': { why: 'moto does not attach them from a template' },
  'AWS::Lambda::Function.Architectures': { why: 'moto does not take them from a template' },
  'AWS::Lambda::EventSourceMapping.Tags': { why: `moto answers with a list, where the service has a map: ${API}/lambda/latest/api/API_ListTags.html` },
  'AWS::Lambda::Function.LoggingConfig': { why: 'moto does not take it from a template' },
  'AWS::Lambda::Function.Tags': { why: 'moto does not take them from a template' },
  'AWS::S3::Bucket.LifecycleConfiguration': { why: 'moto does not take it from a template' },
  'AWS::S3::Bucket.OwnershipControls': { why: 'moto does not take them from a template' },
  'AWS::S3::Bucket.PublicAccessBlockConfiguration': { why: 'moto does not take it from a template' },
  'AWS::StepFunctions::StateMachine.TracingConfiguration': { why: 'moto does not take it from a template' },
};
