/** A state failed. `Retry` and `Catch` match the error name. */
export class TaskError extends Error {
  constructor(readonly error: string, readonly cause: string) {
    super(`${error}: ${cause}`);
    this.name = 'TaskError';
  }
}

/** An error that a retry cannot repair. `States.ALL` does not match it. */
export function runtimeError(cause: string): TaskError {
  return new TaskError('States.Runtime', cause);
}
