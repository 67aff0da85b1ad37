import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeGiven } from '../common/acknowledge';
import type { Folders } from '../common/buckets';
import { ownGrant, ownStatement } from '../common/own-permissions';
import { tasksOfEcs } from '../common/trusted-services';
import { uniqueName } from '../common/unique-name';
import { atEndOf, refuse } from '../common/validation';
import type { IHeavyBatchCompute } from '../compute/compute-interface';
import { containerStatements, grantReadWriteKey, ownContainerStatements } from '../compute/payload-bucket';

/**
 * The role with which ECS pulls the image of a job, reads its secrets and writes its logs. Each job has its own, so it can read no secret of
 * another job. Its permissions are a part of the role: a policy would be another resource, and a stack has at most 500.
 */
export class ExecutionRole extends iam.Role {
  private readonly permissions = new iam.PolicyDocument();

  constructor(scope: Construct, id: string) {
    super(scope, id, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    ownGrant(this, ['ecr:GetAuthorizationToken'], '*', 'ECR supports no resource for this action');
  }

  addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    // The policy of a secret's own KMS key names this role, so a statement with the secret cannot be a part of the role.
    if (statement.actions.some((action) => action.startsWith('secretsmanager:'))) {
      return super.addToPrincipalPolicy(ownStatement(this, statement, 'the secrets that the job names'));
    }
    this.permissions.addStatements(statement);
    // A public image whose log goes elsewhere needs no permission, and IAM accepts no empty policy.
    (this.node.defaultChild as iam.CfnRole).policies = [{ policyName: 'Permissions', policyDocument: this.permissions }];
    return { statementAdded: true, policyDependable: this };
  }
}

/** The role of the job's containers: the role of the user, or a new one. An inline policy in the new role is not a resource of its own. */
export function containerRole(scope: Construct, id: string, compute: IHeavyBatchCompute, folders: Folders, given?: iam.IRole): iam.IRole {
  const statements = containerStatements(compute.payloadBucket, folders);
  const role = given ?? new iam.Role(scope, id, { assumedBy: tasksOfEcs(scope), inlinePolicies: { Payloads: new iam.PolicyDocument({ statements }) } });
  ownContainerStatements(role, statements);
  if (given) {
    statements.forEach((statement) => given.addToPrincipalPolicy(statement));
    if (!(given instanceof iam.Role)) {
      nameOwnPolicies(given);
      limitPolicies(scope, given);
    }
    acknowledgeGiven(scope, given);
  }
  grantReadWriteKey(compute.payloadBucket, role);
  return role;
}

/**
 * Gives the policies of an imported role names that no other stack uses. The CDK names them by their path, so a stack with the same paths
 * would overwrite them: https://github.com/aws/aws-cdk/issues/23080
 */
function nameOwnPolicies(role: iam.IRole): void {
  for (const policy of role.node.findAll()) {
    if (policy instanceof iam.CfnPolicy) policy.policyName = uniqueName(policy, 128);
  }
}

/** Without white space. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MOST_CHARACTERS = 10_240;

/** Refuses an imported role that many jobs share when their permissions do not fit into it. The CDK divides only the policies of a role that it creates. */
function limitPolicies(job: Construct, role: iam.IRole): void {
  atEndOf(job, () => {
    const documents = role.node.findAll().flatMap((policy) => policy instanceof iam.CfnPolicy ? [policy.policyDocument] : []);
    const { length } = JSON.stringify(Stack.of(role).resolve(documents)).replace(/\s/g, '');
    if (length > MOST_CHARACTERS) {
      refuse(job, 'jobRole', `is an imported role whose policies have about ${length} characters with those of its other jobs, but IAM accepts ${MOST_CHARACTERS}; `
        + 'use fewer jobs with this role, or leave it out for a role of the job\'s own');
    }
  });
}
