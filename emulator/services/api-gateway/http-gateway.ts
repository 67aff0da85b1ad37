import type * as http from 'node:http';
import type { Authorize, HttpApis } from './http-apis';
import { HttpAnswer, messageAnswer } from './http-payload';
import { readBody } from '../../endpoint/body';
import { isForThisMachine, isOfOwnOrigin } from '../../endpoint/guard';
import { headersOf, LoopbackServer } from '../../endpoint/loopback-server';

/** Bytes, a little more than API Gateway takes, so that it is API Gateway which refuses a body. */
const LARGEST_BODY = 11 * 1024 * 1024;

export interface HttpGatewayOptions {
  readonly httpApis: Pick<HttpApis, 'request'>;
  /** The construct path of the API. */
  readonly apiPath: string;
  readonly authorize: Authorize;
  /** Whether the web pages of another origin may call the API. Those of its own always may. */
  readonly allowsOrigin: (origin: string) => boolean;
  /** The path of the page that a person gets who opens `/`. API Gateway does not do this. */
  readonly startPage?: string;
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** The HTTP server of one HTTP API. */
export class HttpGateway extends LoopbackServer {
  constructor(private readonly options: HttpGatewayOptions) {
    super();
  }

  protected async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('error', () => undefined); // the client has gone away
    try {
      send(response, await this.answer(request));
    } catch (error) {
      this.options.onUnexpectedError?.(error);
      if (response.headersSent) response.destroy();
      else send(response, messageAnswer(500, 'Internal Server Error'));
    }
  }

  private async answer(request: http.IncomingMessage): Promise<HttpAnswer> {
    const { httpApis, apiPath, authorize, startPage } = this.options;
    const { method, url } = request as { method: string; url: string };
    const refusal = this.refusalOf(request);
    // Nothing of a request is kept that is refused.
    const body = await readBody(request, refusal ? 0 : LARGEST_BODY);
    if (refusal) return refusal;
    if (body === undefined) return messageAnswer(400, 'Bad Request'); // the client has gone away
    if (body === 'too-large') return messageAnswer(413, 'Request Entity Too Large');
    if (startPage !== undefined && isForStartPage(request)) return { status: 302, headers: { location: startPage }, body: '' };
    return httpApis.request(apiPath, { method, path: url, headers: headersOf(request), body: body.length > 0 ? body : undefined }, authorize);
  }

  private refusalOf(request: http.IncomingMessage): HttpAnswer | undefined {
    const { url, headers: { origin }, socket: { localPort } } = request;
    if (!url!.startsWith('/')) return messageAnswer(400, 'Bad Request');
    if (!isForThisMachine(request)) return messageAnswer(403, `the API is at 127.0.0.1:${localPort}, and not at the host of this request`);
    if (isOfOwnOrigin(request) || (origin !== undefined && this.options.allowsOrigin(origin))) return undefined;
    return messageAnswer(403, origin === undefined ? 'the API is not for pages of other origins' : `the API is not for pages of ${origin}; allow them with --allow-origin ${origin}`);
  }
}

/** Whether a browser opens `/`. Programs do not name HTML as what they accept. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 */
function isForStartPage({ method, url, headers: { accept } }: http.IncomingMessage): boolean {
  return method === 'GET' && url!.split('?')[0] === '/' && /\btext\/html\b/i.test(accept ?? '');
}

/** What the server itself says of the connection. */
const OF_THE_CONNECTION = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

function send(response: http.ServerResponse, { status, headers, body }: HttpAnswer): void {
  const own = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  response.writeHead(status, { ...Object.fromEntries(own), ...status !== 204 && status !== 304 && { 'content-length': Buffer.byteLength(body) } }).end(body);
}
