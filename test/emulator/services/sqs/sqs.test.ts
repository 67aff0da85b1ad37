import { VirtualClock } from '../../../../emulator/clock';
import { Sqs } from '../../../../emulator/services/sqs/sqs';

const queue = (name: string, more: object = {}) => ({
  path: name, stack: 'App', logicalId: name, name, arn: `arn:aws:sqs:us-east-1:1:${name}`, url: `https://sqs/${name}`, visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, policies: [], ...more,
});

function sqs() {
  const clock = new VirtualClock(0);
  const dead = queue('dead');
  const main = queue('main', { deadLetterQueueArn: dead.arn, maxReceiveCount: 2 });
  const service = new Sqs(clock, [main, dead]);
  const ask = (action: string, input: object): Promise<any> => service.handle({ action, input: { QueueUrl: main.url, ...input } });
  const pass = (seconds: number) => {
    clock.after(seconds * 1000, () => undefined);
    while (clock.advance());
  };
  return { clock, main, dead, service, ask, pass };
}

test('a message is hidden for its delay, and for the visibility timeout after it was received', () => {
  const { service, main, pass } = sqs();
  service.send(main.arn, 'a', 10);
  expect(service.receive(main.arn, 10)).toHaveLength(0);
  pass(10);
  expect(service.receive(main.arn, 10).map((message) => [message.body, message.receiveCount])).toEqual([['a', 1]]);
  expect(service.receive(main.arn, 10)).toHaveLength(0);
  pass(30);
  expect(service.receive(main.arn, 10).map((message) => message.receiveCount)).toEqual([2]);
});

test('a message that was received too often goes to the dead-letter queue', () => {
  const { service, main, dead, pass } = sqs();
  service.send(main.arn, 'a', 0);
  for (let time = 0; time < 3; time++) {
    service.receive(main.arn, 10);
    pass(30);
  }
  expect(service.messages(main.arn)).toHaveLength(0);
  expect(service.messages(dead.arn).map((message) => message.body)).toEqual(['a']);
});

test('a message keeps its id, its count and the time of its first receipt in the dead-letter queue, which says where it comes from', () => {
  const { service, main, dead, pass } = sqs();
  const { messageId } = service.send(main.arn, 'a', 0);
  pass(10);
  for (let time = 0; time < 3; time++) {
    service.receive(main.arn, 10);
    pass(30);
  }
  const expected = { messageId, receiveCount: 3, firstReceivedAt: 10_000, deadLetterQueueSourceArn: main.arn };
  expect(service.receive(dead.arn, 10)).toEqual([expect.objectContaining(expected)]);
});

test('the ids of messages are different UUIDs, and the same in every run', () => {
  const idsOfRun = () => {
    const { service, main } = sqs();
    return [1, 2].map(() => service.send(main.arn, 'a', 0).messageId);
  };
  const [first, second] = idsOfRun();
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(second).not.toBe(first);
  expect(idsOfRun()).toEqual([first, second]);
});

test('a message is deleted after the retention period, which goes on in the dead-letter queue', () => {
  const { service, main, dead, pass } = sqs();
  service.send(main.arn, 'a', 0);
  pass(345_000);
  for (let time = 0; time < 3; time++) {
    service.receive(main.arn, 10);
    pass(30);
  }
  expect(service.messages(dead.arn).map((message) => message.sentAt)).toEqual([0]);
  pass(600);
  expect(service.messages(dead.arn)).toEqual([]);
});

test('a listener is called when a message becomes visible', () => {
  const { service, main, clock } = sqs();
  const at: number[] = [];
  service.onVisible(main.arn, () => at.push(clock.now()));
  service.send(main.arn, 'a', 900);
  while (clock.advance());
  expect(at).toEqual([900_000]);
});

test('SendMessageBatch answers for each entry', async () => {
  const { ask, service, main } = sqs();
  const answer = await ask('SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'b', MessageBody: 'x', DelaySeconds: 901 }, { Id: 'c', MessageBody: '' }] });
  expect(answer.Successful.map((entry: any) => [entry.Id, entry.MD5OfMessageBody])).toEqual([['a', '9dd4e461268c8034f5c8564e155c67a6']]);
  expect(answer.Failed.map((entry: any) => [entry.Id, entry.Code])).toEqual([['b', 'InvalidParameterValue'], ['c', 'MissingParameter']]);
  expect(service.messages(main.arn)).toHaveLength(1);
});

test.each<[string, string[], string[]]>([
  ['only what was sent', ['x'], ['Successful']],
  ['only what was refused', [''], ['Failed']],
])('SendMessageBatch leaves out an empty list: %s', async (_, bodies, fields) => {
  const answer = await sqs().ask('SendMessageBatch', { Entries: bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody })) });
  expect(Object.keys(answer)).toEqual(fields);
});

