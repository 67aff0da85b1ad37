import type { State } from './definition';
import type { Machine } from './execution';
import { evaluate, fill, Scope } from './paths';
import { TaskError } from './task-error';
import { Timer } from '../clock';

export interface TaskCall {
  readonly resource: string;
  readonly parameters: any;
  readonly taskToken?: string;
  readonly roleArn: string;
  readonly executionArn: string;
  /** What is to be done when nobody waits for the answer any more. */
  readonly onAbandon: (action: () => void) => void;
}

/** What a Task state asks for. Rejects with a `TaskError`. */
export type TaskIntegration = (call: TaskCall) => Promise<unknown>;

/** A task that waits for its token to come back. */
export interface OpenTask {
  succeed(output: unknown): void;
  fail(error: string, cause: string): void;
  heartbeat(): void;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const LARGEST_PAYLOAD = 262_144;

/**
 * Does what a Task state asks for: calls, and with `.waitForTaskToken` waits for the token to come back. What is abandoned settles
 * no more.
 */
export function startTask(
  machine: Pick<Machine, 'clock' | 'integration' | 'openToken' | 'closeToken' | 'roleArn'>,
  executionArn: string,
  { name, state, scope }: { readonly name: string; readonly state: State; readonly scope: Scope },
  record: (type: string, details: Record<string, unknown>) => void,
): { readonly result: Promise<unknown>; readonly abandon: () => void } {
  const resource = state.Resource as string;
  const waits = resource.endsWith('.waitForTaskToken');
  const timers = new Map<string, Timer>();
  let over = false;
  let token: string | undefined;
  const onAbandon: (() => void)[] = [];
  const abandon = () => {
    over = true;
    timers.forEach((timer) => timer.cancel());
    if (token) machine.closeToken(token);
    onAbandon.forEach((action) => action());
  };

  const result = new Promise<unknown>((resolve, reject) => {
    const end = (type: string, details: Record<string, unknown>, settle: () => void) => {
      if (over) return;
      abandon();
      try {
        record(type, { resource, ...details });
        settle();
      } catch (error) {
        reject(error);
      }
    };
    const succeed = (output: unknown) => end('TaskSucceeded', { output }, () => resolve(sized(output)));
    const fail = (error: TaskError) => end('TaskFailed', { error: error.error, cause: error.cause }, () => reject(error));
    const time = (kind: 'Timeout' | 'Heartbeat') => {
      const seconds = state[`${kind}Seconds`] ?? (state[`${kind}SecondsPath`] && evaluate(state[`${kind}SecondsPath`], scope));
      if (seconds === undefined || over) return;
      timers.get(kind)?.cancel();
      const error = kind === 'Timeout' ? 'States.Timeout' : 'States.HeartbeatTimeout';
      timers.set(kind, machine.clock.after(seconds * 1000, () => end('TaskTimedOut', { error }, () => reject(new TaskError(error, '')))));
    };

    if (waits) token = machine.openToken({ succeed, fail: (error, cause) => fail(new TaskError(error, cause)), heartbeat: () => time('Heartbeat') });
    const context = { ...scope.context as object, ...(token ? { Task: { Token: token } } : {}) };
    let parameters: unknown;
    try {
      parameters = sized(state.Parameters === undefined ? scope.data : fill(state.Parameters, { ...scope, context }));
    } catch (error) {
      abandon();
      reject(error);
      return;
    }
    record('TaskScheduled', { name, resource, parameters });
    time('Timeout');
    time('Heartbeat');
    record('TaskStarted', { resource });
    machine.integration({ resource, parameters, taskToken: token, roleArn: machine.roleArn, executionArn, onAbandon: (action) => onAbandon.push(action) }).then(
      (answer) => {
        if (!waits) succeed(answer);
        else if (!over) record('TaskSubmitted', { resource });
      },
      (error) => fail(error instanceof TaskError ? error : new TaskError('States.Runtime', String(error?.stack ?? error))),
    );
  });
  return { result, abandon };
}

/** The payload, if a state may have one of its size. */
export function sized<T>(payload: T): T {
  const size = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (size > LARGEST_PAYLOAD) {
    throw new TaskError('States.DataLimitExceeded', 'The state/task returned a result with a size exceeding the maximum number of bytes service limit.');
  }
  return payload;
}
