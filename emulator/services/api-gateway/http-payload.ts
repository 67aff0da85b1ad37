import type { RouteMatch } from './routes';
import { isObject } from '../../../src/contract/json-text';
import type { DeployedHttpApi } from '../../assembly/deployment';

/** A request as its client sends it. */
export interface HttpRequest {
  readonly method: string;
  /** With the query, encoded as it is sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What the authorizer of the route made of the request: `{ jwt: { claims: { sub: 'a' }, scopes: null } }`. Undefined for a client that is not known. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

export interface HttpAnswer {
  readonly status: number;
  /** The names are in lower case. Only `set-cookie` has several values. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Bytes where the function answers with Base64. */
  readonly body: string | Buffer;
}

/** Where a request comes in, besides the request itself. */
export interface Arrival {
  readonly api: DeployedHttpApi;
  readonly match: RouteMatch;
  readonly requestId: string;
  readonly time: number;
}

/** The clients of an emulated API are on this machine. */
const CLIENT_ADDRESS = '127.0.0.1';

/** The event of a request, in the payload format 2.0: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function eventOf({ method, path, headers = {}, body, authorizer }: HttpRequest, { api, match, requestId, time }: Arrival): Record<string, unknown> {
  const [, , , region, accountId] = api.arn.split(':');
  const [encodedPath, ...query] = path.split('?');
  // A function gets the path decoded, whatever its name says: https://github.com/middleapi/standard-server/pull/93
  const rawPath = decodeURIComponent(encodedPath);
  const rawQueryString = query.join('?');
  const queryStringParameters = joined([...new URLSearchParams(rawQueryString)]);
  const pathParameters = Object.entries(match.variables).map(([name, value]) => [name, decodeURIComponent(value)]);
  const { cookie, ...otherHeaders } = joined(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const domainName = `${api.id}.execute-api.${region}.amazonaws.com`;
  const isBase64Encoded = body !== undefined && !isText(otherHeaders['content-type']);
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath,
    rawQueryString,
    ...cookie !== undefined && { cookies: cookie.split(/;\s*/) },
    headers: {
      ...otherHeaders,
      ...body !== undefined && { 'content-length': String(Buffer.byteLength(body)) },
      'host': domainName,
      'x-forwarded-for': CLIENT_ADDRESS,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...rawQueryString !== '' && { queryStringParameters },
    requestContext: {
      accountId,
      apiId: api.id,
      ...authorizer && match.route.authorization !== 'NONE' && { authorizer },
      domainName,
      domainPrefix: api.id,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: CLIENT_ADDRESS, userAgent: otherHeaders['user-agent'] ?? '' },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: inLogFormat(time),
      timeEpoch: Math.floor(time),
    },
    ...pathParameters.length > 0 && { pathParameters: Object.fromEntries(pathParameters) },
    ...body !== undefined && { body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8') },
    isBase64Encoded,
  };
}

/** What is given several times has its values with commas between them. */
function joined(pairs: readonly (readonly [name: string, value: string])[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  return Object.fromEntries(values);
}

/** A body of another type is passed on in Base64, also that of a form. https://aws.amazon.com/blogs/compute/handling-binary-data-using-amazon-api-gateway-http-apis/ */
function isText(contentType = 'text/plain'): boolean {
  return /^\s*(text\/|application\/(([^;\s]+\+)?(json|xml)|javascript)\s*(;|$))/i.test(contentType);
}

/** `12/Mar/2020:19:03:58 +0000` */
function inLogFormat(milliseconds: number): string {
  const [, day, month, year, time] = new Date(milliseconds).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The answer that the result of a function stands for. An object with `statusCode` is the answer, and anything else its body. Undefined for one that is malformed. */
export function answerOf(result: unknown): HttpAnswer | undefined {
  if (!isObject(result) || result.statusCode === undefined) return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) };
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string' || !isObject(headers) || !Array.isArray(cookies)) return undefined;
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
      ...cookies.length > 0 && { 'set-cookie': cookies.map(String) },
    },
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

/** An answer of API Gateway itself. */
export function messageAnswer(status: number, message: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}
