import { isTimestamp } from '../../../emulator/states/timestamp';

test.each<[unknown, boolean]>([
  ['2016-03-14T01:59:00Z', true],
  ['2016-03-14T01:59:00.123456789Z', true],
  ['2016-03-14T01:59:00+02:00', true],
  ['2016-03-14T01:59:00', false],
  ['2016-03-14 01:59:00Z', false],
  ['2016-13-05T21:29:29Z', false],
  ['2016-12-05T25:29:29Z', false],
  ['05-12-2016T21:29:29Z', false],
  ['', false],
  [0, false],
  [null, false],
])('%j is a timestamp: %s', (value, expected) => {
  expect(isTimestamp(value)).toBe(expected);
});
