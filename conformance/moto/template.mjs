// Changes a template so that moto can deploy it. Each change is explained here, for resources at certain places only; the suite `deployment` fails for
// one that is not needed any more.
import fs from 'node:fs';
import { ACCOUNT, REGION } from './server.mjs';
import { placeOf } from '../common/explanations.mjs';
import { mapReferences } from '../common/references.mjs';

const CFN = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const DOCS = 'https://docs.aws.amazon.com';

const SERVICE_ROLE = 'MotoServiceRole';

/** The compute environments of a job or of a compute. */
const COMPUTE_ENVIRONMENTS = /\w*Compute(OnDemand)?(Instances|Fargate|FargateSpot)ComputeEnvironment/;
const ON_INSTANCES = /\w*Compute(OnDemand)?InstancesComputeEnvironment/;
const QUEUES = /\w*Compute(OnDemand)?(Instances|Fargate|FargateSpot)(FairShare)?JobQueue/;

/** `change` changes a resource, and returns whether it did. */
const CHANGES = {
  'AWS::Batch::ComputeEnvironment.ServiceRole': {
    place: COMPUTE_ENVIRONMENTS,
    reason: `moto requires a role; without one, AWS uses the service-linked role: ${CFN}/aws-resource-batch-computeenvironment.html`,
    change: ({ Properties }, resources) => {
      if (Properties.ServiceRole) return false;
      const statement = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'batch.amazonaws.com' } };
      resources[SERVICE_ROLE] = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [statement] } } };
      Properties.ServiceRole = { 'Fn::GetAtt': [SERVICE_ROLE, 'Arn'] };
      return true;
    },
  },
  'AWS::Batch::ComputeEnvironment.Type': {
    place: COMPUTE_ENVIRONMENTS,
    reason: 'moto requires MANAGED; aws-cdk-lib writes managed, which CloudFormation accepts, too',
    change: ({ Properties }) => {
      const { Type } = Properties;
      Properties.Type = Type.toUpperCase();
      return Properties.Type !== Type;
    },
  },
  'AWS::Batch::ComputeEnvironment.ComputeResources.InstanceTypes': {
    place: ON_INSTANCES,
    reason: `moto knows optimal, but not default_x86_64 and default_arm64: ${DOCS}/batch/latest/userguide/instance-type-compute-table.html`,
    change: ({ Properties: { ComputeResources } }) => {
      const types = ComputeResources?.InstanceTypes;
      if (!types?.some((name) => name.startsWith('default_'))) return false;
      ComputeResources.InstanceTypes = types.map((name) => name.startsWith('default_') ? 'optimal' : name);
      return true;
    },
  },
  'AWS::Batch::JobDefinition.NodeProperties': {
    place: /(Job|Pi)ContainerJobDefinition/,
    reason: `moto has no multi-node jobs; it gets the container of their nodes: ${DOCS}/batch/latest/userguide/multi-node-parallel-jobs.html`,
    change: ({ Properties }) => {
      if (!Properties.NodeProperties) return false;
      Properties.ContainerProperties = Properties.NodeProperties.NodeRangeProperties[0].Container;
      Properties.Type = 'container';
      delete Properties.NodeProperties;
      return true;
    },
  },
  'AWS::EC2::VPC.DeletionPolicy': {
    place: /(\w*Compute)?Vpc/,
    reason: 'moto does not delete the route tables of a stack, and then cannot delete its VPC',
    change: (resource) => {
      resource.DeletionPolicy = 'Retain';
      return true;
    },
  },
};

/** References that moto does not know, and their values. */
const REFERENCES = {
  'AWS::Batch::ComputeEnvironment.ComputeEnvironmentArn': {
    place: COMPUTE_ENVIRONMENTS,
    reason: `moto does not know it; its value is the value of Ref: ${CFN}/aws-resource-batch-computeenvironment.html`,
    value: (id) => ({ Ref: id }),
  },
  'AWS::Batch::JobQueue.JobQueueArn': {
    place: QUEUES,
    reason: `moto does not know it; its value is the value of Ref: ${CFN}/aws-resource-batch-jobqueue.html`,
    value: (id) => ({ Ref: id }),
  },
  'AWS::EFS::FileSystem.Arn': {
    place: /FileSystem|Files/,
    reason: `moto does not know it: ${DOCS}/service-authorization/latest/reference/list_amazonelasticfilesystem.html`,
    value: (id) => ({ 'Fn::Join': ['', [`arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/`, { Ref: id }]] }),
  },
  'AWS::EFS::AccessPoint.Ref': {
    place: /(FileSystem|Files)Jobs/,
    reason: `the value that moto gives it is not JSON: ${CFN}/aws-resource-efs-accesspoint.html`,
    value: () => 'fsap-0123456789abcdef0',
  },
};

/** Why each change is made, and where. */
export const CHANGE_EXPLANATIONS = Object.entries({ ...CHANGES, ...REFERENCES }).map(([name, { place, reason }]) => (
  { what: `changed for moto: ${name.slice(name.indexOf('.') + 1)}`, type: name.slice(0, name.indexOf('.')), place, reason }
));

/** The template of a stack, for moto. `isExplained` says whether a change may be made. References to resources that moto does not know become ARNs. */
export function motoTemplate(stack, types, isExplained = () => true) {
  const template = readTemplate(stack);
  const mayChange = (name, id) => isExplained({ what: `changed for moto: ${name.slice(name.indexOf('.') + 1)}`, type: name.slice(0, name.indexOf('.')), place: placeOf(id) });
  for (const [id, resource] of Object.entries(template.Resources)) {
    for (const [name, { change }] of Object.entries(CHANGES).filter(([key]) => key.startsWith(`${resource.Type}.`))) {
      const changed = structuredClone(resource);
      const more = {};
      if (!change(changed, more) || !mayChange(name, id)) continue;
      Object.assign(resource, changed);
      Object.assign(template.Resources, more);
    }
  }
  return mapReferences(template, (name, id) => {
    const [type] = name.split('.');
    if (!(type in types)) return unknownArn(type, id);
    return name in REFERENCES && mayChange(name, id) ? REFERENCES[name].value(id) : undefined;
  });
}

/** The template as it was synthesized. */
export function readTemplate(stack) {
  return JSON.parse(fs.readFileSync(stack.file, 'utf8'));
}

function unknownArn(type, id) {
  const [, service, resource] = type.split('::');
  return `arn:aws:${service.toLowerCase()}:${REGION}:${ACCOUNT}:${service === 'SecretsManager' ? `${resource.toLowerCase()}:` : ''}${id}`;
}
