import { State } from '../../../emulator/states/definition';
import { waitDelay } from '../../../emulator/states/wait';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const delay = (fields: object, value?: unknown) => waitDelay({ Type: 'Wait', ...fields } as State, { data: { value }, context: {}, random: () => 0 }, NOW);

test.each<[object, unknown, number]>([
  [{ Seconds: 5 }, undefined, 5000],
  [{ SecondsPath: '$.value' }, 0, 0],
  [{ SecondsPath: '$.value' }, 7, 7000],
  [{ Timestamp: '2026-01-01T00:01:00Z' }, undefined, 60_000],
  [{ TimestampPath: '$.value' }, '2026-01-01T00:00:01.5Z', 1500],
  [{ TimestampPath: '$.value' }, '2025-12-31T23:59:00Z', -60_000],
])('a Wait state with %j and the value %j waits %d ms', (fields, value, expected) => {
  expect(delay(fields, value)).toBe(expected);
});

test.each<[object, unknown, string]>([
  [{ SecondsPath: '$.value' }, -1, 'The SecondsPath parameter references a negative value: $.value == -1'],
  [{ SecondsPath: '$.value' }, 1.5, 'The SecondsPath parameter cannot be parsed as a long value: $.value == 1.5'],
  [{ SecondsPath: '$.value' }, 'soon', 'The SecondsPath parameter cannot be parsed as a long value: $.value == soon'],
  [{ SecondsPath: '$.value' }, [], 'The SecondsPath parameter cannot be parsed as a long value: $.value == []'],
  [{ TimestampPath: '$.value' }, '2016-12-05', 'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.value == 2016-12-05'],
  [{ TimestampPath: '$.value' }, 7, 'does not reference a valid ISO-8601 extended offset date-time format string: $.value == 7'],
])('a Wait state with %j and the value %j fails the execution', (fields, value, cause) => {
  expect(() => delay(fields, value)).toThrow(expect.objectContaining({ error: 'States.Runtime', cause: expect.stringContaining(cause) }));
});
