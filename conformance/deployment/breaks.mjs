// The breaks of the self-test: what is deployed is not what was asked.

const resourceOf = ({ Resources }, type) => Object.values(Resources).find(({ Type }) => Type === type);
const propertiesOf = (template, type) => resourceOf(template, type).Properties;

export const BREAKS = [
  {
    title: 'a container with more memory',
    pattern: /ContainerProperties.*2048/,
    change: (template) => { propertiesOf(template, 'AWS::Batch::JobDefinition').ContainerProperties.ResourceRequirements[0].Value = '2048'; },
  },
  {
    title: 'a limit of vCPUs that is tripled',
    pattern: /MaxvCpus: 768 instead of 256/,
    change: (template) => { propertiesOf(template, 'AWS::Batch::ComputeEnvironment').ComputeResources.MaxvCpus = 768; },
  },
  {
    title: 'a rule for other events',
    pattern: /AWS::Events::Rule.*EventPattern/,
    change: (template) => { propertiesOf(template, 'AWS::Events::Rule').EventPattern.detail.status = ['FAILED']; },
  },
  {
    title: 'a queue that hides its messages for an hour',
    pattern: /AWS::SQS::Queue.*VisibilityTimeout: "3600"/,
    change: ({ Resources }) => { Object.values(Resources).find(({ Type, Properties }) => Type === 'AWS::SQS::Queue' && Properties.VisibilityTimeout).Properties.VisibilityTimeout = 3600; },
  },
  {
    title: 'a function with the role of another',
    pattern: /AWS::Lambda::Function.*Role/,
    change: ({ Resources }) => {
      const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
      functions[0].Properties.Role = functions[1].Properties.Role;
    },
  },
  {
    title: 'a stack that CloudFormation cannot create',
    pattern: /AssumeRolePolicyDocument|CREATE_FAILED|ROLLBACK|Error/,
    change: (template) => { delete propertiesOf(template, 'AWS::IAM::Role').AssumeRolePolicyDocument; },
  },
  {
    title: 'a queue that stays',
    pattern: /resources of AWS::SQS::Queue exist after the deletion instead of 0/,
    change: (template) => { resourceOf(template, 'AWS::SQS::Queue').DeletionPolicy = 'Retain'; },
  },
];
