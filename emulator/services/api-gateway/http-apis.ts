import { preflightAnswer, withCors } from './cors';
import { answerOf, eventOf, HttpAnswer, HttpRequest, messageAnswer } from './http-payload';
import { routeKeyOf, routeOf } from './routes';
import type { DeployedHttpApi, DeployedRoute } from '../../assembly/deployment';
import type { Clock } from '../../clock';
import { UnsupportedError } from '../../unsupported-error';
import { uuidOf } from '../../uuid';
import type { Lambda } from '../lambda/lambda';

export type { HttpAnswer, HttpRequest };

/** Bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LARGEST_BODY = 10 * 1024 * 1024;

export interface HttpApisOptions {
  readonly apis: readonly DeployedHttpApi[];
  readonly clock: Clock;
  readonly lambda: Lambda;
}

/** What the authorizer of a route says of the client of a request. Undefined: it refuses the request. */
export type Authorize = (route: DeployedRoute, request: HttpRequest, resource: string) => Promise<HttpRequest['authorizer']>;

/**
 * API Gateway: the HTTP APIs of the app, whose routes lead to functions. Their authorizers belong to who calls `request()`, who may also say who the
 * client is. `HttpGateway` calls it for requests over HTTP.
 */
export class HttpApis {
  private requestCount = 0;

  constructor(private readonly options: HttpApisOptions) {}

  /** Sends a request to an API, which is named by its construct path. The answer may need time to pass: see `Emulator.settle()`. */
  async request(apiPath: string, request: HttpRequest, authorize: Authorize = async () => request.authorizer): Promise<HttpAnswer> {
    const { apis } = this.options;
    const api = apis.find(({ path }) => path === apiPath);
    if (!api) throw new Error(`the app has no HTTP API ${apiPath}; it has: ${apis.map(({ path }) => path).join(', ') || 'none'}`);
    const { cors } = api;
    if (!cors) return this.answer(api, request, authorize);
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html: API Gateway answers for the integration
    return request.method === 'OPTIONS' ? preflightAnswer(cors, request) : withCors(cors, request, await this.answer(api, request, authorize));
  }

  private async answer(api: DeployedHttpApi, request: HttpRequest, authorize: Authorize): Promise<HttpAnswer> {
    if (Buffer.byteLength(request.body ?? '') > LARGEST_BODY) return messageAnswer(413, 'Request Entity Too Large');
    const [path] = request.path.split('?');
    if (!isDecodable(path)) return messageAnswer(400, 'Bad Request');
    const match = routeOf(api.routes, request.method, path);
    if (!match) return messageAnswer(404, 'Not Found');
    const { route } = match;
    const authorizer = route.authorization === 'NONE' ? undefined : await authorize(route, request, `${api.arn}/$default/${request.method}${path}`);
    if (route.authorization !== 'NONE' && !authorizer) return route.authorization === 'AWS_IAM' ? messageAnswer(403, 'Forbidden') : messageAnswer(401, 'Unauthorized');
    const requestId = uuidOf(`${api.arn} ${++this.requestCount}`);
    return this.integrate(api, route, request.method, eventOf({ ...request, authorizer }, { api, match, requestId, time: this.options.clock.now() }));
  }

  /** A function that fails, or that may not be invoked, is an error of the server. */
  private async integrate(api: DeployedHttpApi, route: DeployedRoute, method: string, event: unknown): Promise<HttpAnswer> {
    const { clock, lambda } = this.options;
    const { functionArn, timeoutMilliseconds } = route;
    if (functionArn === undefined) throw new UnsupportedError(`${api.path} has the route '${route.key}' with an integration that the emulator does not support; it supports functions with the payload format 2.0`);
    const failure = messageAnswer(500, 'Internal Server Error');
    if (!lambda.allows(functionArn, 'apigateway.amazonaws.com', sourceArnOf(api, route, method))) return failure;
    return new Promise((resolve) => {
      const timer = clock.after(timeoutMilliseconds, () => resolve(messageAnswer(503, 'Service Unavailable')));
      void lambda.invoke(functionArn, event).then((result) => answerOf(result) ?? failure, () => failure).then((answer) => {
        timer.cancel();
        resolve(answer);
      });
    });
  }
}

/** What a permission of a function names: the API, the stage, the method and the path of the route. https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
function sourceArnOf({ arn }: DeployedHttpApi, route: DeployedRoute, method: string): string {
  return `${arn}/$default/${route.key === '$default' ? route.key : `${method}${routeKeyOf(route).path}`}`;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
