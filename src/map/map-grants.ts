import { ArnFormat, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { MAP_LABEL } from './map-definition';

export interface RunManyGrants {
  readonly role: iam.Role;
  readonly stateMachine: sfn.StateMachine;
  readonly job: sfn.StateMachine;
  readonly list: { readonly bucket: s3.IBucket; readonly key?: string };
  readonly results: { readonly bucket: s3.IBucket; readonly prefix: string };
}

/**
 * What the role of a state machine that runs many may do. A policy of its own, since the machine's creation waits for its role's
 * default policy, which then could not name the machine.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function letRunMany(scope: Construct, { role, stateMachine, job, list, results }: RunManyGrants): void {
  const stack = Stack.of(scope);
  const named = (machine: sfn.StateMachine) => Fn.select(6, Fn.split(':', machine.stateMachineArn));
  const arn = (resource: string, resourceName: string, of = stack) => of.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });

  new iam.Policy(scope, 'Policy', {
    roles: [role],
    statements: [
      // Its own children, one an item, of which it asks how they are, and which a redrive runs again.
      allow(['states:StartExecution'], [stateMachine.stateMachineArn]),
      allow(['states:DescribeExecution', 'states:StopExecution'], [arn('execution', `${named(stateMachine)}:*`)]),
      allow(['states:RedriveExecution'], [arn('execution', `${named(stateMachine)}/${MAP_LABEL}:*`)]),
      allow(['states:DescribeMapRun'], [arn('mapRun', `${named(stateMachine)}/${MAP_LABEL}:*`)]),
      // The runs: https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
      allow(['states:StartExecution'], [job.stateMachineArn]),
      allow(['states:DescribeExecution', 'states:StopExecution'], [arn('execution', `${named(job)}:*`, Stack.of(job))]),
      allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [
        stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule' }),
      ]),
      allow(['s3:GetObject'], [list.bucket.arnForObjects(list.key ?? '*')]),
      allow(['s3:GetObject', 's3:PutObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], [results.bucket.arnForObjects(`${results.prefix}/*`)]),
    ],
  });
  list.bucket.encryptionKey?.grantDecrypt(role);
  results.bucket.encryptionKey?.grantEncryptDecrypt(role);
}
