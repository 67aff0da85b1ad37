import { machine, settle } from './machines';
import { VirtualClock } from '../../../emulator/clock';
import { FunctionError } from '../../../emulator/services/lambda/lambda';
import { IntegratedServices, ServiceIntegrations } from '../../../emulator/states/service-integrations';
import { StepFunctions } from '../../../emulator/states/step-functions';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const arnOf = (name: string) => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;
const ROLE = 'arn:aws:iam::123456789012:role/role';

/** A parent state machine that calls a child, and a function `f` that answers with its event. */
function world(parent: object, child: object, refused: string[] = []) {
  const clock = new VirtualClock(0);
  const asked: string[] = [];
  const services = {
    account: ACCOUNT,
    region: REGION,
    iam: {
      refusal: (_: string, { action, resource }: { action: string; resource: string }) => {
        asked.push(`${action} ${resource}`);
        return refused.includes(action) ? `not authorized to perform: ${action}` : undefined;
      },
    },
    lambda: {
      invoke: async (arn: string, event: unknown) => {
        if (event === 'bad') throw new FunctionError('TypeError', 'wrong', []);
        if (event === 'broken') throw new Error('the emulator is broken');
        return { arn, event };
      },
    },
    stepFunctions: () => sfn,
  } as unknown as IntegratedServices;
  const integrations = new ServiceIntegrations(services);
  const machineOf = (name: string, definition: object) => (
    { path: name, stack: 'App', logicalId: name, arn: arnOf(name), name, roleArn: ROLE, definition: definition as Record<string, unknown>, tracing: false, tags: {} }
  );
  const sfn: StepFunctions = new StepFunctions({
    clock,
    account: ACCOUNT,
    region: REGION,
    stateMachines: [machineOf('parent', parent), machineOf('child', child)],
    integration: (call) => integrations.call(call),
    random: () => 0.5,
    onEvent: () => undefined,
  });
  return { sfn, clock, asked };
}

async function runParent(state: object, child: object = machine({ Done: { Type: 'Pass', Result: { b: 2 }, End: true } }), refused: string[] = []) {
  const { sfn, clock, asked } = world(machine({ Call: { Type: 'Task', End: true, ...state } }), child, refused);
  const execution = sfn.start(arnOf('parent'), {}, 'p');
  await settle(clock, execution);
  return { sfn, execution, asked };
}

const start = (pattern: string, parameters: object = {}) => ({
  Resource: `arn:aws:states:::states:startExecution${pattern}`, Parameters: { StateMachineArn: arnOf('child'), Name: 'c', Input: { a: 1 }, ...parameters },
});
const CHILD = { ExecutionArn: `arn:aws:states:${REGION}:${ACCOUNT}:execution:child:c`, Name: 'c', StateMachineArn: arnOf('child'), InputDetails: { Included: true }, StartDate: 0 };

test('an execution that succeeds is answered with input and output: as JSON by .sync:2, as texts by .sync', async () => {
  const answer = { ...CHILD, OutputDetails: { Included: true }, Status: 'SUCCEEDED', StopDate: 0 };
  expect((await runParent(start('.sync:2'))).execution.output).toEqual({ ...answer, Input: { a: 1 }, Output: { b: 2 } });
  expect((await runParent(start('.sync'))).execution.output).toEqual({ ...answer, Input: '{"a":1}', Output: '{"b":2}' });
});

test.each(['.sync', '.sync:2'])('an execution that fails fails the task of %s with all that is known of it', async (pattern) => {
  const { execution } = await runParent(start(pattern), machine({ Wait: { Type: 'Wait', Seconds: 5, Next: 'Bad' }, Bad: { Type: 'Fail', Error: 'E', Cause: 'why' } }));
  expect(execution.error).toBe('States.TaskFailed');
  expect(JSON.parse(execution.cause!)).toEqual({ ...CHILD, Input: '{"a":1}', Error: 'E', Cause: 'why', Status: 'FAILED', StopDate: 5000 });
});

