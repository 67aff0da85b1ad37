import { VirtualClock } from '../../../../emulator/clock';
import { CloudWatchLogs } from '../../../../emulator/services/cloudwatch-logs/cloudwatch-logs';
import { LONGEST_EVENT } from '../../../../emulator/services/cloudwatch-logs/log-event';

const GROUP = { name: 'group', path: 'Stack/Job/Log', stack: 'Stack', logicalId: 'Log', arn: 'arn:aws:logs:us-east-1:123456789012:log-group:group:*', tags: { team: 'a' } };

/** CloudWatch Logs with one group, which shows a line after these milliseconds. */
function logs(ingestion: (message: string) => number = () => 0) {
  const clock = new VirtualClock();
  const service = new CloudWatchLogs(clock, { ingestion: ({ message }) => ingestion(message) }, [GROUP]);
  const call = (input: object) => ({ action: 'GetLogEvents', input: { logGroupName: 'group', logStreamName: 'stream', ...input } });
  const write = (...lines: string[]) => lines.forEach((line) => service.write('group', 'stream', line));
  return { clock, service, write, call, get: (input: object = {}): Promise<any> => service.handle(call(input)) };
}

const textsOf = ({ events }: { events: { message: string }[] }) => events.map(({ message }) => message);

test('the newest lines are the last page, in the order in which they were written', async () => {
  const { get, write } = logs();
  write('a', 'b', 'c');
  const page = await get({ limit: 2 });
  expect(textsOf(page)).toEqual(['b', 'c']);
  const before = await get({ limit: 2, nextToken: page.nextBackwardToken });
  expect(textsOf(before)).toEqual(['a']);
  const end = await get({ limit: 2, nextToken: before.nextBackwardToken });
  expect(end).toMatchObject({ events: [], nextBackwardToken: before.nextBackwardToken });
});

test('lines are followed forwards, from the first one on', async () => {
  const { get, write } = logs();
  write('a', 'b', 'c');
  const first = await get({ limit: 2, startFromHead: true });
  expect(textsOf(first)).toEqual(['a', 'b']);
  const second = await get({ nextToken: first.nextForwardToken, startFromHead: true });
  expect(textsOf(second)).toEqual(['c']);
  expect(await get({ nextToken: second.nextForwardToken, startFromHead: true })).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
  write('d');
  expect(textsOf(await get({ nextToken: second.nextForwardToken, startFromHead: true }))).toEqual(['d']);
});

test('a page has at most a mebibyte', async () => {
  const { get, write } = logs();
  write(...Array.from({ length: 6 }, (_, index) => String(index).repeat(250_000)));
  expect(textsOf(await get()).map((text) => text[0])).toEqual(['2', '3', '4', '5']);
});

test('times limit the lines: from startTime on, and before endTime', async () => {
  const { get, write, clock } = logs();
  const began = clock.now();
  for (const line of ['a', 'b', 'c']) {
    write(line);
    clock.after(10, () => undefined);
    clock.advance();
  }
  expect(textsOf(await get({ startTime: began + 10, endTime: began + 20 }))).toEqual(['b']);
});

test('an empty line is no event', async () => {
  const { get, write } = logs();
  write('', 'a', '');
  expect(textsOf(await get())).toEqual(['a']);
});

