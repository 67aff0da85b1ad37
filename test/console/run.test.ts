import type { Run } from '../../console/api/types';
import { countsOf } from '../../console/list/counts';
import { hashOf, routeOf, viewOf } from '../../console/router';
import { costOf, hoursText, usdText } from '../../console/run/cost';
import { grouped, runningSeconds } from '../../console/run/timeline';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 27, 10) + seconds * 1000).toISOString();
const now = (seconds: number) => Date.parse(at(seconds));

const TIMELINE = [
  { status: 'SUBMITTED', at: at(0), redrives: 0 },
  { status: 'RUNNABLE', at: at(1), redrives: 0, round: 1, attempt: 1 },
  { status: 'RUNNING', at: at(10), redrives: 0, round: 1, attempt: 1 },
  { status: 'RUNNABLE', at: at(70), redrives: 0, round: 1, attempt: 2 },
  { status: 'RUNNING', at: at(80), redrives: 0, round: 1, attempt: 2 },
  { status: 'RUNNABLE', at: at(90), redrives: 0, round: 2, attempt: 1 },
  { status: 'RUNNING', at: at(95), redrives: 0, round: 2, attempt: 1 },
  { status: 'FAILED', at: at(100), redrives: 0 },
  { status: 'SUBMITTED', at: at(200), redrives: 1 },
];

test('the timeline is by redrive, round and attempt, with the time until the next step', () => {
  const groups = grouped(TIMELINE, now(230), false);
  expect(groups.map(({ title, steps }) => [title, ...steps.map(({ status, seconds }) => `${status} ${seconds}`)])).toEqual([
    ['Round 1, attempt 1', 'SUBMITTED 1', 'RUNNABLE 9', 'RUNNING 60'],
    ['Round 1, attempt 2', 'RUNNABLE 10', 'RUNNING 10'],
    ['Round 2, attempt 1', 'RUNNABLE 5', 'RUNNING 5', 'FAILED 100'],
    ['Redrive 1, round 1, attempt 1', 'SUBMITTED 30'],
  ]);
});

test('the end of a run takes no time', () => {
  expect(grouped(TIMELINE.slice(0, 8), now(999), true).at(-1)!.steps.at(-1)!.seconds).toBeUndefined();
});

const run = (values: Partial<Run>): Run => ({ id: 'a', job: 'report', status: 'RUNNING', createdAt: at(0), updatedAt: at(0), elapsedSeconds: 0, redrives: 0, ...values });

test('only the time in which containers run costs', () => {
  expect(runningSeconds(TIMELINE, now(230))).toBe(75);
  const cost = costOf(run({ resources: { vcpus: 2, memoryMiB: 4096 }, timeline: [{ status: 'RUNNING', at: at(0) }] }), now(3600))!;
  expect(cost.hours).toBe(1);
  expect(cost.usd).toBeCloseTo(2 * 0.04048 + 4 * 0.004445);
});

test('without a timeline the time since the start counts, and without a size nothing is said', () => {
  const resources = { vcpus: 1, memoryMiB: 1024 };
  expect(costOf(run({ resources, startedAt: at(0), endedAt: at(1800) }), now(9_999))!.hours).toBe(0.5);
  expect(costOf(run({ resources }), now(10))).toBeUndefined();
  expect(costOf(run({ startedAt: at(0) }), now(10))).toBeUndefined();
  expect(costOf(run({ resources, startedAt: at(0), timelineTruncated: true }), now(10))).toBeUndefined();
});

test('small amounts are not said with more digits than they have', () => {
  expect([usdText(0.0001), usdText(0.421)]).toEqual(['less than 0.01 USD', 'about 0.42 USD']);
  expect([hoursText(2.04), hoursText(0.5), hoursText(0.01)]).toEqual(['2.0 container hours', '30 container minutes', '36 container seconds']);
});

test('runs are counted, and where a page has ended there may be more', () => {
  const noon = new Date(2026, 10, 27, 12).getTime();
  const before = (hours: number) => new Date(noon - hours * 3_600_000).toISOString();
  const failed = [run({ status: 'FAILED', endedAt: before(2) }), run({ status: 'FAILED', endedAt: before(30) })];
  const waiting = ['CAPACITY', 'QUOTA', 'CAPACITY'].map((reason) => run({ status: 'RUNNABLE', reason }));
  const other = run({ status: 'PENDING' });
  const counts = countsOf([{ status: 'FAILED', runs: failed, next: 'x' }, { status: 'RUNNABLE', runs: waiting, next: 'y' }, { runs: [run({ status: 'SUCCEEDED', endedAt: before(1) }), run({ status: 'TELEPORTED' }), other] }], noon);
  expect(counts).toEqual({
    attention: { runs: 1, isMore: true, statuses: [['FAILED', 1]] },
    waiting: { runs: 4, isMore: true, statuses: [['RUNNABLE', 3], ['PENDING', 1]] },
    running: { runs: 0, isMore: false, statuses: [] },
    done: { runs: 1, isMore: false, statuses: [['SUCCEEDED', 1]] },
    reasons: ['CAPACITY', 'QUOTA'],
  });
});

test('a further page may have more of what is counted, until its runs are too old', () => {
  const page = (createdAt: string) => countsOf([{ status: 'FAILED', runs: [run({ status: 'FAILED', createdAt, endedAt: at(0) })], next: 'x' }], now(0) + 2 * 86_400_000).attention;
  expect(page(at(0))).toEqual({ runs: 0, isMore: true, statuses: [] });
  expect(page(at(-14 * 86_400)).isMore).toBe(false);
  expect(countsOf([{ status: 'RUNNING', runs: [], next: 'x' }], now(0)).running.isMore).toBe(true);
});

test('filters and pages change no view', () => {
  expect(['#/', '#/?job=a', '#/?next=b', '#/new/a', '#/runs/a', '#/runs/b'].map((hash) => viewOf(routeOf(hash)))).toEqual(['list', 'list', 'list', 'new', 'run a', 'run b']);
});

test.each(['#/', '#/?job=report&status=FAILED&next=abc', '#/new', '#/new/report', '#/runs/0mhz8k2p-9f86'])('%s is the address of its view', (hash) => {
  expect(hashOf(routeOf(hash))).toBe(hash);
});

test.each(['', '#', '#/nowhere', '#/%E0%A4%A'])('%j leads to the list', (hash) => {
  expect(routeOf(hash)).toMatchObject({ view: 'list' });
});
