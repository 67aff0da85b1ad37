import { objectAt, resultUri } from '../../../src/contract/object-store';
import { shorten, Values } from '../../../src/functions/submit/payload';

const store = { bucket: 'bucket', folder: 'Job' };
const SUBMISSION = { jobName: 'hb-1', submissionId: 'id' };
const uri = (name: string) => `s3://bucket/payloads/Job/hb-1-id/${name}`;
const lengthOf = ({ parameters, environment }: Values) => [...Object.values(parameters), ...Object.values(environment)].join('').length;
const atMost = (most: number) => (values: Values) => lengthOf(values) <= most;

test('the longest value becomes the URI of its object, and one more object holds all values', () => {
  const given = { parameters: { a: 'x'.repeat(900), b: 'y'.repeat(300) }, environment: { C: 'short' } };
  expect(shorten(given, store, SUBMISSION, atMost(500))).toEqual({
    values: { parameters: { a: uri('parameters/a'), b: given.parameters.b }, environment: { C: 'short', HEAVY_BATCH_INPUT: uri('input.json') } },
    objects: [{ uri: uri('input.json'), body: JSON.stringify(given) }, { uri: uri('parameters/a'), body: given.parameters.a }],
  });
});

test.each([
  [2_600, 0], [2_000, 1], [1_400, 2], [900, 3], [600, 4],
])('for a limit of %d characters, %d values are replaced and no more', (most, replaced) => {
  const parameters = Object.fromEntries(['a', 'b', 'c', 'd'].map((name, index) => [name, name.repeat(600 + index)]));
  const shortened = shorten({ parameters, environment: {} }, store, SUBMISSION, atMost(most))!;
  expect(Object.values(shortened.values.parameters).filter((value) => value.startsWith('s3://'))).toHaveLength(Math.max(replaced, 1));
  expect(shortened.objects).toHaveLength(1 + Math.max(replaced, 1));
});

test('an environment variable with any name is replaced too', () => {
  const shortened = shorten({ parameters: {}, environment: { 'a/b c': 'x'.repeat(900) } }, store, SUBMISSION, atMost(200))!;
  expect(shortened.values.environment['a/b c']).toBe(uri('environment/a%2Fb%20c'));
});

test.each(['__proto__', 'constructor', 'toString'])('a value of the name %s is replaced too', (name) => {
  const long = { [name]: 'x'.repeat(900) };
  const { values, objects } = shorten({ parameters: long, environment: long }, store, SUBMISSION, atMost(200))!;
  expect(Object.entries(values.parameters)).toEqual([[name, uri(`parameters/${name}`)]]);
  expect(Object.entries(values.environment)).toEqual([[name, uri(`environment/${name}`)], ['HEAVY_BATCH_INPUT', uri('input.json')]]);
  expect(JSON.parse(objects[0].body).parameters).toEqual(long);
});

test('values that are shorter than a URI stay, and the input may be too long all the same', () => {
  const environment = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`V${index}`, 'x'.repeat(20)]));
  expect(shorten({ parameters: {}, environment }, store, SUBMISSION, atMost(500))).toBeUndefined();
});

test('the same input makes the same objects, whatever the order of its names', () => {
  const once = shorten({ parameters: { a: 'x'.repeat(900), b: 'y'.repeat(900) }, environment: {} }, store, SUBMISSION, atMost(1_200));
  expect(shorten({ parameters: { b: 'y'.repeat(900), a: 'x'.repeat(900) }, environment: {} }, store, SUBMISSION, atMost(1_200))!.values).toEqual(once!.values);
  expect(once!.values.parameters.a).toMatch(/^s3:/); // of two values of one length, the first by its name
});

test('a job has a URI for its result, and an array job has a prefix for those of its children', () => {
  expect(resultUri(store, SUBMISSION, false)).toBe('s3://bucket/results/Job/hb-1-id');
  expect(resultUri(store, SUBMISSION, true)).toBe('s3://bucket/results/Job/hb-1-id/');
  expect(objectAt('s3://bucket/results/Job/hb-1-id')).toEqual({ Bucket: 'bucket', Key: 'results/Job/hb-1-id' });
});
