// What Lambda's event source mapping of a queue hands to a function, and what becomes of messages whose function fails.

const FILE = 'lambda_--event_source_mapping--test_lambda_integration_sqs';
const NO_MAPPING_API = 'mappings come from the template; there is no API for them';
const NO_RECEIVE = 'a queue in which the function reports its invocations; the emulator tells of invocations itself';

/** Fails while a message was received no more often than its `fail_attempts`. */
const FAILING = `exports.handler = async ({ Records }) => {
  for (const { body, attributes } of Records) if (JSON.parse(body).fail_attempts >= Number(attributes.ApproximateReceiveCount)) throw new Error('failed attempt');
};`;

/** Reports such a message as a failed item. */
const REPORTING = `exports.handler = async ({ Records }) => ({
  batchItemFailures: Records.filter(({ body, attributes }) => JSON.parse(body).fail_attempts >= Number(attributes.ApproximateReceiveCount)).map(({ messageId }) => ({ itemIdentifier: messageId })),
});`;

const returning = (result) => `exports.handler = async () => (${JSON.stringify(result)});`;

/** A queue with a dead-letter queue, and a function that reads it. */
const app = (code, { visibilityTimeoutSeconds = 5, maxReceiveCount, ...mapping } = {}) => ({
  queues: [{ name: 'source', visibilityTimeoutSeconds, ...(maxReceiveCount ? { deadLetterQueue: 'dead', maxReceiveCount } : {}) }, { name: 'dead' }],
  functions: [{ name: 'function', queue: 'source', code, ...mapping }],
});

const sendOne = ({ call, queueUrl }, body) => call('sqs', 'SendMessage', { QueueUrl: queueUrl('source'), MessageBody: body });
const sendBatch = ({ call, queueUrl }, Entries) => call('sqs', 'SendMessageBatch', { QueueUrl: queueUrl('source'), Entries });

/** The messages of the dead-letter queue as a client receives them that asks for no attributes. */
const deadLetters = ({ receive }) => receive('dead').map(({ Attributes: _, ...message }) => message);

/** The report of an invocation, as the function of the recording sends it. */
const attempt = ({ event, error }) => ({ error: error?.errorMessage ?? null, event });
const report = ({ event, answer }) => ({ event, result: answer });

/** Python writes a space after a colon and a comma. The recordings have bodies as they were sent. */
const python = (value) => JSON.stringify(value).replace(/([:,])/g, '$1 ').replace(/(https): /, '$1:');

const recordsOf = (invocations) => invocations.flatMap(({ event }) => event.Records).sort((a, b) => (a.body < b.body ? -1 : 1));

const batchSize = (size) => ({
  file: FILE,
  test: `TestSQSEventSourceMapping::test_sqs_event_source_mapping_batch_size[${size}]`,
  ...app('exports.handler = async () => undefined;', { batchSize: size, window: 10 }),
  replay: async (context) => {
    const entries = (count, round) => Array.from({ length: count }, (_, index) => ({ Id: `${index}-${round}`, MessageBody: `${index}-${round}-message-${index}` }));
    const answers = [await sendBatch(context, entries(10, 0)), await sendBatch(context, entries(5, 1))];
    await context.settle();
    return { 'send-message-batch-result-10': answers[0], 'send-message-batch-result-5': answers[1], 'Records': recordsOf(context.invocations) };
  },
  notReplayed: { 'create-event-source-mapping-response': NO_MAPPING_API },
});

