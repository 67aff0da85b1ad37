import * as fc from 'fast-check';
import { LONGEST_DELAY } from '../../../src/contract/timings';
import { nextCheck } from '../../../src/functions/check/schedule';

test.each([
  [0, 30],
  [20, 10],
  [24, 6],
  [25, 35],
  [29, 31],
  [30, 30],
  [60, 30],
  [90, 45],
  [1_547, 774],
  [2_321, 890],
  [2_321 - 4, 894],
  [2_321 - 5, 895],
  [2_321 - 6, 6],
  [2_321 + 2_880 * 890, 890],
])('a job of %d s is checked again %d s later', (age, seconds) => {
  expect(nextCheck(age)).toBe(seconds);
});

test('a job that may wait for 100 more seconds is checked after 100 seconds', () => {
  expect(nextCheck(2_321, 100)).toBe(100);
});

test('every delay is a whole number that SQS accepts, and is long enough to be another check', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.option(fc.double({ noNaN: true }), { nil: undefined }), (age, atMost) => {
    const delay = nextCheck(age, atMost);
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThanOrEqual(5);
    expect(delay).toBeLessThanOrEqual(LONGEST_DELAY);
  }));
});

test('a job is checked again within half of its age, or within the time of the first check', () => {
  fc.assert(fc.property(fc.nat(10_000_000), (age) => {
    expect(nextCheck(age)).toBeLessThanOrEqual(Math.max(age / 2, 30) + 5);
  }));
});

test('two messages about one job meet again, however far apart they are', () => {
  const checksFrom = (age: number) => Array.from({ length: 30 }).reduce<number[]>((ages) => [...ages, ages.at(-1)! + nextCheck(ages.at(-1)!)], [age]);
  fc.assert(fc.property(fc.nat(100_000), fc.nat(900), (age, later) => {
    const [one, other] = [checksFrom(age), checksFrom(age + later)];
    expect(one).toContain(other[3]);
  }));
});
