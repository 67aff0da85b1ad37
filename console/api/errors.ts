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
