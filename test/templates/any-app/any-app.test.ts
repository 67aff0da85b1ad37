import * as fc from 'fast-check';
import { ANY_APP } from './any-app';
import { outcomeOf } from './outcome';

test('temporary', () => {
  const counts: Record<string, number> = {};
  const started = Date.now();
  fc.sample(ANY_APP, { seed: Number(process.env.SEED ?? 1), numRuns: Number(process.env.APPS ?? 40) }).forEach((spec) => {
    const outcome = outcomeOf(spec);
    const kind = outcome.problem ? `PROBLEM ${outcome.problem.slice(0, 400)}` : outcome.refusal ? 'refused' : 'ok';
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (outcome.refusal && process.env.SHOW) console.log(outcome.refusal.slice(0, 300));
  });
  console.log(Date.now() - started, JSON.stringify(counts, null, 1));
  expect(1).toBe(1);
});
