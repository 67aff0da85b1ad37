import { ARN, CALL, eventsOf, machine, service, settle } from './machines';
import { Execution } from '../../../emulator/states/execution';
import { ExecutionState } from '../../../emulator/states/execution-state';

const asKept = <T>(state: T): T => JSON.parse(JSON.stringify(state));
const definition = machine({ Call: { ...CALL, End: true } });

/** A service that had an execution which succeeded, one that failed and one that was in progress; and its state. */
async function former() {
  const { sfn, clock, ask } = service(definition, async ({ parameters }) => {
    if ((parameters as { fail?: boolean }).fail) throw new Error('defect');
    return (parameters as { wait?: boolean }).wait ? new Promise(() => undefined) : null;
  });
  for (const [name, input] of [['good', {}], ['bad', { fail: true }], ['open', { wait: true }]] as const) await settle(clock, sfn.start(ARN, input, name));
  return { ask, state: asKept(sfn.state()) };
}

/** Why an execution of before cannot be redriven. */
const BEFORE = 'Execution was started before a restart or an edit, and the emulator cannot redrive it; start a new one';

const arnOf = (name: string) => `${ARN.replace(':stateMachine:', ':execution:')}:${name}`;

test('executions that had ended are described and listed as before', async () => {
  const { ask: askFormer, state } = await former();
  const { sfn, ask, events } = service(definition);
  sfn.restore(state.filter(({ status }) => status !== 'RUNNING'));
  for (const name of ['good', 'bad']) {
    const input = { executionArn: arnOf(name) };
    expect(await ask('GetExecutionHistory', input)).toEqual(await askFormer('GetExecutionHistory', input));
    const redrive = name === 'good' ? {} : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: BEFORE };
    expect(await ask('DescribeExecution', input)).toEqual({ ...await askFormer('DescribeExecution', input), ...redrive });
  }
  const listed = async (of: typeof ask) => (await of('ListExecutions', { stateMachineArn: ARN })).executions.map(({ name }: Execution) => name);
  expect(await listed(ask)).toEqual(['bad', 'good']);
  expect(await listed(askFormer)).toEqual(['open', 'bad', 'good']);
  expect(asKept(sfn.state())).toEqual(state.slice(0, 2));
  expect(events).toEqual([]);
});

test('one that was in progress is aborted, and its end is told', async () => {
  const { state } = await former();
  const told: ExecutionState[] = [];
  const { sfn, ask, events } = service(definition, undefined, { onExecution: (execution: ExecutionState) => told.push(execution) });
  sfn.restore(state);
  const past = sfn.state().find(({ name }) => name === 'open')!;
  expect(past).toMatchObject({ status: 'ABORTED', error: 'Interrupted', stoppedAt: 0 });
  expect(eventsOf(past as Execution)).toEqual([...eventsOf(state[2] as Execution), 'ExecutionAborted']);
  expect(events.map(({ detail: { name, status, error } }) => [name, status, error])).toEqual([['open', 'ABORTED', 'Interrupted']]);
  expect(told.map(({ name, status }) => [name, status])).toEqual([['open', 'ABORTED']]);
  expect(await ask('StopExecution', { executionArn: arnOf('open') })).toEqual({ stopDate: 0 });
});

test('past executions cannot be redriven, and their names are taken', async () => {
  const { state } = await former();
  const { sfn, ask } = service(definition);
  sfn.restore([...state, { ...state[0], name: 'run-1', arn: arnOf('run-1') }]);
  await expect(ask('RedriveExecution', { executionArn: arnOf('bad') })).rejects.toMatchObject({ name: 'ExecutionNotRedrivable', message: BEFORE });
  await expect(ask('RedriveExecution', { executionArn: arnOf('good') })).rejects.toMatchObject({ message: 'Execution is SUCCEEDED and cannot be redriven' });
  await expect(ask('StartExecution', { stateMachineArn: ARN, name: 'good', input: '{}' })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  expect(await ask('StartExecution', { stateMachineArn: ARN })).toMatchObject({ executionArn: arnOf('run-2') });
  expect(() => sfn.execution(arnOf('good'))).toThrow('Execution Does Not Exist');
});

test('one of a state machine that the app has no longer is described', async () => {
  const { state } = await former();
  const { sfn, ask } = service(definition);
  const stateMachineArn = ARN.replace(/m$/, 'gone');
  sfn.restore([{ ...state[0], stateMachineArn, arn: 'arn:gone' }]);
  expect(await ask('DescribeExecution', { executionArn: 'arn:gone' })).toMatchObject({ stateMachineArn, status: 'SUCCEEDED' });
});

test('each step of an execution is told, and not those of the executions of a distributed map', async () => {
  const told: string[] = [];
  const { sfn, clock } = service(machine({
    Each: { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...definition }, End: true },
  }), undefined, { onExecution: ({ name, status, history }: ExecutionState) => told.push(`${name} ${status} ${history.length}`) });
  const execution = sfn.start(ARN, [1, 2], 'map');
  await settle(clock, execution);
  expect(execution.status).toBe('SUCCEEDED');
  expect(told.every((line) => line.startsWith('map '))).toBe(true);
  expect(told.at(-1)).toBe(`map SUCCEEDED ${execution.history.length}`);
});
