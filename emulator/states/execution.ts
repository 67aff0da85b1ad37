import { holds } from './choice';
import { Catcher, Definition, DefinitionError, Retrier, State } from './definition';
import { ChildExecution, MapHost, startMap } from './distributed-map';
import { handles, retryDelay } from './error-handlers';
import { evaluate, fill, place, Scope } from './paths';
import { startTask, StateWork, TaskHost, taskErrorOf, withinPayloadLimit } from './task';
import { TaskError } from './task-error';
import { Timer } from '../clock';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface HistoryEvent {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly type: string;
  readonly details: Record<string, unknown>;
}

/** A state machine, with what its executions need. */
export interface Machine extends TaskHost, MapHost {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  readonly random: () => number;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  readonly onStatus: (execution: Execution) => void;
}

/** The outcome of a state. `next` is undefined after the last state. */
interface StateOutcome {
  readonly data?: unknown;
  readonly next?: string;
  /** The execution has ended: by a Fail state, or while the state was waiting. */
  readonly hasEnded?: boolean;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_HISTORY = 25_000;

/** An execution of a state machine, on the shared clock. */
export class Execution implements ChildExecution {
  readonly startedAt: number;
  readonly history: HistoryEvent[] = [];
  status: ExecutionStatus = 'RUNNING';
  stoppedAt?: number;
  output?: unknown;
  error?: string;
  cause?: string;
  redriveCount = 0;
  redrivenAt?: number;
  /** State transitions as Step Functions bills them: the start, each state, each retry. https://aws.amazon.com/step-functions/pricing/ */
  transitions = 1;
  private current: { state: string; data: unknown };
  private timeout?: Timer;
  /** Changes when the execution ends and when it is redriven. What a state of an earlier generation does has no effect. */
  private generation = 0;
  private abandonWork?: () => void;
  private readonly doneListeners: (() => void)[] = [];

  constructor(private readonly machine: Machine, readonly arn: string, readonly name: string, readonly input: unknown) {
    this.startedAt = machine.clock.now();
    this.current = { state: machine.definition.StartAt, data: input };
    this.record('ExecutionStarted', { input, roleArn: machine.roleArn });
    machine.onStatus(this);
    this.run();
  }

  get stateMachineArn(): string {
    return this.machine.arn;
  }

  /** Resolves when the execution has ended. It may be redriven later. */
  async done(): Promise<void> {
    if (this.status === 'RUNNING') await new Promise<void>((resolve) => this.doneListeners.push(resolve));
  }

  stop(error?: string, cause?: string): void {
    if (this.status === 'RUNNING') this.end('ABORTED', 'ExecutionAborted', { error, cause });
  }

  /** Continues with the state that did not succeed, with the same input. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
  redrive(): void {
    this.redriveCount++;
    this.redrivenAt = this.machine.clock.now();
    this.status = 'RUNNING';
    this.stoppedAt = this.output = this.error = this.cause = undefined;
    this.record('ExecutionRedriven', { redriveCount: this.redriveCount });
    this.machine.onStatus(this);
    this.run();
  }

  private run(): void {
    const generation = ++this.generation;
    const seconds = this.machine.definition.TimeoutSeconds;
    if (seconds !== undefined) this.timeout = this.machine.clock.after(seconds * 1000, () => this.end('TIMED_OUT', 'ExecutionTimedOut', {}));
    void this.runStates(generation).catch((thrown) => {
      if (generation !== this.generation) return;
      const { error, cause } = taskErrorOf(thrown, this.machine.onUnexpectedError);
      this.end('FAILED', 'ExecutionFailed', { error, cause });
    });
  }

  private async runStates(generation: number): Promise<void> {
    for (;;) {
      const { state: name, data } = this.current;
      const next = await this.runStateWithRetries(name, this.machine.definition.States[name], data, generation);
      if (generation !== this.generation) return;
      if (!next) return;
      this.current = next;
    }
  }

  /** Returns the next state and its input; undefined when the execution has ended. */
  private async runStateWithRetries(name: string, state: State, data: unknown, generation: number): Promise<{ state: string; data: unknown } | undefined> {
    this.transitions++;
    this.record(`${state.Type}StateEntered`, { name, input: data });
    const enteredAt = new Date(this.machine.clock.now()).toISOString();
    for (let retries = 0, retriesByRetrier = new Map<Retrier, number>(); ;) {
      const scope = this.scope(data, { Name: name, EnteredTime: enteredAt, RetryCount: retries });
      try {
        const outcome = await this.runState(name, state, scope, generation);
        if (generation !== this.generation) return undefined;
        if (outcome.hasEnded) return undefined;
        this.record(`${state.Type}StateExited`, { name, output: outcome.data });
        if (outcome.next === undefined) {
          this.output = outcome.data;
          this.end('SUCCEEDED', 'ExecutionSucceeded', { output: outcome.data });
          return undefined;
        }
        return { state: outcome.next, data: outcome.data };
      } catch (thrown) {
        if (generation !== this.generation) return undefined;
        if (thrown instanceof DefinitionError) throw thrown;
        const error = taskErrorOf(thrown, this.machine.onUnexpectedError);
        const retrier = (state.Retry as Retrier[] | undefined)?.find((candidate) => handles(candidate, error.error));
        const usedRetries = retrier ? retriesByRetrier.get(retrier) ?? 0 : 0;
        if (retrier && usedRetries < (retrier.MaxAttempts ?? 3)) {
          retriesByRetrier.set(retrier, usedRetries + 1);
          retries++;
          this.transitions++;
          await this.machine.clock.sleep(1000 * retryDelay(retrier, usedRetries + 1, this.machine.random));
          if (generation !== this.generation) return undefined;
          continue;
        }
        const catcher = (state.Catch as Catcher[] | undefined)?.find((candidate) => handles(candidate, error.error));
        if (!catcher) throw error;
        const output = place(catcher.ResultPath, data, { Error: error.error, Cause: error.cause });
        this.record(`${state.Type}StateExited`, { name, output });
        return { state: catcher.Next, data: output };
      }
    }
  }

