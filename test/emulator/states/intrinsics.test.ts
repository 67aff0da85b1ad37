import { evaluate } from '../../../emulator/states/paths';

const scope = {
  data: { 'a': [{ b: 1 }, { b: 2 }], 'c': { 'd-e': null, 'f': 'x' }, 'a,b': 'comma' },
  context: {},
  random: () => 0.5,
};

test.each<[string, unknown]>([
  ["States.Format('\\{{}\\} {}', 'a', $.c.f)", '{a} x'],
  // A brace with a backslash is not a placeholder: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html, https://github.com/aws/aws-cdk/pull/29267
  ["States.Format('\\{\\} {} it\\'s \\\\', 'a')", "{} a it's \\"],
  ["States.Format('{}', '\\{\\}')", '{}'],
  ['States.MathAdd(1E12, 0)  ', 1e12],
  ["States.Format('{}', $.a)", '[{b=1}, {b=2}]'],
  ["States.Format('{} {}', $.c, true)", '{d-e=null, f=x} true'],
  ['States.Array( 1 ,  $.c.f  , -2.5e-1 , 1E2 , false )', [1, 'x', -0.25, 100, false]],
  ["States.Array('it\\'s', '\\\\')", ["it's", '\\']],
  ["States.Format('{}-{}-{}', States.Array('a', $.c), 1.5, null)", '[a, {d-e=null, f=x}]-1.5-null'],
  ["States.JsonToString('x')", '"x"'],
  ['States.ArrayPartition(States.Array(1, 2, 3, 4), 2)', [[1, 2], [3, 4]]],
  ["States.ArrayContains($.a, States.StringToJson('{\"b\":2}'))", true],
  ['States.ArrayContains(States.Array(1, 2), 3)', false],
  ['States.ArrayRange(5, 1, 1)', []],
  ['States.ArrayRange(9, 1, -4)', [9, 5, 1]],
  ['States.ArrayUnique(States.Array($.a[0], $.a[0], $.a[1], $.a[0]))', [{ b: 1 }, { b: 2 }]],
  ["States.Base64Encode('größe')", 'Z3LDtsOfZQ=='],
  ["States.Base64Decode('Z3LDtsOfZQ==')", 'größe'],
  ["States.Hash('x', 'MD5')", '9dd4e461268c8034f5c8564e155c67a6'],
  ["States.Hash($.a[0], 'SHA-1')", 'ee6093f27ea000b9b837f4a91ac7199131483d31'],
  ['States.MathRandom(2.5, 4.4)', 3],
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

test.each<[string, string]>([
  ['States.Nothing()', "'States.Nothing' is not an intrinsic function"],
  ["States.Format('a'", "'States.Format('a'' has a comma or a closing parenthesis too few"],
  ["States.Format('a' 'b')", "'States.Format('a' 'b')' has a comma or a closing parenthesis too few"],
  ["States.Format('a') b", "'States.Format('a') b' has text after its end"],
  ["States.Format('a)", "'States.Format('a)' has a text without a closing quote"],
  ['States.Array(=)', "'States.Array(=)' has an argument that is neither a text, a path, a number nor a function"],
  ['States.Array(x1)', "'States.Array(x1)' has an argument that is neither a text, a path, a number nor a function"],
  ['States.Array(xStates.UUID())', "'States.Array(xStates.UUID())' has an argument that is neither a text, a path, a number nor a function"],
  ["States.StringToJson('{')", 'Invalid arguments in States.StringToJson: '],
  ['States.ArrayLength(3)', 'Invalid arguments in States.ArrayLength'],
  ['States.ArrayLength($.a[0)', "'States.ArrayLength($.a[0)' has a path that cannot be read: '[' is not closed"],
  ["States.Hash('x', 'NONE')", 'Invalid arguments in States.Hash: '],
  ["States.StringSplit(1, ',')", 'Invalid arguments in States.StringSplit: '],
])('the intrinsic function %s is an error: %s', (call, cause) => {
  expect(() => evaluate(call, scope)).toThrow(`States.IntrinsicFailure: ${cause}`);
});

test('a UUID is made of random numbers, with its version and variant', () => {
  expect(evaluate('States.UUID()', scope)).toBe('88888888-8888-4888-8888-888888888888');
  const zero = { ...scope, random: () => 0 };
  expect([evaluate('States.UUID()', zero), evaluate('States.UUID( )', { ...scope, random: () => 0.999 })]).toEqual(['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff']);
});
