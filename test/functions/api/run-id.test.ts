import * as fc from 'fast-check';
import { newRunId, ownerHash, ownerOfRun } from '../../../src/functions/api/run-id';

test('an id has the hash of its owner, and fits into the name of an execution', () => {
  const id = newRunId(ownerHash('sub:a'), Date.UTC(2026, 0, 1));
  expect(ownerOfRun(id)).toBe(ownerHash('sub:a'));
  expect(id).toMatch(/^[0-9a-z-]{50}$/);
});

test('ids are in the order of their times', () => {
  const time = fc.integer({ min: 0, max: Date.UTC(4000, 0) });
  fc.assert(fc.property(time, time, (a, b) => {
    const [first, second] = [newRunId('0'.repeat(20), a), newRunId('0'.repeat(20), b)];
    expect(a === b || (a < b) === (first < second)).toBe(true);
  }));
});

test('two ids of one moment differ', () => {
  expect(newRunId('', 0)).not.toBe(newRunId('', 0));
});

test('two owners have two hashes', () => {
  expect(ownerHash('sub:a')).not.toBe(ownerHash('sub:b'));
});

test.each(['', 'run-1', '../x', 'a'.repeat(50), `${'0'.repeat(29)}-${'A'.repeat(20)}`, `${'0'.repeat(29)}-${'0'.repeat(20)}\n`])('%j is no id of an API', (id) => {
  expect(ownerOfRun(id)).toBeUndefined();
});