test('a stream is there when its container starts, and each line when it was ingested', async () => {
  const { get, write, clock, service } = logs((message) => message === 'late' ? 5_000 : 0);
  await expect(get()).rejects.toMatchObject({ code: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' });
  service.createStream('group', 'stream');
  write('late');
  expect(textsOf(await get())).toEqual([]);
  clock.after(5_000, () => undefined);
  clock.advance();
  expect(textsOf(await get())).toEqual(['late']);
});

test('the oldest lines of an endless log are forgotten, and the tokens stay', async () => {
  const { get, write } = logs();
  write('0'.repeat(250_000));
  const { nextForwardToken } = await get({ startFromHead: true });
  write(...Array.from({ length: 20 }, (_, index) => String.fromCharCode(65 + index).repeat(250_000)));
  const [first] = textsOf(await get({ startFromHead: true, limit: 1 }));
  expect(first[0] > 'A').toBe(true);
  expect(textsOf(await get({ startFromHead: true, limit: 1, nextToken: nextForwardToken }))).toEqual([first]);
  expect(textsOf(await get({ limit: 1 })).map((text) => text[0])).toEqual(['T']);
});

test('of very many logs, the oldest ones are forgotten', async () => {
  const { get, service } = logs();
  for (let stream = 0; stream < 200; stream++) for (let line = 0; line < 8; line++) service.write('group', `stream-${stream}`, 'x'.repeat(250_000));
  await expect(get({ logStreamName: 'stream-0' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  expect(textsOf(await get({ logStreamName: 'stream-199', limit: 8 }))).not.toEqual([]);
});

test('a long line is several events, as the log driver makes them, and no character is cut', async () => {
  const { get, write } = logs();
  write(`${'a'.repeat(LONGEST_EVENT - 1)}€b`);
  expect(textsOf(await get())).toEqual(['a'.repeat(LONGEST_EVENT - 1), '€b']);
});

test.each<[string, object, object]>([
  ['a group that does not exist', { logGroupName: 'other' }, { code: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }],
  ['a stream that does not exist', { logStreamName: 'other' }, { code: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' }],
  ['a token that it never gave', { nextToken: 'x' }, { code: 'InvalidParameterException', message: 'The specified nextToken is invalid.' }],
  ['more events than a page has', { limit: 10_001 }, { code: 'InvalidParameterException' }],
])('%s is refused', async (_, input, error) => {
  const { get, write } = logs();
  write('a');
  await expect(get(input)).rejects.toMatchObject(error);
});

test('another action is refused', async () => {
  const { service, call } = logs();
  await expect(service.handle({ ...call({}), action: 'DescribeLogGroups' })).rejects.toMatchObject({ code: 'UnknownOperationException', message: 'the emulator does not support DescribeLogGroups of Amazon CloudWatch Logs' });
});

test('a read needs a permission on the stream, which may depend on the tags of the group; the group may be named by its ARN', () => {
  const { service, call } = logs();
  const needed = [{ action: 'logs:GetLogEvents', resource: 'arn:aws:logs:us-east-1:123456789012:log-group:group:log-stream:stream', context: { 'aws:ResourceTag/team': 'a' } }];
  expect(service.authorizations(call({}))).toEqual(needed);
  expect(service.authorizations(call({ logGroupName: undefined, logGroupIdentifier: GROUP.arn }))).toEqual(needed);
  expect(service.authorizations(call({ logGroupName: 'other' }))).toEqual([{ action: 'logs:GetLogEvents', resource: 'arn:aws:logs:::log-group:other:log-stream:stream', context: {} }]);
});

test('the streams of before have their lines and their tokens, and go on', async () => {
  const former = logs();
  former.write('a', 'b');
  former.service.createStream('group', 'empty');
  const first = await former.get({ startFromHead: true });
  const next = logs();
  next.service.restore(JSON.parse(JSON.stringify(former.service.state())));
  expect(await next.get({ startFromHead: true })).toEqual(first);
  expect(textsOf(await next.service.handle(next.call({ logStreamName: 'empty' })) as typeof first)).toEqual([]);
  next.write('c');
  expect(textsOf(await next.get({ nextToken: first.nextForwardToken }))).toEqual(['c']);
});

test('a stream is told when it is made, when it gets lines, and when it is gone', () => {
  const told: [string, number | undefined][] = [];
  const service = new CloudWatchLogs(new VirtualClock(), { ingestion: () => 0 }, [GROUP], (group, stream, state) => told.push([`${group}/${stream}`, state?.events.length]));
  service.createStream('group', 'a');
  service.createStream('group', 'a');
  service.write('group', 'a', 'line');
  expect(told).toEqual([['group/a', 0], ['group/a', 1]]);
});

describe('the events of several streams', () => {
  /** Two streams, whose lines take turns, one each 10 milliseconds; and a call. */
  function two() {
    const { clock, service } = logs((message) => message === 'late' ? 5_000 : 0);
    const began = clock.now();
    const wait = (milliseconds: number) => {
      clock.after(milliseconds, () => undefined);
      clock.advance();
    };
    for (const [stream, line] of [['b', '1'], ['a', '2'], ['b', '3'], ['a', '4']]) {
      service.write('group', stream, line);
      wait(10);
    }
    const filter = (input: object = {}): Promise<any> => service.handle({ action: 'FilterLogEvents', input: { logGroupName: 'group', ...input } });
    return { began, clock, service, wait, filter };
  }

  test('come by their times, and each says its stream', async () => {
    const { filter, began } = two();
    const { events, nextToken } = await filter();
    expect(textsOf({ events })).toEqual(['1', '2', '3', '4']);
    expect(events[1]).toEqual({ logStreamName: 'a', timestamp: began + 10, ingestionTime: began + 10, message: '2', eventId: expect.any(String) });
    expect(new Set(events.map(({ eventId }: { eventId: string }) => eventId)).size).toBe(4);
    expect(nextToken).toBeUndefined();
    expect(textsOf(await filter({ logGroupName: undefined, logGroupIdentifier: GROUP.arn }))).toEqual(['1', '2', '3', '4']);
  });

  test('are those of some streams, and of a time with its end', async () => {
    const { filter, began } = two();
    expect(textsOf(await filter({ logStreamNames: ['a', 'none'] }))).toEqual(['2', '4']);
    expect(textsOf(await filter({ logStreamNamePrefix: 'b' }))).toEqual(['1', '3']);
    expect(textsOf(await filter({ startTime: began + 10, endTime: began + 20 }))).toEqual(['2', '3']);
  });

  test('come in pages, also when lines are written meanwhile, and each when it was ingested', async () => {
    const { filter, service, wait } = two();
    const first = await filter({ limit: 3 });
    expect(textsOf(first)).toEqual(['1', '2', '3']);
    service.write('group', 'a', '5');
    service.write('group', 'a', '6');
    service.write('group', 'a', 'late');
    const second = await filter({ limit: 2, nextToken: first.nextToken });
    expect(textsOf(second)).toEqual(['4', '5']);
    expect(textsOf(await filter({ nextToken: second.nextToken }))).toEqual(['6']);
    wait(5_000);
    expect(textsOf(await filter({ nextToken: second.nextToken }))).toEqual(['6', 'late']);
  });

  test('of the same time are in the order in which their stream has them', async () => {
    const { service, filter } = two();
    ['b', 'a', 'b', 'a'].forEach((stream, index) => service.write('group', stream, `same ${index}`));
    expect(textsOf(await filter({ limit: 100 })).slice(4)).toEqual(['same 1', 'same 3', 'same 0', 'same 2']);
  });

  test('have at most a mebibyte on a page', async () => {
    const { service, filter } = two();
    for (let line = 0; line < 6; line++) service.write('group', 'c', String(line).repeat(250_000));
    const page = await filter({ logStreamNames: ['c'] });
    expect(textsOf(page).map((text) => text[0])).toEqual(['0', '1', '2', '3']);
    expect(textsOf(await filter({ logStreamNames: ['c'], nextToken: page.nextToken })).map((text) => text[0])).toEqual(['4', '5']);
  });

  test('are none in a group without lines, and those of a former app where it has the group no longer', async () => {
    expect(await logs().service.handle({ action: 'FilterLogEvents', input: { logGroupName: 'group' } })).toEqual({ events: [], searchedLogStreams: [], nextToken: undefined });
    const { service, filter } = two();
    service.restore([{ group: 'gone', stream: 's', dropped: 0, events: [{ timestamp: 0, ingestionTime: 0, message: 'former' }] }]);
    expect(textsOf(await filter({ logGroupName: 'gone' }))).toEqual(['former']);
  });

  test.each<[string, object, object]>([
    ['a group that does not exist', { logGroupName: 'other' }, { code: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }],
    ['a token that it never gave', { nextToken: 'x' }, { code: 'InvalidParameterException', message: 'The specified nextToken is invalid.' }],
    ['names and a prefix', { logStreamNames: ['a'], logStreamNamePrefix: 'a' }, { code: 'InvalidParameterException' }],
    ['more events than a page has', { limit: 10_001 }, { code: 'InvalidParameterException' }],
    ['a pattern', { filterPattern: 'ERROR' }, { code: 'InvalidParameterException', message: 'the emulator does not support filterPattern; leave it out, and filter what comes' }],
  ])('%s is refused', async (_, input, error) => {
    await expect(two().filter(input)).rejects.toMatchObject(error);
  });

  test('need a permission on the group', () => {
    expect(logs().service.authorizations({ action: 'FilterLogEvents', input: { logGroupName: 'group' } }))
      .toEqual([{ action: 'logs:FilterLogEvents', resource: GROUP.arn, context: { 'aws:ResourceTag/team': 'a' } }]);
  });
});
