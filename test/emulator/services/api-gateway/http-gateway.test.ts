import { HttpAnswer } from '../../../../emulator/services/api-gateway/http-apis';
import { HttpGateway } from '../../../../emulator/services/api-gateway/http-gateway';
import { HttpRequest } from '../../../../emulator/services/api-gateway/http-payload';
import { send, Sent } from '../../signed-request';

const AUTHORIZE = async () => undefined;
let received: (HttpRequest & { apiPath: string })[];
let errors: unknown[];
let answer: () => Promise<HttpAnswer>;
let gateway: HttpGateway;
let url: string;

beforeAll(async () => {
  gateway = new HttpGateway({
    httpApis: {
      request: async (apiPath, request, authorize) => {
        received.push({ apiPath, ...request });
        expect(authorize).toBe(AUTHORIZE);
        return answer();
      },
    },
    apiPath: 'App/Api',
    authorize: AUTHORIZE,
    allowsOrigin: (origin) => origin === 'https://page.example',
    onUnexpectedError: (error) => errors.push(error),
  });
  url = await gateway.start();
});
beforeEach(() => {
  received = [];
  errors = [];
  answer = async () => ({ status: 201, headers: { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] }, body: 'é' });
});
afterAll(() => gateway.stop());

const sendHere = (sent: Sent = {}) => send(url, { method: 'GET', ...sent });

test('a request comes to the API as it was sent, and its answer goes back', async () => {
  expect(await sendHere({ method: 'PUT', path: '/a%20b?c=d%2F', headers: { 'x-a': ['1', '2'] }, body: 'body' })).toMatchObject({
    status: 201, headers: { 'content-type': 'text/plain', 'content-length': '2', 'set-cookie': ['a=1', 'b=2'] }, body: 'é',
  });
  expect(received).toEqual([expect.objectContaining({ apiPath: 'App/Api', method: 'PUT', path: '/a%20b?c=d%2F', body: Buffer.from('body') })]);
  expect(received[0].headers).toMatchObject({ 'x-a': '1, 2' });
});

test('a request without a body has none', async () => {
  await sendHere();
  expect(received[0].body).toBeUndefined();
});

test.each([204, 304])('an answer with the status %i has no body', async (status) => {
  answer = async () => ({ status, headers: { etag: 'a' }, body: '' });
  const { headers, ...rest } = await sendHere();
  expect([rest, headers.etag, headers['content-length']]).toEqual([{ status, body: '' }, 'a', undefined]);
});

test('an error inside is told, and not shown', async () => {
  answer = async () => { throw new Error('secret'); };
  expect(await sendHere()).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  expect(errors).toEqual([new Error('secret')]);
});

test('what the connection is like is not for the function to say', async () => {
  answer = async () => ({ status: 200, headers: { 'transfer-encoding': 'chunked', 'connection': 'close', 'content-length': '9' }, body: Buffer.from([0x89, 0xff]) });
  const { headers } = await sendHere();
  expect([headers['transfer-encoding'], headers['content-length']]).toEqual([undefined, '2']);
});

test('a request for another server is malformed', async () => {
  expect((await sendHere({ path: 'http://127.0.0.1/a' })).status).toBe(400);
  expect(received).toEqual([]);
});

test('a body that no API takes is refused', async () => {
  expect(await sendHere({ method: 'POST', body: 'x'.repeat(12 * 1024 * 1024) })).toMatchObject({ status: 413 });
  expect(received).toEqual([]);
});

test('a port that is in use is an error', async () => {
  const other = new HttpGateway({ httpApis: { request: answer }, apiPath: 'a', authorize: AUTHORIZE, allowsOrigin: () => false });
  await expect(other.start(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test.each<[string, number, (host: string, port: string) => Record<string, string>]>([
  ['of the API itself', 201, (host) => ({ 'origin': `http://${host}`, 'sec-fetch-site': 'same-origin' })],
  ['of the API itself, that asks for data', 201, () => ({ 'sec-fetch-site': 'same-origin' })],
  ['that a person opens', 201, () => ({ 'sec-fetch-site': 'none' })],
  ['that the API allows', 201, () => ({ 'origin': 'https://page.example', 'sec-fetch-site': 'cross-site' })],
  ['of another port', 403, () => ({ 'origin': 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' })],
  ['of another host', 403, () => ({ 'origin': 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
  ['without an origin', 403, () => ({ origin: 'null' })],
  ['that asks without CORS', 403, () => ({ 'sec-fetch-site': 'same-site' })],
  ['that shows an image', 403, () => ({ 'sec-fetch-site': 'cross-site' })],
  ['whose name leads here', 403, () => ({ host: 'evil.example', origin: 'http://evil.example' })],
  ['whose name leads here, with this port', 403, (_, port) => ({ host: `evil.example:${port}` })],
])('a web page %s: %i', async (_, status, headersOf) => {
  const { host, port } = new URL(url);
  expect((await sendHere({ headers: headersOf(host, port) })).status).toBe(status);
  expect(received).toHaveLength(status === 201 ? 1 : 0);
});

describe('with a start page', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  let withPage: HttpGateway;
  let its: string;
  beforeAll(async () => {
    const request = async () => ({ status: 404, headers: {}, body: '{"message":"Not Found"}' });
    withPage = new HttpGateway({ httpApis: { request }, apiPath: 'App/Api', authorize: AUTHORIZE, allowsOrigin: () => false, startPage: '/page' });
    its = await withPage.start();
  });
  afterAll(() => withPage.stop());

  test.each(['/', '/?a=b'])('a browser that opens %s is sent to it', async (path) => {
    expect(await send(its, { method: 'GET', path, headers: { accept: BROWSER } })).toMatchObject({ status: 302, headers: { location: '/page' }, body: '' });
  });

  test.each<[string, Sent, number]>([
    ['a program', { headers: { accept: '*/*' } }, 404],
    ['a program that says nothing', {}, 404],
    ['another path', { path: '/other', headers: { accept: BROWSER } }, 404],
    ['another method', { method: 'POST', headers: { accept: BROWSER } }, 404],
    ['a page of another origin', { headers: { 'accept': BROWSER, 'sec-fetch-site': 'cross-site' } }, 403],
  ])('%s is not', async (_, sent, status) => {
    const answered = await send(its, { method: 'GET', path: '/', ...sent });
    expect([answered.status, answered.headers.location]).toEqual([status, undefined]);
  });
});
