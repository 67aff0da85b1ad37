import { holds } from '../../../emulator/states/choice';

const scope = { data: { n: 3, s: 'abc', b: false, nil: null, t: '2026-01-01T00:00:00Z', star: 'a*c' }, context: { State: { RetryCount: 2 } }, random: Math.random };

test.each<[object, boolean]>([
  [{ Variable: '$.n', NumericEquals: 3 }, true],
  [{ Variable: '$.n', NumericLessThan: 3 }, false],
  [{ Variable: '$.n', NumericGreaterThanEqualsPath: '$.n' }, true],
  [{ Variable: '$.s', StringEquals: 'abc' }, true],
  [{ Variable: '$.s', NumericEquals: 3 }, false],
  [{ Variable: '$.s', StringMatches: 'a*' }, true],
  [{ Variable: '$.s', StringMatches: 'a\\*c' }, false],
  [{ Variable: '$.star', StringMatches: 'a\\*c' }, true],
  [{ Variable: '$.b', BooleanEquals: false }, true],
  [{ Variable: '$.t', TimestampLessThan: '2026-01-01T01:00:00+00:30' }, true],
  [{ Variable: '$.x', IsPresent: false }, true],
  [{ Variable: '$.nil', IsNull: true }, true],
  [{ Variable: '$.n', IsNumeric: true }, true],
  [{ Variable: '$.n', IsString: true }, false],
  [{ Variable: '$.b', IsBoolean: true }, true],
  [{ Variable: '$.t', IsTimestamp: true }, true],
  [{ Variable: '$$.State.RetryCount', NumericEquals: 2 }, true],
  [{ And: [{ Variable: '$.n', NumericEquals: 3 }, { Variable: '$.b', BooleanEquals: true }] }, false],
  [{ Or: [{ Variable: '$.n', NumericEquals: 3 }, { Variable: '$.b', BooleanEquals: true }] }, true],
  [{ Not: { Variable: '$.n', NumericEquals: 3 } }, false],
])('the rule %j holds: %s', (rule, expected) => {
  expect(holds(rule, scope)).toBe(expected);
});

test('a comparison with a path that does not exist is an error', () => {
  expect(() => holds({ Variable: '$.x', NumericEquals: 1 }, scope)).toThrow('States.Runtime: Invalid path');
});

test('an unsupported operator is an error', () => {
  expect(() => holds({ Variable: '$.n', NumericMatches: 1 }, scope)).toThrow("the emulator does not support the comparison 'NumericMatches'");
});
