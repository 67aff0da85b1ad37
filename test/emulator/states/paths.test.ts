import { fill, lookUp, place, evaluate } from '../../../emulator/states/paths';
import { Variables } from '../../../emulator/states/variables';

const scope = {
  data: { 'a': [{ b: 1 }, { b: 2 }], 'c': { 'd-e': null, 'f': 'x' }, 'odd key': true, 'it\'s': 7 },
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
  ['$.a[ 0 , -1 ].b', [1, 2]],
  ['$.a[5,0].b', [1]],
  ['$.a[-1:]', [{ b: 2 }]],
  ['$.a[:1].b', [1]],
  ['$.a[::2].b', [1]],
  ['$.a[ 0 : 2 : 1 ].b', [1, 2]],
  ['$.a[::0]', []],
  ['$.c[0:1]', []],
  ["$['odd key' , 'none']", [true]],
  ["$['it\\'s']", 7],
  ["$..['b']", [1, 2]],
  ["$..['f','b']", [1, 2, 'x']],
  ['$..f', ['x']],
  ['$.c.*', [null, 'x']],
  ['$.c.f.*', []],
  ['$.c[?(@)]', [null, 'x']],
  ['$.a.b', undefined],
  ["$.a['b','c']", undefined],
  ["$.c['d-e']['x','y']", undefined],
  // AWS answers with an empty list to a wildcard and a slice of what is not there.
  ['$.missing[*].b', []],
  ['$.missing.deeper[0:2]', []],
  ['$.missing[?(@.b == 1)]', undefined],
  ['$.c.f[?(@.b == 1)]', undefined],
  ['$.missing[0,1]', undefined],
  ["$.missing['x','y']", undefined],
  ['$.missing..b', undefined],
  ['$.missing[0,1][*]', undefined],
  ['$.c[*][?(@.x)]', []],
  ['$.a[? (@.b > 1)]', [{ b: 2 }]],
])('the path %s', (path, value) => {
  expect(lookUp(path, scope.data)).toEqual(value);
});

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

test.each<[string, number[]]>([
  ['$[10,11]', [10, 11]],
  ['$[10 , 11]', [10, 11]],
  ['$[-12,12,-1]', [0, 11]],
  ['$[9:]', [9, 10, 11]],
  ['$[10:12]', [10, 11]],
  ['$[-11:-10]', [1]],
  ['$[ 1 : 10 : 4 ]', [1, 5, 9]],
  ['$[::10]', [0, 10]],
  ['$[::]', NUMBERS],
  ['$[0:4:0]', []],
  ['$[?(@ > 9)]', [10, 11]],
  // A number and a text are compared as texts.
  ["$[?(@ < '10')]", [0, 1]],
])('the path %s in a list of twelve numbers is %j', (path, numbers) => {
  expect(lookUp(path, NUMBERS)).toEqual(numbers);
});

const VALUES = [0, 1, '1', '', 'a', false, null, [1], { b: 2 }];

test.each<[string, unknown[]]>([
  ['@.x', VALUES],
  ['!@.x', [undefined]],
  ['@.x == 1', [1, '1']],
  ["@.x == '1'", [1, '1']],
  ['  @.x  ==  1e0  ', [1, '1']],
  ['@.x == 1.5', []],
  ['@.x == -1', []],
  ["@.x == ' '", []],
  ['@.x == true', []],
  ["@.x != 'a'", [0, 1, '1', '', false, null, [1], { b: 2 }, undefined]],
  ['@.x <= 1', [0, 1, '1', '']],
  ['@.x > 0', [1, '1', 'a']],
  ['@.x >= 1', [1, '1', 'a']],
  ['@.x > @.x', []],
  ['@.x >= null', []],
  ['!(@.x == 1) && @.x', [0, '', 'a', false, null, [1], { b: 2 }]],
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
  ['$.a[x0]', "'[x0]' is not a step of a path"],
  ["$.a['b'x]", "'['b'x]' is not a step of a path"],
  ["$.a['b',]", "'['b',]' is not a step of a path"],
  ['$.a[0,x]', "'[0,x]' is not a step of a path"],
  ['$.a[x0:1]', "'[x0:1]' is not a step of a path"],
  ['$.a[0:1:-1]', "'[0:1:-1]' is not a step of a path"],
  ['$.a[]', "'[]' is not a step of a path"],
  ['$.a[?(@.b =~ /x/)]', "the condition '(@.b =~ /x/)' has a parenthesis that is not closed"],
  ['$.a[?((@.b) @.c)]', "the condition '((@.b) @.c)' has a parenthesis that is not closed"],
  ['$.a[?(@.b == )]', "the condition '(@.b == )' cannot be read at ')'"],
  ['$.a[?(@.* == 1)]', "'@.*' in a condition is not a path to one value"],
  ['$.a[?(@..b)]', "there is no name at '.b)'"],
  ['$.a[?@.b]', "the filter '?@.b' needs parentheses around its condition"],
  ['$.a[?(@.b) && (@.c)]', "the filter '?(@.b) && (@.c)' needs parentheses around its condition"],
  ['$.a[0', "'[' is not closed"],
  ['$.a[?(@.b == (1]', "'(' is not closed"],
  ["$.a['b", "a text is not closed at 'b"],
  ['$a', "there is no step at 'a'"],
  ['$.a b', "there is no step at ' b'"],
  ['$.', "there is no name at ''"],
  ['$.a..', "there is no name at ''"],
])('the path %s is refused: %s', (path, message) => {
  expect(() => lookUp(path, scope.data)).toThrow(expect.objectContaining({ error: 'States.Runtime', cause: `Invalid path '${path}' : ${message}` }));
});

