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

/**
 * API Gateway: the HTTP APIs of the app, whose routes lead to functions. They are called by `request()` only, and not by HTTP: their authorizers are not
 * emulated, and so the caller says who the client is.
 */
export class HttpApis {
  private requestCount = 0;

  constructor(private readonly options: HttpApisOptions) {}

  /** Sends a request to an API, which is named by its construct path. The answer may need time to pass: see `Emulator.settle()`. */
  async request(apiPath: string, request: HttpRequest): Promise<HttpAnswer> {
    const { apis, clock } = this.options;
    const api = apis.find(({ path }) => path === apiPath);
    if (!api) throw new Error(`the app has no HTTP API ${apiPath}; it has: ${apis.map(({ path }) => path).join(', ') || 'none'}`);
    if (Buffer.byteLength(request.body ?? '') > LARGEST_BODY) return messageAnswer(413, 'Request Entity Too Large');
    const [path] = request.path.split('?');
    if (!isDecodable(path)) return messageAnswer(400, 'Bad Request');
    const match = routeOf(api.routes, request.method, path);
    if (!match) return messageAnswer(404, 'Not Found');
    const { route } = match;
    if (route.authorization !== 'NONE' && !request.authorizer) return route.authorization === 'AWS_IAM' ? messageAnswer(403, 'Forbidden') : messageAnswer(401, 'Unauthorized');
    const requestId = uuidOf(`${api.arn} ${++this.requestCount}`);
    return this.integrate(api, route, request.method, eventOf(request, { api, match, requestId, time: clock.now() }));
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
