import type { State } from './definition';
import type { EventChain } from './event-chain';
import { numberIn } from './number-fields';
import { fill, Scope } from './paths';
import { withinPayloadLimit } from './payload';
import { runtimeError, TaskError, TimeoutError } from './task-error';
import { Clock, Timer } from '../clock';

/** A call that a Task state or a distributed map makes. */
export interface TaskCall {
  readonly resource: string;
  readonly parameters: any;
  readonly taskToken?: string;
  readonly roleArn: string;
  /** Registers what is to be done when the state no longer waits for the answer. */
  readonly onAbandon: (action: () => void) => void;
  /** Reports that a job of another service, for which a call with `.sync` waits, has begun. */
  readonly onSubmitted: () => void;
}

/** Carries out a call. Rejects with a `TaskError` when the call fails. */
export type TaskIntegration = (call: TaskCall) => Promise<unknown>;

/** A task that waits for its task token. */
export interface OpenTask {
  succeed(output: unknown): void;
  fail(error: string | null, cause: string | null): void;
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

/** A Task state that runs. */
export interface TaskContext {
  readonly host: { readonly machine: TaskHost };
  readonly chain: EventChain;
  readonly name: string;
  readonly state: State;
  readonly scope: Scope;
}

/**
 * Runs a Task state: makes its call, and with `.waitForTaskToken` waits until the task token comes back. A call with `.sync` has a token
 * too, with which the job that it waits for can answer before it ends.
 */
export function startTask({ host: { machine }, chain, name, state, scope }: TaskContext): { readonly result: Promise<unknown>; readonly abandon: () => void } {
  const resource = state.Resource as string;
  const waitsForToken = resource.endsWith('.waitForTaskToken');
  const events = isFunctionArn(resource) ? 'LambdaFunction' : 'Task';
  const timers = new Map<string, Timer>();
  const abandonActions: (() => void)[] = [];
  let isOver = false;
  let token: string | undefined;
  const abandon = () => {
    isOver = true;
    timers.forEach((timer) => timer.cancel());
    if (token) machine.closeToken(token);
    abandonActions.forEach((action) => action());
  };

  const result = new Promise<unknown>((resolve, reject) => {
    const end = (type: string, details: Record<string, unknown>, settle: () => void) => {
      if (isOver) return;
      abandon();
      try {
        chain.add(`${events}${type}`, { resource, ...details });
        settle();
      } catch (error) {
        reject(error);
      }
    };
    const fail = (error: TaskError) => end('Failed', { error: error.error, cause: error.cause }, () => reject(error));
    const succeed = (output: unknown) => {
      const error = tooLarge(output, resource);
      if (error) fail(error);
      else end('Succeeded', { output }, () => resolve(output));
    };
    const limits: { Timeout?: number; Heartbeat?: number } = {};
    const startTimer = (kind: 'Timeout' | 'Heartbeat') => {
      const seconds = limits[kind];
      if (seconds === undefined || isOver) return;
      timers.get(kind)?.cancel();
      const error = new TimeoutError(kind === 'Heartbeat');
      timers.set(kind, machine.clock.after(seconds * 1000, () => end('TimedOut', { error: error.error }, () => reject(error))));
    };
    const submitted = () => {
      if (!isOver) chain.add('TaskSubmitted', { resource });
    };

    if (waitsForToken || /\.sync(:2)?$/.test(resource)) {
      token = machine.openToken({ succeed, fail: (error, cause) => fail(new TaskError(error, cause)), heartbeat: () => startTimer('Heartbeat') });
    }
    const context = { ...scope.context as object, ...(token ? { Task: { Token: token } } : {}) };
    let parameters: unknown;
    try {
      for (const kind of ['Timeout', 'Heartbeat'] as const) limits[kind] = numberIn(state, `${kind}Seconds`, 'integer', scope);
      parameters = withinPayloadLimit(state.Parameters === undefined ? scope.data : fill(state.Parameters, { ...scope, context }), name);
    } catch (error) {
      abandon();
      reject(error);
      return;
    }
    chain.add(`${events}Scheduled`, { name, resource, parameters, timeoutInSeconds: limits.Timeout, heartbeatInSeconds: limits.Heartbeat });
    startTimer('Timeout');
    startTimer('Heartbeat');
    chain.add(`${events}Started`, { resource });
    const { roleArn } = machine;
    const onAbandon = (action: () => void) => abandonActions.push(action);
    machine.integration({ resource, parameters, taskToken: token, roleArn, onAbandon, onSubmitted: submitted }).then(
      (answer) => waitsForToken ? submitted() : succeed(answer),
      (error) => fail(taskErrorOf(error, machine.onUnexpectedError)),
    );
  });
  return { result, abandon };
}

/** Whether the resource is a function itself, and not the integration `lambda:invoke`: it then answers with the payload alone. */
export function isFunctionArn(resource: string): boolean {
  return /^arn:[^:]*:lambda:/.test(resource);
}

/** The error with which a state fails. Anything but a `TaskError` is an error of the emulator. */
export function taskErrorOf(error: unknown, onUnexpectedError?: (error: unknown) => void): TaskError {
  if (error instanceof TaskError) return error;
  onUnexpectedError?.(error);
  return runtimeError(String(error));
}

/** A result that is too large fails its task. The service then names the task by the service that it calls, or by the ARN of its function. */
function tooLarge(output: unknown, resource: string): TaskError | undefined {
  const service = /:states:::(?:aws-sdk:)?(\w+)/.exec(resource)?.[1];
  try {
    withinPayloadLimit(output, service ?? resource);
    return undefined;
  } catch (error) {
    return error as TaskError;
  }
}
