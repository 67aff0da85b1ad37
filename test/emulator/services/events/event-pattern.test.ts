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

describe('objects in lists', () => {
  const steps = { steps: [{ name: 'a', state: { code: 1 } }, { name: 'b', state: { code: 2 }, notes: ['x', 'y'] }] };

  test.each<[object, boolean]>([
    [{ steps: { name: ['b'] } }, true],
    [{ steps: { name: ['c'] } }, false],
    [{ steps: { name: ['b'], state: { code: [2] } } }, true],
    [{ steps: { name: ['a'], state: { code: [2] } } }, false], // both are there, but in two elements of the list
    [{ steps: { name: ['a', 'b'], state: { code: [2] } } }, true], // the first value that matches is not the one that fits
    [{ steps: { name: ['b'], notes: ['y'] } }, true],
    [{ steps: { name: ['a'], notes: ['y'] } }, false],
    [{ steps: { owner: [{ exists: false }] } }, true],
    [{ steps: { notes: [{ exists: false }] } }, false], // one element has notes
  ])('%j matches: %s', (pattern, expected) => {
    expect(matchesPattern(pattern, steps)).toBe(expected);
  });

  test('values of two different lists match together', () => {
    expect(matchesPattern({ a: ['x'], b: ['y'] }, { a: ['x', 'z'], b: ['z', 'y'] })).toBe(true);
  });
});

test.each([
  [{ 'detail.status': ['FAILED'] }, { detail: { status: 'FAILED' } }],
  [{ detail: { status: ['FAILED'] } }, { 'detail.status': 'FAILED' }],
])('a name with a dot is a field in a field: %j', (pattern, matching) => {
  expect(matchesPattern(pattern, matching)).toBe(true);
});

