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
])('the path %s', (path, value) => {
  expect(lookUp(path, scope.data)).toEqual(value);
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
