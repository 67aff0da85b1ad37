import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { IHeavyBatchJob } from './job-interface';
import type { JobPlan } from './job-plan';
import type { HeavyBatchJobAttributes } from './job-props';
import { executionsOf, StateMachineBase } from './state-machine-base';
import { refuse } from '../common/validation';

/** A job that was created elsewhere: in another stack, another app, or by another team. */
export class ImportedJob extends StateMachineBase implements IHeavyBatchJob {
  readonly stateMachine: sfn.IStateMachine;
  /** @internal */
  readonly _plan: JobPlan;

  constructor(scope: Construct, id: string, { stateMachineArn, payloadBucket, encryptionKey }: HeavyBatchJobAttributes) {
    super(scope, id);
    if (!Token.isUnresolved(stateMachineArn) && !/^arn:[\w-]+:states:[\w-]*:\d*:stateMachine:[^:]+$/.test(stateMachineArn)) {
      refuse(this, 'stateMachineArn', `is '${stateMachineArn}', which is not the ARN of a state machine; use the ARN of a job's state machine, such as ` +
        'arn:aws:states:us-east-1:123456789012:stateMachine:Sort');
    }
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'StateMachine', stateMachineArn);
    this._plan = { payloadBucket, encryptionKey };
    this._encryptionKey = encryptionKey;
  }

  /**
   * `grantExecution` would use the Region and account of the stack.
   *
   * @internal
   */
  protected _grantExecutions(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [`${executionsOf(this.stateMachine)}:*`] });
  }
}
