import fc from 'fast-check';
import { ARN, CALL, eventsOf, machine, run, service, settle } from './machines';
import { TaskError } from '../../../emulator/states/task-error';

const map = (processor: object, more: object = {}) => machine({ Each: { Type: 'Map', ItemProcessor: processor, End: true, ...more } });
const PASS = machine({ Item: { Type: 'Pass', End: true } });
const TASK = machine({ Item: { ...CALL, End: true } });

test('each item has an iteration, and the outputs come in the order of the items', async () => {
  const { execution } = await run(map(PASS, { MaxConcurrency: 1 }), ['a', null, { b: 1 }]);
  expect(execution.output).toEqual(['a', null, { b: 1 }]);
  expect(eventsOf(execution)).toEqual([
    'ExecutionStarted', 'MapStateEntered', 'MapStateStarted', ...Array.from({ length: 3 }, () => ['MapIterationStarted', 'PassStateEntered', 'PassStateExited', 'MapIterationSucceeded']).flat(),
    'MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded',
  ]);
  expect(execution.history[2]).toMatchObject({ type: 'MapStateStarted', details: { length: 3 } });
  for (const outcome of ['Started', 'Succeeded']) {
    expect(execution.history.filter(({ type }) => type === `MapIteration${outcome}`).map(({ details }) => details)).toEqual([0, 1, 2].map((index) => ({ name: 'Each', index })));
  }
});

test('an empty list has an empty output', async () => {
  expect((await run(map(PASS), [])).execution.output).toEqual([]);
});

test('the items are at ItemsPath, and each input is made by ItemSelector', async () => {
  const selector = { 'index.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'all.$': '$.list', 'fixed': 1 };
  for (const field of ['ItemSelector', 'Parameters']) {
    const { execution } = await run(map(PASS, { InputPath: '$.in', ItemsPath: '$.list', [field]: selector, ResultPath: '$.out' }), { in: { list: ['a', 'b'] } });
    expect(execution.output).toEqual({ in: { list: ['a', 'b'] }, out: ['a', 'b'].map((value, index) => ({ index, value, all: ['a', 'b'], fixed: 1 })) });
  }
});

test('the states of an iteration see its item in the context object', async () => {
  const inner = machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Parallel', Branches: [machine({ C: { Type: 'Pass', Parameters: { 'i.$': '$$.Map.Item.Index' }, End: true } })], End: true } });
  expect((await run(map(inner), ['a', 'b'])).execution.output).toEqual([[{ i: 0 }], [{ i: 1 }]]);
});

test('as many iterations run at the same time as MaxConcurrency says, and never more than 40', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 1, 3, 40, 50), async (count, concurrency) => {
    let running = 0;
    let most = 0;
    const { sfn, clock } = service(map(TASK, { MaxConcurrencyPath: '$.most', ItemsPath: '$.list' }), async ({ parameters }) => {
      most = Math.max(most, ++running);
      await clock.sleep(1000);
      running--;
      return parameters * 2;
    });
    const execution = sfn.start(ARN, { most: concurrency, list: Array.from({ length: count }, (_, index) => index) }, 'run');
    await settle(clock, execution);
    expect(execution.output).toEqual(Array.from({ length: count }, (_, index) => index * 2));
    expect(most).toBe(Math.min(count, concurrency || 40, 40));
    expect(clock.now()).toBe(1000 * Math.ceil(count / Math.min(concurrency || 40, 40)));
  }), { numRuns: 30 });
});

test('after an iteration that fails, the others are aborted and no other begins', async () => {
  const { execution, calls } = await run(map(TASK, { MaxConcurrency: 2 }), ['slow', 'bad', 'later'], async ({ parameters }) => {
    if (parameters === 'bad') throw new TaskError('E', 'why');
    return new Promise(() => undefined);
  });
  expect([execution.error, execution.cause]).toEqual(['E', 'why']);
  expect(calls.map(({ parameters }) => parameters)).toEqual(['slow', 'bad']);
  expect(eventsOf(execution).slice(-7)).toEqual([
    'TaskFailed', 'MapIterationFailed', 'TaskStateAborted', 'MapIterationAborted', 'TaskStateAborted', 'MapStateFailed', 'ExecutionFailed',
  ]);
});

