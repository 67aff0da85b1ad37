// What Step Functions answered to StartExecution, DescribeExecution and StopExecution, and how a task sees the errors of SQS and Lambda.

const FILE = 'stepfunctions--v2--test_sfn_api';
const CREATION = 'state machines come from the template; there is no API to make one';
const HISTORY = 'GetExecutionHistory; the histories of executions are compared by the interpreter\'s part of this suite';
const PASS = { StartAt: 'State_1', States: { State_1: { Type: 'Pass', Result: { Arg1: 'argument1' }, End: true } } };
const INVOKE = { Resource: 'arn:aws:states:::lambda:invoke', Parameters: { 'FunctionName.$': '$.FunctionName', 'Payload.$': '$.Payload' } };
const WAIT = { StartAt: 'State_1', States: { State_1: { Type: 'Wait', Seconds: 60, End: true } } };

const machine = (definition) => [{ name: 'machine', definition }];

const start = ({ call, stateMachineArn }, input = {}) => call('sfn', 'StartExecution', { stateMachineArn: stateMachineArn('machine'), ...input });
const describe = ({ call }, executionArn) => call('sfn', 'DescribeExecution', { executionArn });

/** How botocore words an error. */
const exceptionOf = (action, { Error: { Code, Message } }) => ({
  exception_typename: Code, exception_value: `An error occurred (${Code}) when calling the ${action} operation: ${Message}`,
});

const describeEnded = (test) => ({
  file: FILE,
  test,
  stateMachines: machine(PASS),
  replay: async (context) => {
    const exec_resp = await start(context);
    await context.settle();
    return { exec_resp, describe_execution: await describe(context, exec_resp.executionArn) };
  },
  notReplayed: { creation_resp: CREATION },
});

/** An execution with one task, which fails. Returns how: the error and the cause of the execution. */
const failingTask = ({ file, test, task, input, queues, event }) => ({
  file,
  test,
  queues,
  stateMachines: machine({ StartAt: 'Start', States: { Start: { Type: 'Task', End: true, ...task } } }),
  replay: async (context) => {
    const { executionArn } = await start(context, { input: JSON.stringify(input(context)) });
    await context.settle();
    const { error, cause } = await describe(context, executionArn);
    return { [`get_execution_history.events[${event}].taskFailedEventDetails.error`]: error, [`get_execution_history.events[${event}].taskFailedEventDetails.cause`]: cause };
  },
});

/** A task that invokes a function, which returns its payload. */
const echo = (test, payload) => ({
  file: 'stepfunctions--v2--services--test_lambda_task_service',
  test: `TestTaskServiceLambda::${test}`,
  functions: [{ name: 'function', code: 'exports.handler = async (event) => event;' }],
  stateMachines: machine({ StartAt: 'Start', States: { Start: { Type: 'Task', End: true, ...INVOKE } } }),
  replay: async (context) => {
    const { executionArn } = await start(context, { input: JSON.stringify({ FunctionName: context.functionArn('function'), Payload: payload }) });
    await context.settle();
    return { 'get_execution_history.events[4].taskSucceededEventDetails.output': (await describe(context, executionArn)).output };
  },
});

