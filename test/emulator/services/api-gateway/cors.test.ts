import { allowsOrigin, preflightAnswer, withCors } from '../../../../emulator/services/api-gateway/cors';
import { HttpRequest } from '../../../../emulator/services/api-gateway/http-payload';

const ANSWER = { status: 200, headers: { 'content-type': 'text/plain', 'access-control-allow-origin': 'https://of.function' }, body: 'a' };
const CORS = { allowOrigins: ['https://a.example'], allowMethods: ['GET', 'POST'], allowHeaders: ['Content-Type', 'X-A'], exposeHeaders: ['ETag'], allowCredentials: false, maxAgeSeconds: 60 };
const from = (origin?: string): HttpRequest => ({ method: 'GET', path: '/', headers: origin === undefined ? {} : { Origin: origin } });

test.each([
  [['https://a.example'], 'https://a.example', true],
  [['https://a.example'], 'https://a.example:8080', false],
  [['https://a.example'], 'http://a.example', false],
  [['*'], 'http://a.example', true],
  [['https://*'], 'https://a.example', true],
  [['https://*'], 'http://a.example', false],
  [['http://*'], 'http://a.example', true],
  [['http://*'], 'https://a.example', false],
  [[], 'https://a.example', false],
  [['*'], 'null', true],
])('%j and the origin %s', (allowOrigins, origin, isAllowed) => {
  expect(allowsOrigin({ ...CORS, allowOrigins }, origin)).toBe(isAllowed);
});

test('an answer has what the page may know, and not what the function says of it', () => {
  expect(withCors(CORS, from('https://a.example'), ANSWER)).toEqual({
    status: 200,
    headers: { 'content-type': 'text/plain', 'access-control-allow-origin': 'https://a.example', 'access-control-expose-headers': 'etag' },
    body: 'a',
  });
});

test('pages of any origin are named by a star', () => {
  expect(withCors({ ...CORS, allowOrigins: ['*'], exposeHeaders: [] }, from('http://b.example'), ANSWER).headers)
    .toEqual({ 'content-type': 'text/plain', 'access-control-allow-origin': '*' });
});

test('credentials are allowed by a header', () => {
  expect(withCors({ ...CORS, allowCredentials: true }, from('https://a.example'), ANSWER).headers).toMatchObject({ 'access-control-allow-credentials': 'true' });
});

test.each([['https://b.example'], [undefined]])('a page of %s is told nothing', (origin) => {
  expect(withCors(CORS, from(origin), ANSWER).headers).toEqual({ 'content-type': 'text/plain' });
  expect(preflightAnswer(CORS, from(origin))).toEqual({ status: 204, headers: {}, body: '' });
});

test('a browser that asks before a request is told what it may send', () => {
  expect(preflightAnswer(CORS, from('https://a.example'))).toEqual({
    status: 204,
    headers: {
      'access-control-allow-origin': 'https://a.example',
      'access-control-expose-headers': 'etag',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'content-type,x-a',
      'access-control-max-age': '60',
    },
    body: '',
  });
});

test('what is not configured is not said', () => {
  const cors = { ...CORS, allowMethods: [], allowHeaders: [], exposeHeaders: [], maxAgeSeconds: undefined };
  expect(preflightAnswer(cors, from('https://a.example')).headers).toEqual({ 'access-control-allow-origin': 'https://a.example' });
});
