import { ARN, CALL, machine, service, settle } from './machines';
import { ServiceError } from '../../../emulator/service';
import { TaskError } from '../../../emulator/states/task-error';

const WAIT = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Parameters: { 'token.$': '$$.Task.Token', 'retry.$': '$$.State.RetryCount' } };

test('an execution goes from state to state with its data', async () => {
  const { sfn, clock, calls } = service(machine({
    Prepare: { Type: 'Pass', Parameters: { 'n.$': '$.n', 'id.$': '$$.Execution.Name' }, ResultPath: '$.prepared', Next: 'Call' },
    Call: { ...CALL, Parameters: { 'id.$': '$.prepared.id' }, ResultSelector: { 'answer.$': '$' }, ResultPath: '$.called', Next: 'Pause' },
    Pause: { Type: 'Wait', Seconds: 3600, Next: 'Which' },
    Which: { Type: 'Choice', Choices: [{ Variable: '$.n', NumericGreaterThan: 1, Next: 'Many' }], Default: 'One' },
    Many: { Type: 'Pass', Result: 'many', End: true },
    One: { Type: 'Fail', Error: 'One', Cause: 'only' },
  }));
  const many = sfn.start(ARN, { n: 2 }, 'a');
  await settle(clock, many);
  expect([many.status, many.output, clock.now()]).toEqual(['SUCCEEDED', 'many', 3_600_000]);
  expect(calls[0].parameters).toEqual({ id: 'a' });
  expect(many.transitions).toBe(6);
  expect(many.history.map((event) => event.type)).toEqual([
    'ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited',
    'WaitStateEntered', 'WaitStateExited', 'ChoiceStateEntered', 'ChoiceStateExited', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded',
  ]);
  const one = sfn.start(ARN, { n: 1 }, 'b');
  await settle(clock, one);
  expect([one.status, one.error, one.cause]).toEqual(['FAILED', 'One', 'only']);
});

test('ResultPath puts a result into the input of the state before InputPath', async () => {
  const { sfn, clock } = service(machine({
    A: { Type: 'Pass', InputPath: '$.a', ResultPath: '$.copy', Next: 'B' },
    B: { ...CALL, InputPath: '$.a', ResultPath: null, Next: 'C' },
    C: { ...CALL, InputPath: '$.a', ResultPath: '$.a', Next: 'D' },
    D: { Type: 'Pass', Result: null, ResultPath: '$.nothing', End: true },
  }));
  const execution = sfn.start(ARN, { a: 1, b: 2 });
  await settle(clock, execution);
  expect(execution.output).toEqual({ a: 'done', b: 2, copy: 1, nothing: null });
});

