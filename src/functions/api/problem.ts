import { InvalidInput } from '../shared/input/input-fields';

/** A field of a request, and what is wrong with it. */
export interface FieldError {
  /** A JSON pointer: https://www.rfc-editor.org/rfc/rfc6901 */
  readonly pointer: string;
  readonly detail: string;
}

/** What the API answers instead of a success. https://www.rfc-editor.org/rfc/rfc9457 */
export class Problem extends Error {
  constructor(readonly status: number, readonly detail: string, readonly errors?: readonly FieldError[]) {
    super(detail);
  }

  /** The members of the answer. `type` is `about:blank`: the status says all, so the title is that of the status. */
  body(requestId: string): Record<string, unknown> {
    return { type: 'about:blank', title: TITLES[this.status], status: this.status, detail: this.detail, requestId, errors: this.errors };
  }
}

/** https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml */
const TITLES: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const FAILED = 'the API failed, and it is not known what was done; send the request again, with the same Idempotency-Key where it has one';

/** What the SDK's errors are called while a service asks for fewer calls, or is not available. */
const UNAVAILABLE = /Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughputExceeded|ServiceUnavailable|InternalServerError|InternalServerException|Timeout/;

/** The problem that an error is for a caller. What is inside of the API is not for him. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidInput) return new Problem(400, error.message, [{ pointer: pointerOf(error.field), detail: error.message }]);
  return isUnavailable(error) ? new Problem(503, 'a service of AWS is not available, or asks for fewer calls; try again in some seconds') : new Problem(500, FAILED);
}

export function isUnavailable(error: unknown): boolean {
  return UNAVAILABLE.test((error as Error | undefined)?.name ?? '');
}

/** A name may be as long as the body. */
const POINTER_CHARACTERS = 256;

/** The body of a request is the parameters, so the first part of a field such as `parameters.name` is the body itself. */
function pointerOf(field = ''): string {
  const [, ...name] = field.split('.');
  return name.length > 0 ? pointerTo(name.join('.')).slice(0, POINTER_CHARACTERS) : '';
}

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
