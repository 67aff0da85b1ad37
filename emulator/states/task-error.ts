/** A state failed: an error name, which `Retry` and `Catch` go by, and what there is to say about it. */
export class TaskError extends Error {
  constructor(readonly error: string, readonly cause: string) {
    super(`${error}: ${cause}`);
    this.name = 'TaskError';
  }
}

/** What no retry can mend, and only `Catch` of its own name sees. */
export function runtimeError(cause: string): TaskError {
  return new TaskError('States.Runtime', cause);
}
