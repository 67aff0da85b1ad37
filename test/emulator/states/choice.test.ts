import { holds } from '../../../emulator/states/choice';

const scope = { data: { n: 3, s: 'abc', b: false, nil: null, t: '2026-01-01T00:00:00Z', star: 'a*c', two: '2', back: 'a\\c', lines: 'a\nc', special: '.+?^${}()|[]' }, context: { State: { RetryCount: 2 } }, random: Math.random };

test.each<[object, boolean]>([
  [{ Variable: '$.n', NumericEquals: 3 }, true],
  [{ Variable: '$.n', NumericLessThan: 3 }, false],
  [{ Variable: '$.n', NumericGreaterThanEqualsPath: '$.n' }, true],
  [{ Variable: '$.s', StringEquals: 'abc' }, true],
  [{ Variable: '$.s', NumericEquals: 3 }, false],
  [{ Variable: '$.s', StringMatches: 'a*' }, true],
  [{ Variable: '$.s', StringMatches: 'a\\*c' }, false],
  [{ Variable: '$.star', StringMatches: 'a\\*c' }, true],
  [{ Variable: '$.back', StringMatches: 'a\\\\c' }, true],
  [{ Variable: '$.lines', StringMatches: 'a*c' }, true],
  [{ Variable: '$.special', StringMatches: '.+?^${}()|[]' }, true],
  [{ Variable: '$.s', StringMatches: 'a.c' }, false],
  [{ Variable: '$.s', StringMatches: 'b*' }, false],
  [{ Variable: '$.s', StringMatches: '*b' }, false],
  [{ Variable: '$.n', StringMatches: '*' }, false],
  [{ Variable: '$.s', StringEqualsPath: '$.n' }, false],
  [{ Variable: '$.nil', StringEqualsPath: '$.nil' }, false],
  [{ Variable: '$.two', NumericLessThan: 3 }, false],
  [{ Variable: '$.n', NumericGreaterThanPath: '$.two' }, false],
  [{ Variable: '$.n', TimestampEquals: '1970-01-01T00:00:03Z' }, false],
  [{ Variable: '$.t', TimestampEqualsPath: '$.t' }, true],
  [{ Variable: '$.b', BooleanEquals: false }, true],
  [{ Variable: '$.t', TimestampLessThan: '2026-01-01T01:00:00+00:30' }, true],
  [{ Variable: '$.x', IsPresent: false }, true],
  [{ Variable: '$.x', IsPresent: true }, false],
  [{ Variable: '$.nil', IsPresent: true }, true],
  [{ Variable: '$.nil', IsNull: true }, true],
  [{ Variable: '$.n', IsNumeric: true }, true],
  [{ Variable: '$.s', IsNumeric: true }, false],
  [{ Variable: '$.n', IsNull: true }, false],
  [{ Variable: '$.n', IsString: true }, false],
  [{ Variable: '$.n', IsString: false }, true],
  [{ Variable: '$.s', IsString: true }, true],
  [{ Variable: '$.s', IsBoolean: true }, false],
  [{ Variable: '$.s', IsTimestamp: true }, false],
  [{ Variable: '$.b', IsBoolean: true }, true],
  [{ Variable: '$.t', IsTimestamp: true }, true],
  [{ Variable: '$$.State.RetryCount', NumericEquals: 2 }, true],
  [{ And: [{ Variable: '$.n', NumericEquals: 3 }, { Variable: '$.b', BooleanEquals: true }] }, false],
  [{ Or: [{ Variable: '$.n', NumericEquals: 3 }, { Variable: '$.b', BooleanEquals: true }] }, true],
  [{ Or: [{ Variable: '$.n', NumericEquals: 4 }, { Variable: '$.b', BooleanEquals: true }] }, false],
  [{ And: [{ Variable: '$.n', NumericEquals: 3 }, { Variable: '$.b', BooleanEquals: false }] }, true],
  [{ Not: { Variable: '$.n', NumericEquals: 3 } }, false],
  [{ Comment: 'x', Next: 'A', Assign: { a: 1 }, Variable: '$.n', NumericEquals: 3 }, true],
])('the rule %j holds: %s', (rule, expected) => {
  expect(holds(rule, scope)).toBe(expected);
});

/** The comparisons that hold for a value that is less than, equal to or greater than the other. */
test.each([
  ['Equals', [false, true, false]], ['LessThan', [true, false, false]], ['GreaterThan', [false, false, true]], ['LessThanEquals', [true, true, false]], ['GreaterThanEquals', [false, true, true]],
])('%s holds for less, equal and greater: %j', (comparison, expected) => {
  const numbers = [4, 3, 2].map((other) => holds({ Variable: '$.n', [`Numeric${comparison}`]: other }, scope));
  const texts = ['abd', 'abc', 'abb'].map((other) => holds({ Variable: '$.s', [`String${comparison}`]: other }, scope));
  const times = ['2026-01-01T00:00:00.1Z', '2026-01-01T01:00:00+01:00', '2025-12-31T23:59:59Z'].map((other) => holds({ Variable: '$.t', [`Timestamp${comparison}`]: other }, scope));
  expect([numbers, texts, times]).toEqual([expected, expected, expected]);
});

test.each<[object, string, string]>([
  [{ Variable: '$.x', NumericEquals: 1 }, 'TaskError', "States.Runtime: Invalid path '$.x': The choice state's condition path references an invalid value."],
  [{ Variable: '$.n', NumericEqualsPath: '$.x' }, 'TaskError', "Invalid path '$.x'"],
  ...['NumericMatches', 'XNumericEquals', 'NumericEqualsX', 'StringMatch', 'ObjectEquals'].map((operator): [object, string, string] => (
    [{ Variable: '$.n', [operator]: 1 }, 'DefinitionError', `the emulator does not support the comparison '${operator}'`]
  )),
])('the rule %j is a %s', (rule, name, message) => {
  expect(() => holds(rule, scope)).toThrow(expect.objectContaining({ name, message: expect.stringContaining(message) }));
});
