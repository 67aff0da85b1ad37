// Changes a template so that moto can deploy it. Each change is explained here; the suite `deployment` fails for one that is not needed any more.
import fs from 'node:fs';
import { ACCOUNT, REGION } from './server.mjs';
import { mapReferences } from '../common/references.mjs';

const CFN = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const DOCS = 'https://docs.aws.amazon.com';

const SERVICE_ROLE = 'MotoServiceRole';

/** `change` changes a resource, and returns whether it did. */
const CHANGES = {
  'AWS::Batch::ComputeEnvironment.ServiceRole': {
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
    reason: 'moto requires MANAGED; aws-cdk-lib writes managed, which CloudFormation accepts, too',
    change: ({ Properties }) => {
      const { Type } = Properties;
      Properties.Type = Type.toUpperCase();
      return Properties.Type !== Type;
    },
  },
  'AWS::Batch::ComputeEnvironment.ComputeResources.InstanceTypes': {
    reason: `moto knows optimal, but not default_x86_64 and default_arm64: ${DOCS}/batch/latest/userguide/instance-type-compute-table.html`,
    change: ({ Properties: { ComputeResources } }) => {
      const types = ComputeResources?.InstanceTypes;
      if (!types?.some((name) => name.startsWith('default_'))) return false;
      ComputeResources.InstanceTypes = types.map((name) => name.startsWith('default_') ? 'optimal' : name);
      return true;
    },
  },
  'AWS::Batch::JobDefinition.NodeProperties': {
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
    reason: `moto does not know it; its value is the value of Ref: ${CFN}/aws-resource-batch-computeenvironment.html`,
    value: (id) => ({ Ref: id }),
  },
  'AWS::Batch::JobQueue.JobQueueArn': {
    reason: `moto does not know it; its value is the value of Ref: ${CFN}/aws-resource-batch-jobqueue.html`,
    value: (id) => ({ Ref: id }),
  },
  'AWS::EFS::FileSystem.Arn': {
    reason: `moto does not know it: ${DOCS}/service-authorization/latest/reference/list_amazonelasticfilesystem.html`,
    value: (id) => ({ 'Fn::Join': ['', [`arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/`, { Ref: id }]] }),
  },
  'AWS::EFS::AccessPoint.Ref': {
    reason: `the value that moto gives it is not JSON: ${CFN}/aws-resource-efs-accesspoint.html`,
    value: () => 'fsap-0123456789abcdef0',
  },
};

/** The reason for each change, by the name that `onChange` gets. */
export const CHANGE_REASONS = Object.fromEntries(Object.entries({ ...CHANGES, ...REFERENCES }).map(([name, { reason }]) => [`changed for moto: ${name}`, reason]));

/** The template of a stack, for moto. References to resources that moto does not know become ARNs. */
export function motoTemplate(stack, types, onChange = () => undefined) {
  const template = JSON.parse(fs.readFileSync(stack.file, 'utf8'));
  for (const resource of Object.values(template.Resources)) {
    for (const [name, { change }] of Object.entries(CHANGES)) {
      if (name.startsWith(`${resource.Type}.`) && change(resource, template.Resources)) onChange(`changed for moto: ${name}`);
    }
  }
  return mapReferences(template, (name, id) => {
    const [type] = name.split('.');
    if (!(type in types)) return unknownArn(type, id);
    if (name in REFERENCES) onChange(`changed for moto: ${name}`);
    return REFERENCES[name]?.value(id);
  });
}

function unknownArn(type, id) {
  const [, service, resource] = type.split('::');
  return `arn:aws:${service.toLowerCase()}:${REGION}:${ACCOUNT}:${service === 'SecretsManager' ? `${resource.toLowerCase()}:` : ''}${id}`;
}
