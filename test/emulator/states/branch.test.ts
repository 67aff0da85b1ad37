import { ARN, CALL, machine, run, service, settle } from './machines';
import { TaskError } from '../../../emulator/states/task-error';

const END = { End: true };

describe('variables', () => {
  test('are assigned from the result of a state, and read in all fields that take a path', async () => {
    const { execution, calls, clock } = await run(machine({
      Set: { Type: 'Pass', Result: { seconds: 30, list: ['a', 'b'], name: 'x' }, Assign: { 'seconds.$': '$.seconds', 'list.$': '$.list', 'name.$': '$.name', 'fixed': '$.name' }, Next: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$seconds', Next: 'Which' },
      Which: { Type: 'Choice', Choices: [{ Variable: '$name', StringEquals: 'x', Next: 'Call' }] },
      Call: { ...CALL, Parameters: { 'name.$': '$name', 'text.$': "States.Format('{}!', $list[1])" }, TimeoutSecondsPath: '$seconds', ResultSelector: { 'given.$': '$fixed' }, ResultPath: '$.call', Next: 'Out' },
      Out: { Type: 'Pass', InputPath: '$list', OutputPath: '$list[0]', ...END },
    }));
    expect([execution.output, clock.now()]).toEqual(['a', 30_000]);
    expect(calls[0].parameters).toEqual({ name: 'x', text: 'b!' });
    expect(execution.history.find(({ type, details }) => type === 'TaskStateExited' && details.name === 'Call')!.details.output).toMatchObject({ call: { given: '$.name' } });
  });

  test('have the values of before in the state that assigns them', async () => {
    const { execution } = await run(machine({
      A: { Type: 'Pass', Assign: { x: 3, a: 6 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { 'x.$': '$a', 'nextX.$': '$x' }, OutputPath: '$x', Next: 'C' },
      C: { Type: 'Pass', Parameters: { 'in.$': '$', 'x.$': '$x', 'nextX.$': '$nextX' }, ...END },
    }));
    expect(execution.output).toEqual({ in: 3, x: 6, nextX: 3 });
  });

  test('are assigned from what a task answered, and not from what its ResultSelector makes of it', async () => {
    const { execution } = await run(machine({
      A: { ...CALL, ResultSelector: { b: 1 }, Assign: { 'answer.$': '$.a' }, Next: 'B' }, B: { Type: 'Pass', Parameters: { 'in.$': '$', 'answer.$': '$answer' }, ...END },
    }), {}, async () => ({ a: 'x' }));
    expect(execution.output).toEqual({ in: { b: 1 }, answer: 'x' });
  });

  test('of a Choice are those of the rule that holds, or of the state when none holds', async () => {
    const states = machine({
      Which: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericEquals: 1, Assign: { kind: 'one' }, Next: 'Out' }, { Variable: '$.n', NumericEquals: 2, Next: 'None' }], Assign: { kind: 'other' }, Default: 'Out' },
      None: { Type: 'Pass', Assign: { kind: 'none' }, Next: 'Out' },
      Out: { Type: 'Pass', InputPath: '$kind', ...END },
    });
    for (const [n, kind] of [[1, 'one'], [2, 'none'], [3, 'other']]) expect((await run(states, { n })).execution.output).toBe(kind);
  });

  test('of a catcher are assigned from the error', async () => {
    const { execution } = await run(machine({
      A: { ...CALL, Catch: [{ ErrorEquals: ['E'], Assign: { 'why.$': '$.Cause' }, ResultPath: null, Next: 'B' }], Assign: { why: 'none' }, ...END },
      B: { Type: 'Pass', Parameters: { 'in.$': '$', 'why.$': '$why' }, ...END },
    }), { a: 1 }, async () => { throw new TaskError('E', 'because'); });
    expect(execution.output).toEqual({ in: { a: 1 }, why: 'because' });
  });

  test('of an outer scope are read in branches and iterations, whose own end with them', async () => {
    const inner = machine({ In: { Type: 'Pass', Assign: { 'mine.$': "States.Format('{}-{}', $outer, $)" }, Next: 'Out' }, Out: { Type: 'Pass', InputPath: '$mine', ...END } });
    const { execution } = await run(machine({
      Set: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Map' },
      Map: { Type: 'Map', ItemProcessor: inner, ItemsPath: '$.list', Assign: { 'first.$': '$[0]' }, Next: 'Check' },
      Check: { Type: 'Choice', Choices: [{ Variable: '$mine', IsPresent: true, Next: 'Wrong' }], Default: 'Last' },
      Wrong: { Type: 'Fail' },
      Last: { Type: 'Pass', Parameters: { 'all.$': '$', 'first.$': '$first' }, ...END },
    }), { list: [1, 2] });
    expect(execution.output).toEqual({ all: ['o-1', 'o-2'], first: 'o-1' });
  });

  test('of more than 256 KiB are an error', async () => {
    const { execution } = await run(machine({ A: { ...CALL, Assign: { 'a.$': '$', 'b.$': '$' }, ResultPath: null, ...END } }), {}, async () => 'x'.repeat(140_000));
    expect(execution.error).toBe('States.DataLimitExceeded');
  });
});