  private async runState(name: string, state: State, scope: Scope, generation: number): Promise<StateOutcome> {
    const select = (path: string | null | undefined, data: unknown) => path === null ? {} : path === undefined || path === '$' ? data : evaluate(path, { ...scope, data });
    const input = select(state.InputPath, scope.data);
    const inputScope = { ...scope, data: input };
    const exit = (output: unknown): StateOutcome => ({ data: withinPayloadLimit(select(state.OutputPath, output)), next: state.Next as string | undefined });
    switch (state.Type) {
      case 'Succeed':
        return exit(input);
      case 'Fail': {
        const error = state.ErrorPath ? String(evaluate(state.ErrorPath, inputScope)) : state.Error;
        const cause = state.CausePath ? String(evaluate(state.CausePath, inputScope)) : state.Cause;
        this.end('FAILED', 'ExecutionFailed', { error, cause });
        return { hasEnded: true };
      }
      case 'Choice': {
        const choice = state.Choices.find((rule: Record<string, unknown>) => holds(rule, inputScope));
        const next = choice?.Next ?? state.Default;
        if (next === undefined) throw new TaskError('States.NoChoiceMatched', `No choice of state '${name}' holds, and it has no default`);
        return { ...exit(input), next };
      }
      case 'Wait': {
        const until = state.Timestamp ?? (state.TimestampPath && evaluate(state.TimestampPath, inputScope));
        const seconds = state.Seconds ?? (state.SecondsPath && evaluate(state.SecondsPath, inputScope));
        await this.machine.clock.sleep(until !== undefined ? Date.parse(until) - this.machine.clock.now() : 1000 * seconds);
        return exit(input);
      }
      case 'Pass': {
        const result = 'Result' in state ? state.Result : state.Parameters === undefined ? input : fill(state.Parameters, inputScope);
        return exit(place(state.ResultPath, scope.data, result));
      }
      case 'Task': {
        const { result, abandon } = startTask(this.machine, { name, state, scope: inputScope }, (type, details) => this.record(type, details));
        this.abandonWork = abandon;
        const answer = await result;
        if (generation !== this.generation) return { hasEnded: true };
        return exit(place(state.ResultPath, scope.data, selectResult(state, inputScope, answer)));
      }
      case 'Map': {
        const { result, abandon } = this.startMap(name, state, inputScope);
        this.abandonWork = abandon;
        const answer = await result;
        if (generation !== this.generation) return { hasEnded: true };
        return exit(place(state.ResultPath, input, selectResult(state, inputScope, answer)));
      }
      default:
        throw new DefinitionError(`state '${name}' is of type ${state.Type}`);
    }
  }

  private startMap(name: string, state: State, scope: Scope): StateWork {
    return startMap({
      host: this.machine,
      execution: this,
      name,
      state,
      scope,
      // The service lists child executions only with their map run, and sends no events about them.
      startChild: (definition, arn, childName, input) => new Execution({ ...this.machine, definition, onStatus: () => undefined }, arn, childName, input),
    });
  }

  /** The context object: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  private scope(data: unknown, state: Record<string, unknown>): Scope {
    const { arn, name, roleArn, random } = this.machine;
    const context = {
      Execution: {
        Id: this.arn,
        Input: this.input,
        Name: this.name,
        RoleArn: roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
        RedriveCount: this.redriveCount,
        ...(this.redrivenAt ? { RedriveTime: new Date(this.redrivenAt).toISOString() } : {}),
      },
      State: state,
      StateMachine: { Id: arn, Name: name },
    };
    return { data, context, random };
  }

  private end(status: ExecutionStatus, type: string, details: { error?: string; cause?: string; output?: unknown }): void {
    this.generation++;
    this.timeout?.cancel();
    this.abandonWork?.();
    this.abandonWork = undefined;
    this.status = status;
    this.stoppedAt = this.machine.clock.now();
    this.error = details.error;
    this.cause = details.cause;
    this.addToHistory(type, details);
    this.machine.onStatus(this);
    this.doneListeners.splice(0).forEach((resolve) => resolve());
  }

  private record(type: string, details: Record<string, unknown>): void {
    if (this.history.length >= LONGEST_HISTORY - 1) {
      throw new TaskError('States.Runtime', `The execution reached the maximum number of history events (${LONGEST_HISTORY}).`);
    }
    this.addToHistory(type, details);
  }

  private addToHistory(type: string, details: Record<string, unknown>): void {
    const event = { id: this.history.length + 1, timestamp: this.machine.clock.now(), type, details };
    this.history.push(event);
    this.machine.onHistory?.(this, event);
  }
}

function selectResult({ ResultSelector: selector }: State, scope: Scope, result: unknown): unknown {
  return selector === undefined ? result : fill(selector, { ...scope, data: result });
}
