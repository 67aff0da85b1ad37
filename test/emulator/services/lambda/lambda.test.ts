import * as fs from 'fs';
import * as path from 'path';
import { Activity } from '../../../../emulator/activity';
import { DeployedPermission } from '../../../../emulator/assembly/deployment';
import { VirtualClock } from '../../../../emulator/clock';
import { Faults, InvocationFault, NO_FAULTS } from '../../../../emulator/faults';
import { FunctionError, InvocationRecord, Lambda } from '../../../../emulator/services/lambda/lambda';
import { temporary } from '../../apps';

const ARN = 'arn:aws:lambda:us-east-1:1:function:f';
const ROLE = 'arn:aws:iam::1:role/r';
const ENDPOINT = 'http://local';
const credentialsOf = (roleArn: string) => ({ accessKeyId: `key of ${roleArn}`, secretAccessKey: `secret of ${roleArn}` });

/** Lambda with a function whose handler has this body. The fault is that of the first invocation. */
function lambdaWith(body: string, fault?: InvocationFault, permissions: DeployedPermission[] = []) {
  const codeDirectory = temporary();
  fs.writeFileSync(path.join(codeDirectory, 'index.js'), `let count = 0; exports.handler = async (event, context) => { ${body} };`);
  const deployed = { path: 'App/f', stack: 'App', logicalId: 'f', arn: ARN, name: 'f', roleArn: ROLE, codeDirectory, handler: 'index.handler', environment: { OWN: '1' }, timeoutSeconds: 3, memoryMebibytes: 128, permissions };
  const clock = new VirtualClock(1_000);
  const records: InvocationRecord[] = [];
  const logs: string[][] = [];
  const invocations: unknown[] = [];
  const faults: Faults = { ...NO_FAULTS, invocation: (invocation) => invocations.push(invocation) === 1 ? fault : undefined };
  const lambda = new Lambda({
    clock, region: 'us-east-1', functions: [deployed], activity: new Activity(), credentialsOf, random: () => 0.5, onLog: (...log) => logs.push(log), onInvocation: (record) => records.push(record),
  }, ENDPOINT, faults);
  /** Waits for an invocation while virtual time passes. */
  const settle = async (invocation: Promise<unknown>): Promise<any> => {
    let isOver = false;
    const outcome = invocation
      .then((answer) => ({ answer }), (error: FunctionError) => ({ error: [error.name, error.errorType, error.errorMessage, error.message] }))
      .finally(() => { isOver = true; });
    for (;;) {
      await new Promise(setImmediate);
      if (isOver) return outcome;
      clock.advance();
    }
  };
  return { lambda, clock, records, logs, invocations, settle, invoke: (event: unknown = {}) => settle(lambda.invoke(ARN, event)) };
}

const failed = (type: string, message: string) => ({ error: [type, type, message, message] });
const TIMED_OUT = failed('Sandbox.Timedout', 'RequestId: invocation-1 Error: Task timed out after 3.00 seconds');
const CRASHED = failed('Runtime.ExitError', 'RequestId: invocation-1 Error: Runtime exited with error: exit status 129');

test('a function gets its event, its context and its environment', async () => {
  const { invoke, records, logs, invocations } = lambdaWith("console.log('x'); return { event, context: { ...context, left: context.getRemainingTimeInMillis() }, env: process.env, random: Math.random() };");
  const answer = {
    event: { a: 1 },
    context: { functionName: 'f', functionVersion: '$LATEST', invokedFunctionArn: ARN, awsRequestId: 'invocation-1', memoryLimitInMB: '128', left: 3_000 },
    env: {
      OWN: '1',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_ACCESS_KEY_ID: `key of ${ROLE}`,
      AWS_SECRET_ACCESS_KEY: `secret of ${ROLE}`,
      AWS_ENDPOINT_URL: ENDPOINT,
    },
    random: 0.5,
  };
  expect(await invoke({ a: 1 })).toEqual({ answer });
  expect(records).toEqual([{ functionPath: 'App/f', at: 1_000, event: { a: 1 }, fault: undefined, answer }]);
  expect(logs).toEqual([['App/f', 'x']]);
  expect(invocations).toEqual([{ functionPath: 'App/f', event: { a: 1 } }]);
});