test('the history has the input and the output of each state', async () => {
  const { execution } = await run(machine({ Prepare: { Type: 'Pass', InputPath: null, ResultPath: '$.none', Next: 'Call' }, Call: { ...CALL, Parameters: { 'n.$': '$.n' }, ...END } }), { n: 1 });
  const task = { resource: CALL.Resource };
  expect(execution.history).toEqual([
    ['ExecutionStarted', { input: { n: 1 }, roleArn: 'role' }],
    ['PassStateEntered', { name: 'Prepare', input: { n: 1 } }],
    ['PassStateExited', { name: 'Prepare', output: { n: 1, none: {} } }],
    ['TaskStateEntered', { name: 'Call', input: { n: 1, none: {} } }],
    ['TaskScheduled', { name: 'Call', ...task, parameters: { n: 1 } }],
    ['TaskStarted', task],
    ['TaskSucceeded', { ...task, output: 'done' }],
    ['TaskStateExited', { name: 'Call', output: 'done' }],
    ['ExecutionSucceeded', { output: 'done' }],
  ].map(([type, details], index) => ({ id: index + 1, previousId: index === 1 ? 0 : index, timestamp: 0, type, details })));
});

test('an execution that is redriven tells so in its history and in the context object', async () => {
  const { sfn, clock, ask } = service(machine({ A: { Type: 'Wait', Seconds: 5, Next: 'B' }, B: { Type: 'Pass', InputPath: '$$.Execution', ...END } }));
  const execution = sfn.start(ARN, {}, 'run');
  clock.after(1000, () => execution.stop('E', 'C'));
  await settle(clock, execution);
  await ask('RedriveExecution', { executionArn: execution.arn });
  expect(execution.history.slice(2, 4)).toEqual([
    { id: 3, previousId: 0, timestamp: 1000, type: 'ExecutionAborted', details: { error: 'E', cause: 'C' } },
    { id: 4, previousId: 3, timestamp: 1000, type: 'ExecutionRedriven', details: { redriveCount: 1 } },
  ]);
  await settle(clock, execution);
  expect(execution.output).toEqual({
    Id: execution.arn, Input: {}, Name: 'run', RoleArn: 'role', StartTime: '1970-01-01T00:00:00.000Z', RedriveCount: 1, RedriveTime: '1970-01-01T00:00:01.000Z',
  });
});

test.each<[object, string | undefined, string | undefined]>([
  [{ Type: 'Fail', Error: 'E', Cause: 'why' }, 'E', 'why'],
  [{ Type: 'Fail', ErrorPath: '$.error', CausePath: '$.number' }, 'E2', '5'],
  [{ Type: 'Fail', Error: 'E', CausePath: "States.Format('because of {}', $.number)" }, 'E', 'because of 5'],
  [{ Type: 'Fail' }, undefined, undefined],
  [{ Type: 'Fail', ErrorPath: '$.none' }, 'States.Runtime',
    "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.none' specified for the field 'ErrorPath' could not be found in the input '{\"error\":\"E2\",\"number\":5}'"],
  [{ Type: 'Fail', CausePath: '$.none' }, 'States.Runtime',
    "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.none' specified for the field 'CausePath' could not be found in the input '{\"error\":\"E2\",\"number\":5}'"],
  [{ Type: 'Choice', Choices: [{ Variable: '$.number', NumericEquals: 1, Next: 'A' }] }, 'States.NoChoiceMatched', "No choice of state 'A' holds, and it has no default"],
])('the state %j fails with %s: %s', async (state, error, cause) => {
  const { execution } = await run(machine({ A: state }), { error: 'E2', number: 5 });
  expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', error, cause]);
});

