import { Which } from './apps';
import { World } from './world';

/** US dollars, us-east-1. */
const PRICES = {
  /** https://aws.amazon.com/step-functions/pricing/ */
  transition: 0.025 / 1_000,
  /** https://aws.amazon.com/lambda/pricing/, ARM */
  invocation: 0.2 / 1e6,
  gbSecond: 0.0000133334,
  /** https://aws.amazon.com/sqs/pricing/ */
  sqsRequest: 0.4 / 1e6,
  /** https://aws.amazon.com/s3/pricing/ */
  put: 5 / 1e6,
  get: 0.4 / 1e6,
};
/** The assumed duration of an invocation: one or two calls of the SDK, in a function with 256 MiB. */
const SECONDS_AN_INVOCATION = 0.15;

const MINUTE = 60;
const LENGTHS = { '10 minutes': 10 * MINUTE, '10 hours': 600 * MINUTE, '10 days': 14_400 * MINUTE };

export interface Cost {
  readonly length: string;
  readonly which: string;
  readonly transitions: number;
  readonly historyEvents: number;
  readonly invocations: number;
  readonly dollars: number;
}

/** What one run costs in addition to its instance, by its length. */
export async function cost(): Promise<Cost[]> {
  const rows: Cost[] = [];
  for (const [length, seconds] of Object.entries(LENGTHS)) {
    for (const which of ['library', 'polling'] as Which[]) {
      const world = new World(which);
      await world.begin(() => seconds);
      const [machine] = world.emulator.deployment.stateMachines;
      const execution = world.emulator.stepFunctions.start(machine.arn, which === 'library' ? { parameters: { processId: '1' } } : { processId: '1' });
      await world.emulator.settle(() => execution.status !== 'RUNNING');
      await world.end();
      // Each message is sent, received and deleted.
      const sqs = 3 * world.calls.filter(({ service }) => service === 'sqs').length;
      const s3 = world.calls.reduce((sum, { action }) => sum + (action === 'PutObject' ? PRICES.put : action === 'GetObject' ? PRICES.get : 0), 0);
      const invocation = PRICES.invocation + SECONDS_AN_INVOCATION * 0.25 * PRICES.gbSecond;
      rows.push({
        length,
        which: `${which === 'library' ? 'heavy-batch' : 'polling every 30 s'}${execution.status === 'SUCCEEDED' ? '' : `: ${execution.status} (${execution.cause})`}`,
        transitions: execution.transitions,
        historyEvents: execution.history.length,
        invocations: world.invocations,
        dollars: execution.transitions * PRICES.transition + world.invocations * invocation + sqs * PRICES.sqsRequest + s3,
      });
    }
    // By definition: the start, one state, and the end. Step Functions itself checks the job.
    rows.push({ length, which: 'batch:submitJob.sync', transitions: 3, historyEvents: 8, invocations: 0, dollars: 3 * PRICES.transition });
  }
  return rows;
}
