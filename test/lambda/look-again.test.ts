import * as fc from 'fast-check';
import { FIRST_LOOK, LONGEST_LOOK, nextLook } from '../../src/lambda/look-again';

test.each([
  [0, 30],
  [59, 30],
  [60, 30],
  [120, 60],
  [1_799, 900],
  [1_800, 900],
  [30 * 86_400, 900],
])('a job of %d s is looked at again %d s later', (age, seconds) => {
  expect(nextLook(age)).toBe(seconds);
});

test('a job that may queue for 100 s more is not left alone for 15 minutes', () => {
  expect(nextLook(86_000, 100)).toBe(100);
});

test('every delay is a whole number that SQS takes, and none is shorter than the first look', () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.option(fc.double({ noNaN: true }), { nil: undefined }), (age, atMost) => {
    const delay = nextLook(age, atMost);
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThanOrEqual(FIRST_LOOK);
    expect(delay).toBeLessThanOrEqual(LONGEST_LOOK);
  }));
});

test('delays only grow with age', () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => {
    expect(nextLook(Math.max(a, b))).toBeGreaterThanOrEqual(nextLook(Math.min(a, b)));
  }));
});
