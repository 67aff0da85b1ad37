import { beginsAtTail, idempotencyKey, limitOf, logLimitOf, preferredWait, queriedWait, requireJson, statusOf } from '../../../src/functions/api/request';

test.each([
  [undefined, 0], ['', 0], ['wait=5', 5], ['respond-async, wait=10', 10], ['Wait = "7"', 7], ['wait=25', 25], ['wait=26', 25], ['wait=900', 25],
  ['respond-async;wait=3', 3], ['wait=-1', 0], ['wait=1.5', 0], ['wait=x', 0], ['await=5', 0], ['handling=lenient', 0],
])('the preference %j waits for %d seconds', (prefer, expected) => {
  expect(preferredWait(prefer)).toBe(expected);
});

test.each(['a', '8e03978e-40d5-43e8-bc93-6894a57f9324', '"quoted"', 'with spaces in it', 'k'.repeat(255)])('the idempotency key %j is taken as it is', (key) => {
  expect(idempotencyKey(key)).toBe(key);
});

test('a request without an idempotency key has none', () => {
  expect(idempotencyKey(undefined)).toBeUndefined();
});

test.each(['', ' ', ' a', 'a ', 'ä', 'a\tb', 'k'.repeat(256)])('the idempotency key %j is refused', (key) => {
  expect(() => idempotencyKey(key)).toThrow("the header 'Idempotency-Key' is not 1 to 255 printable characters of ASCII; use a UUID");
});

test.each([[undefined, 0], ['0', 0], ['25', 25]])("a query with 'wait' %j waits for %d seconds", (wait, expected) => {
  expect(queriedWait(wait)).toBe(expected);
});

test.each(['26', '-1', '', '1.5', 'x', '1e1'])("a query with 'wait' %j is refused", (wait) => {
  expect(() => queriedWait(wait)).toThrow("'wait' is not a whole number from 0 to 25");
});

test.each([[undefined, 25], ['1', 1], ['100', 100]])("a query with 'limit' %j has a page of %d", (limit, expected) => {
  expect(limitOf(limit)).toBe(expected);
});

test.each(['0', '101', 'all'])("a query with 'limit' %j is refused", (limit) => {
  expect(() => limitOf(limit)).toThrow("'limit' is not a whole number from 1 to 100");
});

test('a page of a log has up to 1,000 lines, and begins at the head or at the tail', () => {
  expect([logLimitOf(undefined), logLimitOf('1000')]).toEqual([100, 1_000]);
  expect(() => logLimitOf('1001')).toThrow("'limit' is not a whole number from 1 to 1000");
  expect([beginsAtTail(undefined), beginsAtTail('head'), beginsAtTail('tail')]).toEqual([false, false, true]);
  expect(() => beginsAtTail('')).toThrow("'from' is not head or tail");
});

test('a status is one of those of a run', () => {
  expect(statusOf('RUNNABLE')).toBe('RUNNABLE');
  expect(statusOf(undefined)).toBeUndefined();
  expect(() => statusOf('running')).toThrow("'status' is no status of a run; use SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED, FAILED, CANCELLED");
});

test.each([undefined, 'application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json'])('a body of the type %j is JSON', (type) => {
  expect(() => requireJson(type)).not.toThrow();
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])('a body of the type %j is refused', (type) => {
  expect(() => requireJson(type)).toThrow('the body is not JSON');
});
