import { VirtualClock } from '../../../../emulator/clock';
import { errorShapeOf, Sqs } from '../../../../emulator/services/sqs/sqs';

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
  pass(29);
  expect(service.receive(main.arn, 10)).toHaveLength(0);
  pass(1);
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

test('a message is there until the retention period is over', () => {
  const { service, main, pass } = sqs();
  service.send(main.arn, 'a', 0);
  const left = [345_599, 1].map((seconds) => {
    pass(seconds);
    return service.messages(main.arn).length;
  });
  expect(left).toEqual([1, 0]);
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
  expect(answer.Failed).toEqual([
    { Id: 'b', Code: 'InvalidParameterValue', Message: delay(901), SenderFault: true },
    { Id: 'c', Code: 'MissingParameter', Message: MISSING, SenderFault: true },
  ]);
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

const MISSING = 'The request must contain the parameter MessageBody.';
const ENTRY_ID = 'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.';
const delay = (value: number) => `Value ${value} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.`;
const group = (value: string) => `Value ${value} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`;
const entries = (...Ids: string[]) => ({ Entries: Ids.map((Id) => ({ Id, MessageBody: 'x' })) });

test.each<[string, string, object, string, string]>([
  ['a message that is too long', 'SendMessage', { MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue', 'One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.'],
  ['a delay that is too long', 'SendMessage', { MessageBody: 'x', DelaySeconds: 901 }, 'InvalidParameterValue', delay(901)],
  ['a delay into the past', 'SendMessage', { MessageBody: 'x', DelaySeconds: -1 }, 'InvalidParameterValue', delay(-1)],
  ['a delay of half a second', 'SendMessage', { MessageBody: 'x', DelaySeconds: 0.5 }, 'InvalidParameterValue', delay(0.5)],
  ['an empty message', 'SendMessage', { MessageBody: '' }, 'MissingParameter', MISSING],
  ['a batch without entries', 'SendMessageBatch', { Entries: [] }, 'AWS.SimpleQueueService.EmptyBatchRequest', 'There should be at least one entry.'],
  ['a batch of eleven entries', 'SendMessageBatch', entries(...Array.from({ length: 11 }, (_, id) => `${id}`)), 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10. You have sent 11.'],
  ['a batch with the same id twice', 'SendMessageBatch', entries('a', 'a'), 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct', 'Two or more entries have the same Id.'],
  ['a batch that is too long', 'SendMessageBatch', { Entries: ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) })) }, 'AWS.SimpleQueueService.BatchRequestTooLong', 'Batch requests cannot be longer than 1048576 bytes. You have sent 1200000 bytes.'],
  ['an id of an entry with a colon', 'SendMessageBatch', entries('b', 'a:1'), 'AWS.SimpleQueueService.InvalidBatchEntryId', ENTRY_ID],
  ['an id of an entry that begins with a colon', 'SendMessageBatch', entries(':a'), 'AWS.SimpleQueueService.InvalidBatchEntryId', ENTRY_ID],
  ['an id of an entry that ends with a colon', 'SendMessageBatch', entries('a:'), 'AWS.SimpleQueueService.InvalidBatchEntryId', ENTRY_ID],
  ['an id of an entry that is too long', 'SendMessageBatch', entries('a'.repeat(81)), 'AWS.SimpleQueueService.InvalidBatchEntryId', ENTRY_ID],
  ['an empty group', 'SendMessage', { MessageBody: 'x', MessageGroupId: '' }, 'InvalidParameterValue', group('')],
  ['a group with a space', 'SendMessage', { MessageBody: 'x', MessageGroupId: 'a b' }, 'InvalidParameterValue', group('a b')],
  ['a group with a space before it', 'SendMessage', { MessageBody: 'x', MessageGroupId: ' a' }, 'InvalidParameterValue', group(' a')],
  ['a group with a space after it', 'SendMessage', { MessageBody: 'x', MessageGroupId: 'a ' }, 'InvalidParameterValue', group('a ')],
  ['a group that is too long', 'SendMessage', { MessageBody: 'x', MessageGroupId: 'a'.repeat(129) }, 'InvalidParameterValue', group('a'.repeat(129))],
  ['a message to an unknown queue', 'SendMessage', { QueueUrl: 'https://sqs/other', MessageBody: 'x' }, 'AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.'],
  ['an unsupported action', 'PurgeQueue', {}, 'UnknownOperationException', 'the emulator does not support PurgeQueue of Amazon SQS'],
])('%s is refused', async (_, action, input, code, message) => {
  await expect(sqs().ask(action, input)).rejects.toMatchObject({ code, message });
});

test('SendMessage answers with the id and the digest of the message', async () => {
  const { ask, service, main } = sqs();
  const answer = await ask('SendMessage', { MessageBody: 'x', MessageGroupId: 'g'.repeat(128) });
  expect(answer).toEqual({ MessageId: service.messages(main.arn)[0].messageId, MD5OfMessageBody: '9dd4e461268c8034f5c8564e155c67a6' });
});

test.each(['SendMessage', 'SendMessageBatch'])('%s needs the permission to send to the queue', (action) => {
  const { service, main } = sqs();
  expect(service.authorizations({ action, input: { QueueUrl: main.url } })).toEqual([{ action: 'sqs:SendMessage', resource: main.arn }]);
});

test('a queue that does not exist is an error that names it', () => {
  expect(() => sqs().service.messages('arn:other')).toThrow(expect.objectContaining({ code: 'AWS.SimpleQueueService.NonExistentQueue', message: 'The specified queue does not exist: arn:other' }));
});

test('only so many messages are received at once, and only visible ones are counted', () => {
  const { service, main, pass } = sqs();
  ['a', 'b', 'c'].forEach((body, index) => service.send(main.arn, body, index));
  pass(1);
  expect(service.visibleCount(main.arn)).toBe(2);
  expect(service.receive(main.arn, 1).map(({ body }) => body)).toEqual(['a']);
  expect(service.visibleCount(main.arn)).toBe(1);
});

test('each receipt of a message has a handle of its own', () => {
  const { service, main, pass } = sqs();
  const { messageId } = service.send(main.arn, 'a', 0);
  const handles = [0, 30].map((seconds) => {
    pass(seconds);
    return service.receive(main.arn, 1)[0].receiptHandle;
  });
  expect(handles).toEqual([`${messageId}#1`, `${messageId}#2`]);
});

test('a message that was received is visible again after the visibility timeout, and then the listener is called', () => {
  const { service, main, clock } = sqs();
  const at: number[] = [];
  service.send(main.arn, 'a', 0);
  service.onVisible(main.arn, () => at.push(clock.now()));
  service.receive(main.arn, 1);
  service.receive(main.arn, 1);
  while (clock.advance());
  expect(at).toEqual([30_000]);
});

test('a message of a queue without a dead-letter queue comes again and again', () => {
  const { service, dead, pass } = sqs();
  service.send(dead.arn, 'a', 0);
  const counts = Array.from({ length: 5 }, () => {
    pass(30);
    return service.receive(dead.arn, 1).map((message) => message.receiveCount);
  });
  expect(counts).toEqual([[1], [2], [3], [4], [5]]);
});

describe('the sender of a message', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/Stack-Role';

  test.each<[string, string | undefined, RegExp]>([
    ['a role: its unique id and the name of the session', ROLE, /^AROA[0-9A-F]{17}:local$/],
    ['the user of the emulator, who has no role', undefined, /^AIDALOCAL$/],
  ])('is %s', async (_, principal, expected) => {
    const { service, main } = sqs();
    const QueueUrl = service.messages(main.arn) && main.url;
    await service.handle({ action: 'SendMessage', input: { QueueUrl, MessageBody: 'a' }, principal });
    await service.handle({ action: 'SendMessageBatch', input: { QueueUrl, Entries: [{ Id: '1', MessageBody: 'b' }] }, principal });
    for (const { senderId } of service.messages(main.arn)) expect(senderId).toMatch(expected);
    expect(service.messages(main.arn)).toHaveLength(2);
  });

  test('is the same when SQS delivers the message once more', () => {
    const { service, main } = sqs();
    const message = service.send(main.arn, 'a', 0, { roleArn: ROLE });
    service.deliverAgain(main.arn, message);
    expect(service.messages(main.arn).map(({ body, senderId }) => [body, senderId])).toEqual([['a', message.senderId], ['a', message.senderId]]);
    expect(new Set(service.messages(main.arn).map(({ messageId }) => messageId)).size).toBe(2);
  });
});

test('who wants to know is told of each message, also of those in the dead-letter queue', () => {
  const { service, main, dead, pass } = sqs();
  const sent: string[][] = [];
  service.onSent = (queueArn, { body }) => sent.push([queueArn, body]);
  service.send(main.arn, 'a', 0);
  for (let time = 0; time < 3; time++) {
    service.receive(main.arn, 10);
    pass(30);
  }
  expect(sent).toEqual([[main.arn, 'a'], [dead.arn, 'a']]);
});

test.each([
  ['AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist'],
  ['AWS.SimpleQueueService.EmptyBatchRequest', 'EmptyBatchRequest'],
  ['InvalidParameterValue', 'InvalidParameterValueException'],
  ['MissingParameter', 'MissingRequiredParameterException'],
  ['UnknownOperationException', 'UnknownOperationException'],
])('the error %s is called %s in the JSON protocol', (code, shape) => {
  expect(errorShapeOf(code)).toBe(`com.amazonaws.sqs#${shape}`);
});
