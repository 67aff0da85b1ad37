import type { IncomingMessage } from 'node:http';
import { ServiceError, ServiceName } from '../service';

/** The names under which the loopback interface is reached. The emulator listens nowhere else. https://www.rfc-editor.org/rfc/rfc6761#section-6.3 */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The headers of which a second one would let two readers understand one request in two ways. */
const SINGLE = ['host', 'authorization', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding'];

/**
 * Refuses a request that a web page may have caused. A page can let a browser send requests to 127.0.0.1, and by DNS rebinding it can even read
 * the answers: the browser then takes the name of the page for the host. Its requests have `Origin` or `Sec-Fetch-Site`, or another host.
 * https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header,
 * https://github.com/taviso/rbndr
 */
export function guard(request: IncomingMessage, service: ServiceName): ServiceError | undefined {
  const { headers, method, url = '', socket: { localPort } } = request;
  const refuse = (message: string, status = 403) => new ServiceError(service === 's3' || status !== 403 ? CODES[status] : 'AccessDeniedException', message, status);
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = names.find((name, index) => (SINGLE.includes(name) || name.startsWith('x-amz-')) && names.indexOf(name) < index);
  if (twice !== undefined) return refuse(`the header ${twice} is given twice`, 400);
  if (!isForThisMachine(request)) return refuse(`the emulator is ${LOOPBACK[0]}:${localPort}, and not the host of this request`);
  const site = headers['sec-fetch-site'];
  const isFromPage = headers.origin !== undefined || (site !== undefined && site !== 'none');
  // A page may have a link to an object, which it cannot have made by itself.
  const isLink = service === 's3' && method === 'GET' && /[?&]X-Amz-Signature=/.test(url);
  if (isFromPage && !isLink) return refuse('the emulator is not for web pages');
  if (method === 'OPTIONS') return refuse('the emulator does not answer OPTIONS');
  return undefined;
}

/** Whether the host of a request is this machine. */
export function isForThisMachine({ headers, socket: { localPort } }: IncomingMessage): boolean {
  // The port of HTTP is left out: https://www.rfc-editor.org/rfc/rfc9110#section-4.2.1
  return LOOPBACK.some((host) => headers.host?.toLowerCase() === (localPort === 80 ? host : `${host}:${localPort}`));
}

/** Whether a web page of this server has sent a request, or a program that is no browser. */
export function isOfOwnOrigin({ headers: { host, origin, 'sec-fetch-site': site } }: IncomingMessage): boolean {
  if (origin !== undefined) return origin.toLowerCase() === `http://${host?.toLowerCase()}`;
  return site === undefined || site === 'none' || site === 'same-origin';
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const CODES: Record<number, string> = { 400: 'InvalidRequest', 403: 'AccessDenied' };
