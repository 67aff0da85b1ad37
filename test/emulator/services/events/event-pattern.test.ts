import { matchesPattern } from '../../../../emulator/services/events/event-pattern';

const event = { source: 'aws.batch', detail: { status: 'FAILED', jobId: 'a1', tags: ['x', 'y'], n: 5, nil: null, none: [], text: 'a?b*c' } };

test.each<[object, boolean]>([
  [{ source: ['aws.batch'] }, true],
  [{ source: ['aws.ecs', 'aws.batch'], detail: { status: ['SUCCEEDED'] } }, false],
  [{ detail: { tags: ['y'] } }, true],
  [{ detail: { nil: [null] } }, true],
  [{ detail: { deeper: { missing: ['x'] } } }, false],
  [{ detail: { jobId: [{ 'anything-but': { wildcard: '*:*' } }] } }, true],
  [{ detail: { jobId: [{ 'anything-but': ['a1'] }] } }, false],
  [{ detail: { jobId: [{ 'anything-but': { prefix: 'a' } }] } }, false],
  [{ detail: { missing: [{ 'anything-but': ['a1'] }] } }, false],
  [{ detail: { jobId: [{ prefix: 'a' }] } }, true],
  [{ detail: { jobId: [{ suffix: { 'equals-ignore-case': 'A1' } }] } }, true],
  [{ detail: { status: [{ 'equals-ignore-case': 'failed' }] } }, true],
  [{ detail: { status: [{ wildcard: 'F*D' }] } }, true],
  [{ detail: { n: [{ numeric: ['>', 4, '<=', 5] }] } }, true],
  [{ detail: { n: [{ numeric: ['=', 4] }] } }, false],
  [{ detail: { missing: [{ exists: false }] } }, true],
  [{ detail: { n: [{ exists: false }] } }, false],
  [{ detail: { none: [{ exists: false }] } }, true],
  [{ detail: [{ exists: false }] }, true], // an object counts as absent
  [{ detail: [{ 'anything-but': ['x'] }] }, false],
  [{ detail: { text: [{ wildcard: 'a?b*' }] } }, true],
  [{ detail: { status: [{ wildcard: 'F?I*' }] } }, false],
  [{ detail: { text: [{ wildcard: '*\\*c' }] } }, true],
  [{ detail: { status: [{ wildcard: 'FAIL\\*' }] } }, false],
  [{ detail: { $or: [{ n: [4] }, { jobId: ['a1'] }] } }, true],
])('the pattern %j matches: %s', (pattern, expected) => {
  expect(matchesPattern(pattern, event)).toBe(expected);
});

test.each(['0c3a-1:17', '0c3a-1#0'])('a pattern can exclude the children of array jobs and the nodes of multi-node jobs by their ids: %s', (jobId) => {
  const pattern = { detail: { jobId: [{ 'anything-but': { wildcard: ['*:*', '*#*'] } }] } };
  expect(matchesPattern(pattern, { detail: { jobId } })).toBe(false);
});

test('an unsupported operator is an error', () => {
  expect(() => matchesPattern({ a: [{ cidr: '10.0.0.0/8' }] }, { a: '10.0.0.1' })).toThrow("does not support the pattern operator 'cidr'");
});