test('a path begins with a dollar sign', () => {
  expect(() => lookUp('a.b', scope.data)).toThrow("States.Runtime: 'a.b' is not a path");
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
  ['$.nothing', 'b.$', `The JSONPath '$.nothing' specified for the field 'b.$' could not be found in the input '${JSON.stringify(scope.data)}'`],
  ['$nothing[*]', undefined, "Invalid path '$nothing[*]' : No results for path: $nothing[*]"],
  ['$.c.f.such[0,1]', undefined, "Invalid path '$.c.f.such[0,1]' : Missing property in path $['c']['f']['such']"],
  ['$.no.such[?(@.b)]', undefined, "Invalid path '$.no.such[?(@.b)]' : Missing property in path $['no']"],
  ['$.c.d-e[0,1]', undefined, "Invalid path '$.c.d-e[0,1]' : No results for path: $.c.d-e[0,1]"],
  ['$$.nothing', 'b.$', `The JSONPath '$$.nothing' specified for the field 'b.$' could not be found in the input '${JSON.stringify(scope.data)}'`],
])('evaluating %s for the field %s is an error that says so', (path, field, cause) => {
  expect(() => evaluate(path, scope, field)).toThrow(expect.objectContaining({ error: 'States.Runtime', cause }));
});

test('an error about a path has at most 500 characters of the input in it', () => {
  const input = JSON.stringify('x'.repeat(600)).slice(0, 500);
  expect(() => evaluate('$.a', { ...scope, data: 'x'.repeat(600) }, 'b.$')).toThrow(expect.objectContaining({ cause: expect.stringMatching(new RegExp(`in the input '${input}'$`)) }));
  expect(() => evaluate('$.a', { ...scope, data: undefined }, 'b.$')).toThrow("could not be found in the input 'undefined'");
});

test.each<[string, unknown]>([['$x', { y: [5, 6] }], ['$x.y[1]', 6], ['$x.y[*]', [5, 6]], ["States.Format('{}', $x.y[0])", '5'], ['$größe', 3]])('the variable in %s', (path, value) => {
  const variables = new Variables();
  variables.assign({ x: { y: [5, 6] }, größe: 3 });
  expect(evaluate(path, { ...scope, variables })).toEqual(value);
});

test('a payload template is filled from the input, the context object and intrinsic functions', () => {
  expect(fill({ 'plain': '$.a', 'b.$': '$.a[0].b', 'deep': [{ 'id.$': '$$.Execution.Id' }], 'text.$': "States.Format('{}-{}', $.c.f, 7)", 'none': null }, scope))
    .toEqual({ none: null, plain: '$.a', b: 1, deep: [{ id: 'arn' }], text: 'x-7' });
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

test.each<[string, unknown, string]>([
  ['$.a.b.c', { a: { b: 1 } }, "Unable to apply step 'c' to input '{\"a\":{\"b\":1}}'"],
  ['$.a', [], "Unable to apply step 'a' to input '[]'"],
  ['$.a.b', { a: null }, "Unable to apply step 'b' to input '{\"a\":null}'"],
  ['$.a', 'x'.repeat(600), `Unable to apply step 'a' to input '"${'x'.repeat(499)}'`],
  ["$.a['1x']", { a: [1] }, "Unable to apply step '1x' to input '{\"a\":[1]}'"],
  ["$.a['x1']", { a: [1] }, "Unable to apply step 'x1' to input '{\"a\":[1]}'"],
  ['$.a[*]', { a: [1] }, "'$.a[*]' is not a reference path"],
])('a result cannot be put at %s of %j', (path, data, cause) => {
  expect(() => place(path, data, 'result')).toThrow(expect.objectContaining({ error: 'States.ResultPathMatchFailure', cause }));
});

test('a result can be put into a list, whose other items and whose original stay as they are', () => {
  const data = { a: [1, { b: 2 }] };
  expect(place('$.a[0]', data, 'result')).toEqual({ a: ['result', { b: 2 }] });
  expect(place('$.a[1].c', data, 'result')).toEqual({ a: [1, { b: 2, c: 'result' }] });
  expect(place('$.a.c', {}, 'result')).toEqual({ a: { c: 'result' } });
  expect(data).toEqual({ a: [1, { b: 2 }] });
});
