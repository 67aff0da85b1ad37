import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { OwnPermission, ownStatement } from '../common/own-permissions';

/**
 * The role of the instances: what the ECS agent calls, in the clusters of AWS Batch in this account and Region. AWS Batch generates the names of its
 * clusters. They begin with `AWSBatch`, since its service-linked role may run tasks in no others:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/BatchServiceRolePolicy.html
 *
 * AWS's managed policy `AmazonEC2ContainerServiceforEC2Role` allows the same in all clusters, and reads all images of the account and writes to all
 * its logs. Each job has an execution role for its image and its log, so the instance needs neither. The CDK gives the instances of an ECS cluster the
 * same actions: https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-ecs/lib/cluster.ts
 */
export function instanceRole(scope: Construct, id: string): iam.Role {
  const permissions = agentPermissions(Stack.of(scope));
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
    inlinePolicies: { EcsAgent: new iam.PolicyDocument({ statements: permissions.map(({ statement }) => statement) }) },
  });
  permissions.forEach(({ statement, reason }) => ownStatement(role, statement, reason));
  return role;
}

/** The resources and conditions of the actions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
function agentPermissions(stack: Stack): OwnPermission[] {
  const clusters = stack.formatArn({ service: 'ecs', resource: 'cluster', resourceName: 'AWSBatch*' });
  const instances = stack.formatArn({ service: 'ecs', resource: 'container-instance', resourceName: '*' });
  const permission = (reason: string, props: iam.PolicyStatementProps) => ({ statement: new iam.PolicyStatement(props), reason });
  return [
    permission('all clusters of AWS Batch in the account and Region: it generates their names', {
      actions: [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      resources: [clusters],
    }),
    permission('all instances in clusters of AWS Batch: ECS generates their ids', {
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      resources: [instances],
      conditions: { ArnLike: { 'ecs:cluster': clusters } },
    }),
    permission('the instance that registers itself', {
      actions: ['ecs:TagResource'],
      resources: [instances],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' } },
    }),
    // These support no resource. The agent reads the tags of its instance only if ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM is set, but then it does not
    // join the cluster without them: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
    permission('ECS and EC2 support no resource for these actions', { actions: ['ecs:DiscoverPollEndpoint', 'ec2:DescribeTags'], resources: ['*'] }),
  ];
}