test('a function shares no object with its caller, and an answer that is undefined is null', async () => {
  const event = { list: [1] };
  expect(await lambdaWith('event.list.push(2);').invoke(event)).toEqual({ answer: null });
  expect(event).toEqual({ list: [1] });
});

test('the time that remains is that of the clock', async () => {
  const { invoke } = lambdaWith('await new Promise((resolve) => setTimeout(resolve, 2000)); return context.getRemainingTimeInMillis();');
  expect(await invoke()).toEqual({ answer: 1_000 });
});

test.each<[string, string, string, RegExp]>([
  ['throw new TypeError("no")', 'TypeError', 'no', /^TypeError: no\n.*index\.js/],
  ['throw "text"', 'Error', 'text', /^$/],
  ['throw undefined', 'Error', 'undefined', /^$/],
  ['throw { name: "Own", message: "why" }', 'Own', 'why', /^$/],
])('%s is an error of the invocation', async (body, type, message, trace) => {
  const { invoke, records } = lambdaWith(`${body};`);
  expect(await invoke()).toEqual(failed(type, message));
  expect(records).toEqual([expect.objectContaining({ error: expect.any(FunctionError) })]);
  expect(records[0].error!.trace.join('\n')).toMatch(trace);
});

describe('an instance', () => {
  test('is kept for the next invocation, also after an error', async () => {
    const { invoke } = lambdaWith('count++; if (event.fails) throw new Error("no"); return count;');
    await invoke();
    await invoke({ fails: true });
    expect(await invoke()).toEqual({ answer: 3 });
  });

  test('handles one invocation at a time', async () => {
    const { lambda, settle } = lambdaWith('count++; await new Promise((resolve) => setTimeout(resolve, 10)); return count;');
    const both = Promise.all([lambda.invoke(ARN, {}), lambda.invoke(ARN, {})]);
    expect(await settle(both)).toEqual({ answer: [1, 1] });
    expect(await settle(Promise.all([lambda.invoke(ARN, {}), lambda.invoke(ARN, {})]))).toEqual({ answer: [2, 2] });
  });

  test('is killed when its invocation takes longer than the timeout', async () => {
    const { invoke, clock, logs, records } = lambdaWith('count++; if (event.ends) return count; await new Promise((resolve) => setTimeout(resolve, 60_000)); console.log("late");');
    expect(await invoke()).toEqual(TIMED_OUT);
    expect([clock.now(), records.length]).toEqual([4_000, 1]);
    expect(await invoke({ ends: true })).toEqual({ answer: 1 });
    while (clock.advance());
    expect(logs).toEqual([]);
  });
});

test('a timer of an invocation that has ended does not move the clock', async () => {
  const { invoke, clock } = lambdaWith('if (event.fails) throw new Error("no");');
  await invoke();
  await invoke({ fails: true });
  expect([clock.next(), clock.now()]).toEqual([undefined, 1_000]);
});

describe('with a fault', () => {
  const COUNT = 'console.log("ran"); if (event.fails) throw new Error("no"); return ++count;';

  test.each<[InvocationFault['kind'], number, object]>([['crash-before', 0, CRASHED], ['crash-after', 1, CRASHED], ['time-out', 1, TIMED_OUT]])('%s: the handler runs %s times', async (kind, runs, outcome) => {
    const { invoke, logs, records } = lambdaWith(COUNT, { kind });
    expect(await invoke()).toEqual(outcome);
    expect(logs).toHaveLength(runs);
    expect(records).toEqual([expect.objectContaining({ fault: { kind }, error: expect.any(FunctionError) })]);
    expect(records[0].error!.trace).toEqual([]);
  });

  test('time-out: a handler that fails times out too', async () => {
    expect(await lambdaWith(COUNT, { kind: 'time-out' }).invoke({ fails: true })).toEqual(TIMED_OUT);
  });

  test.each<InvocationFault['kind']>(['crash-after', 'time-out'])('%s: the instance, whose work has ended, is kept', async (kind) => {
    const { invoke } = lambdaWith(COUNT, { kind });
    await invoke();
    expect(await invoke()).toEqual({ answer: 2 });
  });
});

