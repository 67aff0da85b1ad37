import { ARN, CALL, machine, run, service, settle } from './machines';
import { historyEventOf } from '../../../emulator/states/history-events';
import { TaskError } from '../../../emulator/states/task-error';

const END = { End: true };
const PASS = { Type: 'Pass', ...END };
const FAIL = machine({ Fails: { Type: 'Fail', Error: 'E' } });
const CATCH = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] };
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';

type Run = Awaited<ReturnType<typeof run>>;
/** The events of an execution as `[previousEventId, type]`: the id is the place in the list, from 1 on. */
const chainOf = ({ execution }: Pick<Run, 'execution'>) => execution.history.map(({ previousId, type }) => [previousId, type]);
/** The details of each event of a type, as GetExecutionHistory answers them. */
const detailsOf = ({ execution }: Pick<Run, 'execution'>, type: string, includesData = true) => execution.history.filter((event) => event.type === type).map((event) => {
  const { timestamp, type: _, id, previousEventId, ...details } = historyEventOf(event, 'us-east-1', includesData);
  return details;
});

// LocalStack recorded such histories in AWS: test_map_state_nested, test_map_state_catch, test_map_state_retry, test_parallel_state_retry,
// test_service_lambda_map_timeout and test_stop_execution of https://github.com/localstack/localstack/tree/main/tests/aws/services/stepfunctions/v2.
// None of them has a time-out of an execution or a redrive: these follow the same rules here.
describe('previousEventId is the id of the event before in the same branch', () => {
  test('of states one after the other. The first state follows nothing', async () => {
    expect(chainOf(await run(machine({ A: { ...CALL, Next: 'B' }, B: { Type: 'Succeed' } })))).toEqual([
      [0, 'ExecutionStarted'], [0, 'TaskStateEntered'], [2, 'TaskScheduled'], [3, 'TaskStarted'], [4, 'TaskSucceeded'], [5, 'TaskStateExited'],
      [6, 'SucceedStateEntered'], [7, 'SucceedStateExited'], [8, 'ExecutionSucceeded'],
    ]);
  });

  test('of iterations one after the other. They follow the last state of the iteration before', async () => {
    const each = (state: object) => machine({ Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: state, ...END } });
    expect(chainOf(await run(each(each(machine({ P: PASS }))), [[1, 2], [3]]))).toEqual([
      [0, 'ExecutionStarted'], [0, 'MapStateEntered'], [2, 'MapStateStarted'], [3, 'MapIterationStarted'],
      [4, 'MapStateEntered'], [5, 'MapStateStarted'],
      [6, 'MapIterationStarted'], [7, 'PassStateEntered'], [8, 'PassStateExited'], [9, 'MapIterationSucceeded'],
      [9, 'MapIterationStarted'], [11, 'PassStateEntered'], [12, 'PassStateExited'], [13, 'MapIterationSucceeded'],
      [14, 'MapStateSucceeded'], [14, 'MapStateExited'], [16, 'MapIterationSucceeded'],
      [16, 'MapIterationStarted'], [18, 'MapStateEntered'], [19, 'MapStateStarted'],
      [20, 'MapIterationStarted'], [21, 'PassStateEntered'], [22, 'PassStateExited'], [23, 'MapIterationSucceeded'],
      [24, 'MapStateSucceeded'], [24, 'MapStateExited'], [26, 'MapIterationSucceeded'],
      [27, 'MapStateSucceeded'], [27, 'MapStateExited'], [29, 'ExecutionSucceeded'],
    ]);
  });

  test('of a Map state without items', async () => {
    expect(chainOf(await run(machine({ Each: { Type: 'Map', ItemProcessor: machine({ P: PASS }), ...END } }), [])).slice(2)).toEqual([
      [2, 'MapStateStarted'], [3, 'MapStateSucceeded'], [3, 'MapStateExited'], [5, 'ExecutionSucceeded'],
    ]);
  });

  test('of an iteration that fails, of the state that fails with it, and of what catches it', async () => {
    expect(chainOf(await run(machine({ Each: { Type: 'Map', ItemProcessor: FAIL, ...CATCH, ...END }, Caught: PASS }), [1])).slice(2)).toEqual([
      [2, 'MapStateStarted'], [3, 'MapIterationStarted'], [4, 'FailStateEntered'], [5, 'MapIterationFailed'], [5, 'MapStateFailed'],
      [7, 'MapStateExited'], [8, 'PassStateEntered'], [9, 'PassStateExited'], [10, 'ExecutionSucceeded'],
    ]);
  });

  test('of a retry, which follows the state that failed', async () => {
    const retried = { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }], ...END };
    expect(chainOf(await run(machine({ Both: { Type: 'Parallel', Branches: [FAIL], ...retried } }))).slice(2)).toEqual([
      [2, 'ParallelStateStarted'], [3, 'FailStateEntered'], [4, 'ParallelStateStarted'], [5, 'FailStateEntered'], [6, 'ParallelStateFailed'], [7, 'ExecutionFailed'],
    ]);
    expect(chainOf(await run(machine({ Call: { ...CALL, ...retried } }), {}, async () => { throw new TaskError('E', 'why'); })).slice(2)).toEqual([
      [2, 'TaskScheduled'], [3, 'TaskStarted'], [4, 'TaskFailed'], [5, 'TaskScheduled'], [6, 'TaskStarted'], [7, 'TaskFailed'], [8, 'ExecutionFailed'],
    ]);
  });

  test('of what is aborted, which follows the state that failed', async () => {
    const call = ({ parameters }: { parameters: unknown }) => parameters === 1 ? Promise.reject(new TaskError('E', 'why')) : new Promise(() => undefined);
    const outcome = await run(machine({ Each: { Type: 'Map', ItemProcessor: machine({ Call: { ...CALL, ...END } }), ...END } }), [1, 2], call);
    expect(chainOf(outcome).filter(([, type]) => type === 'MapIterationStarted')).toEqual([[3, 'MapIterationStarted'], [3, 'MapIterationStarted']]);
    expect(chainOf(outcome)[11]).toEqual([expect.any(Number), 'TaskFailed']);
    expect(chainOf(outcome).slice(12)).toEqual([
      [12, 'MapIterationFailed'], [12, 'TaskStateAborted'], [12, 'MapIterationAborted'], [12, 'TaskStateAborted'], [12, 'MapStateFailed'], [17, 'ExecutionFailed'],
    ]);
  });

  test('of branches, which follow the event that started them. Their state goes on from the one that ended last', async () => {
    const slow = machine({ Wait: { Type: 'Wait', Seconds: 5, ...END } });
    expect(chainOf(await run(machine({ Both: { Type: 'Parallel', Branches: [slow, machine({ P: PASS })], ...END } })))).toEqual([
      [0, 'ExecutionStarted'], [0, 'ParallelStateEntered'], [2, 'ParallelStateStarted'], [3, 'WaitStateEntered'], [3, 'PassStateEntered'],
      [5, 'PassStateExited'], [4, 'WaitStateExited'], [7, 'ParallelStateSucceeded'], [7, 'ParallelStateExited'], [9, 'ExecutionSucceeded'],
    ]);
  });

  test('of a map run', async () => {
    const processor = { ...machine({ P: PASS }), ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
    expect(chainOf(await run(machine({ Each: { Type: 'Map', ItemProcessor: processor, ...END } }), [1])).slice(2)).toEqual([
      [2, 'MapStateStarted'], [3, 'MapRunStarted'], [4, 'MapRunSucceeded'], [5, 'MapStateSucceeded'], [5, 'MapStateExited'], [7, 'ExecutionSucceeded'],
    ]);
  });

  test.each<[string, object, (sfn: ReturnType<typeof service>['ask'], executionArn: string) => Promise<unknown>, string]>([
    ['a stop', {}, (ask, executionArn) => ask('StopExecution', { executionArn }), 'ExecutionAborted'],
    ['a time-out', { TimeoutSeconds: 1 }, async () => undefined, 'ExecutionTimedOut'],
  ])('of the end by %s, which follows nothing, and of a redrive', async (_, more, end, type) => {
    const { sfn, clock, ask } = service(machine({ Wait: { Type: 'Wait', Seconds: 5, ...END } }, more));
    const execution = sfn.start(ARN, {});
    await end(ask, execution.arn);
    await settle(clock, execution);
    execution.redrive();
    expect(chainOf({ execution }).slice(1)).toEqual([[0, 'WaitStateEntered'], [0, type], [3, 'ExecutionRedriven'], [4, 'WaitStateEntered']]);
  });

  test('of an iteration that is redriven, which follows its state', async () => {
    const processor = machine({ Wait: { Type: 'Wait', Seconds: 5, ...END } });
    const { sfn, clock, ask } = service(machine({ Each: { Type: 'Map', ItemProcessor: processor, ...END } }));
    const execution = sfn.start(ARN, [1]);
    await ask('StopExecution', { executionArn: execution.arn });
    execution.redrive();
    await settle(clock, execution);
    expect(chainOf({ execution }).slice(5)).toEqual([
      [0, 'ExecutionAborted'], [6, 'ExecutionRedriven'], [7, 'MapStateEntered'], [8, 'MapIterationStarted'], [9, 'WaitStateEntered'], [10, 'WaitStateExited'],
      [11, 'MapIterationSucceeded'], [12, 'MapStateSucceeded'], [12, 'MapStateExited'], [14, 'ExecutionSucceeded'],
    ]);
  });
});

