// The same executions by the local runner's interpreter, on a clock that does not wait.

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

/** Answers what an execution went through, as `moto_executions.py` does. */
export async function runOne({ StepFunctions, VirtualClock, TaskError }, machineName, definition, { name, input, calls }) {
  const clock = new VirtualClock(Date.now());
  const arn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${machineName}`;
  let count = 0;
  const answerToken = async (taskToken, steps) => {
    for (const step of steps) {
      await clock.sleep(step.after * 1000);
      const said = {
        heartbeat: () => ['SendTaskHeartbeat', { taskToken }],
        success: () => ['SendTaskSuccess', { taskToken, output: JSON.stringify(step.output) }],
        failure: () => ['SendTaskFailure', { taskToken, error: step.error, cause: step.cause }],
      }[step.kind]();
      try {
        await sfn.handle({ action: said[0], input: said[1] });
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
  // The history of the service has its data as JSON text.
  const text = (details) => Object.fromEntries(['input', 'output', 'parameters'].filter((key) => key in details).map((key) => [key, JSON.stringify(details[key])]));
  return { name, status, error, cause, output, history: history.map(({ type, details }) => ({ type, ...details, ...text(details) })) };
}
