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
    await expect(ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '1' })).rejects.toMatchObject({ code: 'TaskTimedOut', message: "Task Timed Out: 'Provided task does not exist anymore'" });
    await ask('SendTaskSuccess', { taskToken: calls[1].taskToken, output: '2' });
    await settle(clock, execution);
    expect(execution.output).toBe(2);
  });

  test('a closed token can be answered as if it were open', async () => {
    const { sfn, clock, calls, ask } = service(states(), undefined, { closedTokens: 'silent' });
    const execution = sfn.start(ARN, {});
    await ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: '1' });
    await settle(clock, execution);
    const { taskToken } = calls[0];
    for (const [action, more] of [['SendTaskSuccess', { output: '2' }], ['SendTaskFailure', { error: 'E' }], ['SendTaskHeartbeat', {}]] as const) {
      await expect(ask(action, { taskToken, ...more })).resolves.toEqual({});
    }
    expect([execution.status, execution.output]).toEqual(['SUCCEEDED', 1]);
  });

  test('has a token of about 700 characters, even when it has the same random numbers as another', async () => {
    const { sfn, calls } = service(states());
    sfn.start(ARN, {});
    sfn.start(ARN, {});
    const tokens = calls.map(({ taskToken }) => taskToken);
    expect(tokens).toEqual([expect.stringMatching(/^AQC[A-Za-z0-9+/=]{665}$/), expect.stringMatching(/^AQC[A-Za-z0-9+/=]{665}$/)]);
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  const unknown = `AQCUAAAA${'x'.repeat(100)}`;
  test.each([
    ['nonsense', 'InvalidToken', "Invalid Token: 'Invalid token'"],
    [undefined, 'InvalidToken', "Invalid Token: 'Invalid token'"],
    [`x${unknown}`, 'InvalidToken', "Invalid Token: 'Invalid token'"],
    [`${unknown} `, 'InvalidToken', "Invalid Token: 'Invalid token'"],
    [unknown, 'TaskDoesNotExist', 'Task does not exist'],
  ])('the token %s is refused: %s', async (taskToken, code, message) => {
    await expect(service(states()).ask('SendTaskSuccess', { taskToken, output: '1' })).rejects.toMatchObject({ code, message });
  });

  test.each<[string, string, object, object]>([
    ['an output that is too long', 'SendTaskSuccess', { output: JSON.stringify('x'.repeat(262_143)) }, {
      code: 'ValidationException', message: "1 validation error detected: Value at 'output' failed to satisfy constraint: Member must have length less than or equal to 262144",
    }],
    ['an output that is not JSON', 'SendTaskSuccess', { output: 'x' }, { code: 'InvalidOutput', message: 'InvalidOutput: not JSON' }],
    ['an error that is too long', 'SendTaskFailure', { error: 'x'.repeat(257) }, { code: 'ValidationException', message: 'error or cause is too long' }],
    ['a cause that is too long', 'SendTaskFailure', { cause: 'x'.repeat(32_769) }, { code: 'ValidationException', message: 'error or cause is too long' }],
  ])('%s is refused', async (_, action, answer, refusal) => {
    const { sfn, calls, ask } = service(states());
    sfn.start(ARN, {});
    await expect(ask(action, { taskToken: calls[0].taskToken, ...answer })).rejects.toMatchObject(refusal);
  });

  test('the longest output, error and cause are accepted', async () => {
    const { sfn, clock, calls, ask } = service(states());
    const [succeeding, failing] = [sfn.start(ARN, {}), sfn.start(ARN, {})];
    await ask('SendTaskSuccess', { taskToken: calls[0].taskToken, output: JSON.stringify('x'.repeat(262_142)) });
    await ask('SendTaskFailure', { taskToken: calls[1].taskToken, error: 'e'.repeat(256), cause: 'c'.repeat(32_768) });
    await settle(clock, succeeding);
    await settle(clock, failing);
    expect([succeeding.output, failing.error, failing.cause]).toEqual(['x'.repeat(262_142), 'e'.repeat(256), 'c'.repeat(32_768)]);
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
    expect(() => sfn.start(ARN, 'x'.repeat(262_143))).toThrow(expect.objectContaining({ code: 'ValidationException', message: 'input is longer than 262144 bytes' }));
    expect(sfn.start(ARN, 'x'.repeat(262_142)).status).toBe('RUNNING');
  });

  test('a history of 25,000 events ends the execution', async () => {
    const { sfn, clock } = service(machine({ A: { ...CALL, Next: 'A' } }));
    const execution = sfn.start(ARN, {});
    while (execution.status === 'RUNNING') await settle(clock, execution);
    expect(execution.history).toHaveLength(25_000);
    expect(execution.history.slice(-2).map(({ type }) => type)).toEqual(['TaskStarted', 'ExecutionFailed']);
    expect([execution.error, execution.cause]).toEqual(['States.Runtime', 'The execution reached the maximum number of history events (25000).']);
  });

  test('an execution that runs longer than the timeout of its state machine is ended', async () => {
    const { sfn, clock, events } = service(machine({ A: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 60 }));
    const execution = sfn.start(ARN, {});
    await settle(clock, execution);
    expect([execution.status, clock.now(), execution.history.at(-1)!.type]).toEqual(['TIMED_OUT', 60_000, 'ExecutionTimedOut']);
    expect(events.map((event) => event.detail.status)).toEqual(['RUNNING', 'TIMED_OUT']);
  });
});