describe('a task that waits for its token', () => {
  const states = (more: object = {}) => machine({ Run: { ...WAIT, ...more, End: true } });

  test('succeeds with the output of SendTaskSuccess, whatever its call answered', async () => {
    const { sfn, clock, calls, ask } = service(states());
    const execution = sfn.start(ARN, {});
    await settle(clock, execution);
    expect(execution.status).toBe('RUNNING');
    await ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '{"a":1}' });
    await settle(clock, execution);
    expect([execution.status, execution.output]).toEqual(['SUCCEEDED', { a: 1 }]);
  });

  test('fails with the error of SendTaskFailure', async () => {
    const { sfn, clock, calls, ask } = service(states());
    const execution = sfn.start(ARN, {});
    await ask('SendTaskFailure', { taskToken: calls[0].taskToken, error: 'ExitCode', cause: 'three' });
    await settle(clock, execution);
    expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', 'ExitCode', 'three']);
  });

  test('times out when its heartbeat lapses', async () => {
    const { sfn, clock, calls, ask } = service(states({ HeartbeatSeconds: 60 }));
    const execution = sfn.start(ARN, {});
    clock.after(50_000, () => void ask('SendTaskHeartbeat', { taskToken: calls[0].taskToken }));
    await settle(clock, execution);
    expect([execution.status, execution.error, clock.now()]).toEqual(['FAILED', 'States.Timeout', 110_000]);
    expect(execution.cause).toBeUndefined();
  });

  test('fails without error and cause when SendTaskFailure has none', async () => {
    const { sfn, clock, calls, ask } = service(states());
    const execution = sfn.start(ARN, {});
    await ask('SendTaskFailure', { taskToken: calls[0].taskToken });
    await settle(clock, execution);
    expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', undefined, undefined]);
  });

  test('is retried with a new token, and the old token is closed', async () => {
    const { sfn, clock, calls, ask } = service(states({ Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 10, MaxAttempts: 1 }] }));
    const execution = sfn.start(ARN, {});
    await ask('SendTaskFailure', { taskToken: calls[0].taskToken, error: 'Again' });
    await settle(clock, execution, 10_000);
    expect(calls.map((call) => call.parameters.retry)).toEqual([0, 1]);
    expect(calls[1].taskToken).not.toBe(calls[0].taskToken);
    await expect(ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '1' })).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await ask('SendTaskSuccess', { taskToken: calls[1].taskToken, output: '2' });
    await settle(clock, execution);
    expect(execution.output).toBe(2);
  });

  test('a closed token can be answered as if it were open', async () => {
    const { sfn, clock, calls, ask } = service(states(), undefined, { closedTokens: 'silent' });
    const execution = sfn.start(ARN, {});
    await ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '1' });
    await settle(clock, execution);
    await expect(ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '2' })).resolves.toEqual({});
    expect(execution.output).toBe(1);
  });

  test.each([
    ['nonsense', 'InvalidToken'],
    [`AQCUAAAA${'x'.repeat(100)}`, 'TaskDoesNotExist'],
  ])('the token %s is refused', async (taskToken, code) => {
    await expect(service(states()).ask('SendTaskSuccess', { taskToken, output: '1' })).rejects.toMatchObject({ code });
  });

  test('an output over 256 KiB is refused', async () => {
    const { sfn, calls, ask } = service(states());
    sfn.start(ARN, {});
    await expect(ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: JSON.stringify('x'.repeat(262_144)) })).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: 'x' })).rejects.toMatchObject({ code: 'InvalidOutput' });
    await expect(ask('SendTaskFailure', { taskToken: calls[0].taskToken, error: 'x'.repeat(257) })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

describe('an error', () => {
  const failing = (error: string) => async () => { throw new TaskError(error, 'why'); };

  test('is retried as often and with the delays that its retrier says', async () => {
    const times: number[] = [];
    const context = service(machine({ A: { ...CALL, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 10, BackoffRate: 2, MaxDelaySeconds: 30, MaxAttempts: 4 }], End: true } }), async () => {
      times.push(context.clock.now() / 1000);
      throw new TaskError('E', 'why');
    });
    const execution = context.sfn.start(ARN, {});
    await settle(context.clock, execution);
    expect(times).toEqual([0, 10, 30, 60, 90]);
    expect([execution.error, execution.transitions]).toEqual(['E', 6]);
  });

  test('is retried earlier with full jitter', async () => {
    const { sfn, clock } = service(machine({ A: { ...CALL, Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 10, MaxAttempts: 1, JitterStrategy: 'FULL' }], End: true } }), failing('E'));
    const execution = sfn.start(ARN, {});
    await settle(clock, execution);
    expect(clock.now()).toBe(5_000);
  });

  test.each([
    ['E', 'caught'], ['States.Timeout', 'caught'], ['States.Runtime', 'failed'], ['States.DataLimitExceeded', 'caught'],
  ])('States.ALL and %s: %s', async (error, outcome) => {
    const { sfn, clock } = service(machine({
      A: { ...CALL, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', ResultPath: '$.error' }], End: true },
      B: { Type: 'Succeed' },
    }), failing(error));
    const execution = sfn.start(ARN, { in: 1 });
    await settle(clock, execution);
    const caught = { in: 1, error: { Error: error, Cause: 'why' } };
    expect([execution.status, execution.error, execution.output]).toEqual(outcome === 'failed' ? ['FAILED', error, undefined] : ['SUCCEEDED', undefined, caught]);
  });

  test('States.TaskFailed matches every error but a timeout', async () => {
    for (const [error, status] of [['E', 'SUCCEEDED'], ['States.Timeout', 'FAILED']]) {
      const { sfn, clock } = service(machine({ A: { ...CALL, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'B' }], End: true }, B: { Type: 'Succeed' } }), failing(error));
      const execution = sfn.start(ARN, {});
      await settle(clock, execution);
      expect(execution.status).toBe(status);
    }
  });
});

test('a definition that is not supported is an error that names its state machine', () => {
  expect(() => service(machine({ A: { Type: 'Repeat', End: true } }))).toThrow('state machine App/m: state \'A\' is of type "Repeat"');
});

