import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface RunManyDefinitionProps {
  readonly job: sfn.IStateMachine;
  readonly list: { readonly bucket: s3.IBucket; readonly key?: string; readonly format: Record<string, unknown> };
  readonly results: { readonly bucket: s3.IBucket; readonly prefix: string };
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage?: number;
  readonly shareIdentifier?: string;
}

/** Part of the ARNs of the children of the map. */
export const MAP_LABEL = 'Each';

/** Nothing was started: again soon, and not all at once. */
const AGAIN = {
  ErrorEquals: ['StepFunctions.SdkClientException', 'StepFunctions.AWSStepFunctionsException', 'StepFunctions.ExecutionLimitExceededException'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  MaxAttempts: 8,
  JitterStrategy: 'FULL',
};

/**
 * A run for each item of a list, and then a count of what they came to.
 *
 * Written out, and not with `sfn.DistributedMap`, whose role may read and write the whole of both buckets.
 */
export function runManyDefinition(scope: Construct, props: RunManyDefinitionProps): sfn.IChainable {
  const each = new sfn.CustomState(scope, 'Each', { stateJson: map(Stack.of(scope).partition, props) });
  const count = new sfn.CustomState(scope, 'Count', {
    stateJson: {
      Type: 'Task',
      Resource: `arn:${Stack.of(scope).partition}:states:::aws-sdk:sfn:describeMapRun`,
      Parameters: { 'MapRunArn.$': '$.mapRunArn' },
      ResultSelector: {
        'total.$': '$.ItemCounts.Total',
        'succeeded.$': '$.ItemCounts.Succeeded',
        'failed.$': '$.ItemCounts.Failed',
        'timedOut.$': '$.ItemCounts.TimedOut',
        'aborted.$': '$.ItemCounts.Aborted',
      },
      ResultPath: '$.runs',
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' }],
    },
  });
  const done = new sfn.Succeed(scope, 'Done', { stateName: 'Done' });
  if (props.toleratedFailurePercentage !== undefined) return each.next(count).next(done);
  const failed = new sfn.Fail(scope, 'RunsFailed', { stateName: 'RunsFailed', error: 'RunsFailed', causePath: sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$')) });
  const any = sfn.Condition.or(...['failed', 'timedOut', 'aborted'].map((what) => sfn.Condition.numberGreaterThan(`$.runs.${what}`, 0)));
  return each.next(count).next(new sfn.Choice(scope, 'AnyFailed', { stateName: 'AnyFailed' }).when(any, failed).otherwise(done));
}

function map(partition: string, { job, list, results, ...props }: RunManyDefinitionProps): Record<string, unknown> {
  return {
    Type: 'Map',
    Label: MAP_LABEL,
    ItemReader: {
      Resource: `arn:${partition}:states:::s3:getObject`,
      ReaderConfig: list.format,
      Parameters: { Bucket: list.bucket.bucketName, ...list.key === undefined ? { 'Key.$': '$.key' } : { Key: list.key } },
    },
    ItemSelector: { 'index.$': '$$.Map.Item.Index', 'parameters.$': '$$.Map.Item.Value' },
    MaxConcurrency: props.maxConcurrency,
    ToleratedFailurePercentage: props.toleratedFailurePercentage ?? 100,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Run',
      States: {
        Run: {
          Type: 'Task',
          Resource: `arn:${partition}:states:::states:startExecution.sync:2`,
          Parameters: {
            'StateMachineArn': job.stateMachineArn,
            // The child's own name: a retry finds the run that was started, a redrive starts another.
            'Name.$': "States.Format('{}-{}', $$.Execution.Name, $$.Execution.RedriveCount)",
            'Input': { 'parameters.$': '$.parameters', ...props.shareIdentifier === undefined ? {} : { shareIdentifier: props.shareIdentifier } },
          },
          ResultSelector: { 'output.$': '$.Output' },
          ResultPath: '$.run',
          Retry: [AGAIN],
          End: true,
        },
      },
    },
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: results.bucket.bucketName, Prefix: results.prefix },
      WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
    },
    ResultSelector: { 'mapRunArn.$': '$.MapRunArn', 'results.$': '$.ResultWriterDetails' },
  };
}