test('an execution that is only started is not waited for', async () => {
  const { execution, sfn, asked } = await runParent(start(''), machine({ Wait: { Type: 'Wait', Seconds: 5, End: true } }));
  expect(execution.output).toEqual({ ExecutionArn: CHILD.ExecutionArn, StartDate: 0 });
  expect(sfn.execution(CHILD.ExecutionArn).status).toBe('RUNNING');
  expect(asked).toEqual([`states:StartExecution ${arnOf('child')}`]);
});

test.each(['', '.sync', '.sync:2'])('the state machine of startExecution%s has to exist', async (pattern) => {
  const { execution } = await runParent(start(pattern, { StateMachineArn: arnOf('none') }));
  expect([execution.error, execution.cause]).toEqual(['StepFunctions.StateMachineDoesNotExistException', `State Machine Does Not Exist: '${arnOf('none')}' (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Proxy: null)`]);
});

test.each(['states:StartExecution', 'states:DescribeExecution', 'states:StopExecution', 'events:PutTargets', 'events:PutRule', 'events:DescribeRule'])(
  'an execution that is waited for needs %s', async (action) => {
    const { execution } = await runParent(start('.sync:2'), undefined, [action]);
    expect([execution.error, execution.cause]).toEqual(['StepFunctions.AWSStepFunctionsException', `not authorized to perform: ${action}`]);
  });

test('an execution that is waited for needs permissions for the execution itself, and for the rule that reports its end', async () => {
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`;
  expect((await runParent(start('.sync:2'))).asked).toEqual([
    `states:StartExecution ${arnOf('child')}`, `states:DescribeExecution ${CHILD.ExecutionArn}`, `states:StopExecution ${CHILD.ExecutionArn}`,
    `events:PutTargets ${rule}`, `events:PutRule ${rule}`, `events:DescribeRule ${rule}`,
  ]);
});

test('an execution that is waited for is stopped with the one that waits, and one without an input has an empty object', async () => {
  const { sfn } = world(machine({ Call: { Type: 'Task', End: true, ...start('.sync:2', { Input: undefined }) } }), machine({ Wait: { Type: 'Wait', Seconds: 5, End: true } }));
  const execution = sfn.start(arnOf('parent'), {}, 'p');
  await new Promise(setImmediate);
  const child = sfn.execution(CHILD.ExecutionArn);
  expect([child.status, child.input, execution.history.at(-1)!.type]).toEqual(['RUNNING', {}, 'TaskSubmitted']);
  execution.stop();
  expect(child.status).toBe('ABORTED');
});

test('an error of the emulator is told as it is', async () => {
  const { execution } = await runParent({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f', Payload: 'broken' } });
  expect([execution.error, execution.cause]).toEqual(['States.Runtime', expect.stringContaining('Error: the emulator is broken')]);
});

test('a function itself answers with its payload, and lambda:invoke with more', async () => {
  const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
  const { execution, asked } = await runParent({ Resource: arn, Parameters: { a: 1 } });
  expect([execution.output, asked]).toEqual([{ arn, event: { a: 1 } }, [`lambda:InvokeFunction ${arn}`]]);
  const invoked = await runParent({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: arn, Payload: 1 } });
  expect(invoked.execution.output).toEqual({ ExecutedVersion: '$LATEST', Payload: { arn, event: 1 }, StatusCode: 200 });
  const failed = await runParent({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: arn, Payload: 'bad' } });
  expect([failed.execution.error, JSON.parse(failed.execution.cause!)]).toEqual(['TypeError', { errorType: 'TypeError', errorMessage: 'wrong', trace: [] }]);
});

test('a resource that is not emulated ends the execution', async () => {
  const { execution } = await runParent({ Resource: 'arn:aws:states:::sns:publish', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }] });
  expect([execution.error, execution.cause]).toEqual(['States.Runtime', expect.stringContaining('the emulator does not support the resource arn:aws:states:::sns:publish')]);
});
