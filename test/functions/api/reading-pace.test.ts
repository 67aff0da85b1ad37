import { ReadingPace } from '../../../src/functions/api/reading-pace';

const [LEAST, PERIOD, CALLS] = [2_000, 2, 10];

let now: number;
beforeEach(() => {
  now = Date.parse('2026-01-01T00:00:00Z');
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

/** Clients that ask every two seconds, each at the same time of a period. Returns the age of each reading, in seconds. */
function ask(pace: ReadingPace, readAt: number[], periods: number): number[] {
  for (let period = 0; period < periods; period++) {
    let calls = 0;
    readAt.forEach((at, client) => {
      now += 1000 * PERIOD / readAt.length;
      if (!pace.isTurn(at)) return;
      if (calls++ < CALLS) readAt[client] = now;
      else pace.foundNone();
    });
  }
  return readAt.map((at) => (now - at) / 1000).sort((a, b) => a - b);
}

const manyRuns = (count: number) => new Array<number>(count).fill(0);

test('runs that the budget is enough for are read each time', () => {
  expect(ask(new ReadingPace(LEAST, PERIOD), manyRuns(CALLS), 100).at(-1)).toBeLessThanOrEqual(PERIOD);
});

test('every run has its turn when the budget is not enough for all, although the same ones always ask first', () => {
  const ages = ask(new ReadingPace(LEAST, PERIOD), manyRuns(100), 1_000);
  expect(ages.at(-1)).toBeLessThan(60);
});

test('a crowd that has gone is forgotten within two minutes', () => {
  const pace = new ReadingPace(LEAST, PERIOD);
  ask(pace, manyRuns(1_000), 300);
  expect(pace.isTurn(now - 60_000)).toBe(false);
  ask(pace, manyRuns(CALLS), 60);
  expect(pace.isTurn(now - LEAST)).toBe(true);
});

test('a run waits for a quarter of an hour at most', () => {
  const pace = new ReadingPace(LEAST, PERIOD);
  for (let period = 0; period < 1_000; period++) {
    now += 1000 * PERIOD;
    pace.isTurn(0);
    pace.foundNone();
  }
  expect(pace.isTurn(now - 15 * 60_000)).toBe(true);
  expect(pace.isTurn(now - 15 * 60_000 + 1)).toBe(false);
});

test('the time between two readings changes once in a period, after one that was short or was enough', () => {
  const pace = new ReadingPace(10_000, PERIOD);
  const between = () => [9_000, 10_000, 11_000, 12_100].find((milliseconds) => pace.isTurn(now - milliseconds - 1));
  expect([between(), between()]).toEqual([10_000, 10_000]);
  pace.foundNone();
  expect(between()).toBe(10_000);
  now += 1000 * PERIOD;
  expect([between(), between()]).toEqual([11_000, 11_000]);
  pace.foundNone();
  now += 1000 * PERIOD;
  expect(between()).toBe(12_100);
  now += 10 * 1000 * PERIOD;
  expect(between()).toBe(10_000);
});
