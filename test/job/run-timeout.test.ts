import { Duration, Size, Token } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { longestRun, RunTimes } from '../../src/job/run-timeout';

const HOUR = 3_600;
const times: RunTimes = {
  attempts: 3, attemptTimeout: Duration.hours(1), queueTimeout: Duration.minutes(100), startTimeout: Duration.hours(3), spotFallback: false, nodes: 2,
};
const hours = (more: Partial<RunTimes> = {}) => longestRun({ ...times, ...more }).toSeconds() / HOUR;

describe('the default of runTimeout', () => {
  test('has the time of each attempt: in the queue, for its start and for its work', () => {
    expect(hours()).toBeCloseTo(12 + 3 * (1 + 100 / 60 + 3 + 0.5));
  });

  test('has another round for the on-demand queue, and one for each growth of memory from the least that a run can ask for', () => {
    expect(hours({ spotFallback: true })).toBeCloseTo(2 * hours());
    expect(hours({ maxMemory: Size.mebibytes(4_096) })).toBeCloseTo(11 * hours());
  });

  test('has time for the children of an array job one after the other', () => {
    const minute = Duration.seconds(60);
    expect(hours({ nodes: undefined, attempts: 1, attemptTimeout: minute, queueTimeout: minute, startTimeout: minute }))
      .toBeCloseTo(12 + 10_000 * (180 + 1_800) / HOUR);
    expect(hours({ nodes: undefined })).toBe(365 * 24);
  });

  test('is a year where it depends on a token, and has ten attempts where their number is a token', () => {
    const token = Duration.seconds(Token.asNumber({ Ref: 'Seconds' }));
    for (const prop of ['attemptTimeout', 'queueTimeout', 'startTimeout']) expect(hours({ [prop]: token })).toBe(365 * 24);
    expect(hours({ maxMemory: Size.mebibytes(Token.asNumber({ Ref: 'Memory' })) })).toBe(365 * 24);
    expect(hours({ attempts: Token.asNumber({ Ref: 'Attempts' }) })).toBeCloseTo(hours({ attempts: 10 }));
  });

  test('is never shorter than what the props allow, and never longer than a year', () => {
    const seconds = fc.integer({ min: 60, max: 400 * 86_400 }).map((value) => Duration.seconds(value));
    fc.assert(fc.property(fc.integer({ min: 1, max: 10 }), seconds, seconds, seconds, (attempts, attemptTimeout, queueTimeout, startTimeout) => {
      const allowed = attempts * (attemptTimeout.toSeconds() + queueTimeout.toSeconds() + startTimeout.toSeconds());
      const longest = longestRun({ ...times, attempts, attemptTimeout, queueTimeout, startTimeout }).toSeconds();
      expect(longest).toBeGreaterThanOrEqual(Math.min(allowed, 31_536_000));
      expect(longest).toBeLessThanOrEqual(31_536_000);
    }));
  });
});