export const EVENT_SOURCE_MAPPINGS = [
  {
    file: FILE,
    test: 'test_failing_lambda_retries_after_visibility_timeout',
    ...app(FAILING, { batchSize: 1 }),
    replay: async (context) => {
      await sendOne(context, python({ destination: context.queueUrl('destination'), fail_attempts: 1 }));
      await context.settle();
      const [first, second, third] = context.invocations;
      if (third) throw new Error('the function was invoked a third time');
      return { 'first_attempt.Messages[0].Body': attempt(first), 'second_attempt.Messages[0].Body': attempt(second) };
    },
    notReplayed: { event_source_mapping: NO_MAPPING_API, get_destination_queue_url: NO_RECEIVE },
  },
  {
    file: FILE,
    test: 'test_redrive_policy_with_failing_lambda',
    ...app(FAILING, { batchSize: 1, maxReceiveCount: 2 }),
    replay: async (context) => {
      await sendOne(context, python({ destination: context.queueUrl('destination'), fail_attempts: 2 }));
      await context.settle();
      const [first, second, third] = context.invocations;
      if (third) throw new Error('the function was invoked a third time');
      return { 'first_attempt.Messages[0].Body': attempt(first), 'second_attempt.Messages[0].Body': attempt(second), 'dlq_response.Messages[0].Body': deadLetters(context)[0].Body };
    },
    notReplayed: { get_destination_queue_url: NO_RECEIVE },
  },
  {
    file: FILE,
    test: 'test_report_batch_item_failures',
    ...app(REPORTING, { reportBatchItemFailures: true, maxReceiveCount: 2 }),
    replay: async (context) => {
      const failures = [0, 1, 1, 2];
      const sent = await sendBatch(context, failures.map((fail_attempts, index) => ({ Id: `message-${index + 1}`, MessageBody: python({ message: index + 1, fail_attempts }) })));
      await context.settle();
      const [first, second] = context.invocations;
      return {
        'send_message_batch': sent,
        'first_invocation.Messages[0].Body': report(first),
        'second_invocation.Messages[0].Body': report(second),
        'dlq_response.Messages[0].MessageId': deadLetters(context)[0].MessageId,
      };
    },
    notReplayed: { get_destination_queue_url: NO_RECEIVE, create_event_source_mapping: NO_MAPPING_API },
  },
  {
    file: FILE,
    test: 'test_report_batch_item_failures_on_lambda_error',
    ...app(FAILING, { visibilityTimeoutSeconds: 2, maxReceiveCount: 2, reportBatchItemFailures: true }),
    replay: async (context) => {
      await sendBatch(context, [{ Id: 'message-1', MessageBody: '{not a json body' }, { Id: 'message-2', MessageBody: python({ message: 2, fail_attempts: 0 }) }]);
      await context.settle();
      return { dlq_messages: deadLetters(context) };
    },
  },
  {
    file: FILE,
    test: 'test_report_batch_item_failures_invalid_result_json_batch_fails',
    ...app(returning({ batchItemFailures: [{ foo: 'notvalid' }] }), { visibilityTimeoutSeconds: 4, maxReceiveCount: 2, reportBatchItemFailures: true }),
    replay: async (context) => {
      await sendOne(context, python({ message: 1, fail_attempts: 0 }));
      await context.settle();
      const [first, second] = context.invocations;
      return { 'first_invocation.Messages[0].Body': report(first), 'second_invocation.Messages[0].Body': report(second), 'dlq_response.Messages[0].Body': deadLetters(context)[0].Body };
    },
    notReplayed: { get_destination_queue_url: NO_RECEIVE },
  },
  {
    file: FILE,
    test: 'test_report_batch_item_failures_empty_json_batch_succeeds',
    ...app(returning({}), { visibilityTimeoutSeconds: 4, maxReceiveCount: 1, reportBatchItemFailures: true }),
    replay: async (context) => {
      await sendOne(context, python({ message: 1, fail_attempts: 0 }));
      await context.settle();
      if (context.invocations.length > 1 || deadLetters(context).length > 0) throw new Error('the message was not deleted');
      return { 'first_invocation.Messages[0].Body': report(context.invocations[0]) };
    },
    notReplayed: { get_destination_queue_url: NO_RECEIVE },
  },
  {
    file: FILE,
    test: 'TestSQSEventSourceMapping::test_sqs_event_source_mapping',
    ...app('exports.handler = async () => undefined;', { window: 1 }),
    replay: async (context) => {
      await sendOne(context, JSON.stringify({ foo: 'bar' }));
      await context.settle();
      return { events: context.invocations.map(({ event }) => event) };
    },
    notReplayed: { 'create-event-source-mapping-response': NO_MAPPING_API },
  },
  ...[15, 100, 1000, 10000].map(batchSize),
  {
    file: FILE,
    test: 'TestSQSEventSourceMapping::test_sqs_event_source_mapping_batching_reserved_concurrency',
    ...app('exports.handler = async () => undefined;', { batchSize: 20, window: 1, maximumConcurrency: 2 }),
    replay: async (context) => {
      for (const round of [0, 1, 2]) await sendBatch(context, Array.from({ length: 10 }, (_, index) => ({ Id: `${index}-${round}`, MessageBody: `${index}-${round}-message` })));
      await context.settle();
      return { batch_info: { total_batches_received: context.invocations.length }, Records: recordsOf(context.invocations) };
    },
    notReplayed: { 'create-event-source-mapping-response': NO_MAPPING_API, 'put_concurrency_resp': 'PutFunctionConcurrency' },
  },
];

export const EVENT_SOURCE_MAPPINGS_NOT_REPLAYED = {
  'event_filter|duplicate|update|default_batch_size|not_existing|batching_behaviour': NO_MAPPING_API,
  'message_body_and_attributes': 'no function and no rule sends message attributes',
  'fifo': 'a compute has standard queues only',
  'lambda_dead_letter_queue': 'the functions of a compute are not invoked asynchronously',
};
