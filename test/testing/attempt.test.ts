import { HeavyBatchAttempt } from '../../src/testing';
import { millisecondsOf } from '../../src/testing/duration';

/** What the process is sent. */
const sent = (attempt: HeavyBatchAttempt) => JSON.parse(JSON.stringify(attempt));

test('an attempt is sent with what is given, and with nothing else', () => {
  expect(sent(HeavyBatchAttempt.succeeds())).toEqual({ ends: 'SUCCEEDS' });
  expect(sent(HeavyBatchAttempt.succeeds({ result: { pages: 12 } }))).toEqual({ ends: 'SUCCEEDS', result: { pages: 12 } });
  expect(sent(HeavyBatchAttempt.fails())).toEqual({ ends: 'FAILS' });
  expect(sent(HeavyBatchAttempt.fails({ exitCode: 7 }))).toEqual({ ends: 'FAILS', exitCode: 7 });
  expect(sent(HeavyBatchAttempt.outOfMemory())).toEqual({ ends: 'OUT_OF_MEMORY' });
  expect(sent(HeavyBatchAttempt.spotInterruption())).toEqual({ ends: 'SPOT_INTERRUPTION' });
  expect(sent(HeavyBatchAttempt.neverEnds())).toEqual({ ends: 'NEVER' });
});

test('each attempt takes how long it runs and what it writes', () => {
  const options = { runsFor: { minutes: 3 }, output: ['::progress 40 rendering'] };
  const { succeeds, fails, outOfMemory, spotInterruption, neverEnds } = HeavyBatchAttempt;
  for (const make of [succeeds, fails, outOfMemory, spotInterruption, neverEnds]) {
    expect(sent(make(options))).toMatchObject({ runsFor: 180_000, output: options.output });
  }
});

test('the parts of a duration are added up, to whole milliseconds', () => {
  expect(millisecondsOf({ days: 1, hours: 2, minutes: 3, seconds: 4 })).toBe(93_784_000);
  expect(millisecondsOf({ seconds: 0.0015 })).toBe(2);
  expect(millisecondsOf({ minutes: undefined, hours: 1 })).toBe(3_600_000);
  expect(millisecondsOf({})).toBe(0);
});

test('a unit that is not known is refused, with those that are', () => {
  expect(() => millisecondsOf({ weeks: 1 } as object)).toThrow("a duration has 'weeks'; use days, hours, minutes, seconds");
  expect(() => millisecondsOf({ toString: 1 } as object)).toThrow("a duration has 'toString'");
});