describe('the API', () => {
  const idle = machine({ A: { Type: 'Wait', Seconds: 100, End: true } });

  test('starts, describes, stops and redrives executions', async () => {
    const { sfn, clock, ask } = service(idle);
    const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:m:x';
    const unchanging = { executionArn, stateMachineArn: ARN, name: 'x', startDate: 0, input: '{"a":1}', inputDetails: { included: true } };
    expect(await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{"a":1}' })).toEqual({ executionArn, startDate: 0 });
    expect(await ask('DescribeExecution', { executionArn })).toEqual({
      ...unchanging, status: 'RUNNING', redriveCount: 0, redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: 'Execution is RUNNING and cannot be redriven',
    });
    clock.after(2_500, () => undefined);
    clock.advance();
    expect(await ask('StopExecution', { executionArn, error: 'E', cause: 'C' })).toEqual({ stopDate: 2.5 });
    expect(await ask('DescribeExecution', { executionArn })).toEqual({ ...unchanging, status: 'ABORTED', stopDate: 2.5, error: 'E', cause: 'C', redriveCount: 0, redriveStatus: 'REDRIVABLE' });
    expect(await ask('RedriveExecution', { executionArn })).toEqual({ redriveDate: 2.5 });
    await settle(clock, sfn.execution(executionArn));
    expect(await ask('DescribeExecution', { executionArn })).toEqual({
      ...unchanging,
      status: 'SUCCEEDED',
      stopDate: 102.5,
      output: '{"a":1}',
      outputDetails: { included: true },
      redriveCount: 1,
      redriveDate: 2.5,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    await expect(ask('RedriveExecution', { executionArn })).rejects.toMatchObject({ code: 'ExecutionNotRedrivable', message: 'Execution is SUCCEEDED and cannot be redriven' });
  });

  test('describes state machines', async () => {
    const { ask, clock } = service(idle);
    clock.after(2_500, () => undefined);
    clock.advance();
    expect(await ask('DescribeStateMachine', { stateMachineArn: ARN })).toEqual({
      stateMachineArn: ARN,
      name: 'm',
      status: 'ACTIVE',
      definition: JSON.stringify(idle),
      roleArn: 'role',
      type: 'STANDARD',
      creationDate: 0,
      tracingConfiguration: { enabled: false },
    });
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  test('sends an event whenever the status of an execution changes', async () => {
    const { sfn, clock, ask, events } = service(idle);
    const execution = sfn.start(ARN, { a: 1 }, 'x');
    await ask('StopExecution', { executionArn: execution.arn, error: 'E', cause: 'C' });
    await ask('RedriveExecution', { executionArn: execution.arn });
    await settle(clock, execution);
    const id = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const unchanging = { executionArn: execution.arn, stateMachineArn: ARN, name: 'x', startDate: 0, input: '{"a":1}', inputDetails: { included: true } };
    const none = { stopDate: null, output: null, outputDetails: null, error: null, cause: null };
    expect(events).toEqual([
      ['1970-01-01T00:00:00Z', { ...unchanging, ...none, status: 'RUNNING', redriveCount: 0 }],
      ['1970-01-01T00:00:00Z', { ...unchanging, ...none, status: 'ABORTED', stopDate: 0, error: 'E', cause: 'C', redriveCount: 0 }],
      ['1970-01-01T00:00:00Z', { ...unchanging, ...none, status: 'RUNNING', redriveCount: 1 }],
      ['1970-01-01T00:01:40Z', { ...unchanging, ...none, status: 'SUCCEEDED', stopDate: 100_000, output: '{"a":1}', outputDetails: { included: true }, redriveCount: 1 }],
    ].map(([time, detail]) => ({
      'version': '0', id, 'detail-type': 'Step Functions Execution Status Change', 'source': 'aws.states', 'account': '123456789012', time, 'region': 'us-east-1', 'resources': [execution.arn], detail,
    })));
    expect(new Set(events.map((event) => event.id)).size).toBe(4);
  });

  test('starts one execution of a name', async () => {
    const { ask } = service(idle);
    const first = await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{}' });
    expect(await ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{}' })).toEqual(first);
    const exists = { code: 'ExecutionAlreadyExists', message: "Execution Already Exists: 'arn:aws:states:us-east-1:123456789012:execution:m:x'" };
    await expect(ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{"b":1}' })).rejects.toMatchObject(exists);
    await ask('StopExecution', first);
    await expect(ask('StartExecution', { stateMachineArn: ARN, name: 'x', input: '{}' })).rejects.toMatchObject(exists);
  });

  test('gives names to executions that have none', () => {
    const { sfn } = service(idle);
    sfn.start(ARN, {});
    sfn.start(ARN, {});
    expect(sfn.executions().map(({ name }) => name)).toEqual(['run-1', 'run-2']);
  });

  test('is authorized for the execution, the state machine, or the state machine of the task token, with the tags of the state machine', () => {
    const { sfn, calls } = service(machine({ Run: { ...WAIT, End: true } }));
    const { arn } = sfn.start(ARN, {});
    const context = { 'aws:ResourceTag/team': 'a' };
    const authorized = (action: string, input: object) => sfn.authorizations({ action, input });
    expect(authorized('StopExecution', { executionArn: arn })).toEqual([{ action: 'states:StopExecution', resource: arn, context }]);
    expect(authorized('DescribeStateMachine', { stateMachineArn: ARN })).toEqual([{ action: 'states:DescribeStateMachine', resource: ARN, context }]);
    expect(authorized('StartExecution', { stateMachineArn: ARN })).toEqual([{ action: 'states:StartExecution', resource: ARN, context }]);
    expect(authorized('SendTaskSuccess', { taskToken: calls[0].taskToken })).toEqual([{ action: 'states:SendTaskSuccess', resource: ARN, context }]);
    expect(authorized('SendTaskSuccess', { taskToken: 'unknown' })).toEqual([{ action: 'states:SendTaskSuccess', resource: '*', context: {} }]);
    expect(authorized('DescribeExecution', { executionArn: arn.replace(':m:', ':other:') })[0].context).toEqual({});
  });

  test.each([
    ['', 'Invalid execution input.'],
    [' ', 'Invalid execution input.'],
    ['{', expect.stringMatching(/JSON/)],
  ])('StartExecution says what is wrong with the input %j', async (input, reason) => {
    const refusal = await service(idle).ask('StartExecution', { stateMachineArn: ARN, input }).catch((error: Error) => error.message);
    expect(/^Invalid State Machine Execution Input: '(.*)'$/.exec(refusal as string)?.[1]).toEqual(reason);
  });

  test.each<[string, object, string, string]>([
    ['StartExecution', { stateMachineArn: 'x' }, 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"],
    ['StartExecution', { stateMachineArn: `${ARN}x` }, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}x'`],
    ['StartExecution', { stateMachineArn: ARN, name: 'a b' }, 'InvalidName', "Invalid Name: 'a b'"],
    ['StartExecution', { stateMachineArn: ARN, name: 'x'.repeat(81) }, 'InvalidName', `Invalid Name: '${'x'.repeat(81)}'`],
    ['StartExecution', { stateMachineArn: ARN, name: '' }, 'InvalidName', "Invalid Name: ''"],
    ['StartExecution', { stateMachineArn: ARN, input: '{' }, 'InvalidExecutionInput', 'Invalid State Machine Execution Input: '],
    ['DescribeStateMachine', { stateMachineArn: 'x' }, 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"],
    ['DescribeStateMachine', { stateMachineArn: `${ARN}x` }, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}x'`],
    ['DescribeExecution', { executionArn: 'x' }, 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"],
    ['DescribeExecution', { executionArn: `${ARN}:x` }, 'ExecutionDoesNotExist', `Execution Does Not Exist: '${ARN}:x'`],
    ['GetActivityTask', {}, 'UnknownOperationException', 'the emulator does not support GetActivityTask of AWS Step Functions'],
  ])('%s of %j is refused', async (action, input, code, message) => {
    const refusal = await service(idle).ask(action, input).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ServiceError);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('refuses to start a state machine with a call that is not supported, by its path, and starts the others', () => {
    const deployed = (name: string, states: object) => ({ path: `App/${name}`, stack: 'App', logicalId: name, arn: `${ARN}-${name}`, name, roleArn: 'role', definition: machine(states), tracing: false });
    const { sfn } = service({}, undefined, {
      stateMachines: [deployed('good', { A: { Type: 'Pass', End: true } }), deployed('bad', { A: { ...CALL, End: true } })],
      resources: { supported: ['nothing'], isSupported: () => false },
    });
    expect(sfn.start(`${ARN}-good`, {}).status).toBe('RUNNING');
    expect(() => sfn.start(`${ARN}-bad`, {})).toThrow(`state machine App/bad: state 'A' has the resource ${CALL.Resource}, which the emulator does not support; it supports nothing`);
    expect(() => sfn.describeMapRun('arn:none')).toThrow(expect.objectContaining({ code: 'ResourceNotFound', message: "Resource not found: 'arn:none'" }));
  });

  test('the answer to a task of a stopped execution has no effect', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const { sfn, clock } = service(machine({ A: { ...CALL, End: true } }), () => new Promise((resolve) => { answer = resolve; }));
    const execution = sfn.start(ARN, {});
    execution.stop();
    answer('late');
    await settle(clock, execution);
    expect([execution.status, execution.output, execution.history.at(-1)!.type]).toEqual(['ABORTED', undefined, 'ExecutionAborted']);
  });
});
