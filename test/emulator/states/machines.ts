import { VirtualClock } from '../../../emulator/clock';
import { Execution } from '../../../emulator/states/execution';
import { StepFunctions } from '../../../emulator/states/step-functions';
import { TaskCall } from '../../../emulator/states/task';

export const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
export const CALL = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };

/** A definition that begins with the first of its states. */
export const machine = (states: object, more: object = {}) => ({ StartAt: Object.keys(states)[0], States: states, ...more });

/** Step Functions with one state machine, whose calls are answered by `integration`. */
export function service(definition: Record<string, unknown>, integration: (call: TaskCall) => Promise<unknown> = async () => 'done', more: object = {}) {
  const clock = new VirtualClock(0);
  const events: any[] = [];
  const calls: TaskCall[] = [];
  const sfn = new StepFunctions({
    clock,
    account: '123456789012',
    region: 'us-east-1',
    stateMachines: [{ path: 'App/m', stack: 'App', logicalId: 'm', arn: ARN, name: 'm', roleArn: 'role', definition, tracing: false, tags: { team: 'a' } }],
    integration: (call) => {
      if (!call.resource.startsWith('map:')) calls.push(call);
      return integration(call);
    },
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...more,
  });
  const ask = (action: string, input: object): Promise<any> => sfn.handle({ action, input });
  return { sfn, clock, events, calls, ask };
}

/** Lets promises settle and time pass, until the execution has ended or no timer is left. */
export async function settle(clock: VirtualClock, execution: Execution, until = Infinity): Promise<void> {
  for (;;) {
    await new Promise(setImmediate);
    if (execution.status !== 'RUNNING' || clock.next() === undefined || clock.next()! > until) return;
    clock.advance();
  }
}

/** Runs an execution of a state machine to its end. */
export async function run(definition: Record<string, unknown>, input: unknown = {}, integration?: (call: TaskCall) => Promise<unknown>) {
  const { sfn, clock, calls } = service(definition, integration);
  const execution = sfn.start(ARN, input, 'run');
  await settle(clock, execution);
  return { execution, clock, calls };
}

/** The types of the events of an execution. */
export const eventsOf = (execution: Execution) => execution.history.map(({ type }) => type);
