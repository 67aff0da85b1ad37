import { ARN, CALL, eventsOf, machine, run, service, settle } from './machines';
import { TaskCall } from '../../../emulator/states/task';
import { TaskError } from '../../../emulator/states/task-error';

describe('a distributed map', () => {
  const item = (state: { Type: string; [field: string]: unknown }) => ({ ...machine({ Item: state.Type === 'Fail' ? state : { End: true, ...state } }), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } });
  const each = (fields: object, state: { Type: string; [field: string]: unknown } = { Type: 'Pass' }) => machine({ Each: { Type: 'Map', ItemProcessor: item(state), End: true, ...fields } });
  const failsFor = (...bad: unknown[]) => async ({ resource, parameters }: TaskCall) => {
    if (resource.includes('lambda') && bad.includes(parameters)) throw new TaskError('E', 'why');
    return parameters;
  };
  const MAP_RUN = 'arn:aws:states:us-east-1:123456789012:mapRun:m/Each:run-3';
  const NONE = { Succeeded: 0, Failed: 0, Aborted: 0, TimedOut: 0, Running: 0, Pending: 0, ResultsWritten: 0 };
  const WRITER = { ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b', Prefix: 'p' } } };

  test('without a writer returns the outputs of its executions, which have their own history', async () => {
    const { execution } = await run(each({ ItemSelector: { 'n.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value' } }), ['a', 'b']);
    expect(execution.output).toEqual([{ n: 0, value: 'a' }, { n: 1, value: 'b' }]);
    expect(eventsOf(execution)).toEqual([
      'ExecutionStarted', 'MapStateEntered', 'MapStateStarted', 'MapRunStarted', 'MapRunSucceeded', 'MapStateSucceeded', 'MapStateExited', 'ExecutionSucceeded',
    ]);
  });

  test('with a writer returns where the results are, and by its label which map run it was', async () => {
    const { execution } = await run(each({ ...WRITER, Label: 'Label' }), ['a']);
    const id = 'run-3';
    expect(execution.output).toEqual({
      MapRunArn: `arn:aws:states:us-east-1:123456789012:mapRun:m/Label:${id}`, ResultWriterDetails: { Bucket: 'b', Key: `p/${id}/manifest.json` },
    });
  });

  test('gives each execution a batch of items, and counts both', async () => {
    const { sfn, clock } = service(each({ ItemBatcher: { MaxItemsPerBatch: 2 } }));
    const execution = sfn.start(ARN, [1, 2, 3], 'run');
    await settle(clock, execution);
    expect(execution.output).toEqual([{ Items: [1, 2] }, { Items: [3] }]);
    expect(sfn.describeMapRun(MAP_RUN)).toEqual({
      MapRunArn: MAP_RUN, Status: 'SUCCEEDED', ItemCounts: { ...NONE, Total: 3, Succeeded: 3, ResultsWritten: 3 }, ExecutionCounts: { ...NONE, Total: 2, Succeeded: 2, ResultsWritten: 2 },
    });
  });

  test.each([[1, 3], [2, 2], [0, 1], [20_000, 1]])('with MaxConcurrency %d, three executions of a second each take %d s', async (MaxConcurrency, seconds) => {
    const { execution, clock } = await run(each({ MaxConcurrency }, { Type: 'Wait', Seconds: 1 }), [1, 2, 3]);
    expect([execution.status, clock.now()]).toEqual(['SUCCEEDED', seconds * 1000]);
  });

  test('has a map run that is running while its executions are', async () => {
    const { sfn, clock } = service(each({}, { Type: 'Wait', Seconds: 5 }));
    const execution = sfn.start(ARN, [1, 2], 'run');
    await settle(clock, execution, 1);
    expect(execution.history.at(-1)).toEqual({ id: 4, previousId: 3, timestamp: 0, type: 'MapRunStarted', details: { mapRunArn: MAP_RUN } });
    expect(sfn.describeMapRun(MAP_RUN)).toMatchObject({ Status: 'RUNNING', ItemCounts: { ...NONE, Total: 2, Pending: 2 } });
  });

  test('in another distributed map has a map run of its own', async () => {
    const { execution } = await run(each({ ItemsPath: '$.rows' }, { Type: 'Map', ItemsPath: '$.cells', ItemProcessor: item({ Type: 'Pass' }), ResultPath: '$.out' }), { rows: [{ cells: [1, 2] }, { cells: [] }] });
    expect(execution.output).toEqual([{ cells: [1, 2], out: [1, 2] }, { cells: [], out: [] }]);
  });

  test('does not read the variables of the states around it', async () => {
    const states = machine({
      Set: { Type: 'Pass', Assign: { x: 1 }, Next: 'Each' },
      Each: { Type: 'Map', ItemProcessor: item({ Type: 'Pass', InputPath: '$x' }), ItemsPath: '$', End: true },
    });
    const { execution } = await run(states, [1]);
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
  });

  test.each<[object, number, string]>([
    [{}, 0, 'SUCCEEDED'], [{}, 1, 'FAILED'],
    [{ ToleratedFailureCount: 1 }, 1, 'SUCCEEDED'], [{ ToleratedFailureCount: 1 }, 2, 'FAILED'], [{ ToleratedFailureCountPath: '$.two' }, 2, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 0 }, 0, 'SUCCEEDED'], [{ ToleratedFailureCount: 0 }, 1, 'FAILED'], [{ ToleratedFailurePercentage: 0 }, 0, 'SUCCEEDED'], [{ ToleratedFailurePercentage: 0 }, 1, 'FAILED'],
    [{ ToleratedFailurePercentage: 50 }, 2, 'SUCCEEDED'], [{ ToleratedFailurePercentage: 49.9 }, 2, 'FAILED'], [{ ToleratedFailurePercentage: 100 }, 4, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 100, ToleratedFailureCount: 1 }, 2, 'FAILED'], [{ ToleratedFailurePercentage: 25, ToleratedFailureCount: 4 }, 2, 'FAILED'],
  ])('with %j and %d of 4 items that fail: %s', async (fields, count, status) => {
    const { execution } = await run(each({ ...fields, ...WRITER, ItemsPath: '$.list', MaxConcurrency: 1 }, CALL), { list: [0, 1, 2, 3], two: '2' }, failsFor(...[0, 1, 2, 3].slice(0, count)));
    const error = status === 'FAILED' ? 'States.ExceedToleratedFailureThreshold' : undefined;
    expect({ status: execution.status, error: execution.error }).toEqual({ status, error });
  });

  test('counts the items of a batch that fails', async () => {
    const fields = { ItemBatcher: { MaxItemsPerBatch: 2 }, ToleratedFailureCount: 1, ...WRITER };
    const { execution } = await run(each(fields, { Type: 'Fail' }), [1, 2]);
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(eventsOf(execution).slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  test('writes why its executions were ended', async () => {
    const { calls } = await run(each(WRITER, CALL), ['bad', 'slow'], async ({ resource, parameters }) => {
      if (parameters === 'bad') throw new TaskError('E', 'why');
      return resource.includes('lambda') ? new Promise(() => undefined) : {};
    });
    const written = calls.map(({ parameters }) => parameters).find(({ Key }) => Key?.endsWith('FAILED_0.json'));
    expect(JSON.parse(written.Body)).toMatchObject([{ Status: 'FAILED', Error: 'E', Cause: 'why' }, { Status: 'ABORTED', Error: 'States.Aborted', Cause: 'the map run was stopped' }]);
  });

  test('refuses to say what its output is when an item failed and nothing writes the results', async () => {
    const { execution } = await run(each({ ToleratedFailureCount: 1 }, { Type: 'Fail' }), [1]);
    expect([execution.error, execution.cause]).toEqual(['States.Runtime', expect.stringContaining("the emulator needs a 'ResultWriter' where items may fail")]);
    expect(eventsOf(execution).slice(-2)).toEqual(['MapRunStarted', 'ExecutionFailed']);
  });

  test.each<[object, string]>([
    [{ ToleratedFailureCountPath: '$.whole' }, 'ToleratedFailureCount cannot be negative.'],
    [{ ToleratedFailurePercentagePath: '$.minus' }, 'ToleratedFailurePercentage must be between 0 and 100.'],
    [{ ToleratedFailurePercentagePath: '$.much' }, 'ToleratedFailurePercentage must be between 0 and 100.'],
    [{ ToleratedFailurePercentagePath: '$.text' }, 'The ToleratedFailurePercentagePath field refers to value "NoNumber" which is not a valid float: $.text'],
    [{ ToleratedFailureCountPath: '$.minus' }, 'The ToleratedFailureCountPath field refers to value "-0.1" which is not a valid integer: $.minus'],
    [{ MaxConcurrencyPath: '$.minus' }, 'The MaxConcurrencyPath field refers to value "-0.1" which is not a valid integer: $.minus'],
    [{ MaxConcurrencyPath: '$.whole' }, 'MaxConcurrency cannot be negative.'],
  ])('with %j ends the execution', async (fields, cause) => {
    const { execution } = await run(each({ ...fields, ItemsPath: '$.list' }), { list: [0], minus: -0.1, whole: -1, much: 100.1, text: 'NoNumber' });
    expect([execution.error, execution.cause]).toEqual(['States.Runtime', `An error occurred while executing the state 'Each' (entered at the event id #2). ${cause}`]);
    expect(eventsOf(execution)).toEqual(['ExecutionStarted', 'MapStateEntered', 'MapStateStarted', 'ExecutionFailed']);
  });

  test('fails by the name of its reader, and takes the whole list whatever ItemsPath is', async () => {
    const reader = { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ReaderConfig: { InputType: 'JSON' }, Parameters: {} }, ItemsPath: '$.nothing' };
    expect((await run(each(reader), {}, async () => '[1,2]')).execution.output).toEqual([1, 2]);
    const { sfn, clock } = service(each(reader), async () => '{}');
    const execution = sfn.start(ARN, {}, 'run');
    await settle(clock, execution);
    expect(sfn.describeMapRun(MAP_RUN)).toEqual({ MapRunArn: MAP_RUN, Status: 'FAILED', ItemCounts: { ...NONE, Total: 0 }, ExecutionCounts: { ...NONE, Total: 0 } });
    expect([execution.error, execution.cause]).toEqual(['States.ItemReaderFailed', 'Attempting to map over non-iterable node.']);
    expect(eventsOf(execution).slice(-4)).toEqual(['MapRunStarted', 'MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  });

  test('that is redriven runs only what did not succeed, in the same map run', async () => {
    const bad: unknown[] = ['b'];
    const { sfn, clock, calls, ask } = service(each({ MaxConcurrency: 1 }, CALL), (call) => failsFor(...bad)(call));
    const execution = sfn.start(ARN, ['a', 'b', 'c'], 'run');
    await settle(clock, execution);
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
    const failed = { ...NONE, Total: 3, Succeeded: 1, Failed: 1, Pending: 1, ResultsWritten: 2 };
    expect(sfn.describeMapRun(MAP_RUN)).toEqual({ MapRunArn: MAP_RUN, Status: 'FAILED', ItemCounts: failed, ExecutionCounts: failed });
    expect(execution.history.slice(-3).map(({ type, details }) => [type, details])).toEqual([
      ['MapRunFailed', { name: 'Each', error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' }],
      ['MapStateFailed', { error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' }],
      ['ExecutionFailed', { error: 'States.ExceedToleratedFailureThreshold', cause: 'The specified tolerated failure threshold was exceeded' }],
    ]);
    bad.length = 0;
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    expect([execution.status, execution.output]).toEqual(['SUCCEEDED', ['a', 'b', 'c']]);
    expect(calls.map(({ parameters }) => parameters)).toEqual(['a', 'b', 'b', 'c']);
    expect(eventsOf(execution)).toContain('MapRunRedriven');
    expect(sfn.describeMapRun(MAP_RUN)).toMatchObject({ Status: 'SUCCEEDED', ItemCounts: { ...NONE, Total: 3, Succeeded: 3, ResultsWritten: 3 } });
  });

  test('counts after a redrive only what failed again', async () => {
    const bad: unknown[] = ['a', 'b'];
    const { sfn, clock, ask } = service(each({ MaxConcurrency: 1, ToleratedFailureCount: 1, ...WRITER }, CALL), (call) => failsFor(...bad)(call));
    const execution = sfn.start(ARN, ['a', 'b', 'c'], 'run');
    await settle(clock, execution);
    expect(execution.error).toBe('States.ExceedToleratedFailureThreshold');
    bad.pop();
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    expect(execution.status).toBe('SUCCEEDED');
    expect(sfn.describeMapRun(MAP_RUN)).toMatchObject({ ItemCounts: { Succeeded: 2, Failed: 1, ResultsWritten: 3 } });
  });

  test('asks whether it may start an execution, and whether it may redrive it', async () => {
    let isRefused = false;
    const asked: unknown[] = [];
    const { sfn, clock, ask } = service(each({}, CALL), async ({ resource, parameters }) => {
      if (resource.startsWith('map:')) asked.push([resource, parameters]);
      else throw new TaskError('E', 'why');
      if (isRefused) throw new TaskError('States.Permissions', 'no');
    });
    const execution = sfn.start(ARN, ['a'], 'run');
    await settle(clock, execution);
    isRefused = true;
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    expect(asked).toEqual([
      ['map:startExecution', { StateMachineArn: ARN }],
      ['map:redriveExecution', { ExecutionArn: 'arn:aws:states:us-east-1:123456789012:execution:m/Each:run-3-00000' }],
    ]);
    expect([execution.error, execution.cause]).toEqual(['States.Permissions', 'no']);
  });

  test('that may not start an execution ends those that run', async () => {
    let starts = 0;
    const { sfn, clock } = service(each({}, { Type: 'Wait', Seconds: 100 }), async () => {
      if (++starts === 2) throw new TaskError('States.Permissions', 'no');
    });
    const execution = sfn.start(ARN, ['a', 'b'], 'run');
    await settle(clock, execution);
    expect([execution.error, clock.now()]).toEqual(['States.Permissions', 0]);
    expect(sfn.describeMapRun(MAP_RUN)).toMatchObject({ Status: 'FAILED', ItemCounts: { ...NONE, Total: 2, Aborted: 1, Pending: 1 } });
  });

  test('that is stopped is aborted', async () => {
    const { sfn, clock } = service(each({}, { Type: 'Wait', Seconds: 100 }));
    const execution = sfn.start(ARN, ['a'], 'run');
    await settle(clock, execution, 10);
    execution.stop();
    await settle(clock, execution);
    expect(sfn.describeMapRun(MAP_RUN)).toMatchObject({ Status: 'ABORTED', ItemCounts: { ...NONE, Total: 1, Aborted: 1 } });
    expect(eventsOf(execution).at(-1)).toBe('ExecutionAborted');
  });
});
