import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { whenTagged } from '../common/tags';
import type { IHeavyBatchCompute } from '../compute/compute-interface';
import { containerStatements } from '../compute/payload-bucket';

/**
 * What a job needs of its compute's roles. In the compute's own stack the roles' policies grow; from another stack the policies
 * are put there, beside the job, since a compute that named its jobs would tie the stacks both ways.
 */
export class JobGrants {
  readonly executionRole: iam.IRole;
  private readonly jobQueues: string[];
  private readonly submitRole: iam.IRole;
  private readonly watchRole: iam.IRole;

  constructor(private readonly scope: Construct, private readonly compute: IHeavyBatchCompute) {
    this.jobQueues = [compute.jobQueue, compute.onDemandJobQueue].flatMap((queue) => queue ? [queue.jobQueueArn] : []);
    const sameStack = Stack.of(scope) === Stack.of(compute);
    const here = (id: string, role: iam.IRole) => sameStack ? role : iam.Role.fromRoleName(scope, id, role.roleName);
    this.executionRole = here('ExecutionRole', compute.executionRole);
    this.submitRole = here('SubmitRole', compute.submitFunction.role!);
    this.watchRole = here('WatchRole', compute.watchFunction.role!);
  }

  /** By name and not by revision: a deploy makes a new revision while runs with the old one are in flight. */
  letSubmit(jobDefinition: batch.IJobDefinition): void {
    const stack = Stack.of(this.scope);
    const revision = stack.splitArn(jobDefinition.jobDefinitionArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    const arn = stack.formatArn({ service: 'batch', resource: 'job-definition', resourceName: Fn.select(0, Fn.split(':', revision)) });
    const allow = (actions: string[], resources: string[]) => this.submitRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['batch:SubmitJob'], [arn, `${arn}:*`]);
    // A job that is submitted with tags is checked against what it is submitted with, once more, and by revision:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html, https://github.com/wri/gfw-data-api/pull/175
    whenTagged(jobDefinition, () => allow(['batch:TagResource'], [`${arn}:*`, ...this.jobQueues]));
  }

  /** The role of a job's containers: a new one, whose policy is part of it and no resource of its own, or one that is given. */
  containerRole(id: string, folder: string, given: iam.IRole | undefined): iam.IRole {
    const statements = containerStatements(this.compute.payloadBucket, folder);
    const role = given ?? new iam.Role(this.scope, id, {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      inlinePolicies: { Payloads: new iam.PolicyDocument({ statements }) },
    });
    if (given) statements.forEach((statement) => given.addToPrincipalPolicy(statement));
    this.compute.payloadBucket.encryptionKey?.grantEncryptDecrypt(role);
    return role;
  }

  letReport(stateMachine: sfn.StateMachine): void {
    stateMachine.grantTaskResponse(this.watchRole);
    stateMachine.grantExecution(this.watchRole, 'states:DescribeExecution');
  }
}