test.each<[object, unknown]>([[{ Error: 'E', Cause: 'why' }, { Error: 'E', Cause: 'why' }], [{}, { Error: null, Cause: null }]])('a Fail state with %j in an iteration fails the map', async (fields, error) => {
  const states = { Each: { Type: 'Map', ItemProcessor: machine({ Bad: { Type: 'Fail', ...fields } }), Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }], End: true }, Caught: { Type: 'Succeed' } };
  const { execution } = await run(machine(states), [1]);
  expect(execution.output).toEqual(error);
  expect(eventsOf(execution).slice(3, 8)).toEqual(['MapIterationStarted', 'FailStateEntered', 'MapIterationFailed', 'MapStateFailed', 'MapStateExited']);
});

test.each<[string, object, unknown, string]>([
  ['a list that is no list', { ItemsPath: '$.a' }, { a: 1 }, 'Reference path "$.a" must point to array.'],
  ['a list that is missing', { ItemsPath: '$.b' }, { a: 1 }, "Invalid path '$.b' : No results for path: $['b']"],
  ['a concurrency that is no number', { ItemsPath: '$.a', MaxConcurrencyPath: '$.b' }, { a: [], b: 'x' }, 'The MaxConcurrencyPath field refers to value "x" which is not a valid integer: $.b'],
  ['a negative concurrency', { ItemsPath: '$.a', MaxConcurrencyPath: '$.b' }, { a: [], b: -1 }, 'MaxConcurrency cannot be negative.'],
])('a map with %s ends the execution before it starts', async (_, fields, input, cause) => {
  const { execution } = await run(map(PASS, fields), input);
  expect([execution.error, execution.cause]).toEqual(['States.Runtime', `An error occurred while executing the state 'Each' (entered at the event id #2). ${cause}`]);
  expect(eventsOf(execution)).toEqual(['ExecutionStarted', 'MapStateEntered', 'ExecutionFailed']);
});

test.each<[string, object, object]>([
  ['an input that cannot be made', map(PASS, { ItemSelector: { 'x.$': '$$.no' } }), []],
  ['a state that fails by itself', map(machine({ Item: { Type: 'Pass', InputPath: '$.no', End: true } })), ['PassStateEntered']],
])('an iteration with %s ends the execution without events of its end', async (_, definition, events) => {
  const { execution } = await run(definition as Record<string, unknown>, [1]);
  expect(execution.error).toBe('States.Runtime');
  expect(eventsOf(execution).slice(3).filter((type) => type !== 'MapIterationStarted')).toEqual([...events as string[], 'ExecutionFailed']);
});

test('an execution that is stopped has no events of the ends of its iterations', async () => {
  const { sfn, clock } = service(map(machine({ Item: { Type: 'Wait', Seconds: 5, End: true } })));
  const execution = sfn.start(ARN, [1], 'run');
  await settle(clock, execution, 1);
  execution.stop();
  expect(eventsOf(execution)).toEqual(['ExecutionStarted', 'MapStateEntered', 'MapStateStarted', 'MapIterationStarted', 'WaitStateEntered', 'ExecutionAborted']);
});

test('a redrive runs only the iterations that did not succeed', async () => {
  let isBroken = true;
  const { sfn, clock, calls, ask } = service(map(TASK, { MaxConcurrency: 1 }), async ({ parameters }) => {
    if (parameters === 2 && isBroken) throw new TaskError('E', 'why');
    return `done ${parameters}`;
  });
  const execution = sfn.start(ARN, [1, 2, 3], 'run');
  await settle(clock, execution);
  isBroken = false;
  await ask('RedriveExecution', { executionArn: execution.arn });
  await settle(clock, execution);
  expect(execution.output).toEqual(['done 1', 'done 2', 'done 3']);
  expect(calls.map(({ parameters }) => parameters)).toEqual([1, 2, 2, 3]);
});
