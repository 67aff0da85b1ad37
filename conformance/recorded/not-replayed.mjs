// Recorded tests that are not replayed, by file and then by a pattern for their names. Tests whose executions are in one of the two files
// of executions are not listed.

const whole = (reason) => ({ '.': reason });

const NO_EVENTS_API = 'rules and targets come from the template, and events from Batch and Step Functions; there is no API for them';
const OTHER_SOURCE = 'the functions of a compute read queues, not streams';
const OTHER_SERVICES = 'a task of a service that the emulator does not have';
const TEMPLATES = 'how CloudFormation makes a queue; the suite `deployment` covers it';

export const NOT_REPLAYED_FILES = {
  'events--test_api_destinations_and_connection': whole(NO_EVENTS_API),
  'events--test_archive_and_replay': whole(NO_EVENTS_API),
  'events--test_events': whole(NO_EVENTS_API),
  'events--test_events_cross_account_region': whole(NO_EVENTS_API),
  'events--test_events_inputs': whole('the rules of a compute send events as they are; the emulator refuses a target that changes them'),
  'events--test_events_patterns': whole('its patterns are in event-patterns.json'),
  'events--test_events_schedule': whole(NO_EVENTS_API),
  'events--test_events_tags': whole(NO_EVENTS_API),
  'events--test_events_targets': whole('the rules of a compute have queues as targets; the emulator refuses others'),
  'lambda_--event_source_mapping--test_cfn_resource': whole('tags of a mapping'),
  'lambda_--event_source_mapping--test_lambda_integration_dynamodbstreams': whole(OTHER_SOURCE),
  'lambda_--event_source_mapping--test_lambda_integration_kinesis': whole(OTHER_SOURCE),
  'scheduler--test_scheduler': whole('there is no scheduler in an app of a job'),
  'sqs--resource_providers--test_aws_sqs_queue': whole(TEMPLATES),
  'sqs--resource_providers--test_aws_sqs_queueinlinepolicy': whole(TEMPLATES),
  'sqs--resource_providers--test_aws_sqs_queuepolicy': whole(TEMPLATES),
  'sqs--test_sqs_move_task': whole('the calls that move messages out of a dead-letter queue are not in the emulator'),
  'stepfunctions--v2--callback--test_callback': { test_multiple_executions: 'five executions of a machine of which one is in the file of executions' },
  'stepfunctions--v2--error_handling--test_aws_sdk': { test_s3_no_such_key: OTHER_SERVICES },
  'stepfunctions--v2--error_handling--test_states_errors': { test_start_large_input: 'the test makes its definition while it runs; the interpreter\'s tests have such a result' },
  'stepfunctions--v2--services--test_apigetway_task_service': { test_invoke_with_body_post: OTHER_SERVICES },
  'stepfunctions--v2--services--test_dynamodb_task_service': { test_invalid_integration: OTHER_SERVICES },
  'stepfunctions--v2--services--test_ecs_task_service': whole(OTHER_SERVICES),
  'stepfunctions--v2--services--test_lambda_task': { test_invoke_json_values: 'a function that is a resource by its ARN; a job calls functions by `lambda:invoke`' },
  'stepfunctions--v2--services--test_lambda_task_service': { test_list_functions: 'a call that does not exist' },
  'stepfunctions--v2--services--test_sns_task_service': { test_publish_message_attributes: OTHER_SERVICES },
  'stepfunctions--v2--test_sfn_api_map_run': {
    label: 'the labels of map states come from the template',
    list_map_runs: 'ListMapRuns; a state of a map calls DescribeMapRun, and the interpreter\'s tests cover its answer',
  },
};
