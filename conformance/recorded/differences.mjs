// Where the emulator answers differently than AWS did, and why that does not matter to a job or to a workflow that calls one.

const ATTRIBUTES = 'no function and no rule sends message attributes, and no function reads them';
const FIFO = 'the recording is of a FIFO queue; a compute has standard queues only, whose messages do not have these fields';
const NULL_MD5 = 'some recordings have this field with null, and others of the same day do not have it; the emulator leaves it out as the documentation does';
const PARSER = 'the words of the JSON parser inside Step Functions; the code and the rest of the message are the same';
const HTTP_METADATA = 'headers of the HTTP exchange; the states of a job select other fields of the result';
const EVENT_OF_APP = 'the recorded event is one that an app put; here it is one of Step Functions, with its own source, type and resources';

const BATCHES = ['[15]', '[100]', '[1000]', '[10000]'].map((size) => `TestSQSEventSourceMapping::test_sqs_event_source_mapping_batch_size${size}`);
const VALUES = ['None', 'HelloWorld', '0.0', '0_0', '0_1', 'True', 'json_value5', 'json_value6', 'json_value7'].map((value) => `TestTaskServiceLambda::test_invoke_json_values[${value}]`);

/** `tests` are the names of the tests, `path` is a pattern for the field. A difference that does not occur any more is a failure. */
export const DIFFERENCES = [
  { tests: ['TestSqsProvider::test_dead_letter_queue_message_attributes'], path: '.*\\.(AWSTraceHeader|MD5OfMessageAttributes|MessageAttributes)', reason: ATTRIBUTES },
  { tests: ['test_report_batch_item_failures'], path: '.*\\.(SequenceNumber|MessageDeduplicationId|MessageGroupId)', reason: FIFO },
  { tests: [...BATCHES, 'TestSQSEventSourceMapping::test_sqs_event_source_mapping', 'TestSQSEventSourceMapping::test_sqs_event_source_mapping_batching_reserved_concurrency'], path: '.*\\.md5OfMessageAttributes', reason: NULL_MD5 },
  { tests: ['TestSnfApi::test_invalid_start_execution_input'], path: '(start_exec_str_inp|start_exec_not_json_inp)\\.(Error\\.M|m)essage', reason: PARSER },
  { tests: ['TestTaskServiceSqs::test_send_message'], path: '.*\\.(SdkHttpMetadata|SdkResponseMetadata)', reason: HTTP_METADATA },
  { tests: ['TestTaskServiceLambda::test_invoke', ...VALUES], path: '.*\\.(SdkHttpMetadata|SdkResponseMetadata)', reason: HTTP_METADATA },
  { tests: ['TestEventsTargetSqs::test_put_events_with_target_sqs'], path: '.*\\.(source|detail-type|resources\\[0\\])', reason: EVENT_OF_APP },
];
