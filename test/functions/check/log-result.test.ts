import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { LateResult, logResult } from '../../../src/functions/check/log-result';

const mock = mockClient(CloudWatchLogsClient);
const client = new CloudWatchLogsClient({});
const LOG = { logGroup: '/log', logStream: 'run/default/1', startedAt: 2_000_000, stoppedAt: 5_000_000 };
/** Its reads are neither earlier nor later than those of an average job. */
const JOB = 'job-290';
const events = (...messages: string[]) => messages.map((message) => ({ message }));
const error = (name: string) => Object.assign(new Error('why'), { name });
const resultAfter = (waited: number) => logResult(client, JOB, LOG, waited);

beforeEach(() => mock.reset());

test('the last result counts, and the newest lines are read first', async () => {
  mock.on(GetLogEventsCommand).resolves({ events: events('begin', '::result 1', '::result {"a": [2]}', 'end') });
  await expect(resultAfter(1)).resolves.toEqual({ result: { a: [2] }, resultUri: null });
  expect(mock.commandCalls(GetLogEventsCommand).map((call) => call.args[0].input)).toEqual([
    { logGroupName: '/log', logStreamName: 'run/default/1', startTime: 1_100_000, endTime: 5_900_000, startFromHead: false, nextToken: undefined },
  ]);
});

test('pages are read backwards, also empty ones, until the beginning of the log', async () => {
  mock.on(GetLogEventsCommand)
    .resolvesOnce({ events: events('end'), nextBackwardToken: 'b/2' })
    .resolvesOnce({ events: [], nextBackwardToken: 'b/1' })
    .resolvesOnce({ events: events('::result 3'), nextBackwardToken: 'b/0' });
  await expect(resultAfter(1)).resolves.toEqual({ result: 3, resultUri: null });
  expect(mock.commandCalls(GetLogEventsCommand).map((call) => call.args[0].input.nextToken)).toEqual([undefined, 'b/2', 'b/1']);
});

test('a page with its own token is the last one', async () => {
  mock.on(GetLogEventsCommand).resolves({ events: events('one line'), nextBackwardToken: 'b/0' });
  await resultAfter(1);
  expect(mock.commandCalls(GetLogEventsCommand)).toHaveLength(2);
});

test('of a long log without a result, some pages are read', async () => {
  let page = 0;
  mock.on(GetLogEventsCommand).callsFake(() => ({ events: events('noise'), nextBackwardToken: `b/${page++}` }));
  await resultAfter(1);
  expect(page).toBe(3);
  await expect(resultAfter(60)).resolves.toMatchObject({ resultError: "none of the newest 3 lines of the log begins with '::result ', 60 s after the first look" });
});

test('empty pages are not counted', async () => {
  let page = 0;
  mock.on(GetLogEventsCommand).callsFake(() => ({ events: page < 40 ? [] : events('::result 7'), nextBackwardToken: `b/${page++}` }));
  await expect(resultAfter(0)).resolves.toEqual({ result: 7, resultUri: null });
});

test('jobs that end together read at different times, and each job at its own', async () => {
  mock.on(GetLogEventsCommand).resolves({ events: [] });
  const delays = await Promise.all(Array.from({ length: 50 }, async (_, index) => (await logResult(client, `job-${index}`, LOG, 59) as LateResult).readAgainAfter));
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...delays)).toBeLessThanOrEqual(30);
  expect(new Set(delays).size).toBeGreaterThan(10);
});

test('of many logs, a few are read at once', async () => {
  let [now, most] = [0, 0];
  mock.on(GetLogEventsCommand).callsFake(async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
    return { events: events('::result 1') };
  });
  const results = await Promise.all(Array.from({ length: 30 }, (_, index) => logResult(client, `job-${index}`, LOG, 0)));
  expect(results).toEqual(Array.from({ length: 30 }, () => ({ result: 1, resultUri: null })));
  expect(most).toBe(4);
});

test.each([[0, 5], [10, 5], [30, 10], [59, 20]])('%i s after the first look, a line that is missing is looked for again after %i s', async (age, readAgainAfter) => {
  mock.on(GetLogEventsCommand).resolves({ events: events('end') });
  await expect(resultAfter(age)).resolves.toEqual({ readAgainAfter });
});

test.each([
  ['a line is missing', {}, 'the log is empty, 60 s after the first look'],
  ['there is no stream', error('ResourceNotFoundException'), 'the log could not be read: ResourceNotFoundException: why, 60 s after the first look'],
  ['the check function may not read the log, as in the middle of a deploy', error('AccessDeniedException'), 'the log could not be read: AccessDeniedException: why, 60 s after the first look'],
])('after a minute it ends when %s', async (_, answer, resultError) => {
  if (answer instanceof Error) mock.on(GetLogEventsCommand).rejects(answer);
  else mock.on(GetLogEventsCommand).resolves(answer);
  await expect(resultAfter(59)).resolves.toHaveProperty('readAgainAfter');
  await expect(resultAfter(60)).resolves.toEqual({ result: null, resultUri: null, resultError });
});

test('reads that the account has no room for are tried for twenty minutes, further and further apart', async () => {
  mock.on(GetLogEventsCommand).rejects(error('ThrottlingException'));
  await expect(resultAfter(60)).resolves.toEqual({ readAgainAfter: 20 });
  await expect(resultAfter(1_199)).resolves.toEqual({ readAgainAfter: 60 });
  await expect(resultAfter(1_200)).resolves.toMatchObject({ resultError: 'the log could not be read: ThrottlingException: why, 1200 s after the first look' });
});

test.each([
  ['is not JSON', '::result done', 'the result is not JSON: '],
  ['is too long', `::result "${'x'.repeat(205_000)}"`, 'the result has 205002 bytes, and the output of a run carries 204800 at most: write it to the bucket instead'],
  ['has a number that is not exact', '::result 616581622363398142', 'the number 616581622363398142 in the result cannot be passed on exactly'],
])('a result that %s says so at once', async (_, message, resultError) => {
  mock.on(GetLogEventsCommand).resolves({ events: events(message) });
  await expect(resultAfter(0)).resolves.toMatchObject({ result: null, resultError: expect.stringContaining(resultError) });
});

test('without a stream there is no log to read, and AWS Batch may name it later', async () => {
  await expect(logResult(client, JOB, { logGroup: '/log' }, 0)).resolves.toHaveProperty('readAgainAfter');
  await expect(logResult(client, JOB, { logGroup: '/log' }, 60)).resolves.toMatchObject({ resultError: expect.stringContaining('AWS Batch names no log stream') });
  expect(mock.calls()).toEqual([]);
});
