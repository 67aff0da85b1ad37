import { Estimates, estimateOf, retryAfter } from '../../../src/functions/api/estimates';
import type { RunStore } from '../../../src/functions/api/run-store';
import type { StoredRun } from '../../../src/functions/api/stored-run';

const run = (status: StoredRun['status'] = 'RUNNING') => ({ job: 'sort', status, createdAt: 0 }) as StoredRun;

let now = 0;
beforeEach(() => {
  now = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

test.each([[[]], [[5]], [[5, 6]]])('the durations %j say nothing', (durations) => {
  expect(estimateOf(durations)).toBeUndefined();
});

test('an estimate is a median, and what nine of ten runs took at most', () => {
  expect(estimateOf([30, 10, 20])).toEqual({ runs: 3, medianSeconds: 20, p90Seconds: 30 });
  expect(estimateOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual({ runs: 10, medianSeconds: 5, p90Seconds: 9 });
});

test('a client asks again after a tenth of what is left, 2 to 30 seconds', () => {
  const estimate = { runs: 3, medianSeconds: 200, p90Seconds: 300 };
  expect(retryAfter(run(), estimate)).toBe(20);
  now = 150_000;
  expect(retryAfter(run(), estimate)).toBe(5);
  now = 250_000;
  expect(retryAfter(run(), estimate)).toBe(2);
  expect(retryAfter(run(), undefined)).toBe(2);
  now = 0;
  expect(retryAfter(run(), { ...estimate, medianSeconds: 10_000 })).toBe(30);
});

test('the estimate of a job is read once in a minute, and a failure is not kept', async () => {
  const durations = jest.fn().mockRejectedValueOnce(new Error('throttled')).mockResolvedValue([1, 2, 3]);
  const estimates = new Estimates({ durations } as unknown as RunStore);
  await expect(estimates.of(run())).rejects.toThrow('throttled');
  expect(await estimates.of(run())).toMatchObject({ runs: 3 });
  now = 59_999;
  await estimates.of(run());
  expect(durations).toHaveBeenCalledTimes(2);
  now = 60_000;
  await estimates.of(run());
  expect(durations).toHaveBeenCalledTimes(3);
  expect(await estimates.of(run('FAILED'))).toBeUndefined();
  expect(durations).toHaveBeenCalledTimes(3);
});
