import { bodyOf, bodyOfJson, errorsByField, Field, fieldsOf, hintOf } from '../../console/form/fields';
import { Keys } from '../../console/form/keys';

const FIELDS = fieldsOf({
  required: ['pages'],
  properties: {
    'pages': { type: 'integer', minimum: 1, maximum: 1000 },
    'ratio': { type: 'number', minimum: 0 },
    'draft': { type: 'boolean', default: false },
    'mode': { type: 'string', enum: ['fast', 'exact'] },
    'level': { type: 'integer', enum: [1, 2] },
    'code': { type: 'string', pattern: '^[a-z]+$', minLength: 1, maxLength: 8 },
    'any/thing': { type: ['string', 'number', 'boolean'] },
  },
})!;

const field = (name: string): Field => FIELDS.find((one) => one.name === name)!;

test('each type has its kind of field', () => {
  expect(FIELDS.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['pages', 'integer', true], ['ratio', 'number', false], ['draft', 'boolean', false], ['mode', 'choice', false], ['level', 'choice', false], ['code', 'text', false], ['any/thing', 'mixed', false],
  ]);
});

test('parameters that the document does not know are no fields', () => {
  expect(fieldsOf({ type: 'object' })).toBeUndefined();
  expect(fieldsOf({ properties: {} })).toEqual([]);
});

test('the body has values of the types, and leaves out what is empty', () => {
  const { body, errors } = bodyOf(FIELDS, { 'pages': '300', 'ratio': '1e-2', 'draft': 'false', 'mode': '', 'level': '2', 'code': '007', 'any/thing': '42' });
  expect(JSON.parse(body!)).toEqual({ 'pages': 300, 'ratio': 0.01, 'draft': false, 'level': 2, 'code': '007', 'any/thing': '42' });
  expect(errors).toEqual([]);
});

test.each(['ten', ' ', 'Infinity'])('%j is no number', (pages) => {
  expect(bodyOf(FIELDS, { pages })).toEqual({ errors: [{ pointer: '/pages', detail: 'pages is not a number' }] });
});

test.each([
  ['pages', '9007199254740993', 'use at most 9007199254740991'], ['pages', '-9007199254740992', 'use at most 9007199254740991'], ['pages', '1.00000000000000000001', '15 digits'],
  ['ratio', '0.12345678901234567890', '15 digits'], ['ratio', '1e-400', '15 digits'], ['ratio', '12345678901234567890', '15 digits'],
])('%s cannot be %s, because JSON would change it', (name, text, detail) => {
  expect(bodyOf(FIELDS, { [name]: text })).toEqual({ errors: [{ pointer: `/${name}`, detail: expect.stringContaining(`is too long for a number of JSON; ${detail.startsWith('use') ? detail : `use at most ${detail}`}`) }] });
});

test.each([['9007199254740991', '9007199254740991'], ['-0012', '-12'], ['1.50', '1.5'], ['0.1', '0.1'], ['1e3', '1000'], ['0.000', '0'], ['.5', '0.5'], ['5.', '5'], ['1e21', '1e+21']])('the number %s is sent as %s', (ratio, json) => {
  expect(bodyOf(FIELDS, { ratio }).body).toBe(`{"ratio":${json}}`);
});

test('a parameter may have the name of something that every object has', () => {
  const fields = fieldsOf({ properties: JSON.parse('{"constructor":{"type":"string"},"__proto__":{"type":"string"},"toString":{"type":"string"}}') })!;
  expect(bodyOf(fields, {}).body).toBe('{}');
  expect(bodyOf(fields, { constructor: 'a', ['__proto__']: 'b' } as never).body).toBe('{"constructor":"a","__proto__":"b"}');
  expect(errorsByField(fields, []).byName.get('constructor')).toBeUndefined();
});

test('each body has a key until it is answered', () => {
  const keys = new Keys();
  const [first, second] = [keys.of('a'), keys.of('b')];
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
  expect(keys.of('a')).toBe(first);
  keys.forget('a');
  expect(keys.of('a')).not.toBe(first);
});

test('what is outside of the range is for the API to judge', () => {
  expect(bodyOf(FIELDS, { pages: '5000' }).body).toBe('{"pages":5000}');
});

test('parameters as JSON are an object, and are sent as they were written', () => {
  expect(bodyOfJson(' {"a": 9007199254740993} ').body).toBe(' {"a": 9007199254740993} ');
  expect(bodyOfJson('').body).toBe('{}');
  expect(bodyOfJson('[1]').errors[0].detail).toContain('not an object');
  expect(bodyOfJson('{').errors[0].detail).toContain('not JSON');
});

test('an error is at the field that its pointer names', () => {
  const errors = [{ pointer: '/any~1thing', detail: 'too long' }, { pointer: '/unknown', detail: 'not a parameter' }, { pointer: '', detail: 'no object' }];
  expect(errorsByField(FIELDS, errors)).toEqual({ byName: new Map([['any/thing', 'too long']]), others: ['not a parameter', 'no object'] });
});

test('a hint says what may be given', () => {
  expect(hintOf(field('pages'))).toBe('a whole number from 1 to 1000');
  expect(hintOf(field('ratio'))).toBe('a number from 0 on');
  expect(hintOf(field('code'))).toBe('a text of 1 to 8 characters like ^[a-z]+$');
  expect(hintOf(field('mode'))).toBe('');
});