test.each<[string, unknown, boolean]>([
  ['10.0.0.0/24', '10.0.0.255', true],
  ['10.0.0.0/24', '10.0.1.0', false],
  ['10.0.0.0/24', '10.0.0.256', false],
  ['10.0.0.0/24', 167772165, false],
  ['10.0.0.0/24', '2001:db8::1', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['2001:db8:1234:1a00::/64', '2001:0db8:1234:1a00:0000:0000:0000:0000', true],
  ['2001:db8:1234:1a00::/64', '2001:db8:1234:1a01::', false],
])('the addresses of %s include %s: %s', (cidr, address, expected) => {
  expect(matchesPattern({ address: [{ cidr }] }, { address })).toBe(expected);
});

test.each<[unknown[], unknown, boolean]>([
  [['=', 5], 5, true],
  [['=', 5], 5.5, false],
  [['<', 5], 5, false],
  [['<=', 5], 5, true],
  [['>', 5], 5, false],
  [['>=', 5], 5, true],
  [['>', 0, '<', 5], 0, false],
  [['>', 0, '<', 5], 5, false],
  [['>=', 0, '<=', 5], 0, true],
  [['>=', 0, '<=', 5], 5, true],
  [['>=', 0], '1', false],
  [['>=', 0], null, false],
  [['>=', 0], 5e9, true],
  [['>=', 0], 5e9 + 1, false], // EventBridge compares no larger numbers
])('a number that is %j is %s: %s', (numeric, value, expected) => {
  expect(matchesPattern({ value: [{ numeric }] }, { value })).toBe(expected);
});

test.each<[unknown, unknown, boolean]>([
  ['a', null, true],
  ['a', ['a', 'b'], true], // one of the values is another one
  [0, 0, false],
  [[1, 2], 2, false],
  [{ suffix: ['b', 'c'] }, 'ac', false],
  [{ suffix: ['b', 'c'] }, 'ca', true],
  [{ 'equals-ignore-case': ['a', 'B'] }, 'b', false],
  [{ 'equals-ignore-case': 'a' }, 'ab', true],
  [{ 'equals-ignore-case': 'a' }, null, true],
  [{ prefix: 'a' }, 7, true],
])('anything but %j is %j: %s', (excluded, value, expected) => {
  expect(matchesPattern({ value: [{ 'anything-but': excluded }] }, { value })).toBe(expected);
});

test('each of several $or is an alternative, together with the fields beside it', () => {
  const pattern = { a: [1], $or: [{ b: [1] }, { b: [2], c: [1] }] };
  const events = [{ a: 1, b: 1 }, { a: 1, b: 2, c: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }];
  expect(events.map((candidate) => matchesPattern(pattern, candidate))).toEqual([true, true, false, false]);
});

describe('EventBridge refuses a pattern', () => {
  const invalid = (condition: unknown) => ({ detail: { a: [condition] } });

  test.each<[unknown, string]>([
    ['text', 'Filter is not an object'],
    [{}, 'Empty objects are not allowed'],
    [{ detail: {} }, 'Empty objects are not allowed'],
    [{ detail: { a: [] } }, 'Empty arrays are not allowed'],
    [{ detail: 'x' }, '"detail" must be an object or an array'],
    [{ a: 42 }, '"a" must be an object or an array'],
    [{ a: null }, '"a" must be an object or an array'],
    [{ $or: {} }, 'It must be an Array followed with $or.'],
    [{ $or: [{ a: [1] }] }, 'There must have at least 2 Objects in $or relationship.'],
    [{ $or: [{ a: [1] }, 'b'] }, 'Only JSON object is allowed in array of $or relationship.'],
    [invalid(['a']), 'Match value must be String, number, true, false, or null'],
    [invalid({}), 'Match expression name not found'],
    [invalid({ prefix: 'a', suffix: 'b' }), 'Only one key allowed in match expression'],
    [invalid({ EXISTS: true }), 'Unrecognized match type EXISTS'],
    [invalid({ toString: true }), 'Unrecognized match type toString'],
    [invalid({ exists: 'true' }), 'exists match pattern must be either true or false.'],
    [invalid({ prefix: 123 }), 'prefix match pattern must be a string'],
    [invalid({ prefix: ['a'] }), 'prefix match pattern must be a string'],
    [invalid({ suffix: null }), 'suffix match pattern must be a string'],
    [invalid({ prefix: { wildcard: 'a*' } }), 'Unsupported prefix pattern: wildcard'],
    [invalid({ suffix: {} }), 'Suffix expression name not found'],
    [invalid({ suffix: { 'equals-ignore-case': 1 } }), 'equals-ignore-case match pattern must be a string'],
    [invalid({ 'equals-ignore-case': ['a'] }), 'equals-ignore-case match pattern must be a string'],
    [invalid({ numeric: 10 }), 'Value of numeric must be an array.'],
    [invalid({ numeric: [] }), 'Invalid member in numeric match: ]'],
    [invalid({ numeric: ['!', 1] }), 'Unrecognized numeric range operator: !'],
    [invalid({ numeric: ['=', '1'] }), 'Value of equals must be numeric'],
    [invalid({ numeric: ['>', 0, '<'] }), 'Value of < must be numeric'],
    [invalid({ numeric: ['>', 0, '>', 0] }), 'Bad numeric range operator: >'],
    [invalid({ numeric: ['>', 0, 5] }), 'Bad value in numeric range: 5'],
    [invalid({ numeric: ['<', 5, '>', 0] }), 'Too many elements in numeric expression'],
    [invalid({ numeric: ['>', 0, '<', 5, '<', 6] }), 'Too many terms in numeric range expression'],
    [invalid({ numeric: ['>', 5, '<', 5] }), 'Bottom must be less than top'],
    [invalid({ numeric: ['>', 5e9 + 1] }), 'Value must be between -5.0E9 and 5.0E9, inclusive'],
    [invalid({ cidr: ['10.0.0.0/8'] }), 'prefix match pattern must be a string'],
    [invalid({ cidr: '10.0.0.0' }), 'Malformed CIDR, one \'/\' required'],
    [invalid({ cidr: '10.0.0.0/x' }), 'Malformed CIDR, mask bits must be an integer'],
    [invalid({ cidr: '10.0.0.0/-1' }), 'Malformed CIDR, mask bits must not be negative'],
    [invalid({ cidr: '10.0.0/8' }), 'Nonstandard IP address: 10.0.0'],
    [invalid({ cidr: '10.0.0.0/32' }), 'IPv4 mask bits must be < 32'],
    [invalid({ cidr: '::/128' }), 'IPv6 mask bits must be < 128'],
    [invalid({ 'anything-but': null }), 'Value of anything-but must be an array or single string/number value.'],
    [invalid({ 'anything-but': ['a', null] }), 'Inside anything but list, start|null|boolean is not supported.'],
    [invalid({ 'anything-but': ['a', 1] }), 'Inside anything but list, either all values are number or string, mixed type is not supported'],
    [invalid({ 'anything-but': [] }), 'Inside anything but list, either all values are number or string, mixed type is not supported'],
    [invalid({ 'anything-but': -5e9 - 1 }), 'Value must be between -5.0E9 and 5.0E9, inclusive'],
    [invalid({ 'anything-but': {} }), 'Anything-But expression name not found'],
    [invalid({ 'anything-but': { cidr: '10.0.0.0/8' } }), 'Unsupported anything-but pattern: cidr'],
    [invalid({ 'anything-but': { prefix: '' } }), 'Null prefix/suffix not allowed'],
    [invalid({ 'anything-but': { suffix: ['a', 1] } }), 'prefix/suffix match pattern must be a string'],
    [invalid({ 'anything-but': { prefix: { 'equals-ignore-case': 'a' } } }), 'Value of anything-but must be an array or single string/number value.'],
    [invalid({ 'anything-but': { 'equals-ignore-case': 1 } }), 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.'],
    [invalid({ 'anything-but': { wildcard: [1] } }), 'wildcard match pattern must be a string'],
    [invalid({ wildcard: ['a*'] }), 'wildcard match pattern must be a string'],
    [invalid({ wildcard: 'ab**' }), 'Consecutive wildcard characters at pos 3'],
    [invalid({ 'anything-but': { wildcard: '**' } }), 'Consecutive wildcard characters at pos 1'],
    [invalid({ wildcard: 'a\\b' }), 'Invalid escape character at pos 2'],
    [invalid({ wildcard: '*:*:*:*:*:x' }), 'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character'],
    [invalid({ wildcard: '*aaaaaaaab' }), 'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character'],
  ])('%j', (pattern, reason) => {
    expect(() => matchesPattern(pattern, event)).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException', message: `Event pattern is not valid. Reason: ${reason}` }));
  });
});

test.each<[string, string, boolean]>([
  ['/Users/*/dir/dir/dir/dir/dir/doc.txt', '/Users/dir/dir/dir/dir/dir/dir/doc.txt', true],
  ['*.*[+^${}()|?', 'x.y[+^${}()|?', true],
  ['*.txt', 'atxt', false],
  ['a\\\\*', 'a\\b', true],
  ['', '', true],
  ['*', 'two\nlines', true],
])('the wildcard %s matches %j: %s', (wildcard, value, expected) => {
  expect(matchesPattern({ value: [{ wildcard }] }, { value })).toBe(expected);
});
