import type { HttpAnswer, HttpRequest } from './http-payload';
import type { DeployedCors } from '../../assembly/deployment';

/** Any origin with this scheme: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
const ANY_OF_SCHEME = ['https://*', 'http://*'];

/** Whether a web page of an origin may call the API. */
export function allowsOrigin({ allowOrigins }: DeployedCors, origin: string): boolean {
  const ofScheme = ANY_OF_SCHEME.find((each) => origin.startsWith(each.slice(0, -1)));
  return ['*', origin, ...ofScheme === undefined ? [] : [ofScheme]].some((allowed) => allowOrigins.includes(allowed));
}

/** The answer to the question that a browser asks before a request. A page that may not call the API gets no header that would let it. */
export function preflightAnswer(cors: DeployedCors, request: HttpRequest): HttpAnswer {
  const { allowMethods, allowHeaders, maxAgeSeconds } = cors;
  const answer = withCors(cors, request, { status: 204, headers: {}, body: '' });
  if (Object.keys(answer.headers).length === 0) return answer;
  return {
    ...answer,
    headers: {
      ...answer.headers,
      ...allowMethods.length > 0 && { 'access-control-allow-methods': allowMethods.join(',') },
      ...allowHeaders.length > 0 && { 'access-control-allow-headers': allowHeaders.join(',').toLowerCase() },
      ...maxAgeSeconds !== undefined && { 'access-control-max-age': String(maxAgeSeconds) },
    },
  };
}

/** An answer with what a browser wants to know. Such headers of the function are not passed on. */
export function withCors(cors: DeployedCors, { headers = {} }: HttpRequest, answer: HttpAnswer): HttpAnswer {
  const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'));
  const { origin } = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { allowOrigins, exposeHeaders, allowCredentials } = cors;
  const isAllowed = origin !== undefined && allowsOrigin(cors, origin);
  return {
    ...answer,
    headers: {
      ...Object.fromEntries(own),
      ...isAllowed && {
        'access-control-allow-origin': allowOrigins.includes('*') ? '*' : origin,
        ...exposeHeaders.length > 0 && { 'access-control-expose-headers': exposeHeaders.join(',').toLowerCase() },
        ...allowCredentials && { 'access-control-allow-credentials': 'true' },
      },
    },
  };
}
