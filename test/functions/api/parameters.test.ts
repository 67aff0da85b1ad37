import { parametersSchema } from '../../../src/contract/api-runs';
import type { JobSpec } from '../../../src/contract/job-spec';
import { ApiParameter, openApiDocument } from '../../../src/contract/openapi';
import { readParameters, schemaIn } from '../../../src/functions/api/parameters';
import { Problem } from '../../../src/functions/api/problem';

const PARAMETERS: Record<string, ApiParameter> = {
  count: { type: 'integer', minimum: 1, maximum: 10 },
  ratio: { type: 'number' },
  dry: { type: 'boolean' },
  mode: { type: 'string', enum: ['fast', 'exact'] },
  code: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 4 },
  any: {},
};
const spec = (names: string[]) => ({ parameters: names, command: [], defaults: {} }) as unknown as JobSpec;

function read(body: string, job: { parameters?: Record<string, ApiParameter> } = { parameters: PARAMETERS }, names = Object.keys(PARAMETERS)) {
  const document = openApiDocument({ title: 'Test', version: '1', jobs: [{ name: 'job', ...job }] });
  return readParameters(body, schemaIn(document, parametersSchema('job')), spec(names));
}

/** The problem that a body is. */
function problemOf(body: string, parameters: Record<string, ApiParameter> = PARAMETERS): Problem {
  try {
    read(body, { parameters }, Object.keys(parameters));
  } catch (error) {
    return error as Problem;
  }
  throw new Error('it was accepted');
}

test('the parameters of a run are texts, by name', () => {
  expect(JSON.parse(read('{"ratio": 0.25, "count": 3, "dry": true, "mode": "fast", "any": 12345678901234567890}').input))
    .toEqual({ parameters: { any: '12345678901234567890', count: '3', dry: 'true', mode: 'fast', ratio: '0.25' } });
});

test('the parameters are in the order of their names', () => {
  expect(read('{"mode": "fast", "count": 3, "any": 1, "dry": true}').input).toBe('{"parameters":{"any":"1","count":"3","dry":"true","mode":"fast"}}');
});

test('a request without a body has no parameters', () => {
  expect(read('').input).toBe('{"parameters":{}}');
  expect(read('{}').input).toBe('{"parameters":{}}');
});

test('two bodies that mean the same have one fingerprint, and one input', () => {
  const [first, second, other] = [read('{"count":3,"mode":"fast"}'), read(' {"mode": "fast", "count": 3} '), read('{"count":3,"mode":"exact"}')];
  expect(second).toEqual(first);
  expect(other.fingerprint).not.toBe(first.fingerprint);
});

test.each([
  ['{"count": "3"}', '/count', "'count' is not of the type integer"],
  ['{"count": 1.5}', '/count', "'count' is not of the type integer"],
  ['{"count": 0}', '/count', "'count' is less than 1"],
  ['{"count": 11}', '/count', "'count' is more than 10"],
  ['{"ratio": "x"}', '/ratio', "'ratio' is not of the type number"],
  ['{"dry": "true"}', '/dry', "'dry' is not of the type boolean"],
  ['{"mode": "slow"}', '/mode', "'mode' is not one of fast, exact"],
  ['{"code": "AB"}', '/code', "'code' does not match the pattern ^[a-z]+$"],
  ['{"code": "a"}', '/code', "'code' is shorter than 2 characters"],
  ['{"code": "abcde"}', '/code', "'code' is longer than 4 characters"],
])('%s is refused', (body, pointer, detail) => {
  const problem = problemOf(body);
  expect(problem.status).toBe(400);
  expect(problem.errors).toContainEqual({ pointer, detail });
  expect(problem.detail).toBe(problem.errors![0].detail);
});

test('a pattern is not tried with a text that is too long', () => {
  const slow = { code: { type: 'string', pattern: '\\s+$', maxLength: 20 } as const };
  expect(problemOf(JSON.stringify({ code: `${' '.repeat(100_000)}x` }), slow).errors).toEqual([{ pointer: '/code', detail: "'code' is longer than 20 characters" }]);
});

test('all that is wrong is said at once', () => {
  expect(problemOf('{"count": 0, "mode": "slow"}').errors!.map(({ pointer }) => pointer)).toEqual(['/count', '/mode']);
});

test('a parameter that is required and missing is refused', () => {
  const problem = problemOf('{}', { ...PARAMETERS, count: { type: 'integer', isRequired: true } });
  expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '', detail: expect.stringContaining("'count'") }] });
});

test.each([
  ['[]', "'body' is not an object of names and values"], ['not JSON', "'body' is text that is not JSON"], ['"text"', "'body' is not an object of names and values"],
  ['null', "'body' is not an object of names and values"],
  ['{"other": 1}', "'parameters.other' is not a parameter of this job; it takes count, ratio"], ['{"any": {}}', "'body.any' is not text, a number or a boolean"],
  ['{"any": null}', "'body.any' is not text, a number or a boolean"], ['{"any": 1, "any": 2}', "'body' has one of its names twice"], ['{"__proto__": 1}', "'parameters.__proto__' is not a parameter"],
])('%s is refused as the submit function refuses it', (body, message) => {
  expect(() => read(body)).toThrow(message);
});

test('where the document does not know the parameters, the job decides', () => {
  expect(read('{"a": 1}', {}, ['a']).input).toBe('{"parameters":{"a":"1"}}');
  expect(() => read('{"b": 1}', {}, ['a'])).toThrow("'parameters.b' is not a parameter of this job; it takes a");
});

test('a document without the job is an error', () => {
  expect(() => schemaIn({}, 'Parameters_x')).toThrow('the OpenAPI document has no schema Parameters_x');
});
