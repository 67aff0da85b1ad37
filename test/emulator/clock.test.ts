import * as fc from 'fast-check';
import { ScaledClock, VirtualClock } from '../../emulator/clock';

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
    const started = Date.now();
    await clock.sleep(60_000);
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(Date.now() - started).toBeLessThan(10_000);
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
    const timer = clock.after(60 * 86_400_000, () => { fired = true; });
    await new Promise((resolve) => setTimeout(resolve, 30));
    timer.cancel();
    expect(fired).toBe(false);
  });

  test.each([0, -1, NaN, Infinity])('refuses a scale of %s', (scale) => {
    expect(() => new ScaledClock(scale)).toThrow('it must be a number greater than 0');
  });
});
