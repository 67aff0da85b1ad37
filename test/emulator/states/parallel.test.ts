import { ARN, CALL, eventsOf, machine, run, service, settle } from './machines';
import { TaskError } from '../../../emulator/states/task-error';

const call = (branch: string, more: object = {}) => ({ ...CALL, Parameters: { branch, 'input.$': '$' }, ...more });
const parallel = (branches: object[], more: object = {}) => ({ Type: 'Parallel', Branches: branches, End: true, ...more });
const one = (name: string, state: object) => machine({ [name]: { End: true, ...state } });

test('the branches run at the same time with the same input, and their outputs come in their order', async () => {
  const { execution, clock } = await run(machine({
    Both: parallel([one('Slow', { Type: 'Wait', Seconds: 100 }), one('Fast', { Type: 'Pass', Result: 'fast' }), one('Also', { Type: 'Wait', Seconds: 60 })], {
      InputPath: '$.in', ResultSelector: { 'first.$': '$[0]', 'second.$': '$[1]' }, ResultPath: '$.out',
    }),
  }), { in: { a: 1 } });
  expect(execution.output).toEqual({ in: { a: 1 }, out: { first: { a: 1 }, second: 'fast' } });
  expect(clock.now()).toBe(100_000);
  expect(eventsOf(execution)).toEqual([
    'ExecutionStarted', 'ParallelStateEntered', 'ParallelStateStarted', 'WaitStateEntered', 'PassStateEntered', 'WaitStateEntered', 'PassStateExited', 'WaitStateExited',
    'WaitStateExited', 'ParallelStateSucceeded', 'ParallelStateExited', 'ExecutionSucceeded',
  ]);
});

test('Parameters are the input of the branches', async () => {
  const { execution } = await run(machine({ Both: parallel([one('A', { Type: 'Pass' }), one('B', { Type: 'Pass' })], { Parameters: { 'n.$': '$.a' } }) }), { a: 5 });
  expect(execution.output).toEqual([{ n: 5 }, { n: 5 }]);
});

describe('when a branch fails', () => {
  const failing = [one('Bad', { ...CALL }), one('Long', { Type: 'Wait', Seconds: 1000 }), one('Inner', parallel([one('Deep', { Type: 'Wait', Seconds: 1000 })])),
    one('Each', { Type: 'Map', ItemsPath: '$.list', ItemProcessor: one('Item', { Type: 'Wait', Seconds: 1000 }) })];
  const refuse = async () => { throw new TaskError('E', 'why'); };

  test('the other branches are aborted, and the state fails with its error', async () => {
    const { execution, clock } = await run(machine({ Both: parallel(failing) }), { list: [1] }, refuse);
    expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', 'E', 'why']);
    expect(execution.history.slice(-10).map(({ type, details }) => [type, details])).toEqual([
      ['TaskFailed', { resource: CALL.Resource, error: 'E', cause: 'why' }],
      ['TaskStateAborted', { name: 'Bad' }],
      ['WaitStateAborted', { name: 'Long' }],
      ['WaitStateAborted', { name: 'Deep' }],
      ['ParallelStateAborted', { name: 'Inner' }],
      ['MapIterationAborted', { name: 'Each', index: 0 }],
      ['WaitStateAborted', { name: 'Item' }],
      ['MapStateAborted', { name: 'Each' }],
      ['ParallelStateFailed', { error: 'E', cause: 'why' }],
      ['ExecutionFailed', { error: 'E', cause: 'why' }],
    ]);
    expect([clock.now(), clock.next()]).toEqual([0, undefined]);
  });

  test('the state is caught as a whole', async () => {
    const { execution } = await run(machine({
      Both: parallel(failing, { Catch: [{ ErrorEquals: ['E'], Next: 'Caught', ResultPath: '$.error' }] }), Caught: { Type: 'Succeed' },
    }), { list: [1] }, refuse);
    expect(execution.output).toEqual({ list: [1], error: { Error: 'E', Cause: 'why' } });
    expect(eventsOf(execution).slice(-5)).toEqual(['ParallelStateFailed', 'ParallelStateExited', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded']);
  });

  test('the state is retried as a whole', async () => {
    let tries = 0;
    const { execution, calls, clock } = await run(machine({
      Both: parallel([one('Good', call('good')), one('Bad', call('bad'))], { Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 5 }] }),
    }), {}, async ({ parameters }) => {
      if (parameters.branch === 'bad' && ++tries < 3) throw new TaskError('E', 'why');
      return parameters.branch;
    });
    expect([execution.output, clock.now()]).toEqual([['good', 'bad'], 15_000]);
    expect(calls.map(({ parameters }) => parameters.branch)).toEqual(['good', 'bad', 'good', 'bad', 'good', 'bad']);
    expect(eventsOf(execution).filter((type) => /^Parallel/.test(type))).toEqual([
      'ParallelStateEntered', 'ParallelStateStarted', 'ParallelStateStarted', 'ParallelStateStarted', 'ParallelStateSucceeded', 'ParallelStateExited',
    ]);
  });

  test('an error of Step Functions itself ends the execution, whatever catches it', async () => {
    const { execution } = await run(machine({
      Both: parallel([one('Bad', { Type: 'Pass', InputPath: '$.no.such' })], { Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'Both' }, { ErrorEquals: ['States.ALL'], Next: 'Both' }] }),
    }));
    expect([execution.error, execution.cause]).toEqual([
      'States.Runtime', "An error occurred while executing the state 'Bad' (entered at the event id #4). Invalid path '$.no.such' : Missing property in path $['no']",
    ]);
    expect(eventsOf(execution).slice(-2)).toEqual(['PassStateEntered', 'ExecutionFailed']);
  });

  test('a task of another branch is told that nobody waits for it any more', async () => {
    const abandoned: string[] = [];
    await run(machine({ Both: parallel([one('Long', call('long')), one('Bad', call('bad'))]) }), {}, async ({ parameters, onAbandon }) => {
      if (parameters.branch === 'bad') throw new TaskError('E', 'why');
      onAbandon(() => abandoned.push(parameters.branch));
      return new Promise(() => undefined);
    });
    expect(abandoned).toEqual(['long']);
  });
});

