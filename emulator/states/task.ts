import type { State } from './definition';
import { evaluate, fill, Scope } from './paths';
import { TaskError } from './task-error';
import { Clock, Timer } from '../clock';

/** A call that a Task state or a distributed map makes. */
export interface TaskCall {
  readonly resource: string;
  readonly parameters: any;
  readonly taskToken?: string;
  readonly roleArn: string;
  /** Registers what is to be done when the state no longer waits for the answer. */
  readonly onAbandon: (action: () => void) => void;
}

/** Carries out a call. Rejects with a `TaskError` when the call fails. */
export type TaskIntegration = (call: TaskCall) => Promise<unknown>;

/** A task that waits for its task token. */
export interface OpenTask {
  succeed(output: unknown): void;
  fail(error: string, cause: string): void;
  heartbeat(): void;
}

/** What a task needs from its state machine. */
export interface TaskHost {
  readonly clock: Clock;
  readonly roleArn: string;
  readonly integration: TaskIntegration;
  /** Returns a task token. Until it is closed, an answer with this token goes to the task. */
  readonly openToken: (task: OpenTask) => string;
  readonly closeToken: (token: string) => void;
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** Work of a state that an execution waits for, or abandons. */
export interface StateWork {
  readonly result: Promise<unknown>;
  /** Gives up the work. `result` does not settle any more. */
  readonly abandon: () => void;
}

/** Bytes. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const LARGEST_PAYLOAD = 262_144;

/** Runs a Task state: makes its call, and with `.waitForTaskToken` waits until the task token comes back. */
export function startTask(
  host: TaskHost,
  { name, state, scope }: { readonly name: string; readonly state: State; readonly scope: Scope },
  record: (type: string, details: Record<string, unknown>) => void,
): StateWork {
  const resource = state.Resource as string;
  const waitsForToken = resource.endsWith('.waitForTaskToken');
  const timers = new Map<string, Timer>();
  const abandonActions: (() => void)[] = [];
  let isOver = false;
  let token: string | undefined;
  const abandon = () => {
    isOver = true;
    timers.forEach((timer) => timer.cancel());
    if (token) host.closeToken(token);
    abandonActions.forEach((action) => action());
  };

  const result = new Promise<unknown>((resolve, reject) => {
    const end = (type: string, details: Record<string, unknown>, settle: () => void) => {
      if (isOver) return;
      abandon();
      try {
        record(type, { resource, ...details });
        settle();
      } catch (error) {
        reject(error);
      }
    };
    const succeed = (output: unknown) => end('TaskSucceeded', { output }, () => resolve(withinPayloadLimit(output)));
    const fail = (error: TaskError) => end('TaskFailed', { error: error.error, cause: error.cause }, () => reject(error));
    const startTimer = (kind: 'Timeout' | 'Heartbeat') => {
      const seconds = state[`${kind}Seconds`] ?? (state[`${kind}SecondsPath`] && evaluate(state[`${kind}SecondsPath`], scope));
      if (seconds === undefined || isOver) return;
      timers.get(kind)?.cancel();
      const error = kind === 'Timeout' ? 'States.Timeout' : 'States.HeartbeatTimeout';
      timers.set(kind, host.clock.after(seconds * 1000, () => end('TaskTimedOut', { error }, () => reject(new TaskError(error, '')))));
    };

    if (waitsForToken) token = host.openToken({ succeed, fail: (error, cause) => fail(new TaskError(error, cause)), heartbeat: () => startTimer('Heartbeat') });
    const context = { ...scope.context as object, ...(token ? { Task: { Token: token } } : {}) };
    let parameters: unknown;
    try {
      parameters = withinPayloadLimit(state.Parameters === undefined ? scope.data : fill(state.Parameters, { ...scope, context }));
    } catch (error) {
      abandon();
      reject(error);
      return;
    }
    record('TaskScheduled', { name, resource, parameters });
    startTimer('Timeout');
    startTimer('Heartbeat');
    record('TaskStarted', { resource });
    host.integration({ resource, parameters, taskToken: token, roleArn: host.roleArn, onAbandon: (action) => abandonActions.push(action) }).then(
      (answer) => {
        if (!waitsForToken) succeed(answer);
        else if (!isOver) record('TaskSubmitted', { resource });
      },
      (error) => fail(taskErrorOf(error, host.onUnexpectedError)),
    );
  });
  return { result, abandon };
}

/** The error with which a state fails. Anything but a `TaskError` is an error of the emulator. */
export function taskErrorOf(error: unknown, onUnexpectedError?: (error: unknown) => void): TaskError {
  if (error instanceof TaskError) return error;
  onUnexpectedError?.(error);
  return new TaskError('States.Runtime', String(error));
}

/** Returns the payload. Fails when it is larger than the payload of a state may be. */
export function withinPayloadLimit<T>(payload: T): T {
  const size = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (size > LARGEST_PAYLOAD) {
    throw new TaskError('States.DataLimitExceeded', 'The state/task returned a result with a size exceeding the maximum number of bytes service limit.');
  }
  return payload;
}
