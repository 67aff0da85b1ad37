import { bodyOf, bodyOfJson, errorsByField, Field, fieldsOf, hintOf } from '../../console/form/fields';

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

test('what is outside of the range is for the API to judge', () => {
  expect(bodyOf(FIELDS, { pages: '5000' }).body).toBe('{"pages":5000}');
});

test('parameters as JSON are an object', () => {
  expect(bodyOfJson(' {"a": 1} ').body).toBe('{"a":1}');
  expect(bodyOfJson('').body).toBe('{}');
  expect(bodyOfJson('[1]').errors[0].detail).toContain('not an object');
  expect(bodyOfJson('{').errors[0].detail).toContain('not JSON');
});

test('an error is at the field that its pointer names', () => {
  const errors = [{ pointer: '/any~1thing', detail: 'too long' }, { pointer: '/unknown', detail: 'not a parameter' }, { pointer: '', detail: 'no object' }];
  expect(errorsByField(FIELDS, errors)).toEqual({ byName: { 'any/thing': 'too long' }, others: ['not a parameter', 'no object'] });
});

test('a hint says what may be given', () => {
  expect(hintOf(field('pages'))).toBe('a whole number from 1 to 1000');
  expect(hintOf(field('ratio'))).toBe('a number from 0 on');
  expect(hintOf(field('code'))).toBe('a text of 1 to 8 characters like ^[a-z]+$');
  expect(hintOf(field('mode'))).toBe('');
});