test.each(['', 'throw new Error("no");', 'await new Promise(() => undefined);'])('an invocation from before a reset is not reported, and its instance is not kept: %s', async (end) => {
  const { lambda, records, settle, invoke } = lambdaWith(`count++; if (event.old) { ${end} } return count;`);
  const old = lambda.invoke(ARN, { old: true });
  lambda.reset(NO_FAULTS);
  await settle(old);
  expect(records).toEqual([]);
  expect(await invoke()).toEqual({ answer: 1 });
  expect(records).toHaveLength(1);
});

test('an invocation from before a reset that times out after its handler ended keeps no instance either', async () => {
  const { lambda, settle, invoke } = lambdaWith('return ++count;', { kind: 'time-out' });
  const old = lambda.invoke(ARN, {});
  lambda.reset(NO_FAULTS);
  expect(await settle(old)).toEqual(TIMED_OUT);
  expect(await invoke()).toEqual({ answer: 1 });
});

test('a function is found by its ARN, with a qualifier too', async () => {
  const { lambda, settle } = lambdaWith('return 1;');
  expect(lambda.roleOf(ARN)).toBe(ROLE);
  expect(await settle(lambda.invoke(`${ARN}:$LATEST`, {}))).toEqual({ answer: 1 });
  const other = ARN.replace(/f$/, 'other');
  expect(() => lambda.roleOf(`${other}:1`)).toThrow(expect.objectContaining({ code: 'ResourceNotFoundException', message: `Function not found: ${other}:$LATEST`, status: 404 }));
});

describe('an asynchronous invocation', () => {
  /** When the function was invoked, in seconds after the first time. */
  const attempts = async (body: string, during?: (lambda: Lambda) => void) => {
    const { lambda, clock, records } = lambdaWith(body);
    lambda.invokeLater(ARN, { a: 1 });
    during?.(lambda);
    do await new Promise(setImmediate); while (clock.advance());
    expect(records.every(({ event }) => JSON.stringify(event) === '{"a":1}')).toBe(true);
    return records.map(({ at }) => (at - 1_000) / 1_000);
  };

  test('that succeeds is the only one', async () => {
    expect(await attempts('return 1;')).toEqual([0]);
  });

  test('that fails is retried after one minute and after two more, and then dropped', async () => {
    expect(await attempts('throw new Error("no");')).toEqual([0, 60, 180]);
  });

  test('that times out is retried, too', async () => {
    expect(await attempts('await new Promise(() => undefined);')).toEqual([0, 63, 186]);
  });

  test('is not retried after a reset', async () => {
    expect(await attempts('throw new Error("no");', (lambda) => lambda.reset(NO_FAULTS))).toEqual([]);
  });
});

test.each<[DeployedPermission[], boolean]>([
  [[{ principal: 'events.amazonaws.com', sourceArn: 'arn:rule' }], true],
  [[{ principal: 'events.amazonaws.com', sourceArn: 'arn:r*' }], true],
  [[{ principal: 'events.amazonaws.com' }], true],
  [[{ principal: 'events.amazonaws.com', sourceArn: 'arn:other' }, { principal: 's3.amazonaws.com', sourceArn: 'arn:rule' }], false],
  [[], false],
])('with the permissions %j, a rule may invoke a function: %s', (permissions, isAllowed) => {
  const { lambda } = lambdaWith('return 1;', undefined, permissions);
  expect(lambda.allows(ARN, 'events.amazonaws.com', 'arn:rule')).toBe(isAllowed);
  expect(lambda.allows(`${ARN}2`, 'events.amazonaws.com', 'arn:rule')).toBe(false);
});
