// What SQS answered to SendMessage and SendMessageBatch, and what a message is like in a queue and in its dead-letter queue.

const FILE = 'sqs--test_sqs';
const MAIN = { name: 'main' };
const LARGEST_MESSAGE = 1_048_576;

/** A test that makes one call, which is recorded under `key`. */
const oneCall = (test, key, action, input) => ({
  file: FILE, test, queues: [MAIN], replay: async ({ call, queueUrl }) => ({ [key]: await call('sqs', action, { QueueUrl: queueUrl('main'), ...input }) }),
});

const groupId = (kind, MessageGroupId) => oneCall(
  `TestSqsProvider::test_send_message_to_standard_queue_with_invalid_message_group_id[${kind}]`, 'error-response', 'SendMessage', { MessageBody: 'message', MessageGroupId });

export const SQS = [
  oneCall('TestSqsProvider::test_send_oversized_message[sqs]', 'send_oversized_message', 'SendMessage', { MessageBody: 'a'.repeat(LARGEST_MESSAGE + 1) }),
  oneCall('TestSqsProvider::test_send_empty_message[sqs]', 'send_empty_message', 'SendMessage', { MessageBody: '' }),
  oneCall('TestSqsProvider::test_too_many_entries_in_batch_request[sqs]', 'test_too_many_entries_in_batch_request', 'SendMessageBatch', {
    Entries: Array.from({ length: 20 }, (_, index) => ({ Id: `message-${index}`, MessageBody: 'a' })),
  }),
  oneCall('TestSqsProvider::test_invalid_batch_id[sqs]', 'test_invalid_batch_id', 'SendMessageBatch', { Entries: [{ Id: 'message:1', MessageBody: 'a' }] }),
  // In the recording an attribute makes up a part of the size.
  oneCall('TestSqsProvider::test_send_message_batch_with_oversized_contents[sqs]', 'send_oversized_message_batch', 'SendMessageBatch', {
    Entries: [{ Id: '1', MessageBody: 'a'.repeat(LARGEST_MESSAGE) }, { Id: '2', MessageBody: 'a' }],
  }),
  groupId('empty', ''),
  groupId('too_long', 'a'.repeat(129)),
  groupId('spaces', 'group 123'),
  {
    file: FILE,
    test: 'TestSqsProvider::test_non_existent_queue',
    // The recorded calls are GetQueueAttributes and GetQueueUrl. Every call to a queue that does not exist is refused in the same way.
    replay: async ({ call, queueUrl }) => ({ 'queue-does-not-exist': await call('sqs', 'SendMessage', { QueueUrl: queueUrl('other'), MessageBody: 'a' }) }),
    notReplayed: { 'queue-does-not-exist-url': 'GetQueueUrl', 'queue-does-not-exist-query': 'the query protocol, which no SDK of today speaks' },
  },
  {
    file: FILE,
    test: 'TestSqsProvider::test_fair_queue_with_message_group_id[sqs]',
    queues: [MAIN],
    replay: async ({ call, queueUrl }) => ({ send_message: await call('sqs', 'SendMessage', { QueueUrl: queueUrl('main'), MessageBody: 'message', MessageGroupId: 'test' }) }),
    notReplayed: { 'get-message-with-deduplication-id': 'ReceiveMessage' },
  },
  {
    file: FILE,
    test: 'TestSqsProvider::test_dead_letter_queue_message_attributes',
    queues: [{ name: 'main', visibilityTimeoutSeconds: 0, deadLetterQueue: 'dead', maxReceiveCount: 1 }, { name: 'dead' }],
    replay: async ({ call, queueUrl, queueArn, receive }) => {
      for (const MessageBody of ['message-1', 'message-2']) await call('sqs', 'SendMessage', { QueueUrl: queueUrl('main'), MessageBody });
      return { 'dlq-arn': queueArn('dead'), 'sourcen-arn': queueArn('main'), 'rec-pre-dlq': [...receive('main'), ...receive('main')], 'dlq-messages': receive('dead') };
    },
  },
];

/** Tests of the same file whose subject the emulator does not have. */
export const SQS_NOT_REPLAYED = {
  'sqs_query': 'the query protocol, which no SDK of today speaks',
  'fifo|dedup|group_id_for|high_throughput|regular_throughput|message_groups': 'a compute has standard queues only',
  'queue_attributes|_queue_with_|different_attributes|tag_untag|sse_|unsupported_attribute|permission|list_queues|purge|redrive_policy|dead_letter_arn': 'queues come from the template; there is no API to make or change one',
  'receive|visibility|delete_|wait_time|system_attribute|trace_header|number_of_messages|json_protocol': 'event source mappings receive and delete messages; there is no API for it',
  'updated_max|batch_message_size': 'the queues of a compute do not lower the size of a message',
  'binary_attributes|empty_string_attribute': 'no function and no rule sends message attributes',
};
