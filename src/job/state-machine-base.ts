import { ArnFormat, Fn, Resource, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { USE_KEY } from '../compute/key-policy';

/**
 * The grants and metrics of a construct with a state machine: a job, an imported job, or a map.
 * Resources of the actions: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 *
 * @internal
 */
export abstract class StateMachineBase extends Construct {
  abstract readonly stateMachine: sfn.IStateMachine;
  /** @internal */
  protected _encryptionKey?: kms.IKey;

  /**
   * Allows a principal to start executions of the state machine (`states:StartExecution`).
   *
   * @param grantee the principal
   */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return this.withKey(this.stateMachine.grantStartExecution(grantee), grantee);
  }

  /**
   * Allows a principal to list the executions of the state machine, and to read their status, input, output and history.
   *
   * @param grantee the principal
   */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    const grant = this.stateMachine.grant(grantee, 'states:DescribeStateMachine', 'states:ListExecutions')
      .combine(this._grantExecutions(grantee, 'states:DescribeExecution', 'states:GetExecutionHistory'));
    return this.withKey(grant, grantee);
  }

  /**
   * Allows a principal to start, read, stop and redrive executions of the state machine.
   *
   * @param grantee the principal
   */
  grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.grantStartExecution(grantee)
      .combine(this.grantRead(grantee))
      .combine(this._grantExecutions(grantee, 'states:StopExecution', 'states:RedriveExecution'));
  }

  /**
   * The number of executions that started. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricStarted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricStarted(options);
  }

  /**
   * The number of executions that succeeded. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricSucceeded(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(options);
  }

  /**
   * The number of executions that failed. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricFailed(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(options);
  }

  /**
   * The number of executions that took longer than their time-out. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricTimedOut(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTimedOut(options);
  }

  /**
   * The number of executions that were stopped by a caller. Default statistic and period: the sum over 5 minutes. Unit: count. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricAborted(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricAborted(options);
  }

  /**
   * The time from the start of an execution to its end. Default statistic and period: the average over 5 minutes. Unit: milliseconds. Step
   * Functions publishes this metric at no additional cost.
   *
   * @param options another statistic, period, label and so on
   */
  metricDuration(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricTime(options);
  }

  private withKey(grant: iam.Grant, grantee: iam.IGrantable): iam.Grant {
    return this._encryptionKey ? grant.combine(grantDataOf(this.stateMachine, this._encryptionKey, grantee)) : grant;
  }

  /** @internal */
  protected _grantExecutions(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return this.stateMachine.grantExecution(grantee, ...actions);
  }
}

/**
 * Grants the use of the key for the data of one state machine, without which Step Functions refuses a call with `KmsAccessDeniedException`. The label of a map
 * is a part of the ARN of what it encrypts. https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
export function grantDataOf({ stateMachineArn }: sfn.IStateMachine, key: kms.IKey, grantee: iam.IGrantable): iam.Grant {
  return iam.Grant.addToPrincipal({
    grantee,
    actions: USE_KEY,
    resourceArns: [key.keyArn],
    conditions: { StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': [stateMachineArn, `${stateMachineArn}/*`] } },
  });
}

/**
 * What the ARNs of the executions of a state machine begin with. A colon and the name of the execution follow. Of an imported state machine, the Region and
 * account are those of its ARN, which may differ from those of its stack.
 */
export function executionsOf(stateMachine: sfn.IStateMachine): string {
  const part = (index: number) => Fn.select(index, Fn.split(':', stateMachine.stateMachineArn));
  const resourceName = part(6);
  if (!Resource.isOwnedResource(stateMachine)) return ['arn', part(1), 'states', part(3), part(4), 'execution', resourceName].join(':');
  return Stack.of(stateMachine).formatArn({ service: 'states', resource: 'execution', resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
