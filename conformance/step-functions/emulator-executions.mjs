// Runs the executions in the interpreter of the emulator, on a virtual clock.

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

const TOKEN_ACTIONS = {
  heartbeat: () => ['SendTaskHeartbeat', {}],
  success: ({ output }) => ['SendTaskSuccess', { output: JSON.stringify(output) }],
  failure: ({ error, cause }) => ['SendTaskFailure', { error, cause }],
};

/** Returns the events of an execution, as `moto-executions.py` does. */
export async function runInEmulator({ StepFunctions, VirtualClock, TaskError }, machineName, definition, { name, input, calls }) {
  const clock = new VirtualClock(Date.now());
  const arn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${machineName}`;
  let count = 0;
  const answerToken = async (taskToken, steps) => {
    for (const { after, kind, ...step } of steps) {
      await clock.sleep(after * 1000);
      const [action, fields] = TOKEN_ACTIONS[kind](step);
      try {
        await sfn.handle({ action, input: { taskToken, ...fields } });
      } catch {
        return; // the token is closed
      }
    }
  };
  const sfn = new StepFunctions({
    clock,
    account: ACCOUNT,
    region: REGION,
    stateMachines: [{ path: machineName, stack: 'stack', logicalId: machineName, arn, name: machineName, roleArn: `arn:aws:iam::${ACCOUNT}:role/role`, definition, tracing: false }],
    integration: async ({ resource, taskToken }) => {
      if (!resource.includes('lambda:invoke')) return {};
      const call = calls[Math.min(count++, calls.length - 1)];
      if (call.refusal) throw new TaskError(`Lambda.${call.refusal}`, `refused (Service: AWSLambda; Status Code: ${call.status}; Error Code: ${call.refusal}; Request ID: request; Proxy: null)`);
      if (call.errorType) throw new TaskError(call.errorType, JSON.stringify({ errorType: call.errorType, errorMessage: call.errorMessage, trace: [] }));
      if (call.then && taskToken) void answerToken(taskToken, call.then);
      return { ExecutedVersion: '$LATEST', Payload: call.answer ?? null, StatusCode: 200 };
    },
    random: () => 0.5,
    onEvent: () => undefined,
  });
  const execution = sfn.start(arn, input, name);
  for (;;) {
    await new Promise(setImmediate);
    if (execution.status !== 'RUNNING' || !clock.advance()) break;
  }
  const { status, error = null, cause = null, output = null, history } = execution;
  // In the history of the service, data is JSON text.
  const asText = (details) => Object.fromEntries(['input', 'output', 'parameters'].filter((key) => key in details).map((key) => [key, JSON.stringify(details[key])]));
  return { name, status, error, cause, output, history: history.map(({ type, details }) => ({ type, ...details, ...asText(details) })) };
}