export const STEP_FUNCTIONS_API = [
  {
    file: FILE,
    test: 'TestSnfApi::test_start_execution',
    stateMachines: machine(PASS),
    replay: async (context) => ({ exec_resp: await start(context) }),
    notReplayed: { creation_resp: CREATION, exec_list_resp: 'ListExecutions', exec_hist_resp: HISTORY },
  },
  {
    file: FILE,
    test: 'TestSnfApi::test_start_execution_idempotent',
    stateMachines: machine(WAIT),
    replay: async (context) => {
      const same = { name: 'name', input: '{"body" : "test"}' };
      const exec_resp = await start(context, same);
      return {
        exec_resp,
        exec_resp_idempotent: await start(context, same),
        start_exec_already_exists: await start(context, { name: 'name', input: '{"body" : "different-data"}' }),
        stop_res: await context.call('sfn', 'StopExecution', { executionArn: exec_resp.executionArn }),
      };
    },
    notReplayed: { creation_resp: CREATION },
  },
  {
    file: FILE,
    test: 'TestSnfApi::test_invalid_start_execution_arn',
    replay: async ({ call, stateMachineArn }) => ({
      start_exec_of_deleted: await call('sfn', 'StartExecution', { stateMachineArn: stateMachineArn('statemachine_invalid_machine') }),
    }),
    notReplayed: { creation_resp: CREATION },
  },
  {
    file: FILE,
    test: 'TestSnfApi::test_invalid_start_execution_input',
    stateMachines: machine(PASS),
    replay: async (context) => {
      const of = (input) => start(context, { input });
      return {
        start_exec_str_inp: await of('not some json'),
        start_exec_not_json_inp: await of("{'not': 'json'"),
        start_res_empty: await of(''),
        start_res_num: await of('2'),
        start_res_str: await of('"some text"'),
        start_res_null: await of('null'),
      };
    },
    notReplayed: { creation_resp: CREATION },
  },
  {
    file: FILE,
    test: 'TestSnfApi::test_stop_execution',
    stateMachines: machine(WAIT),
    replay: async (context) => {
      const exec_resp = await start(context);
      return { exec_resp, stop_res: await context.call('sfn', 'StopExecution', { executionArn: exec_resp.executionArn }) };
    },
    notReplayed: { creation_resp: CREATION, exec_hist_resp: HISTORY },
  },
  describeEnded('TestSnfApi::test_describe_execution'),
  describeEnded('TestSnfApi::test_describe_execution_arn_containing_punctuation'),
  {
    file: FILE,
    test: 'TestSnfApi::test_describe_execution_no_such_state_machine',
    replay: async (context) => {
      const arn = 'arn:aws:states:us-east-1:111111111111:execution:machine:0000';
      const exception = exceptionOf('DescribeExecution', await describe(context, arn));
      return { exception: { ...exception, exception_value: exception.exception_value.replace(arn, 'invalid_execution_arn') } };
    },
  },
  {
    file: FILE,
    test: 'TestSnfApi::test_describe_execution_invalid_arn',
    replay: async (context) => ({ exception: exceptionOf('DescribeExecution', await describe(context, 'invalid_state_machine_arn')) }),
  },
  {
    file: 'stepfunctions--v2--timeouts--test_timeouts',
    test: 'TestTimeouts::test_global_timeout',
    stateMachines: machine({ ...WAIT, TimeoutSeconds: 5 }),
    replay: async (context) => {
      const { executionArn } = await start(context, { name: 'name' });
      await context.settle();
      return { describe_execution: await describe(context, executionArn) };
    },
  },
  {
    file: 'events--test_events_targets',
    test: 'TestEventsTargetSqs::test_put_events_with_target_sqs',
    queues: [{ name: 'queue' }],
    rules: [{ name: 'rule', pattern: { source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, queue: 'queue' }],
    stateMachines: machine(PASS),
    // The recorded event is one of an app. An event of Step Functions has the same envelope.
    replay: async (context) => {
      await start(context);
      await context.settle();
      const [message] = context.receive('queue');
      const { detail: _, ...envelope } = JSON.parse(message.Body);
      return Object.fromEntries(Object.entries(envelope).map(([field, value]) => [`message[0].Body.${field}`, value]));
    },
  },
  failingTask({
    file: 'stepfunctions--v2--error_handling--test_task_service_lambda',
    test: 'TestTaskServiceLambda::test_no_such_function',
    task: INVOKE,
    input: ({ functionArn }) => ({ FunctionName: functionArn('no_such_function'), Payload: null }),
    event: 4,
  }),
  failingTask({
    file: 'stepfunctions--v2--error_handling--test_task_service_sqs',
    test: 'TestTaskServiceSqs::test_send_message_empty_body',
    task: { Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: { 'QueueUrl.$': '$.QueueUrl', 'MessageBody.$': '$.MessageBody' } },
    input: ({ queueUrl }) => ({ QueueUrl: queueUrl('main'), MessageBody: null }),
    queues: [{ name: 'main' }],
    event: 4,
  }),
  {
    file: 'stepfunctions--v2--services--test_sqs_task_service',
    test: 'TestTaskServiceSqs::test_send_message',
    queues: [{ name: 'main' }],
    stateMachines: machine({ StartAt: 'SendSQS', States: { SendSQS: { Type: 'Task', End: true, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: { 'QueueUrl.$': '$.QueueUrl', 'MessageBody.$': '$.MessageBody' } } } }),
    replay: async (context) => {
      const { executionArn } = await start(context, { input: JSON.stringify({ QueueUrl: context.queueUrl('main'), MessageBody: 'test_message_body' }) });
      await context.settle();
      return { 'get_execution_history.events[6].executionSucceededEventDetails.output': (await describe(context, executionArn)).output };
    },
  },
  echo('test_invoke', {}),
  ...Object.entries({
    'None': null, 'HelloWorld': 'HelloWorld', '0.0': 0, '0_0': 0, '0_1': 0, 'True': true, 'json_value5': {}, 'json_value6': [], 'json_value7': [],
  }).map(([id, payload]) => echo(`test_invoke_json_values[${id}]`, payload)),
  {
    file: 'stepfunctions--v2--services--test_aws_sdk_task_service',
    test: 'TestTaskServiceAwsSdk::test_sfn_send_task_outcome_with_no_such_token[state_machine_template0]',
    replay: async ({ call }) => {
      const { Error: { Code, Message } } = await call('sfn', 'SendTaskSuccess', { taskToken: 'NoSuchTaskToken', output: '"ParameterOutput"' });
      return tokenRefusal(Code, Message);
    },
  },
  {
    file: 'stepfunctions--v2--services--test_aws_sdk_task_service',
    test: 'TestTaskServiceAwsSdk::test_sfn_send_task_outcome_with_no_such_token[state_machine_template1]',
    replay: async ({ call }) => {
      const { Error: { Code, Message } } = await call('sfn', 'SendTaskFailure', { taskToken: 'NoSuchTaskToken' });
      return tokenRefusal(Code, Message);
    },
  },
];

/** The API's error, as a task of the recording quotes it. */
function tokenRefusal(code, message) {
  const details = 'get_execution_history.events[4].taskFailedEventDetails';
  return { [`${details}.error`]: `Sfn.${code}Exception`, [`${details}.cause`]: `${message} (Service: Sfn, Status Code: 400, Request ID: x) (SDK Attempt Count: 1)` };
}

export const STEP_FUNCTIONS_API_NOT_REPLAYED = {
  'state_machine|_sm|sms|cloudformation|definition': CREATION,
  'list_execution|history|sync_execution|pagination': 'the call is not in the emulator: no job and no command makes it',
};
