import { ARN, machine, service, settle } from './machines';

const idle = machine({ A: { Type: 'Wait', Seconds: 100, End: true } });
const executionArn = ARN.replace(':stateMachine:', ':execution:');
const pass = (clock: ReturnType<typeof service>['clock'], milliseconds: number) => {
  clock.after(milliseconds, () => undefined);
  clock.advance();
};
const HOUR = 3_600_000;

describe('ListExecutions', () => {
  const list = async ({ ask }: ReturnType<typeof service>, input: object = {}) => {
    const { executions, nextToken } = await ask('ListExecutions', { stateMachineArn: ARN, ...input });
    return { names: executions.map(({ name }: { name: string }) => name), nextToken };
  };

  test('says of each execution what its state is, the newest first', async () => {
    const { sfn, clock, ask } = service(idle);
    sfn.start(ARN, {}, 'a').stop();
    pass(clock, 500);
    sfn.execution(`${executionArn}:a`).redrive();
    sfn.start(ARN, {}, 'b').stop();
    expect(await ask('ListExecutions', { stateMachineArn: ARN })).toEqual({
      executions: [
        { executionArn: `${executionArn}:b`, stateMachineArn: ARN, name: 'b', status: 'ABORTED', startDate: 0.5, stopDate: 0.5, redriveCount: 0 },
        { executionArn: `${executionArn}:a`, stateMachineArn: ARN, name: 'a', status: 'RUNNING', startDate: 0, redriveCount: 1, redriveDate: 0.5 },
      ],
    });
  });

  test.each<[object, string[]]>([
    [{ statusFilter: 'RUNNING' }, ['c', 'b']],
    [{ statusFilter: 'ABORTED' }, ['a']],
    [{ statusFilter: 'SUCCEEDED' }, []],
    [{ redriveFilter: 'REDRIVEN' }, ['b']],
    [{ redriveFilter: 'NOT_REDRIVEN' }, ['c', 'a']],
    [{ redriveFilter: 'NOT_REDRIVEN', statusFilter: 'RUNNING' }, ['c']],
  ])('lists with %j the executions %j', async (filters, names) => {
    const context = service(idle);
    const [a, b] = ['a', 'b', 'c'].map((name) => context.sfn.start(ARN, {}, name));
    a.stop();
    b.stop();
    b.redrive();
    expect((await list(context, filters)).names).toEqual(names);
  });

  test('lists the executions of its state machine only', async () => {
    const deployed = (name: string) => ({ path: `App/${name}`, stack: 'App', logicalId: name, arn: `${ARN}-${name}`, name, roleArn: 'role', definition: idle, tracing: false });
    const context = service(idle, undefined, { stateMachines: [deployed('a'), deployed('b')] });
    for (const name of ['a', 'b']) context.sfn.start(`${ARN}-${name}`, {}, `of-${name}`);
    expect((await list(context, { stateMachineArn: `${ARN}-a` })).names).toEqual(['of-a']);
  });

  test('lists each execution once, although others start and end between the pages', async () => {
    const context = service(idle);
    for (const name of ['a', 'b', 'c', 'd', 'e']) context.sfn.start(ARN, {}, name);
    const query = { maxResults: 2, statusFilter: 'RUNNING' };
    const first = await list(context, query);
    context.sfn.start(ARN, {}, 'f');
    context.sfn.execution(`${executionArn}:e`).stop();
    const second = await list(context, { ...query, nextToken: first.nextToken });
    const third = await list(context, { ...query, nextToken: second.nextToken });
    expect([first, second, third].map(({ names }) => names)).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    expect(third.nextToken).toBeUndefined();
    expect((await list(context, query)).names).toEqual(['f', 'd']);
  });

  test('has no token when a page has the last of the executions', async () => {
    const context = service(idle);
    for (const name of ['a', 'b']) context.sfn.start(ARN, {}, name);
    expect(await list(context, { maxResults: 2 })).toEqual({ names: ['b', 'a'], nextToken: undefined });
  });

  test.each([undefined, 0])('has 100 executions on a page when maxResults is %s', async (maxResults) => {
    const context = service(idle);
    for (let index = 0; index <= 100; index++) context.sfn.start(ARN, {});
    const { names, nextToken } = await list(context, { maxResults });
    expect([names.length, names[0]]).toEqual([100, 'run-101']);
    expect((await list(context, { maxResults, nextToken })).names).toEqual(['run-1']);
    expect((await list(context, { maxResults: 1000 })).names).toHaveLength(101);
  });

  const invalid = (value: unknown, field: string, constraint: string) => `1 validation error detected: Value '${value}' at '${field}' failed to satisfy constraint: ${constraint}`;
  const mapRunArn = ARN.replace(':stateMachine:', ':mapRun:');
  test.each<[object, string, string]>([
    [{ stateMachineArn: `${ARN}x` }, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${ARN}x'`],
    [{ stateMachineArn: 'x' }, 'InvalidArn', "Invalid Arn: 'Invalid ARN prefix: x'"],
    [{ stateMachineArn: undefined }, 'ValidationException', 'Exactly one of stateMachineArn and mapRunArn must be given'],
    [{ mapRunArn }, 'ValidationException', 'Exactly one of stateMachineArn and mapRunArn must be given'],
    [{ stateMachineArn: undefined, mapRunArn }, 'UnknownOperationException', 'the emulator does not list the child executions of a map run: ListExecutions needs a stateMachineArn'],
    [{ maxResults: 1001 }, 'ValidationException', invalid(1001, 'maxResults', 'Member must have value less than or equal to 1000')],
    [{ maxResults: -1 }, 'ValidationException', invalid(-1, 'maxResults', 'Member must have value greater than or equal to 0')],
    [{ statusFilter: 'succeeded' }, 'ValidationException', invalid('succeeded', 'statusFilter', 'Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]')],
    [{ redriveFilter: 'x' }, 'ValidationException', invalid('x', 'redriveFilter', 'Member must satisfy enum value set: [REDRIVEN, NOT_REDRIVEN]')],
    [{ statusFilter: 'PENDING_REDRIVE' }, 'ValidationException', 'the statusFilter PENDING_REDRIVE needs a mapRunArn'],
    ...['', 'x', Buffer.from('null').toString('base64url')].map((nextToken): [object, string, string] => [{ nextToken }, 'InvalidToken', "Invalid Token: 'Invalid token'"]),
  ])('%j is refused: %s', async (input, code, message) => {
    await expect(list(service(idle), input)).rejects.toMatchObject({ code, message });
  });
});

describe('a page token', () => {
  const firstPage = async () => {
    const context = service(idle);
    context.sfn.start(ARN, {}, 'a');
    context.sfn.start(ARN, {}, 'b');
    const { nextToken } = await context.ask('ListExecutions', { stateMachineArn: ARN, maxResults: 1 });
    return { ...context, nextToken };
  };

  test.each<[string, string, object]>([
    ['another filter', 'ListExecutions', { stateMachineArn: ARN, statusFilter: 'RUNNING' }],
    ['another action', 'GetExecutionHistory', { executionArn: `${executionArn}:a` }],
    ['another action', 'ListStateMachines', {}],
  ])('is refused with %s: %s', async (_, action, input) => {
    const { ask, nextToken } = await firstPage();
    await expect(ask(action, { ...input, nextToken })).rejects.toMatchObject({ code: 'InvalidToken', message: "Invalid Token: 'Invalid token'" });
  });

  test('is valid for 24 hours', async () => {
    const { ask, clock, sfn, nextToken } = await firstPage();
    sfn.executions().forEach((execution) => execution.stop());
    const next = () => ask('ListExecutions', { stateMachineArn: ARN, maxResults: 5, nextToken });
    pass(clock, 24 * HOUR);
    expect((await next()).executions).toMatchObject([{ name: 'a' }]);
    pass(clock, 1);
    await expect(next()).rejects.toMatchObject({ code: 'InvalidToken' });
  });
});

describe('GetExecutionHistory', () => {
  const types = ['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded'];
  const started = () => {
    const context = service(idle);
    const execution = context.sfn.start(ARN, { a: 1 }, 'x');
    const history = (input: object = {}) => context.ask('GetExecutionHistory', { executionArn: execution.arn, ...input });
    return { ...context, execution, history };
  };
  const typesOf = ({ events }: { events: { type: string }[] }) => events.map(({ type }) => type);

  test('lists the events in the order of time, or the latest first', async () => {
    const { clock, execution, history } = started();
    await settle(clock, execution);
    expect(typesOf(await history())).toEqual(types);
    expect(typesOf(await history({ reverseOrder: true }))).toEqual([...types].reverse());
    expect((await history()).events[3]).toEqual({
      timestamp: 100, type: 'ExecutionSucceeded', id: 4, previousEventId: 3, executionSucceededEventDetails: { output: '{"a":1}', outputDetails: { truncated: false } },
    });
    expect((await history({ includeExecutionData: false })).events[3].executionSucceededEventDetails).toEqual({});
  });

  test.each([[false, [['ExecutionStarted'], types.slice(1)]], [true, [['WaitStateEntered'], ['ExecutionStarted']]]])(
    'goes on where the page before ended, although events were added between them (reverseOrder: %s)', async (reverseOrder, pages) => {
      const { clock, execution, history } = started();
      const first = await history({ reverseOrder, maxResults: 1 });
      await settle(clock, execution);
      const second = await history({ reverseOrder, nextToken: first.nextToken });
      expect([typesOf(first), typesOf(second)]).toEqual(pages);
      expect(second.nextToken).toBeUndefined();
      await expect(history({ reverseOrder: !reverseOrder, nextToken: first.nextToken })).rejects.toMatchObject({ code: 'InvalidToken' });
    });

  test('knows the executions that were started only', async () => {
    const { history } = started();
    await expect(history({ executionArn: `${executionArn}:none` })).rejects.toMatchObject({ code: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${executionArn}:none'` });
    await expect(history({ maxResults: 1001 })).rejects.toMatchObject({ code: 'ValidationException' });
  });
});

test('ListStateMachines lists what is deployed, in pages', async () => {
  const deployed = (name: string) => ({ path: `App/${name}`, stack: 'App', logicalId: name, arn: `${ARN}-${name}`, name, roleArn: 'role', definition: idle, tracing: false });
  const { ask, clock } = service(idle, undefined, { stateMachines: [deployed('a'), deployed('b'), deployed('c')] });
  pass(clock, 500);
  const listed = (name: string) => ({ stateMachineArn: `${ARN}-${name}`, name, type: 'STANDARD', creationDate: 0 });
  const first = await ask('ListStateMachines', { maxResults: 2 });
  expect(first.stateMachines).toEqual([listed('a'), listed('b')]);
  expect(await ask('ListStateMachines', { maxResults: 2, nextToken: first.nextToken })).toEqual({ stateMachines: [listed('c')] });
});

test('a list is authorized for what it lists', () => {
  const { sfn } = service(idle);
  const context = { 'aws:ResourceTag/team': 'a' };
  const authorized = (action: string, input: object) => sfn.authorizations({ action, input });
  expect(authorized('ListExecutions', { stateMachineArn: ARN })).toEqual([{ action: 'states:ListExecutions', resource: ARN, context }]);
  expect(authorized('GetExecutionHistory', { executionArn: `${executionArn}:x` })).toEqual([{ action: 'states:GetExecutionHistory', resource: `${executionArn}:x`, context }]);
  expect(authorized('ListStateMachines', {})).toEqual([{ action: 'states:ListStateMachines', resource: '*', context: {} }]);
});
