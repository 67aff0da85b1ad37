// Where the emulator differs from what AWS answered, and why that does not matter to a job or to a workflow that calls one. A difference that
// no longer occurs is a failure.

/** `test` is the recording, `fields` what differs in it. */
export const DIFFERENCES = [
  {
    name: 'the end of a Parallel state inside of another',
    test: 'scenarios/test_base_scenarios.py::TestBaseScenarios::test_parallel_state_nested',
    fields: ['events', 'data'],
    reason: 'the recording has lost ParallelStateExited of the inner state, together with ParallelStateSucceeded, when the events of its branches were sorted: the outer state has its output',
  },
  {
    name: 'time-outs at the same moment',
    test: 'timeouts/test_timeouts.py::TestTimeouts::test_service_lambda_map_timeout',
    fields: ['events'],
    reason: 'AWS let the other three tasks time out too before it aborted them; on a virtual clock the first time-out aborts them before theirs. Every state, iteration and outcome is the same',
  },
  {
    name: 'headers of Amazon API Gateway',
    test: 'services/test_apigetway_task_service.py::TestTaskApiGateway::test_invoke_with_headers[singleStringHeader]',
    fields: ['error', 'events', 'calls'],
    reason: 'AWS refuses a header that is not a list before it makes the call. The emulator has no integration with API Gateway: it refuses such a definition before it runs',
  },
  {
    name: 'the state machine in a definition',
    test: 'services/test_aws_sdk_task_service.py::TestTaskServiceAwsSdk::test_sfn_start_execution_implicit_json_serialisation',
    fields: ['calls'],
    reason: 'the definition in the recording has another ARN in its parameters than the call that was recorded',
  },
];
