// Reads the properties that decide what a job does back from moto, in the spelling of the template.
import { BatchClient, DescribeComputeEnvironmentsCommand, DescribeJobDefinitionsCommand, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { DescribeRuleCommand, EventBridgeClient, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

/** By resource type: reads the properties of the resource with this physical id. `values` has what references of the template stand for. */
export function readersOf(moto) {
  const clients = [BatchClient, EventBridgeClient, IAMClient, LambdaClient, SFNClient, SQSClient];
  const [batch, events, iam, lambda, sfn, sqs] = clients.map((Client) => new Client(moto.client));
  const policyOf = async (RoleName, PolicyName) => {
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    const text = decodeURIComponent(PolicyDocument);
    // moto writes the inline policies of a role as Python does.
    return JSON.parse(text.startsWith("{'") ? text.replaceAll("'", '"') : text);
  };
  return {
    'AWS::Batch::ComputeEnvironment': async (id, { ComputeResources }) => {
      const { computeEnvironments: [{ computeResources, state }] } = await batch.send(new DescribeComputeEnvironmentsCommand({ computeEnvironments: [id] }));
      // moto has another instance type for those that AWS added later: moto/template.mjs.
      const isReplaced = ComputeResources?.InstanceTypes?.some((name) => name.startsWith?.('default_'));
      return { State: state, ComputeResources: { ...computeResources, ...isReplaced ? { instanceTypes: ComputeResources.InstanceTypes } : {} } };
    },
    'AWS::Batch::JobDefinition': async (id) => {
      const { jobDefinitions: [definition] } = await batch.send(new DescribeJobDefinitionsCommand({ jobDefinitions: [id] }));
      const { containerProperties, retryStrategy, parameters } = definition;
      // moto writes the action in lower case; AWS accepts both.
      const evaluateOnExit = retryStrategy?.evaluateOnExit?.map((rule) => ({ ...rule, action: rule.action.toUpperCase() }));
      return { ContainerProperties: containerProperties, RetryStrategy: { ...retryStrategy, evaluateOnExit }, Parameters: parameters };
    },
    'AWS::Batch::JobQueue': async (id) => {
      const { jobQueues: [{ computeEnvironmentOrder, priority, state }] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: [id] }));
      return { ComputeEnvironmentOrder: computeEnvironmentOrder, Priority: priority, State: state };
    },
    'AWS::Events::Rule': async (id) => {
      const { EventPattern } = await events.send(new DescribeRuleCommand({ Name: id }));
      const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: id }));
      return { EventPattern: EventPattern && JSON.parse(EventPattern), Targets };
    },
    'AWS::IAM::Policy': async (id, { PolicyName, Roles: [role] }, values) => ({
      PolicyDocument: await policyOf(values.get(role.Ref ?? role['Fn::ImportValue']), PolicyName),
    }),
    'AWS::IAM::Role': async (id, { Policies = [] }) => {
      const { Role: { AssumeRolePolicyDocument } } = await iam.send(new GetRoleCommand({ RoleName: id }));
      return {
        AssumeRolePolicyDocument: JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)),
        Policies: await Promise.all(Policies.map(async ({ PolicyName }) => ({ PolicyName, PolicyDocument: await policyOf(id, PolicyName) }))),
      };
    },
    'AWS::Lambda::Function': async (id) => {
      const { Environment, Handler, MemorySize, Role, Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: id }));
      return { Environment, Handler, MemorySize, Role, Timeout };
    },
    'AWS::SQS::Queue': async (id) => {
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ['All'] }));
      const { MessageRetentionPeriod, RedrivePolicy, SqsManagedSseEnabled, VisibilityTimeout } = Attributes;
      return { MessageRetentionPeriod, RedrivePolicy: RedrivePolicy && JSON.parse(RedrivePolicy), SqsManagedSseEnabled, VisibilityTimeout };
    },
    'AWS::StepFunctions::StateMachine': async (id) => {
      const { definition, roleArn } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: id }));
      return { DefinitionString: definition, RoleArn: roleArn };
    },
  };
}
