import { Deployment } from '../../../../emulator/assembly/deployment';
import { VirtualClock } from '../../../../emulator/clock';
import { Iam } from '../../../../emulator/services/iam/iam';
import { EventSourceMapping } from '../../../../emulator/services/lambda/event-source-mapping';
import { Lambda } from '../../../../emulator/services/lambda/lambda';
import { Sqs } from '../../../../emulator/services/sqs/sqs';

const place = (name: string) => ({ path: name, stack: 'App', logicalId: name, name });
const ROLE = 'arn:aws:iam::1:role/role';
const ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

interface Options {
  /** What the function returns for each invocation. An error is thrown. */
  readonly answers?: unknown[];
  readonly batchSize?: number;
  readonly maximumBatchingWindowSeconds?: number;
  readonly reportBatchItemFailures?: boolean;
  readonly maximumConcurrency?: number;
  readonly takesSeconds?: number;
  readonly actions?: string[];
  /** The queue that the function reads: the main one by default. */
  readonly queueArn?: string;
}

const DEAD = 'arn:aws:sqs:us-east-1:1:dead';

/** A queue whose messages go to a function, and to a dead-letter queue after two attempts. */
function mapping({ answers = [], takesSeconds = 0, actions = ACTIONS, ...source }: Options = {}) {
  const clock = new VirtualClock(0);
  const dead = { ...place('dead'), arn: DEAD, url: 'https://sqs/dead', visibilityTimeoutSeconds: 30, retentionSeconds: 345_600, policies: [] };
  const queue = { ...dead, ...place('main'), arn: 'arn:aws:sqs:us-east-1:1:main', url: 'https://sqs/main', deadLetterQueueArn: dead.arn, maxReceiveCount: 2 };
  const role = { ...place('role'), arn: ROLE, assumedBy: { Statement: [] }, policies: [{ Statement: actions.map((Action) => ({ Effect: 'Allow' as const, Action, Resource: '*' })) }], managedPolicyArns: [] };
  const sqs = new Sqs(clock, [queue, dead]);
  const invocations: { at: number; Records: any[] }[] = [];
  const lambda = {
    roleOf: () => ROLE,
    invoke: async (_: string, event: { Records: any[] }) => {
      const answer = answers[invocations.length];
      invocations.push({ at: clock.now() / 1000, Records: event.Records });
      if (takesSeconds > 0) await clock.sleep(takesSeconds * 1000);
      if (answer instanceof Error) throw answer;
      return typeof answer === 'function' ? answer(event.Records) : answer;
    },
  } as unknown as Lambda;
  const iam = new Iam({ roles: [role] } as unknown as Deployment);
  new EventSourceMapping({
    ...place('mapping'),
    arn: 'arn',
    functionArn: 'arn:aws:lambda:us-east-1:1:function:f',
    queueArn: queue.arn,
    batchSize: 10,
    maximumBatchingWindowSeconds: 0,
    reportBatchItemFailures: false,
    ...source,
  }, clock, sqs, lambda, iam);
  const settle = async () => {
    do await new Promise(setImmediate); while (clock.advance());
    await new Promise(setImmediate);
  };
  return { clock, sqs, queue, dead, invocations, settle, bodies: () => invocations.map(({ Records }) => Records.map(({ body }) => body)) };
}

const failsFirst = (records: { messageId: string }[]) => ({ batchItemFailures: [{ itemIdentifier: records[0].messageId }] });

test('a function gets the messages as Lambda hands them over, and they are deleted', async () => {
  const { clock, sqs, queue, invocations, settle } = mapping({ maximumBatchingWindowSeconds: 5 });
  clock.after(1000, () => sqs.send(queue.arn, 'a', 0, { messageGroupId: 'tenant' }));
  await settle();
  expect(invocations).toEqual([{
    at: 6,
    Records: [{
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: 'a',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1000', ApproximateFirstReceiveTimestamp: '6000', SenderId: 'AIDALOCAL', MessageGroupId: 'tenant' },
      messageAttributes: {},
      md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'us-east-1',
    }],
  }]);
  expect(sqs.messages(queue.arn)).toEqual([]);
});

test('when a function fails, its messages come again after the visibility timeout, and go to the dead-letter queue after the last attempt', async () => {
  const { sqs, queue, dead, invocations, settle } = mapping({ answers: [new Error('no'), new Error('no')] });
  const { messageId } = sqs.send(queue.arn, 'a', 0);
  await settle();
  expect(invocations.map(({ at, Records }) => [at, Records[0].attributes.ApproximateReceiveCount, Records[0].attributes.ApproximateFirstReceiveTimestamp])).toEqual([[0, '1', '0'], [30, '2', '0']]);
  expect(sqs.messages(dead.arn).map((message) => message.messageId)).toEqual([messageId]);
});

