import { evaluate } from '../../../emulator/states/paths';

const scope = {
  data: { 'a': [{ b: 1 }, { b: 2 }], 'c': { 'd-e': null, 'f': 'x' }, 'a,b': 'comma' },
  context: {},
  random: () => 0.5,
};

test.each<[string, unknown]>([
  ["States.Format('\\{{}\\} {}', 'a', $.c.f)", '{a} x'],
  ["States.Format('{}', $.a)", '[{b=1}, {b=2}]'],
  ["States.Format('{} {}', $.c, true)", '{d-e=null, f=x} true'],
  ["States.StringToJson('[1, 2]')", [1, 2]],
  ["States.StringToJson('')", null],
  ["States.StringToJson('  ')", null],
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
  ['States.MathRandom(12.5, 44.51)', 29],
  ['States.MathAdd(1, -2)', -1],
  ['States.MathAdd(1.49, 1.5)', 3],
  ['States.MathAdd(-1.5, 0)', -1],
  ['States.MathAdd(-1.51, 0)', -2],
  ['States.ArrayLength($.a[?(@.b < 1.5)])', 1],
  ["States.Array($.a[0,1], $.c['f'] )", [[{ b: 1 }, { b: 2 }], 'x']],
  ["States.Array($['a,b'], $.c[?(@ != ')')], States.Array($['a,b']))", ['comma', [null, 'x'], ['comma']]],
  ["States.StringSplit('a.b-c', '.-')", ['a', 'b', 'c']],
  ["States.StringSplit(',a,,b,', ',')", ['a', 'b']],
  ["States.StringSplit(',,,,', ',')", []],
  ["States.StringSplit('a^b]c\\\\d', '^]\\\\')", ['a', 'b', 'c', 'd']],
])('the intrinsic function %s', (call, value) => {
  expect(evaluate(call, scope)).toEqual(value);
});

test.each(['States.Nothing()', "States.Format('a'", "States.Format('a') b", "States.Format('a)", 'States.Array(=)', "States.StringToJson('{')", 'States.ArrayLength(3)', 'States.ArrayLength($.a[0)', "States.Hash('x', 'NONE')", "States.StringSplit(1, ',')"])('the intrinsic function %s is an error', (call) => {
  expect(() => evaluate(call, scope)).toThrow('States.IntrinsicFailure');
});