describe('a redrive', () => {
  test('runs only the branches that did not succeed, each from the state that it had reached', async () => {
    let isBroken = true;
    const { sfn, clock, calls, ask } = service(machine({
      Both: parallel([
        machine({ A1: { ...call('a1'), Next: 'A2' }, A2: { ...call('a2'), End: true } }),
        one('B', call('b')),
        machine({ C1: { ...call('c1'), Next: 'C2' }, C2: { Type: 'Wait', Seconds: 10, End: true } }),
      ]),
    }), async ({ parameters }) => {
      if (parameters.branch === 'a2' && isBroken) throw new TaskError('E', 'why');
      return parameters.branch;
    });
    const execution = sfn.start(ARN, {}, 'run');
    await settle(clock, execution);
    expect(execution.error).toBe('E');
    isBroken = false;
    calls.length = 0;
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    expect([execution.status, execution.output]).toEqual(['SUCCEEDED', ['a2', 'b', 'c1']]);
    expect(calls.map(({ parameters }) => parameters)).toEqual([{ branch: 'a2', input: 'a1' }]);
  });

  test('runs all branches again when their outputs were too large together', async () => {
    let length = 200_000;
    const { sfn, clock, calls, ask } = service(machine({ Both: parallel([one('A', call('a')), one('B', call('b'))]) }), async () => 'x'.repeat(length));
    const execution = sfn.start(ARN, {}, 'run');
    await settle(clock, execution);
    expect(execution.error).toBe('States.DataLimitExceeded');
    length = 1;
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    expect([execution.output, calls.length]).toEqual([['x', 'x'], 4]);
  });
});

test('an execution that is stopped abandons its branches, and nothing of them is recorded afterwards', async () => {
  const { sfn, clock } = service(machine({ Both: parallel([one('A', { Type: 'Wait', Seconds: 5 }), one('B', { Type: 'Wait', Seconds: 5 })]) }));
  const execution = sfn.start(ARN, {}, 'run');
  execution.stop();
  await settle(clock, execution);
  expect(clock.next()).toBeUndefined();
  expect(eventsOf(execution).at(-1)).toBe('ExecutionAborted');
});