test('a message from a dead-letter queue says which queue it comes from, and has no group that it was not sent with', async () => {
  const { clock, sqs, queue, invocations, settle } = mapping({ queueArn: DEAD });
  sqs.send(queue.arn, 'a', 0);
  [0, 30, 60].forEach((seconds) => clock.after(seconds * 1000, () => sqs.receive(queue.arn, 1)));
  await settle();
  expect(invocations.map(({ at, Records: [{ attributes }] }) => [at, attributes])).toStrictEqual([
    [60, { ApproximateReceiveCount: '3', SentTimestamp: '0', ApproximateFirstReceiveTimestamp: '0', SenderId: 'AIDALOCAL', DeadLetterQueueSourceArn: queue.arn }],
  ]);
});

test('a message has no group and no source when it has none', async () => {
  const { sqs, queue, invocations, settle } = mapping();
  sqs.send(queue.arn, 'a', 0);
  await settle();
  expect(Object.keys(invocations[0].Records[0].attributes)).toEqual(['ApproximateReceiveCount', 'SentTimestamp', 'ApproximateFirstReceiveTimestamp', 'SenderId']);
});

test.each<[string[], [number, string[]][]]>([
  [['a', 'b'], [[0, ['a', 'b']]]],
  [['a', 'b', 'c'], [[0, ['a', 'b']], [10, ['c']]]],
])('a full batch does not wait for the batching window, and the rest does: %j', async (sent, expected) => {
  const { sqs, queue, bodies, invocations, settle } = mapping({ batchSize: 2, maximumBatchingWindowSeconds: 10 });
  sent.forEach((body) => sqs.send(queue.arn, body, 0));
  await settle();
  expect(invocations.map(({ at }, index) => [at, bodies()[index]])).toEqual(expected);
});

test('a batching window begins with its first message', async () => {
  const { sqs, queue, bodies, invocations, settle } = mapping({ maximumBatchingWindowSeconds: 10 });
  [0, 5, 12].forEach((seconds) => sqs.send(queue.arn, `${seconds}`, seconds));
  await settle();
  expect(invocations.map(({ at }, index) => [at, bodies()[index]])).toEqual([[10, ['0', '5']], [22, ['12']]]);
});

test('only as many functions run at once as the mapping allows', async () => {
  const { sqs, queue, invocations, settle } = mapping({ batchSize: 1, maximumConcurrency: 2, takesSeconds: 10 });
  ['a', 'b', 'c'].forEach((body) => sqs.send(queue.arn, body, 0));
  await settle();
  expect(invocations.map(({ at }) => at)).toEqual([0, 0, 10]);
});

test.each(ACTIONS)('a function whose role may not do %s is not invoked', async (missing) => {
  const { sqs, queue, invocations, settle } = mapping({ actions: ACTIONS.filter((action) => action !== missing) });
  sqs.send(queue.arn, 'a', 0);
  await settle();
  expect(invocations).toEqual([]);
});

test('a message that was received again while its function ran is not deleted by the first invocation', async () => {
  const { sqs, queue, dead, invocations, settle } = mapping({ takesSeconds: 40, answers: [undefined, new Error('no')] });
  sqs.send(queue.arn, 'a', 0);
  await settle();
  expect(invocations.map(({ at }) => at)).toEqual([0, 30]);
  expect([sqs.messages(queue.arn), sqs.messages(dead.arn)].flat()).toHaveLength(1);
});

describe('the answer of a function', () => {
  test.each<[string, boolean, unknown, string[][]]>([
    ['that names a failed message brings only that again', true, failsFirst, [['a', 'b'], ['a']]],
    ['is ignored when failed messages are not reported', false, failsFirst, [['a', 'b']]],
    ['without a list is a success', true, {}, [['a', 'b']]],
    ['that is null is a success', true, null, [['a', 'b']]],
    ['that is a text is a success', true, '', [['a', 'b']]],
    ['with a list that is null is a success', true, { batchItemFailures: null }, [['a', 'b']]],
    ['with an empty list is a success', true, { batchItemFailures: [] }, [['a', 'b']]],
    ['with an unknown message brings all again', true, { batchItemFailures: [{ itemIdentifier: 'x' }] }, [['a', 'b'], ['a', 'b']]],
    ['with another field brings all again', true, { batchItemFailures: [{ foo: 'x' }] }, [['a', 'b'], ['a', 'b']]],
    ['with an empty id brings all again', true, { batchItemFailures: [{ itemIdentifier: '' }] }, [['a', 'b'], ['a', 'b']]],
    ['with an id that is null brings all again', true, { batchItemFailures: [{ itemIdentifier: null }] }, [['a', 'b'], ['a', 'b']]],
    ['with an item that is null brings all again', true, { batchItemFailures: [null] }, [['a', 'b'], ['a', 'b']]],
    ['with no list but a text brings all again', true, { batchItemFailures: 'x' }, [['a', 'b'], ['a', 'b']]],
  ])('%s', async (_, reportBatchItemFailures, answer, expected) => {
    const { sqs, queue, bodies, settle } = mapping({ reportBatchItemFailures, answers: [answer] });
    ['a', 'b'].forEach((body) => sqs.send(queue.arn, body, 0));
    await settle();
    expect(bodies()).toEqual(expected);
    expect(sqs.messages(queue.arn)).toEqual([]);
  });
});