describe('the details of an event', () => {
  const data = (field: string, json: string) => ({ [field]: json, [`${field}Details`]: { truncated: false } });

  test('of an execution and of a state have input and output as JSON', async () => {
    const outcome = await run(machine({ P: PASS }), { a: null });
    expect(historyEventOf(outcome.execution.history[0], 'us-east-1', true)).toEqual({
      timestamp: 0, type: 'ExecutionStarted', id: 1, previousEventId: 0, executionStartedEventDetails: { roleArn: 'role', ...data('input', '{"a":null}') },
    });
    expect(detailsOf(outcome, 'PassStateEntered')).toEqual([{ stateEnteredEventDetails: { name: 'P', ...data('input', '{"a":null}') } }]);
    expect(detailsOf(outcome, 'PassStateExited')).toEqual([{ stateExitedEventDetails: { name: 'P', ...data('output', '{"a":null}') } }]);
    expect(detailsOf(outcome, 'ExecutionSucceeded')).toEqual([{ executionSucceededEventDetails: data('output', '{"a":null}') }]);
  });

  test('of a task have its service, and of its schedule the region and the time-outs', async () => {
    const outcome = await run(machine({ Call: { ...CALL, Parameters: null, TimeoutSeconds: 5, HeartbeatSeconds: 2, ...END } }), {}, async () => null);
    const task = { resourceType: 'lambda', resource: 'invoke' };
    expect(detailsOf(outcome, 'TaskScheduled')).toEqual([{ taskScheduledEventDetails: { ...task, region: 'us-east-1', parameters: 'null', timeoutInSeconds: 5, heartbeatInSeconds: 2 } }]);
    expect(detailsOf(outcome, 'TaskStarted')).toEqual([{ taskStartedEventDetails: task }]);
    expect(detailsOf(outcome, 'TaskSucceeded')).toEqual([{ taskSucceededEventDetails: { ...task, ...data('output', 'null') } }]);
  });

  test.each([
    ['arn:aws:states:::sqs:sendMessage.waitForTaskToken', { resourceType: 'sqs', resource: 'sendMessage.waitForTaskToken' }],
    ['arn:aws:states:::aws-sdk:s3:putObject', { resourceType: 'aws-sdk:s3', resource: 'putObject' }],
  ])('of a task with %s have %j', (resource, integration) => {
    const event = { id: 4, previousId: 3, timestamp: 1500, type: 'TaskFailed', details: { resource, error: null, cause: 'why' } };
    expect(historyEventOf(event, 'us-east-1', true)).toEqual({ timestamp: 1.5, type: 'TaskFailed', id: 4, previousEventId: 3, taskFailedEventDetails: { ...integration, cause: 'why' } });
  });

  test('of a function have its ARN and input only at its schedule', async () => {
    const outcome = await run(machine({ Call: { Type: 'Task', Resource: FUNCTION, ...CATCH, ...END }, Caught: PASS }), { n: 1 }, async () => { throw new TaskError('E', 'why'); });
    expect(detailsOf(outcome, 'LambdaFunctionScheduled')).toEqual([{ lambdaFunctionScheduledEventDetails: { resource: FUNCTION, ...data('input', '{"n":1}') } }]);
    expect(detailsOf(outcome, 'LambdaFunctionStarted')).toEqual([{}]);
    expect(detailsOf(outcome, 'LambdaFunctionFailed')).toEqual([{ lambdaFunctionFailedEventDetails: { error: 'E', cause: 'why' } }]);
  });

  test('of a Map state have the number of items and the index of each', async () => {
    const outcome = await run(machine({ Each: { Type: 'Map', ItemProcessor: machine({ P: PASS }), ...END } }), [1]);
    expect(detailsOf(outcome, 'MapStateStarted')).toEqual([{ mapStateStartedEventDetails: { length: 1 } }]);
    expect(detailsOf(outcome, 'MapIterationStarted')).toEqual([{ mapIterationStartedEventDetails: { name: 'Each', index: 0 } }]);
    expect(detailsOf(outcome, 'MapIterationSucceeded')).toEqual([{ mapIterationSucceededEventDetails: { name: 'Each', index: 0 } }]);
    expect(detailsOf(outcome, 'MapStateSucceeded')).toEqual([{}]);
  });

  test('have no input and output when they are not asked for, but the parameters of a task', async () => {
    const outcome = await run(machine({ Call: { ...CALL, ...END } }), { n: 1 });
    expect(detailsOf(outcome, 'ExecutionStarted', false)).toEqual([{ executionStartedEventDetails: { roleArn: 'role' } }]);
    expect(detailsOf(outcome, 'TaskStateExited', false)).toEqual([{ stateExitedEventDetails: { name: 'Call' } }]);
    expect(detailsOf(outcome, 'TaskScheduled', false)).toEqual([{ taskScheduledEventDetails: { resourceType: 'lambda', resource: 'invoke', region: 'us-east-1', parameters: '{"n":1}' } }]);
    expect(detailsOf(outcome, 'ExecutionSucceeded', false)).toEqual([{ executionSucceededEventDetails: {} }]);
  });
});
