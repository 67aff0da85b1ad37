import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { JobSpec, jobSpecOf } from '../../contract/job-spec';

/** Milliseconds that a definition is believed. A deployment may change it; the submit function validates each run by the definition of that run. */
const KEPT = 60_000;

/** What the definitions of state machines say of their jobs. They are read seldom: DescribeStateMachine answers some 20 calls a second. */
export class JobSpecs {
  private readonly known = new Map<string, { readonly spec: Promise<JobSpec>; readonly until: number }>();

  constructor(private readonly sfn: SFNClient) {}

  async of(stateMachineArn: string): Promise<JobSpec> {
    const kept = this.known.get(stateMachineArn);
    if (kept && kept.until > Date.now()) return kept.spec;
    const spec = this.read(stateMachineArn);
    this.known.set(stateMachineArn, { spec, until: Date.now() + KEPT });
    spec.catch(() => this.known.delete(stateMachineArn));
    return spec;
  }

  private async read(stateMachineArn: string): Promise<JobSpec> {
    const { definition } = await this.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const spec = jobSpecOf(JSON.parse(definition!));
    if (!spec) throw new Error(`${stateMachineArn} is not the state machine of a heavy job`);
    return spec;
  }
}
