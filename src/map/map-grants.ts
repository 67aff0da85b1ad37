import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MAP_LABEL } from './map-definition';
import { WHILE_FORMER_RUNS_LAST } from '../common/buckets';
import { ownStatement } from '../common/own-permissions';
import { grantUse } from '../compute/key-policy';
import { grantReadKey, grantReadWriteKey } from '../compute/payload-bucket';

const EXECUTIONS = 'all executions of one state machine: their callers choose the names';

export interface MapRoleProps {
  readonly role: iam.Role;
  readonly stateMachine: sfn.IStateMachine;
  readonly job: sfn.IStateMachine;
  /** The key of both state machines. */
  readonly encryptionKey?: kms.IKey;
  readonly list: { readonly bucket: s3.IBucket; readonly key?: string };
  /** Executions from before a deployment may write with the former prefix. */
  readonly results: { readonly bucket: s3.IBucket; readonly prefix: string; readonly formerPrefix?: string };
}

/**
 * Adds the permissions of a map's own role. They are a separate policy, because the state machine waits for the default policy of its role,
 * so the default policy cannot contain the ARN of the state machine.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function addMapPolicy(scope: Construct, { role, stateMachine, job, encryptionKey, list, results }: MapRoleProps): void {
  const stack = Stack.of(scope);
  const policy = new iam.Policy(scope, 'Policy', { roles: [role] });
  const allow = (actions: string[], resources: string[]) => policy.addStatements(new iam.PolicyStatement({ actions, resources }));
  const allowMany = (actions: string[], resource: string, reason: string, conditions?: iam.Conditions) => (
    policy.addStatements(ownStatement(policy, new iam.PolicyStatement({ actions, resources: [resource], conditions }), reason)));

  // The child executions of the map, one for each item. The map reads their status, and a redrive runs them again.
  allow(['states:StartExecution'], [stateMachine.stateMachineArn]);
  allowMany(['states:DescribeExecution', 'states:StopExecution'], statesArn(stateMachine, 'execution', ':*'), EXECUTIONS);
  allowMany(['states:RedriveExecution'], childExecutions(stateMachine), 'all executions of one map: their names are known only at run time');
  allowMany(['states:DescribeMapRun'], mapRuns(stateMachine), 'all runs of one map: Step Functions generates their names');
  // The runs: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
  allow(['states:StartExecution'], [job.stateMachineArn]);
  allowMany(['states:DescribeExecution', 'states:StopExecution'], statesArn(job, 'execution', ':*'), EXECUTIONS);
  allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [
    stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule' }),
  ]);
  allowMany(['s3:GetObject'], list.bucket.arnForObjects(list.key ?? '*'), 'all lists in the bucket, since each execution names its own list');
  const allowResults = (prefix: string, conditions?: iam.Conditions) => allowMany(
    ['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], results.bucket.arnForObjects(`${prefix}/*`),
    'the results of all executions of the map, whose names are known only at run time', conditions);
  allowResults(results.prefix);
  if (results.formerPrefix !== undefined) allowResults(results.formerPrefix, WHILE_FORMER_RUNS_LAST);
  grantUse(encryptionKey, role);
  grantReadKey(list.bucket, role);
  grantReadWriteKey(results.bucket, role);
}

/** Allows a principal to read the map runs of a map and their child executions: how many items have succeeded, failed, and so on. */
export function grantReadMapRuns(grantee: iam.IGrantable, stateMachine: sfn.IStateMachine): iam.Grant {
  const grant = (actions: string[], resource: string) => iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resource] });
  return grant(['states:ListMapRuns'], statesArn(stateMachine, 'execution', ':*'))
    .combine(grant(['states:DescribeMapRun', 'states:ListExecutions'], mapRuns(stateMachine)))
    .combine(grant(['states:DescribeExecution', 'states:GetExecutionHistory'], childExecutions(stateMachine)));
}

function mapRuns(stateMachine: sfn.IStateMachine): string {
  return statesArn(stateMachine, 'mapRun', `/${MAP_LABEL}:*`);
}

function childExecutions(stateMachine: sfn.IStateMachine): string {
  return statesArn(stateMachine, 'execution', `/${MAP_LABEL}:*`);
}

/** The ARN of a resource whose name begins with the name of a state machine. */
function statesArn(stateMachine: sfn.IStateMachine, resource: string, suffix: string): string {
  const name = Fn.select(6, Fn.split(':', stateMachine.stateMachineArn));
  return Stack.of(stateMachine).formatArn({ service: 'states', resource, resourceName: `${name}${suffix}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
