import { ARN, CALL, eventsOf, machine, run, service, settle } from './machines';
import { TaskCall } from '../../../emulator/states/task';
import { TaskError } from '../../../emulator/states/task-error';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const task = (fields: object) => machine({ A: { ...CALL, End: true, ...fields } });
const never = () => new Promise<never>(() => undefined);
const taskEvents = (types: string[]) => types.filter((type) => !/^Execution|StateE/.test(type));

describe('the events of a task', () => {
  const runs: Record<string, (call: TaskCall) => Promise<unknown>> = {
    Succeeded: async () => 1,
    Failed: async () => { throw new TaskError('E', 'why'); },
    TimedOut: never,
  };

  test.each(Object.keys(runs))('that has %s', async (outcome) => {
    const events = async (resource: string) => taskEvents(eventsOf((await run(task({ Resource: resource, TimeoutSeconds: 5 }), {}, runs[outcome])).execution));
    expect(await events(CALL.Resource)).toEqual(['TaskScheduled', 'TaskStarted', `Task${outcome}`]);
    expect(await events(FUNCTION)).toEqual(['LambdaFunctionScheduled', 'LambdaFunctionStarted', `LambdaFunction${outcome}`]);
    const { execution, clock } = await run(task({ TimeoutSeconds: 5 }), {}, runs[outcome]);
    const details = { Succeeded: { output: 1 }, Failed: { error: 'E', cause: 'why' }, TimedOut: { error: 'States.Timeout' } }[outcome];
    expect(execution.history.find(({ type }) => type === `Task${outcome}`)!.details).toEqual({ resource: CALL.Resource, ...details });
    expect(clock.next()).toBeUndefined();
  });

  test.each(['.sync', '.sync:2'])('that waits for a job with %s', async (pattern) => {
    const { execution } = await run(task({ Resource: `arn:aws:states:::states:startExecution${pattern}` }), {}, async ({ onSubmitted }) => onSubmitted());
    expect(taskEvents(eventsOf(execution)).slice(0, 3)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted']);
    expect(execution.history.find(({ type }) => type === 'TaskSubmitted')!.details).toEqual({ resource: `arn:aws:states:::states:startExecution${pattern}` });
  });

  test('whose job begins after the time-out', async () => {
    let submit = () => undefined as void;
    const { execution } = await run(task({ Resource: 'arn:aws:states:::states:startExecution.sync', TimeoutSeconds: 5 }), {}, ({ onSubmitted }) => {
      submit = onSubmitted;
      return never();
    });
    submit();
    expect(eventsOf(execution).slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
  });
});

test('a job that a task waits for can answer with the token before it ends', async () => {
  const { sfn, clock, calls, ask } = service(task({ Resource: 'arn:aws:states:::states:startExecution.sync', Parameters: { 'token.$': '$$.Task.Token' } }), never);
  const execution = sfn.start(ARN, {}, 'run');
  await ask('SendTaskSuccess', { taskToken: calls[0].parameters.token, output: '"early"' });
  await settle(clock, execution);
  expect(execution.output).toBe('early');
});

test('a plain call has no token', async () => {
  const { execution } = await run(task({ Parameters: { 'token.$': '$$.Task.Token' } }));
  expect(execution.cause).toContain("The JSONPath '$$.Task.Token' specified for the field 'token.$' could not be found");
});

test.each(['TimeoutSecondsPath', 'HeartbeatSecondsPath'].flatMap((field) => [
  [field, '$.no', "Invalid path '$.no' : No results for path: $['no']"], [field, '$.half', `The ${field} field refers to value "0.5" which is not a valid integer: $.half`],
]))('a %s of %s ends the execution before the call', async (field, path, cause) => {
  const { execution, calls } = await run(task({ [field]: path }), { half: 0.5 });
  expect([execution.error, execution.cause]).toEqual(['States.Runtime', `An error occurred while executing the state 'A' (entered at the event id #2). ${cause}`]);
  expect([calls, taskEvents(eventsOf(execution))]).toEqual([[], []]);
});

test.each([
  [CALL.Resource, 'lambda'], ['arn:aws:states:::aws-sdk:s3:getObject', 's3'], [FUNCTION, FUNCTION],
])('a result of %s that is too large fails the task', async (resource, name) => {
  const { execution } = await run(task({ Resource: resource }), {}, async () => 'x'.repeat(262_144));
  expect([execution.error, execution.cause]).toEqual(['States.DataLimitExceeded', `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`]);
  expect(eventsOf(execution).slice(-2)).toEqual([resource === FUNCTION ? 'LambdaFunctionFailed' : 'TaskFailed', 'ExecutionFailed']);
});

test.each(['States.HeartbeatTimeout', 'States.Timeout'])('a lapsed heartbeat is retried by the name %s', async (name) => {
  const definition = task({ Resource: `${CALL.Resource}.waitForTaskToken`, HeartbeatSeconds: 60, Retry: [{ ErrorEquals: [name], IntervalSeconds: 1, MaxAttempts: 1 }] });
  const { execution, clock } = await run(definition);
  expect([execution.error, clock.now()]).toEqual(['States.Timeout', 121_000]);
});

test('an execution that takes too long is not retried by the name of a heartbeat', async () => {
  const { clock } = await run(task({ TimeoutSeconds: 60, Retry: [{ ErrorEquals: ['States.HeartbeatTimeout'], IntervalSeconds: 1, MaxAttempts: 1 }] }), {}, never);
  expect(clock.now()).toBe(60_000);
});
