/**
 * A state failed. `Retry` and `Catch` match the error name. Error and cause are null where the failure has none: SendTaskFailure and a
 * Fail state may leave them out.
 */
export class TaskError extends Error {
  constructor(readonly error: string | null, readonly cause: string | null) {
    super(`${error}: ${cause}`);
    this.name = 'TaskError';
  }
}

/**
 * An error that Step Functions itself found while it ran a state. It always ends the execution: no retrier and no catcher handles it, not
 * even one that names it. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export class RuntimeError extends TaskError {
  /** @param isLocated whether the cause says where the error occurred */
  constructor(cause: string, readonly isLocated = false) {
    super('States.Runtime', cause);
  }
}

export function runtimeError(cause: string): RuntimeError {
  return new RuntimeError(cause);
}

/**
 * A task did not end, or sent no heartbeat, in time. A lapsed heartbeat is reported as `States.Timeout`, with which the service answers;
 * `Retry` and `Catch` may also call it `States.HeartbeatTimeout`.
 */
export class TimeoutError extends TaskError {
  constructor(readonly isHeartbeat: boolean) {
    super('States.Timeout', '');
  }
}
