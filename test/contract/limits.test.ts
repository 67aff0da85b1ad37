import * as limits from '../../src/contract/limits';
import * as timings from '../../src/contract/timings';

// Written out from AWS's documentation; the links are in src/contract/limits.ts.
test('the limits are those that AWS documents', () => {
  expect([limits.ARRAY_SIZE, limits.SCHEDULING_PRIORITY, limits.GPUS]).toEqual([{ least: 2, most: 10_000 }, { least: 0, most: 9_999 }, { least: 1, most: 16 }]);
  expect(limits.VCPUS).toEqual({ least: 1, most: 1_024 });
  expect(limits.MEMORY).toEqual({ least: 4, most: 33_554_432 });
  expect([limits.SUBMIT_BYTES, limits.DEFINITION_BYTES, limits.CAUSE_CHARACTERS]).toEqual([30_720, 24_576, 32_768]);
  expect([limits.OVERRIDES_CHARACTERS, limits.ADDED_BY_BATCH]).toEqual([8_192, 1_024]);
});

test('a result leaves room in an output of 256 KiB', () => {
  expect(limits.RESULT_BYTES).toBe(204_800);
  expect(limits.RESULT_BYTES).toBeLessThan(256 * 1024 - limits.CAUSE_CHARACTERS);
});

test.each([
  ['a', true], ['Share1', true], ['x'.repeat(255), true],
  ['', false], ['x'.repeat(256), false], ['a b', false], ['a-b', false], ['-a', false], ['a-', false], ['é', false], ['a\n', false],
])('%j is a share identifier: %s', (text, expected) => {
  expect(limits.isShareIdentifier(text)).toBe(expected);
});

test('a heartbeat lapses only when three checks are lost', () => {
  expect(timings.HEARTBEAT).toBe(2_700);
  expect(timings.HEARTBEAT).toBe(3 * timings.LONGEST_DELAY);
});

test('a run is checked when the longest wait for its retry is over', () => {
  expect(timings.UNCERTAIN_CHECK).toBe(450);
  expect(timings.UNCERTAIN_CHECK).toBeGreaterThan(timings.LONGEST_RETRY);
});

test('a job may start for longer than an image pull may take, and a job is forgotten later than the last retry of its submission', () => {
  expect([timings.START_TIMEOUT, timings.FORGOTTEN_AFTER]).toEqual([10_800, 21_600]);
});