test('a message can be as long as the limit, and a batch as well', async () => {
  const { ask, service, main } = sqs();
  await ask('SendMessage', { MessageBody: 'x'.repeat(1_048_576), DelaySeconds: 900 });
  await ask('SendMessageBatch', { Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(524_288) })) });
  await ask('SendMessageBatch', { Entries: Array.from({ length: 10 }, (_, index) => ({ Id: `${'i'.repeat(79)}${index}`, MessageBody: 'x' })) });
  expect(service.messages(main.arn)).toHaveLength(13);
});

test('a message has a group when it was sent with one', async () => {
  const { ask, service, main } = sqs();
  await ask('SendMessage', { MessageBody: 'a', MessageGroupId: 'tenant-1' });
  await ask('SendMessage', { MessageBody: 'b' });
  expect(service.messages(main.arn).map((message) => message.messageGroupId)).toEqual(['tenant-1', undefined]);
});

test.each<[string, string, object, string]>([
  ['11 entries', 'SendMessageBatch', { Entries: Array.from({ length: 11 }, (_, id) => ({ Id: `${id}`, MessageBody: 'x' })) }, 'Maximum number of entries per request are 10. You have sent 11.'],
  ['a long batch', 'SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'x'.repeat(1_048_577) }] }, 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.'],
  ['a delay', 'SendMessage', { MessageBody: 'x', DelaySeconds: -1 }, 'Value -1 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.'],
  ['a long message', 'SendMessage', { MessageBody: 'x'.repeat(1_048_577) }, 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.'],
  ['a group', 'SendMessage', { MessageBody: 'x', MessageGroupId: 'a b' }, 'Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.'],
])('SQS says why it refuses %s', async (_, action, input, message) => {
  await expect(sqs().ask(action, input)).rejects.toMatchObject({ message });
});

test.each<[string, string, object, string]>([
  ['a message that is too long', 'SendMessage', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
  ['a delay that is too long', 'SendMessage', { MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValue'],
  ['an empty message', 'SendMessage', { MessageBody: '' }, 'MissingParameter'],
  ['a batch without entries', 'SendMessageBatch', { Entries: [] }, 'AWS.SimpleQueueService.EmptyBatchRequest'],
  ['a batch of eleven entries', 'SendMessageBatch', { Entries: Array.from({ length: 11 }, (_, id) => ({ Id: `${id}`, MessageBody: 'x' })) }, 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest'],
  ['a batch with the same id twice', 'SendMessageBatch', { Entries: [{ Id: 'a', MessageBody: 'x' }, { Id: 'a', MessageBody: 'x' }] }, 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct'],
  ['a batch that is too long', 'SendMessageBatch', { Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) })) }, 'AWS.SimpleQueueService.BatchRequestTooLong'],
  ['an id of an entry with a colon', 'SendMessageBatch', { Entries: [{ Id: 'a:1', MessageBody: 'x' }] }, 'AWS.SimpleQueueService.InvalidBatchEntryId'],
  ['an id of an entry that is too long', 'SendMessageBatch', { Entries: [{ Id: 'a'.repeat(81), MessageBody: 'x' }] }, 'AWS.SimpleQueueService.InvalidBatchEntryId'],
  ['an empty group', 'SendMessage', { MessageBody: 'x', MessageGroupId: '' }, 'InvalidParameterValue'],
  ['a group that is too long', 'SendMessage', { MessageBody: 'x', MessageGroupId: 'a'.repeat(129) }, 'InvalidParameterValue'],
  ['a message to an unknown queue', 'SendMessage', { QueueUrl: 'https://sqs/other', MessageBody: 'x' }, 'AWS.SimpleQueueService.NonExistentQueue'],
  ['an unsupported action', 'PurgeQueue', {}, 'UnknownOperationException'],
])('%s is refused', async (_, action, input, code) => {
  await expect(sqs().ask(action, input)).rejects.toMatchObject({ code });
});