test('a comparison that is not supported ends the execution and says where', async () => {
  const { execution } = await run(machine({ A: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericMatches: 1, Next: 'A' }] } }), { n: 1 });
  expect([execution.error, execution.cause]).toEqual([
    'States.Runtime', "An error occurred while executing the state 'A' (entered at the event id #2). DefinitionError: the emulator does not support the comparison 'NumericMatches'",
  ]);
});

test('the context object has RetryCount in states that can be retried', async () => {
  const definition = (state: object) => machine({ A: { ...state, ...END } });
  const whole = { Parameters: { 'state.$': '$$.State' } };
  expect((await run(definition({ Type: 'Pass', ...whole }))).execution.output).toEqual({ state: { Name: 'A', EnteredTime: '1970-01-01T00:00:00.000Z' } });
  expect((await run(definition({ ...CALL, ...whole }))).calls[0].parameters).toEqual({ state: { Name: 'A', EnteredTime: '1970-01-01T00:00:00.000Z', RetryCount: 0 } });
  expect((await run(definition({ Type: 'Pass', InputPath: '$$' }))).execution.output).toMatchObject({ Execution: { Input: {}, RedriveCount: 0 }, StateMachine: { Id: ARN, Name: 'm' } });
});

test('an error of Step Functions itself is not caught, not even by its name', async () => {
  const { execution } = await run(machine({
    A: { ...CALL, OutputPath: '$.no.such', Retry: [{ ErrorEquals: ['States.ALL'] }], Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'A' }], ...END },
  }));
  expect([execution.status, execution.error, execution.cause]).toEqual([
    'FAILED', 'States.Runtime', "An error occurred while executing the state 'A' (entered at the event id #2). Invalid path '$.no.such' : Missing property in path $['no']",
  ]);
});

test.each<[object, string, string]>([
  [{ Assign: { 'x.$': '$.no.such' } }, 'States.Runtime', "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.no.such' specified for the field 'x.$'"],
  [{ ResultPath: '$[0' }, 'States.Runtime', "An error occurred while executing the state 'A' (entered at the event id #2). Invalid path '$[0'"],
  [{ ResultPath: '$.error' }, 'States.DataLimitExceeded', "The state/task 'A' returned a result with a size exceeding"],
  [{ Assign: { 'a.$': '$.Cause', 'b.$': '$.Cause' }, ResultPath: null }, 'States.DataLimitExceeded', "The state/task 'A' returned a result with a size exceeding"],
])('an error of a catcher with %j ends the execution and says where', async (fields, error, cause) => {
  const definition = machine({ A: { ...CALL, Catch: [{ ErrorEquals: ['E'], ...fields, Next: 'B' }], ...END }, B: { Type: 'Pass', ...END } });
  const { execution } = await run(definition, { text: 'x'.repeat(140_000) }, async () => { throw new TaskError('E', 'y'.repeat(140_000)); });
  expect([execution.error, execution.cause]).toEqual([error, expect.stringContaining(cause)]);
});

test('a failure without error and cause is caught with null for both', async () => {
  const { sfn, clock, calls, ask } = service(machine({
    A: { ...CALL, Resource: `${CALL.Resource}.waitForTaskToken`, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }], ...END }, B: { Type: 'Succeed' },
  }));
  const execution = sfn.start(ARN, {});
  await ask('SendTaskFailure', { taskToken: calls[0].taskToken });
  await settle(clock, execution);
  expect(execution.output).toEqual({ Error: null, Cause: null });
});

test('a time-out is caught with an empty cause, and uncaught it has none', async () => {
  const slow = () => new Promise(() => undefined);
  const timed = { ...CALL, TimeoutSeconds: 5, ...END };
  const caught = await run(machine({ A: { ...timed, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'B' }] }, B: { Type: 'Succeed' } }), {}, slow);
  expect(caught.execution.output).toEqual({ Error: 'States.Timeout', Cause: '' });
  const { execution } = await run(machine({ A: timed }), {}, slow);
  expect([execution.error, execution.cause]).toEqual(['States.Timeout', undefined]);
});
