import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { whenTagged } from '../common/tags';
import type { IHeavyBatchCompute } from '../compute/compute-interface';
import type { ComputePlan } from '../compute/compute-plan';
import { containerStatements, grantReadWriteKey } from '../compute/payload-bucket';

/**
 * The permissions of a job in the roles of its compute. In the stack of the compute they are added to the policies of the roles. A job in
 * another stack attaches policies of its own stack to the roles: if the compute knew its jobs, the two stacks would depend on each other.
 */
export class JobGrants {
  readonly executionRole: iam.IRole;
  private readonly jobQueues: string[];
  private readonly submitRole: iam.IRole;
  private readonly checkRole: iam.IRole;

  constructor(private readonly scope: Construct, private readonly compute: IHeavyBatchCompute, plan: ComputePlan) {
    this.jobQueues = [compute.jobQueue, compute.onDemandJobQueue].flatMap((queue) => queue ? [queue.jobQueueArn] : []);
    const sameStack = Stack.of(scope) === Stack.of(compute);
    const roleHere = (id: string, role: iam.IRole) => sameStack ? role : iam.Role.fromRoleName(scope, id, role.roleName);
    this.executionRole = roleHere('ExecutionRole', plan.executionRole);
    this.submitRole = roleHere('SubmitRole', compute.submitFunction.role!);
    this.checkRole = roleHere('WatchRole', compute.checkFunction.role!);
  }

  /**
   * Allows the submit function to submit all revisions of the job definition: a deployment creates a new revision while runs with an older
   * one are in flight.
   */
  grantSubmit(jobDefinition: batch.IJobDefinition): void {
    const stack = Stack.of(this.scope);
    const revision = stack.splitArn(jobDefinition.jobDefinitionArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName!;
    const arn = stack.formatArn({ service: 'batch', resource: 'job-definition', resourceName: Fn.select(0, Fn.split(':', revision)) });
    const allow = (actions: string[], resources: string[]) => this.submitRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    allow(['batch:SubmitJob'], [arn, `${arn}:*`]);
    // Batch authorizes a submission with tags a second time, as TagResource on the revision and on the job queue:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html, https://github.com/wri/gfw-data-api/pull/175
    whenTagged(jobDefinition, () => allow(['batch:TagResource'], [`${arn}:*`, ...this.jobQueues]));
  }

  /** The role of the job's containers: the role of the user, or a new one. An inline policy in the new role is not a resource of its own. */
  containerRole(id: string, folder: string, given: iam.IRole | undefined): iam.IRole {
    const statements = containerStatements(this.compute.payloadBucket, folder);
    const role = given ?? new iam.Role(this.scope, id, {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
      inlinePolicies: { Payloads: new iam.PolicyDocument({ statements }) },
    });
    if (given) statements.forEach((statement) => given.addToPrincipalPolicy(statement));
    grantReadWriteKey(this.compute.payloadBucket, role);
    return role;
  }

  /** Allows the check function to send the outcome of a job to its run. */
  grantReport(stateMachine: sfn.IStateMachine): void {
    stateMachine.grantTaskResponse(this.checkRole);
    stateMachine.grantExecution(this.checkRole, 'states:DescribeExecution');
  }
}
