import * as fc from 'fast-check';
import { inWholeSeconds, ScaledClock, VirtualClock } from '../../emulator/clock';

describe('VirtualClock', () => {
  test('fires timers in the order of their time, and ties in the order in which they were set', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), (delays) => {
      const clock = new VirtualClock(0);
      const fired: [number, number][] = [];
      delays.forEach((delay, index) => clock.after(delay, () => fired.push([delay, index])));
      while (clock.advance());
      expect(fired).toEqual(delays.map((delay, index) => [delay, index]).sort(([a, i], [b, j]) => a - b || i - j));
      expect(clock.now()).toBe(Math.max(0, ...delays));
    }));
  });

  test('stands still until it is advanced', () => {
    const clock = new VirtualClock(1_000);
    let fired = 0;
    clock.after(86_400_000, () => fired++);
    expect([clock.now(), clock.next(), fired]).toEqual([1_000, 86_401_000, 0]);
    expect(clock.advance()).toBe(true);
    expect([clock.now(), clock.next(), fired]).toEqual([86_401_000, undefined, 1]);
    expect(clock.advance()).toBe(false);
  });

  test('does not fire a timer that was cancelled', () => {
    const clock = new VirtualClock(0);
    clock.after(5, () => { throw new Error('fired'); }).cancel();
    expect(clock.next()).toBeUndefined();
    expect(clock.advance()).toBe(false);
  });

  test('goes back to its start time and drops all timers', () => {
    const clock = new VirtualClock(7);
    clock.after(5, () => undefined);
    clock.advance();
    clock.after(5, () => { throw new Error('fired'); });
    clock.restart();
    expect([clock.now(), clock.next(), clock.advance()]).toEqual([7, undefined, false]);
  });

  test('treats a time in the past as now', () => {
    const clock = new VirtualClock(10);
    clock.after(-5, () => undefined);
    clock.advance();
    expect(clock.now()).toBe(10);
  });

  test('fires what is left when some of the timers were cancelled', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 60 }), (timers) => {
      const clock = new VirtualClock(0);
      const fired: number[] = [];
      timers.map(([delay], index) => clock.after(delay, () => fired.push(index))).forEach((timer, index) => timers[index][1] && timer.cancel());
      while (clock.advance());
      expect(fired).toEqual(timers.map(([delay, isCancelled], index) => ({ delay, isCancelled, index })).filter(({ isCancelled }) => !isCancelled)
        .sort((a, b) => a.delay - b.delay || a.index - b.index).map(({ index }) => index));
    }));
  });

  test('resolves sleep() when its time has come', async () => {
    const clock = new VirtualClock(0);
    const slept = clock.sleep(10).then(() => clock.now());
    clock.advance();
    expect(await slept).toBe(10);
  });
});

describe('ScaledClock', () => {
  test('runs faster with a scale', async () => {
    const clock = new ScaledClock(1_000);
    const before = clock.now();
    expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
    const started = Date.now();
    await clock.sleep(60_000);
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('begins at the time that another one has come to', () => {
    const from = Date.now() + 3_600_000;
    expect(Math.abs(new ScaledClock(1, from).now() - from)).toBeLessThan(60_000);
  });

  test('fires a timer not before its time, and one that was cancelled never', async () => {
    const clock = new ScaledClock();
    const fired: string[] = [];
    const started = clock.now();
    clock.after(5, () => fired.push('cancelled')).cancel();
    clock.after(-5, () => fired.push('past'));
    await clock.sleep(40);
    expect(clock.now() - started).toBeGreaterThanOrEqual(40);
    expect(fired).toEqual(['past']);
  });

  test('sets no timer after it was stopped', () => {
    const clock = new ScaledClock();
    clock.stop();
    const set = jest.spyOn(global, 'setTimeout');
    clock.after(1, () => undefined).cancel();
    void clock.sleep(1);
    expect(set).not.toHaveBeenCalled();
    set.mockRestore();
  });

  test('fires no timer after it was stopped', async () => {
    const clock = new ScaledClock();
    let fired = false;
    clock.after(5, () => { fired = true; });
    clock.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(fired).toBe(false);
  });

  test('waits longer than a timer of Node.js can', async () => {
    const clock = new ScaledClock();
    let fired = false;
    const timers = jest.spyOn(global, 'setTimeout');
    const timer = clock.after(60 * 86_400_000, () => { fired = true; });
    expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1]);
    timers.mockRestore();
    await new Promise((resolve) => setTimeout(resolve, 30));
    timer.cancel();
    expect(fired).toBe(false);
  });

  test.each([0, -1, NaN, Infinity])('refuses a scale of %s', (scale) => {
    expect(() => new ScaledClock(scale)).toThrow('it must be a number greater than 0');
  });
});

test.each([[0, '1970-01-01T00:00:00Z'], [999, '1970-01-01T00:00:00Z'], [1_000, '1970-01-01T00:00:01Z']])('%s milliseconds are %s in an event', (time, text) => {
  expect(inWholeSeconds(time)).toBe(text);
});
