import { holds } from './choice';
import { Catcher, Definition, DefinitionError, Retrier, State } from './definition';
import { MapRun, startMap } from './distributed-map';
import { isFor, retryDelay } from './errors';
import { evaluate, fill, place, Scope } from './paths';
import { OpenTask, sized, startTask, TaskIntegration } from './task';
import { TaskError } from './task-error';
import { Clock, Timer } from '../clock';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface HistoryEvent {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly type: string;
  readonly details: Record<string, unknown>;
}

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  readonly clock: Clock;
  readonly random: () => number;
  readonly integration: TaskIntegration;
  /** A token that this machine's service can resolve, until it is closed. */
  readonly openToken: (task: OpenTask) => string;
  readonly closeToken: (token: string) => void;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  readonly onStatus: (execution: Execution) => void;
  readonly onMapRun: (mapRun: MapRun) => void;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_HISTORY = 25_000;

/** One execution of a state machine, on the shared clock. */
export class Execution {
  readonly startedAt: number;
  readonly history: HistoryEvent[] = [];
  status: ExecutionStatus = 'RUNNING';
  stoppedAt?: number;
  output?: unknown;
  error?: string;
  cause?: string;
  redriveCount = 0;
  redrivenAt?: number;
  /** States entered, retries, and the start. */
  transitions = 1;
  private current: { state: string; data: unknown };
  private timeout?: Timer;
  /** What belongs to an earlier life of this execution, or to one that ended, does nothing any more. */
  private life = 0;
  private endTask?: () => void;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly machine: Machine, readonly arn: string, readonly name: string, readonly input: unknown) {
    this.startedAt = machine.clock.now();
    this.current = { state: machine.definition.StartAt, data: input };
    this.record('ExecutionStarted', { input, roleArn: machine.roleArn });
    machine.onStatus(this);
    this.live();
  }

  get stateMachineArn(): string {
    return this.machine.arn;
  }

  /** Resolves when the execution is over, for now. */
  async done(): Promise<void> {
    if (this.status === 'RUNNING') await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  stop(error?: string, cause?: string): void {
    if (this.status === 'RUNNING') this.end('ABORTED', 'ExecutionAborted', { error, cause });
  }

  /** Goes on at the state that did not succeed, with the same input. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
  redrive(): void {
    this.redriveCount++;
    this.redrivenAt = this.machine.clock.now();
    this.status = 'RUNNING';
    this.stoppedAt = this.output = this.error = this.cause = undefined;
    this.record('ExecutionRedriven', { redriveCount: this.redriveCount });
    this.machine.onStatus(this);
    this.live();
  }

  private live(): void {
    const life = ++this.life;
    const seconds = this.machine.definition.TimeoutSeconds;
    if (seconds !== undefined) this.timeout = this.machine.clock.after(seconds * 1000, () => this.end('TIMED_OUT', 'ExecutionTimedOut', {}));
    void this.run(life).catch((error) => {
      if (life !== this.life) return;
      const { error: name, cause } = error instanceof TaskError ? error : new TaskError('States.Runtime', String(error?.stack ?? error));
      this.end('FAILED', 'ExecutionFailed', { error: name, cause });
    });
  }

  private async run(life: number): Promise<void> {
    for (;;) {
      const { state: name, data } = this.current;
      const next = await this.step(name, this.machine.definition.States[name], data, life);
      if (life !== this.life) return;
      if (!next) return;
      this.current = next;
    }
  }

  /** Runs a state. Answers the next one with its data, or nothing when the execution is over. */
  private async step(name: string, state: State, data: unknown, life: number): Promise<{ state: string; data: unknown } | undefined> {
    this.transitions++;
    this.record(`${state.Type}StateEntered`, { name, input: data });
    const enteredAt = new Date(this.machine.clock.now()).toISOString();
    for (let retries = 0, counts = new Map<Retrier, number>(); ;) {
      const scope = this.scope(data, { Name: name, EnteredTime: enteredAt, RetryCount: retries });
      try {
        const result = await this.work(name, state, scope, life);
        if (life !== this.life) return undefined;
        if (result.over) return undefined;
        this.record(`${state.Type}StateExited`, { name, output: result.data });
        if (result.next === undefined) {
          this.output = result.data;
          this.end('SUCCEEDED', 'ExecutionSucceeded', { output: result.data });
          return undefined;
        }
        return { state: result.next, data: result.data };
      } catch (thrown) {
        if (life !== this.life) return undefined;
        if (thrown instanceof DefinitionError) throw thrown;
        const error = thrown instanceof TaskError ? thrown : new TaskError('States.Runtime', String((thrown as Error)?.stack ?? thrown));
        const retrier = (state.Retry as Retrier[] | undefined)?.find((one) => isFor(one, error.error));
        const times = retrier ? counts.get(retrier) ?? 0 : 0;
        if (retrier && times < (retrier.MaxAttempts ?? 3)) {
          counts.set(retrier, times + 1);
          retries++;
          this.transitions++;
          await this.machine.clock.sleep(1000 * retryDelay(retrier, times + 1, this.machine.random));
          if (life !== this.life) return undefined;
          continue;
        }
        const catcher = (state.Catch as Catcher[] | undefined)?.find((one) => isFor(one, error.error));
        if (!catcher) throw error;
        const output = place(catcher.ResultPath, data, { Error: error.error, Cause: error.cause });
        this.record(`${state.Type}StateExited`, { name, output });
        return { state: catcher.Next, data: output };
      }
    }
  }

  private async work(name: string, state: State, scope: Scope, life: number): Promise<{ data?: unknown; next?: string; over?: boolean }> {
    const chosen = (path: string | null | undefined, of: unknown) => path === null ? {} : path === undefined || path === '$' ? of : evaluate(path, { ...scope, data: of });
    const input = chosen(state.InputPath, scope.data);
    const its = { ...scope, data: input };
    const leave = (output: unknown) => ({ data: sized(chosen(state.OutputPath, output)), next: state.Next as string | undefined });
    switch (state.Type) {
      case 'Succeed':
        return leave(input);
      case 'Fail': {
        const error = state.ErrorPath ? String(evaluate(state.ErrorPath, its)) : state.Error;
        const cause = state.CausePath ? String(evaluate(state.CausePath, its)) : state.Cause;
        this.end('FAILED', 'ExecutionFailed', { error, cause });
        return { over: true };
      }
      case 'Choice': {
        const choice = state.Choices.find((rule: Record<string, unknown>) => holds(rule, its));
        const next = choice?.Next ?? state.Default;
        if (next === undefined) throw new TaskError('States.NoChoiceMatched', `No choice of state '${name}' holds, and it has no default`);
        return { ...leave(input), next };
      }
      case 'Wait': {
        const until = state.Timestamp ?? (state.TimestampPath && evaluate(state.TimestampPath, its));
        const seconds = state.Seconds ?? (state.SecondsPath && evaluate(state.SecondsPath, its));
        await this.machine.clock.sleep(until !== undefined ? Date.parse(until) - this.machine.clock.now() : 1000 * seconds);
        return leave(input);
      }
      case 'Pass': {
        const result = 'Result' in state ? state.Result : state.Parameters === undefined ? input : fill(state.Parameters, its);
        return leave(place(state.ResultPath, scope.data, result));
      }
      case 'Task': {
        const { result: answer, abandon } = startTask(this.machine, this.arn, { name, state, scope: its }, (type, details) => this.record(type, details));
        this.endTask = abandon;
        const result = await answer;
        if (life !== this.life) return { over: true };
        const selected = state.ResultSelector === undefined ? result : fill(state.ResultSelector, { ...its, data: result });
        return leave(place(state.ResultPath, scope.data, selected));
      }
      case 'Map': {
        const { result: answer, abandon } = startMap({
          machine: this.machine,
          execution: this,
          name,
          state,
          scope: its,
          // Children are in the map run's own list, and tell nobody else of themselves.
          startChild: (definition, arn, childName, item) => new Execution({ ...this.machine, definition, onStatus: () => undefined }, arn, childName, item),
        });
        this.endTask = abandon;
        const result = await answer;
        if (life !== this.life) return { over: true };
        const selected = state.ResultSelector === undefined ? result : fill(state.ResultSelector, { ...its, data: result });
        return leave(place(state.ResultPath, input, selected));
      }
      default:
        throw new DefinitionError(`state '${name}' is of type ${state.Type}`);
    }
  }

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
    this.life++;
    this.timeout?.cancel();
    this.endTask?.();
    this.endTask = undefined;
    this.status = status;
    this.stoppedAt = this.machine.clock.now();
    this.error = details.error;
    this.cause = details.cause;
    this.history.push(this.event(type, details));
    this.machine.onHistory?.(this, this.history.at(-1)!);
    this.machine.onStatus(this);
    this.waiting.splice(0).forEach((resolve) => resolve());
  }

  private record(type: string, details: Record<string, unknown>): void {
    if (this.history.length >= LONGEST_HISTORY - 1) {
      throw new TaskError('States.Runtime', `The execution reached the maximum number of history events (${LONGEST_HISTORY}).`);
    }
    const event = this.event(type, details);
    this.history.push(event);
    this.machine.onHistory?.(this, event);
  }

  private event(type: string, details: Record<string, unknown>): HistoryEvent {
    return { id: this.history.length + 1, timestamp: this.machine.clock.now(), type, details };
  }
}
