import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';

// The services that may assume roles, for the sake of this account only. Otherwise a service could be made to use a role for the resources of another account:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
//
// The roles of functions, of instances and of the execution of tasks have no condition. A condition on a key that a service does not send refuses everything, and
// no page about them was found that names a key: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html,
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html,
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html

/** Step Functions, for the state machines of this account and Region: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html */
export function stepFunctions(scope: IConstruct): iam.IPrincipal {
  const stateMachines = Stack.of(scope).formatArn({ service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return service('states', scope, stateMachines);
}

/**
 * ECS, for the containers of the tasks of this account and Region. ECS does not support the ARN of a cluster here:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function tasksOfEcs(scope: IConstruct): iam.IPrincipal {
  return service('ecs-tasks', scope, Stack.of(scope).formatArn({ service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }));
}

function service(name: string, scope: IConstruct, sourceArn: string): iam.IPrincipal {
  return new iam.ServicePrincipal(`${name}.amazonaws.com`, {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account }, ArnLike: { 'aws:SourceArn': sourceArn } },
  });
}
