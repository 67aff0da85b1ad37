import dockerignore from '@balena/dockerignore';
import * as fc from 'fast-check';
import { excluding, including } from '../../../cli/image/ignore-rules';

test.each<[string, string[], string[], string[]]>([
  ['a name', ['a'], ['a', 'a/b', 'a/b/c'], ['b/a', 'ab']],
  ['a name at any depth', ['**/a'], ['a', 'b/a', 'b/c/a', 'b/a/c'], ['ba', 'b/ab']],
  ['one level', ['*/a'], ['b/a', 'b/a/c'], ['a', 'b/c/a']],
  ['directories between', ['a/**/b'], ['a/b', 'a/x/b', 'a/x/y/b'], ['a', 'ab', 'a/xb']],
  ['everything', ['**'], ['a', 'a/b'], []],
  ['a set', ['[a-c]?'], ['ab', 'cz'], ['a', 'da', 'a/']],
  ['all but a set', ['[^a]'], ['b'], ['a']],
  ['an escaped wildcard', ['\\*'], ['*'], ['a']],
  ['an escape character at the end', ['a\\'], ['a\\'], ['a']],
  ['characters that mean something elsewhere', ['a+(b)|{c}$^.'], ['a+(b)|{c}$^.'], ['aa(b)|{c}$^.']],
  ['a path that is not clean', ['/a//./x/../b/'], ['a/b'], ['a/x']],
  ['an exception', ['a', '!a/b'], ['a', 'a/c'], ['a/b']],
  ['an exception of an exception', ['*', '!a', 'a/b'], ['b', 'a/b'], ['a', 'a/c']],
  ['comments, empty lines and an empty exception', ['# a', '', '  ', '!', 'b'], ['b'], ['a', '# a']],
])('%s excludes', (_, patterns, excluded, others) => {
  const includes = excluding(patterns);
  expect(excluded.filter(includes)).toEqual([]);
  expect(others.filter(includes)).toEqual(others);
});

test('no pattern excludes nothing', () => {
  expect(excluding([])('a')).toBe(true);
});

test('a pattern includes what is in the directories that it matches', () => {
  expect(['a', 'a/b', 'c', 'c/a'].filter(including('a'))).toEqual(['a', 'a/b']);
});

test.each([['[a', 'has a [ that cannot be read'], ['a'.repeat(4_097), 'has more than 4096 characters']])('a pattern that cannot be read is an error', (pattern, reason) => {
  expect(() => excluding([pattern])).toThrow(reason);
});

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 3 }).filter((text) => text !== '.' && text !== '..');
const part = fc.oneof(name, fc.array(fc.oneof(name, fc.constantFrom('*', '?', '[ab]', '[^a]', '[a-b]', '\\*', '\\a')), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')), fc.constant('**'));
const pattern = fc.tuple(fc.constantFrom('', '', '!'), fc.array(part, { minLength: 1, maxLength: 4 })).map(([sign, parts]) => sign + parts.join('/'));

test('patterns mean what they mean to the library with which the CDK reads them', () => {
  fc.assert(fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), fc.array(name, { minLength: 1, maxLength: 4 }), (patterns, names) => {
    // There, a set of characters may be a slash, which begins another name here as in Docker.
    fc.pre(!patterns.some((each) => each.includes('[^') || /[^/!*]\*\*|\*\*[^/*]|\*\*\*/.test(each)));
    const file = names.join('/');
    expect([patterns, file, excluding(patterns)(file)]).toEqual([patterns, file, !dockerignore({ ignorecase: false }).add(patterns).ignores(file)]);
  }), { numRuns: 5_000 });
});
