import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { JOB_STATUSES } from '../contract/api-runs';
import { CONTEXT_PARAMETER } from '../contract/parameters';
import { executionsOf } from '../job/state-machine-base';

/** Invokes a function with the events of all runs of some jobs, also of those that the API did not start. */
export function sendRunEvents(scope: Construct, stateMachines: sfn.IStateMachine[], handler: lambda.Function): void {
  const target = new targets.LambdaFunction(handler);
  // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  new events.Rule(scope, 'RunRule', {
    description: 'The start and the end of each run, to the function of the API.',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: stateMachines.map(({ stateMachineArn }) => stateMachineArn) },
    },
    targets: [target],
  });
  // https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html, https://docs.aws.amazon.com/batch/latest/userguide/batch-job-queue-blocked-events.html
  new events.Rule(scope, 'JobRule', {
    description: 'The state of the jobs of runs until their end, to the function of the API.',
    eventPattern: {
      source: ['aws.batch'],
      detailType: ['Batch Job State Change', 'Batch Job Queue Blocked'],
      detail: {
        status: [...JOB_STATUSES],
        // No children of array jobs, and no nodes: https://docs.aws.amazon.com/batch/latest/userguide/multi-node-parallel-jobs.html
        jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }],
        parameters: { [CONTEXT_PARAMETER]: stateMachines.map((stateMachine) => ({ prefix: contextStart(stateMachine) })) },
      },
    },
    targets: [target],
  });
}

/**
 * What the context of each job begins with, as the submit function writes it: a JSON object whose first field is the ARN of the execution. A `wildcard` would find
 * it anywhere in the context, but EventBridge refuses eight of them in one rule as too complex:
 * https://github.com/vals-ai/Valkyrie/pull/278, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching-complexity
 */
function contextStart(stateMachine: sfn.IStateMachine): string {
  return `{"execution":"${executionsOf(stateMachine)}:`;
}
