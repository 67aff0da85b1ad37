import { hasWildcard, nameMatcher, unescaped } from '../../../cli/image/file-pattern';

/** From https://pkg.go.dev/path/filepath#Match. */
test.each<[string, string[], string[]]>([
  ['abc', ['abc'], ['ab', 'abcd']],
  ['*', ['abc', '.hidden', ''], []],
  ['*c', ['abc', 'c'], ['cb']],
  ['a?c', ['abc', 'aäc'], ['ac', 'abbc']],
  ['a[b-d]', ['ab', 'ad'], ['ae', 'a-']],
  ['a[^b-d]', ['ae'], ['ac']],
  ['[a.]', ['.'], ['b']],
  ['a\\*b', ['a*b'], ['axb']],
  ['a[\\]]', ['a]'], ['a\\']],
  ['a[\\w]', ['aw'], ['ab']],
  ['a.(b)+$', ['a.(b)+$'], ['axb']],
  ['[z-a]', [], ['z', 'a']],
  ['a[', [], ['a']],
])('the pattern %s', (pattern, matching, others) => {
  expect(matching.filter(nameMatcher(pattern))).toEqual(matching);
  expect(others.filter(nameMatcher(pattern))).toEqual([]);
});

test.each([['a', false], ['a*', true], ['a?', true], ['[a', true], ['a\\*', false], ['a\\\\*', true]])('%s has a wildcard: %s', (name, expected) => {
  expect(hasWildcard(name)).toBe(expected);
});

test('a name without wildcards can be escaped', () => {
  expect(unescaped('a\\*\\\\b')).toBe('a*\\b');
});

