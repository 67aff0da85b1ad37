import { FAILURE_EXAMPLES } from './failure-examples';
import { FAILURE_REASONS } from '../../src/contract/errors';
import { FAILURES, STATEMENTS } from '../../src/contract/failures';

const familyOf = ({ statusReason, reason = '' }: { statusReason: string; reason?: string }) => FAILURES.find(({ pattern }) => pattern.test(statusReason) || pattern.test(reason));

test.each(FAILURE_EXAMPLES)('$statusReason; $reason: $means', (example) => {
  expect(familyOf(example)).toMatchObject({ reason: example.means, transient: !example.final });
});

test.each(FAILURE_EXAMPLES)('the family of $statusReason; $reason does not depend on what an older agent cut off', (example) => {
  expect(familyOf({ statusReason: example.statusReason.slice(0, 255), reason: example.reason?.slice(0, 255) })).toBe(familyOf(example));
});

test('each family has an example and a source', () => {
  const known = new Set(FAILURE_EXAMPLES.map(familyOf));
  expect(FAILURES.filter((family) => !known.has(family))).toEqual([]);
  for (const { source } of FAILURES) expect(source).toMatch(/^https:\/\//);
});

test('each reason is told by Batch, by a family, or by the exit code', () => {
  const told = new Set([...STATEMENTS, ...FAILURES].map(({ reason }) => reason));
  expect(FAILURE_REASONS.filter((reason) => !told.has(reason))).toEqual(['Cancelled', 'ExitCode', 'Unknown']);
});

test.each(['Container Overrides length must be at most 8192', 'CosmicRayError: a bit was turned over', 'app: no space left on device', 'Array Child Job failed'])('%s is of no family', (text) => {
  expect([familyOf({ statusReason: text }), familyOf({ statusReason: '', reason: text })]).toEqual([undefined, undefined]);
});
