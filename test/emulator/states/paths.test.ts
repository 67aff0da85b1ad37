import { fill, lookUp, place, evaluate } from '../../../emulator/states/paths';
import { Variables } from '../../../emulator/states/variables';

const scope = {
  data: { 'a': [{ b: 1 }, { b: 2 }], 'c': { 'd-e': null, 'f': 'x' }, 'odd key': true },
  context: { Execution: { Id: 'arn' } },
  random: () => 0.5,
};

test.each<[string, unknown]>([
  ['$', scope.data],
  ['$.a[1].b', 2],
  ["$['odd key']", true],
  ['$.c.d-e', null],
  ['$.c.missing', undefined],
  ['$.c.f.deeper', undefined],
  ['$.a[*].b', [1, 2]],
  ['$..b', [1, 2]],
  ['$.a[-1].b', 2],
  ['$["odd key"]', true],
  ['$.a[?(@.b > 1)]', [{ b: 2 }]],
  ['$.a[?(@.b == 0)]', []],
  ['$.a[0:1]', [{ b: 1 }]],
  ["$.c.['d-e']", null],
  ["$.['a'].[1].['b']", 2],
  ['$.a[0,1].b', [1, 2]],
  ["$.a[0]['b','none']", [1]],
  ["$.a[*]['b','none']", [1, 2]],
  ['$..[0]', [{ b: 1 }]],
  ['$.a.*', [{ b: 1 }, { b: 2 }]],
  // AWS answers with an empty list to a wildcard and a slice of what is not there.
  ['$.missing[*].b', []],
  ['$.missing.deeper[0:2]', []],
  ['$.missing[?(@.b == 1)]', undefined],
  ['$.c.f[?(@.b == 1)]', undefined],
  ['$.missing[0,1]', undefined],
  ["$.missing['x','y']", undefined],
  ['$.missing..b', undefined],
])('the path %s', (path, value) => {
  expect(lookUp(path, scope.data)).toEqual(value);
});

const VALUES = [0, 1, '1', '', 'a', false, null, [1], { b: 2 }];

test.each<[string, unknown[]]>([
  ['@.x', VALUES],
  ['!@.x', [undefined]],
  ['@.x == 1', [1, '1']],
  ["@.x == '1'", [1, '1']],
  ['@.x == null', [null]],
  ['@.x != null', [0, 1, '1', '', 'a', false, [1], { b: 2 }, undefined]],
  ['@.x == false', [false]],
  ["@.x == ''", ['']],
  ['@.x == 0', [0]],
  ['@.x == -0', [0]],
  ["@.x >= 'a'", ['a']],
  ['@.x < 1', [0, '']],
  ['@.x == $[7].x', [[1]]],
  ['@.x == @.y', []],
  ["(@.x == 'a' || @.x == 0) && !(@['x'] == 0)", ['a']],
  ["@.x == 'a' && @.x == 'b' || @.x.b == 2", [{ b: 2 }]],
])('the filter %s keeps what it holds for', (condition, kept) => {
  const items = [...VALUES.map((x) => ({ x })), {}];
  expect(lookUp(`$[?(${condition})]`, items)).toEqual(kept.map((x) => x === undefined ? {} : { x }));
});

test.each<[string, string]>([
  ['$.a.length()', 'a path has no functions; use an intrinsic function'],
  ['$.a[(@.length-1)]', "'[(@.length-1)]' is not a step of a path"],
  ['$.a[?(@.b =~ /x/)]', 'has a parenthesis that is not closed'],
  ['$.a[?(@.b == )]', "cannot be read at ')'"],
  ['$.a[?(@.* == 1)]', "'@.*' in a condition is not a path to one value"],
  ['$.a[?@.b]', 'needs parentheses around its condition'],
  ['$.a[0', "'[' is not closed"],
  ["$.a['b", 'a text is not closed'],
  ['$a', "there is no step at 'a'"],
  ['$.', 'there is no name'],
])('the path %s is refused', (path, message) => {
  expect(() => lookUp(path, scope.data)).toThrow(message);
});