describe('limits', () => {
  test('a payload over 256 KiB fails the execution', async () => {
    const { sfn, clock } = service(machine({ A: { ...CALL, End: true } }), async () => 'x'.repeat(262_145));
    const execution = sfn.start(ARN, {});
    await settle(clock, execution);
    expect(execution.error).toBe('States.DataLimitExceeded');
    await expect(async () => sfn.start(ARN, 'x'.repeat(262_145))).rejects.toMatchObject({ code: 'ValidationException' });
  });

  test('a history of 25,000 events ends the execution', async () => {
    const { sfn, clock } = service(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }));
    const execution = sfn.start(ARN, {});
    while (execution.status === 'RUNNING') await settle(clock, execution);
    expect(execution.history).toHaveLength(25_000);
    expect(execution.cause).toContain('maximum number of history events');
  });

  test('an execution that runs longer than the timeout of its state machine is ended', async () => {
    const { sfn, clock, events } = service(machine({ A: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 60 }));
    const execution = sfn.start(ARN, {});
    await settle(clock, execution);
    expect([execution.status, clock.now()]).toEqual(['TIMED_OUT', 60_000]);
    expect(events.map((event) => event.detail.status)).toEqual(['RUNNING', 'TIMED_OUT']);
  });
});

describe('the API', () => {
  const idle = machine({ A: { Type: 'Wait', Seconds: 100, End: true } });

  test('starts, describes, stops and redrives executions', async () => {
    const { sfn, clock, ask } = service(idle);
    const { executionArn } = await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{"a":1}' });
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING', input: '{"a":1}', redriveStatus: 'NOT_REDRIVABLE' });
    await ask('StopExecution', { executionArn, error: 'E', cause: 'C' });
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'C', redriveStatus: 'REDRIVABLE' });
    await ask('RedriveExecution', { executionArn });
    await settle(clock, sfn.execution(executionArn));
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
    await expect(ask('RedriveExecution', { executionArn })).rejects.toMatchObject({ code: 'ExecutionNotRedrivable' });
  });

  test('starts one execution of a name', async () => {
    const { ask } = service(idle);
    const first = await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{}' });
    expect(await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{}' })).toEqual(first);
    await expect(ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{"b":1}' })).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test.each([
    ['', 'Invalid execution input.'],
    [' ', 'Invalid execution input.'],
    ['{', expect.stringMatching(/JSON/)],
  ])('StartExecution says what is wrong with the input %j', async (input, reason) => {
    const refusal = await service(idle).ask('StartExecution', { stateMachineArn: ARN, input }).catch((error: Error) => error.message);
    expect(/^Invalid State Machine Execution Input: '(.*)'$/.exec(refusal as string)?.[1]).toEqual(reason);
  });

  test('DescribeExecution says why an execution cannot be redriven, and that its input and output are included', async () => {
    const { ask, clock, sfn } = service(machine({ A: { Type: 'Wait', Seconds: 1, End: true } }));
    const { executionArn } = await ask('StartExecution', { stateMachineArn: ARN, input: '{}' });
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ inputDetails: { included: true }, outputDetails: undefined, redriveStatusReason: 'Execution is RUNNING and cannot be redriven' });
    await settle(clock, sfn.execution(executionArn));
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ outputDetails: { included: true }, redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' });
  });

  test('DescribeExecution of an execution that can be redriven gives no reason against it', async () => {
    const { ask } = service(idle);
    const { executionArn } = await ask('StartExecution', { stateMachineArn: ARN });
    await ask('StopExecution', { executionArn });
    expect(await ask('DescribeExecution', { executionArn })).toMatchObject({ redriveStatus: 'REDRIVABLE', redriveStatusReason: undefined });
  });

  test.each<[string, object, string]>([
    ['StartExecution', { stateMachineArn: 'x' }, 'InvalidArn'],
    ['StartExecution', { stateMachineArn: `${ARN}x` }, 'StateMachineDoesNotExist'],
    ['StartExecution', { stateMachineArn: ARN, name: 'a b' }, 'InvalidName'],
    ['StartExecution', { stateMachineArn: ARN, input: '{' }, 'InvalidExecutionInput'],
    ['DescribeExecution', { executionArn: 'x' }, 'InvalidArn'],
    ['DescribeExecution', { executionArn: `${ARN}:x` }, 'ExecutionDoesNotExist'],
    ['GetActivityTask', {}, 'UnknownOperationException'],
  ])('%s of %j is refused', async (action, input, code) => {
    await expect(service(idle).ask(action, input)).rejects.toMatchObject({ code });
    await expect(service(idle).ask(action, input)).rejects.toBeInstanceOf(ServiceError);
  });

  test('the answer to a task of a stopped execution has no effect', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { sfn, clock } = service(machine({ A: { ...CALL, End: true } }), () => new Promise((resolve) => { answer = resolve; }));
    const execution = sfn.start(ARN, {});
    execution.stop();
    answer('late');
    await settle(clock, execution);
    expect([execution.status, execution.output]).toEqual(['ABORTED', undefined]);
  });
});
