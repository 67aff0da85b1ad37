import { Problem, problemOf, pointerTo } from '../../../src/functions/api/problem';
import { InvalidInput } from '../../../src/functions/shared/input/input-fields';

test('a problem has the members of RFC 9457', () => {
  expect(new Problem(404, 'there is no such run').body('request-1')).toEqual({
    type: 'about:blank', title: 'Not Found', status: 404, detail: 'there is no such run', requestId: 'request-1', errors: undefined,
  });
});

test.each([400, 403, 404, 409, 413, 415, 422, 429, 500, 503])('the status %d has a title', (status) => {
  expect(new Problem(status, '').body('')).toMatchObject({ title: expect.stringMatching(/^[A-Z]/) });
});

test('a problem stays itself', () => {
  const problem = new Problem(409, 'no');
  expect(problemOf(problem)).toBe(problem);
});

test('input that is not valid has a pointer to the field', () => {
  const { status, detail, errors } = problemOf(new InvalidInput("'parameters.a/b~c' is not text", 'parameters.a/b~c'));
  expect({ status, detail, errors }).toEqual({
    status: 400, detail: "'parameters.a/b~c' is not text", errors: [{ pointer: '/a~1b~0c', detail: "'parameters.a/b~c' is not text" }],
  });
  expect(problemOf(new InvalidInput('the whole')).errors).toEqual([{ pointer: '', detail: 'the whole' }]);
  expect(problemOf(new InvalidInput("'body' is no JSON", 'body')).errors).toEqual([{ pointer: '', detail: "'body' is no JSON" }]);
});

test('a pointer is to a name with dots, and is not as long as a body may be', () => {
  const pointerOf = (field: string) => problemOf(new InvalidInput('wrong', field)).errors![0].pointer;
  expect(pointerOf('parameters.a.b')).toBe('/a.b');
  expect(pointerOf(`parameters.${'x'.repeat(100_000)}`)).toHaveLength(256);
});

test.each([
  'ThrottlingException', 'TooManyRequestsException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ServiceUnavailable', 'InternalServerError', 'TimeoutError',
])('%s of a service is 503', (name) => {
  expect(problemOf(Object.assign(new Error('inside'), { name }))).toMatchObject({ status: 503, detail: expect.not.stringContaining('inside') });
});

test.each([new Error('secret'), Object.assign(new Error('secret'), { name: 'AccessDeniedException' }), 'text', undefined])('any other error is 500 and shows nothing of itself: %s', (error) => {
  expect(problemOf(error)).toMatchObject({ status: 500, detail: expect.stringContaining('send the request again') });
  expect(problemOf(error).detail).not.toContain('secret');
});

test('a pointer escapes what it has to', () => {
  expect(pointerTo('a~/b')).toBe('/a~0~1b');
});
