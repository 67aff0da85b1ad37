import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { IConstruct } from 'constructs';
import type { JobPlan } from './job-plan';

/**
 * A heavy job: a `HeavyBatchJob`, or one that was created elsewhere (`HeavyBatchJob.fromHeavyBatchJobAttributes`).
 */
export interface IHeavyBatchJob extends IConstruct {
  /** The state machine of the job. Each of its executions is one run. */
  readonly stateMachine: sfn.IStateMachine;

  /** @internal */
  readonly _plan?: JobPlan;

  /**
   * Allows a principal to start runs (`states:StartExecution`).
   *
   * @param grantee the principal
   */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows a principal to list runs, and to read their status, input, output and history.
   *
   * @param grantee the principal
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;

  /**
   * Allows a principal to start, read, stop and redrive runs.
   *
   * @param grantee the principal
   */
  grantManage(grantee: iam.IGrantable): iam.Grant;

  /**
   * The number of runs that started. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricStarted(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The number of runs that succeeded. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The number of runs that failed. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The number of runs that took longer than their time-out. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The number of runs that were stopped by a caller. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricAborted(options?: cloudwatch.MetricOptions): cloudwatch.Metric;

  /**
   * The time from the start of a run to its end, with the time in the job queue. Default statistic and period: the average over 5 minutes.
   * Unit: milliseconds. Step Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric;
}