/** What a path finds, or the error with which it is refused. */
const outcomeOf = (find: () => unknown) => {
  try {
    return JSON.stringify(find()) === '[]' ? 'nothing' : 'something';
  } catch (error) {
    return (error as { error?: string }).error;
  }
};

test.each([
  '$.a[?(@.constructor.constructor("throw 1")())]', '$[?(process.exit(1))]', '$.a[?(require("fs"))]', '$.a[?(@.b = 3)]', '$.a[?(',
])('the filter in %s runs no code', (path) => {
  const data = structuredClone(scope.data);
  expect(['nothing', 'States.Runtime']).toContain(outcomeOf(() => lookUp(path, data)));
  expect(data).toEqual(scope.data);
});

test('a value that is only inherited is not found', () => {
  expect([lookUp('$.constructor', {}), lookUp('$.length', 'text'), lookUp('$.a.length', scope.data), lookUp('$.a.map', scope.data)]).toEqual([undefined, undefined, undefined, undefined]);
});

test.each<[string, string | undefined, string]>([
  ['$.nothing', undefined, "Invalid path '$.nothing' : No results for path: $['nothing']"],
  ['$.no.such', undefined, "Invalid path '$.no.such' : Missing property in path $['no']"],
  ['$.c.f.such', undefined, "Invalid path '$.c.f.such' : No results for path: $['c']['f']['such']"],
  ['$nothing.x', undefined, "Invalid path '$nothing.x' : No results for path: $nothing.x"],
  ['$.nothing', 'b.$', "The JSONPath '$.nothing' specified for the field 'b.$' could not be found in the input '{\"a\""],
  ['$.no.such[?(@.b)]', undefined, "Invalid path '$.no.such[?(@.b)]' : Missing property in path $['no']"],
  ['$.c.d-e[0,1]', undefined, "Invalid path '$.c.d-e[0,1]' : No results for path: $.c.d-e[0,1]"],
  ['$$.nothing', 'b.$', "The JSONPath '$$.nothing' specified for the field 'b.$' could not be found"],
])('evaluating %s for the field %s is an error that says so', (path, field, cause) => {
  expect(() => evaluate(path, scope, field)).toThrow(`States.Runtime: ${cause}`);
});

test.each<[string, unknown]>([['$x', { y: [5, 6] }], ['$x.y[1]', 6], ['$x.y[*]', [5, 6]], ["States.Format('{}', $x.y[0])", '5'], ['$größe', 3]])('the variable in %s', (path, value) => {
  const variables = new Variables();
  variables.assign({ x: { y: [5, 6] }, größe: 3 });
  expect(evaluate(path, { ...scope, variables })).toEqual(value);
});

test('a payload template is filled from the input, the context object and intrinsic functions', () => {
  expect(fill({ 'plain': '$.a', 'b.$': '$.a[0].b', 'deep': [{ 'id.$': '$$.Execution.Id' }], 'text.$': "States.Format('{}-{}', $.c.f, 7)" }, scope))
    .toEqual({ plain: '$.a', b: 1, deep: [{ id: 'arn' }], text: 'x-7' });
});

test.each<[string | null | undefined, unknown]>([
  [undefined, 'result'],
  ['$', 'result'],
  [null, { a: { b: 1 } }],
  ['$.a.c', { a: { b: 1, c: 'result' } }],
  ['$.x.y', { a: { b: 1 }, x: { y: 'result' } }],
])('a result is put at ResultPath %s', (path, data) => {
  expect(place(path, { a: { b: 1 } }, 'result')).toEqual(data);
});

test('a result cannot be put below a value that is not an object', () => {
  expect(() => place('$.a.b.c', { a: { b: 1 } }, 'result')).toThrow('States.ResultPathMatchFailure');
  expect(() => place('$.a', [], 'result')).toThrow('States.ResultPathMatchFailure');
  expect(place('$.a[0]', { a: [1, 2] }, 'result')).toEqual({ a: ['result', 2] });
});
