import { fill, lookUp, place, evaluate } from '../../../emulator/states/paths';

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
])('the path %s', (path, value) => {
  expect(lookUp(path, scope.data)).toEqual(value);
});

test('a path that runs code is refused', () => {
  expect(() => lookUp('$.a[?(@.b > 1)]', scope.data)).toThrow();
});

test('evaluating a path that does not exist is an error', () => {
  expect(() => evaluate('$.nothing', scope)).toThrow("States.Runtime: The JSONPath '$.nothing' could not be found");
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

test.each<[string, unknown]>([
  ["States.Format('\\{{}\\} {}', 'a', $.c.f)", '{a} x'],
  ["States.Format('{}', $.a)", '[{b=1}, {b=2}]'],
  ["States.Format('{} {}', $.c, true)", '{d-e=null, f=x} true'],
  ["States.StringToJson('[1, 2]')", [1, 2]],
  ['States.JsonToString($.a)', '[{"b":1},{"b":2}]'],
  ["States.Array(1, 'b', null, true)", [1, 'b', null, true]],
  ['States.ArrayPartition(States.Array(1, 2, 3), 2)', [[1, 2], [3]]],
  ['States.ArrayContains(States.Array(1, 2), 2)', true],
  ['States.ArrayRange(1, 9, 3)', [1, 4, 7]],
  ['States.ArrayGetItem($.a, 1)', { b: 2 }],
  ['States.ArrayLength($.a)', 2],
  ['States.ArrayUnique(States.Array(1, 1, 2))', [1, 2]],
  ["States.Base64Decode(States.Base64Encode('x'))", 'x'],
  ["States.Hash('x', 'SHA-256')", '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
  ["States.JsonMerge($.a[0], States.StringToJson('{\"c\":3}'), false)", { b: 1, c: 3 }],
  ['States.MathRandom(0, 10)', 5],
  ['States.MathAdd(1, -2)', -1],
  ["States.StringSplit('a.b-c', '.-')", ['a', 'b', 'c']],
])('the intrinsic function %s', (call, value) => {
  expect(evaluate(call, scope)).toEqual(value);
});

test.each(['States.Nothing()', "States.Format('a'", "States.Format('a') b", "States.Format('a)", 'States.Array(=)'])('the intrinsic function %s is an error', (call) => {
  expect(() => evaluate(call, scope)).toThrow('States.IntrinsicFailure');
});
