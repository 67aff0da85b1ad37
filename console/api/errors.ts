export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** An answer that is no success. */
export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly errors: readonly FieldError[] = [], readonly retryAfter?: number) {
    super(message);
  }
}

/** There was no answer. */
export class NetworkError extends Error {}

/** What keeps the page from an answer for now, in words. */
export function troubleText(error: Error): string {
  if (error instanceof NetworkError) return 'Not reachable';
  return error instanceof ApiError && (error.status === 429 || error.status === 503) ? 'The API asks to wait' : 'The API failed';
}
