import * as fc from 'fast-check';
import { Seeded, sequence } from '../../simulation/seeded';

test('a number depends on the seed and the key, and not on the order of the draws', () => {
  fc.assert(fc.property(fc.string(), fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), (seed, keys) => {
    const draw = (order: string[]) => {
      const seeded = new Seeded(seed);
      return new Map(order.map((key) => [key, seeded.next(key)]));
    };
    const [forwards, backwards] = [draw(keys), draw([...keys].reverse())];
    keys.forEach((key) => expect(forwards.get(key)).toBe(backwards.get(key)));
  }));
});

test('each number of a range is in the range, and an infinite range stays infinite', () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => {
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const drawn = new Seeded('s').between([from, to], 'x');
    expect(drawn).toBeGreaterThanOrEqual(from * (1 - 1e-9));
    expect(drawn).toBeLessThanOrEqual(to * (1 + 1e-9));
  }));
  expect(new Seeded('s').between([Infinity, Infinity], 'x')).toBe(Infinity);
});

test.each([0, 0.1, 0.5, 0.9, 1])('a chance of %d occurs about as often', (probability) => {
  const seeded = new Seeded('chances');
  const hits = Array.from({ length: 4_000 }, () => seeded.chance(probability, 'x')).filter(Boolean).length;
  expect(Math.abs(hits / 4_000 - probability)).toBeLessThan(0.03);
});

test('the sequences of similar seeds are not correlated', () => {
  const [a, b] = [sequence('a/1'), sequence('a/2')];
  const draws = Array.from({ length: 1_000 }, () => [a(), b()]);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(draws.map(([x]) => x)) - 0.5)).toBeLessThan(0.05);
  expect(Math.abs(mean(draws.map(([x, y]) => (x - 0.5) * (y - 0.5))))).toBeLessThan(0.01);
});
