import * as fc from 'fast-check';
import { LONGEST_LOOK, nextLook } from '../../../src/functions/check/schedule';

test.each([
  [0, 30],
  [20, 10],
  [29, 31],
  [30, 30],
  [60, 30],
  [90, 45],
  [1_547, 774],
  [2_321, 890],
  [2_321 - 4, 894],
  [2_321 + 2_880 * 890, 890],
])('a job of %d s is looked at again %d s later', (age, seconds) => {
  expect(nextLook(age)).toBe(seconds);
});

test('a job that may queue for 100 s more is not left alone for 15 minutes', () => {
  expect(nextLook(2_321, 100)).toBe(100);
});

test('every delay is a whole number that SQS takes, and none is so short that it would be the same look', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.option(fc.double({ noNaN: true }), { nil: undefined }), (age, atMost) => {
    const delay = nextLook(age, atMost);
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThanOrEqual(5);
    expect(delay).toBeLessThanOrEqual(LONGEST_LOOK);
  }));
});

test('a job is never left alone for more than half of its age, but for what a first look takes', () => {
  fc.assert(fc.property(fc.nat(10_000_000), (age) => {
    expect(nextLook(age)).toBeLessThanOrEqual(Math.max(age / 2, 30) + 5);
  }));
});

test('two messages about one job come together, however far apart they are', () => {
  const looksFrom = (age: number) => Array.from({ length: 30 }).reduce<number[]>((ages) => [...ages, ages.at(-1)! + nextLook(ages.at(-1)!)], [age]);
  fc.assert(fc.property(fc.nat(100_000), fc.nat(900), (age, later) => {
    const [one, other] = [looksFrom(age), looksFrom(age + later)];
    expect(one).toContain(other[3]);
  }));
});
