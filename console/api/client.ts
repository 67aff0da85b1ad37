import { Credentials, isExpired } from './credentials';
import { ApiError, FieldError, NetworkError } from './errors';
import { regionOf, signedHeaders } from './signing';

export interface Answer<T> {
  readonly status: number;
  /** Undefined for 304. */
  readonly body: T;
  readonly etag?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Milliseconds of difference between two clocks with which a signature is made once again. API Gateway itself takes one of the last five minutes. */
const WRONG_CLOCK = 60_000;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Calls the API of which this page is a part. */
export class Client {
  credentials?: Credentials;
  /** Milliseconds by which the clock of the API is ahead of this one. */
  private offset = 0;

  constructor(readonly origin: string, readonly base: string, private readonly region: string) {}

  /** The time as the API has it: ages are wrong with a clock that is. */
  now(): number {
    return Date.now() + this.offset;
  }

  url(path: string, query: CallOptions['query'] = {}): string {
    const given = Object.entries(query).flatMap(([name, value]) => value === undefined || value === '' ? [] : [[name, String(value)]]);
    return `${this.origin}${this.base}${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
  }

  signingRegion(): string {
    return regionOf(new URL(this.origin).hostname, this.region);
  }

  async call<T>(path: string, { method = 'GET', query, headers = {}, body, signal }: CallOptions = {}): Promise<Answer<T>> {
    const url = this.url(path, query);
    const given = { ...headers, ...body === undefined ? {} : { 'content-type': 'application/json' } };
    const send = async () => this.send(url, { method, headers: await this.authorized({ method, url, headers: given, body }), body, signal });
    const before = this.offset;
    let response = await send();
    // A signature of another time is refused, and the answer says what the time is.
    if ((response.status === 401 || response.status === 403) && this.credentials?.kind === 'keys' && Math.abs(this.offset - before) > WRONG_CLOCK) response = await send();
    const retryAfter = Number(response.headers.get('retry-after')) || undefined;
    if (response.status === 304) return { status: 304, body: undefined as T, retryAfter };
    const text = await response.text().catch((error: unknown) => { throw networkError(error, signal); });
    if (!response.ok) throw errorOf(response.status, text, retryAfter);
    return { status: response.status, body: jsonOf(text) as T, etag: response.headers.get('etag') ?? undefined, retryAfter };
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    try {
      const response = await fetch(url, { ...init, cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' });
      const date = Date.parse(response.headers.get('date') ?? '');
      // The header has whole seconds, so that a small difference says nothing.
      if (Number.isFinite(date)) this.offset = Math.abs(date - Date.now()) > 5_000 ? date - Date.now() : 0;
      return response;
    } catch (error) {
      throw networkError(error, init.signal ?? undefined);
    }
  }

  private async authorized(request: { method: string; url: string; headers: Record<string, string>; body?: string }): Promise<Record<string, string>> {
    const { credentials } = this;
    if (!credentials) return request.headers;
    if (isExpired(credentials, this.now())) throw new ApiError(401, 'These credentials have expired. Paste new ones.');
    if (credentials.kind === 'token') return { ...request.headers, authorization: credentials.token };
    return signedHeaders(request, credentials, this.signingRegion(), new Date(this.now()));
  }
}

function networkError(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? error : new NetworkError('the API cannot be reached');
}

/** The API answers with a problem of RFC 9457, and API Gateway with a message. */
function errorOf(status: number, text: string, retryAfter: number | undefined): ApiError {
  const body = problemIn(text);
  const message = body.detail ?? body.message ?? body.Message ?? body.title ?? `the API answered with status ${status}`;
  return new ApiError(status, String(message), Array.isArray(body.errors) ? body.errors as FieldError[] : [], retryAfter);
}

function problemIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(502, 'the answer is not JSON, so it is not one of this API');
  }
}
