import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { RUNS_FAILED } from '../contract/errors';

export interface MapDefinitionProps {
  readonly job: sfn.IStateMachine;
  readonly list: { readonly bucket: s3.IBucket; readonly key?: string; readonly format: Record<string, unknown> };
  readonly results: { readonly bucket: s3.IBucket; readonly prefix: string };
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage?: number;
  readonly shareIdentifier?: string;
}

/** The label of the map. It is part of the ARNs of its child executions. */
export const MAP_LABEL = 'Each';

const RETRY = { IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 60, MaxAttempts: 8, JitterStrategy: 'FULL' };

/** The errors after which no run was started, so that another attempt is safe. */
const NOT_STARTED = ['StepFunctions.SdkClientException', 'StepFunctions.AWSStepFunctionsException', 'StepFunctions.ExecutionLimitExceededException'];

/**
 * Starts a run for each item of a list, and counts the outcomes of the runs.
 *
 * `sfn.DistributedMap` is not used, because it allows the role of the state machine to read and write all objects of both buckets.
 */
export function mapDefinition(scope: Construct, props: MapDefinitionProps): sfn.IChainable {
  const each = new sfn.CustomState(scope, 'Each', { stateJson: mapState(Stack.of(scope).partition, props) });
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
      Retry: [{ ErrorEquals: ['States.ALL'], ...RETRY }],
    },
  });
  const done = new sfn.Succeed(scope, 'Done', { stateName: 'Done' });
  if (props.toleratedFailurePercentage !== undefined) return each.next(count).next(done);
  const failed = new sfn.Fail(scope, 'RunsFailed', { stateName: 'RunsFailed', error: RUNS_FAILED, causePath: sfn.JsonPath.jsonToString(sfn.JsonPath.objectAt('$')) });
  const anyFailed = sfn.Condition.or(...['failed', 'timedOut', 'aborted'].map((outcome) => sfn.Condition.numberGreaterThan(`$.runs.${outcome}`, 0)));
  return each.next(count).next(new sfn.Choice(scope, 'AnyFailed', { stateName: 'AnyFailed' }).when(anyFailed, failed).otherwise(done));
}

function mapState(partition: string, { job, list, results, ...props }: MapDefinitionProps): Record<string, unknown> {
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
            // The name of the child execution: a retry finds the run that was started, and a redrive starts another run.
            'Name.$': "States.Format('{}-{}', $$.Execution.Name, $$.Execution.RedriveCount)",
            'Input': { 'parameters.$': '$.parameters', ...props.shareIdentifier === undefined ? {} : { shareIdentifier: props.shareIdentifier } },
          },
          ResultSelector: { 'output.$': '$.Output' },
          ResultPath: '$.run',
          Retry: [{ ErrorEquals: NOT_STARTED, ...RETRY }],
          End: true,
        },
      },
    },
    // No source says that the writer accepts an owner. Its bucket has to be in the account of the state machine:
    // https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
    ResultWriter: {
      Resource: `arn:${partition}:states:::s3:putObject`,
      Parameters: { Bucket: results.bucket.bucketName, Prefix: results.prefix },
      WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
    },
    ResultSelector: { 'mapRunArn.$': '$.MapRunArn', 'results.$': '$.ResultWriterDetails' },
  };
}
