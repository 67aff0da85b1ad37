import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { kept } from './kept';
import { JobSpec, jobSpecOf } from '../../contract/job-spec';

/**
 * What the definitions of state machines say of their jobs. They are read seldom: DescribeStateMachine answers some 20 calls a second. A deployment may
 * change one meanwhile; the submit function validates each run by the definition of that run.
 */
export class JobSpecs {
  /** By the ARN of the state machine. */
  readonly of = kept((stateMachineArn) => this.read(stateMachineArn));

  constructor(private readonly sfn: SFNClient) {}

  private async read(stateMachineArn: string): Promise<JobSpec> {
    const { definition } = await this.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const spec = jobSpecOf(JSON.parse(definition!));
    if (!spec) throw new Error(`${stateMachineArn} is not the state machine of a heavy job`);
    return spec;
  }
}
