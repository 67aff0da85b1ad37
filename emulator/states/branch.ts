import { Catcher, Definition, Retrier, State } from './definition';
import { handles, retryDelay } from './error-handlers';
import { EventChain } from './event-chain';
import { innerWorkOf } from './inner-work';
import { evaluate, fill, place, Scope } from './paths';
import { withinPayloadLimit } from './payload';
import { ExecutionHost, forever, InnerBranch, MapItem, ResumableWork, StateContext, StateWork } from './state-context';
import { resultOf, StateResult } from './state-results';
import { startTask, taskErrorOf } from './task';
import { RuntimeError, TaskError } from './task-error';
import { Variables } from './variables';
import { waitDelay } from './wait';

/** Where a branch is: the state that it runs next or that failed, with the input of this state. */
interface Position {
  readonly name: string;
  readonly data: unknown;
  /** What the state had begun when it failed. */
  unfinished?: ResumableWork;
}

interface Step {
  readonly data: unknown;
  readonly next?: string;
}

/** States whose events end with `Aborted` when the states around them fail. */
const ABORTED_TYPES = ['Task', 'Wait', 'Map', 'Parallel'];
/** States that can be retried. Only their context object has `RetryCount`. */
const RETRIED_TYPES = ['Task', 'Map', 'Parallel'];

class Aborted extends Error {}

/**
 * States that run one after the other: the states of an execution, of a branch of a Parallel state, or of an iteration of an inline Map
 * state. They have variables of their own.
 */
export class Branch implements InnerBranch {
  hasSucceeded = false;
  output: unknown;
  readonly chain: EventChain;
  private readonly variables: Variables;
  private position: Position;
  /** Changes when the branch is aborted and when it runs again. What an earlier turn does has no effect. */
  private turn = 0;
  private enteredType?: string;
  private enteredName?: string;
  private abandonWork?: StateWork['abandon'];

  constructor(
    private readonly host: ExecutionHost,
    private readonly definition: Definition,
    input: unknown,
    outerVariables?: Variables,
    private readonly item?: MapItem,
  ) {
    this.chain = new EventChain(host);
    this.position = { name: definition.StartAt, data: input };
    this.variables = new Variables(outerVariables);
  }

  /** Runs the states. After a failure, continues with the state that failed. */
  async run(): Promise<unknown> {
    const turn = ++this.turn;
    try {
      for (;;) {
        const { data, next } = await this.runState(turn);
        this.requireTurn(turn);
        if (next === undefined) {
          this.hasSucceeded = true;
          this.output = data;
          return data;
        }
        this.position = { name: next, data };
      }
    } catch (error) {
      if (turn !== this.turn) return forever();
      // After this error, a redrive does everything again. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
      if (error instanceof TaskError && error.error === 'States.DataLimitExceeded') this.position.unfinished = undefined;
      throw error;
    }
  }

  abort(causeId?: number): void {
    this.turn++;
    this.abandonWork?.(causeId);
    this.abandonWork = undefined;
    if (causeId !== undefined && this.enteredType && ABORTED_TYPES.includes(this.enteredType)) {
      this.host.recordEnd(`${this.enteredType}StateAborted`, { name: this.enteredName }, causeId);
    }
    this.enteredType = undefined;
  }

  private requireTurn(turn: number): void {
    if (turn !== this.turn) throw new Aborted();
  }

  private async runState(turn: number): Promise<Step> {
    const { host, position: { name, data } } = this;
    const { clock, random, onUnexpectedError } = host.machine;
    const state = this.definition.States[name];
    host.countTransition();
    const eventId = this.chain.add(`${state.Type}StateEntered`, { name, input: data });
    [this.enteredType, this.enteredName] = [state.Type, name];
    const enteredAt = new Date(clock.now()).toISOString();
    for (let retries = 0, retriesByRetrier = new Map<Retrier, number>(); ;) {
      const scope = this.scope(data, { Name: name, EnteredTime: enteredAt, ...(RETRIED_TYPES.includes(state.Type) ? { RetryCount: retries } : {}) });
      try {
        const step = await this.attempt(turn, name, state, scope);
        this.requireTurn(turn);
        return this.leave(name, state, step);
      } catch (thrown) {
        this.requireTurn(turn);
        const error = located(taskErrorOf(thrown, onUnexpectedError), name, eventId);
        const retrier = (state.Retry as Retrier[] | undefined)?.find((candidate) => handles(candidate, error));
        const usedRetries = retrier ? retriesByRetrier.get(retrier) ?? 0 : 0;
        if (retrier && usedRetries < (retrier.MaxAttempts ?? 3)) {
          retriesByRetrier.set(retrier, usedRetries + 1);
          retries++;
          this.position.unfinished = undefined;
          host.countTransition();
          await this.wait(1000 * retryDelay(retrier, usedRetries + 1, random));
          this.requireTurn(turn);
          continue;
        }
        return this.caught(name, state, scope, error, eventId);
      }
    }
  }

  /** Runs a state once. Returns its output and the next state. */
  private async attempt(turn: number, name: string, state: State, scope: Scope): Promise<Step> {
    const inputScope = { ...scope, data: select(state.InputPath, scope) };
    const { value, next, assign } = await this.result(turn, name, state, inputScope);
    this.requireTurn(turn);
    const resultScope = { ...scope, data: value };
    const assigned = fill(assign ?? {}, resultScope) as Record<string, unknown>;
    const selected = state.ResultSelector === undefined ? value : fill(state.ResultSelector, resultScope);
    const output = select(state.OutputPath, { ...scope, data: place(state.ResultPath, scope.data, selected) });
    withinPayloadLimit(output, name);
    this.variables.assign(withinPayloadLimit(assigned, name));
    return { data: output, next };
  }

  private async result(turn: number, name: string, state: State, scope: Scope): Promise<StateResult> {
    const { host, chain } = this;
    if (state.Type === 'Wait') await this.wait(waitDelay(state, scope, host.machine.clock.now()));
    if (!RETRIED_TYPES.includes(state.Type)) return resultOf(name, state, scope);
    const context: StateContext = {
      host, chain, name, state, scope, newBranch: (definition, input, item = this.item) => new Branch(host, definition, input, this.variables, item),
    };
    const isTask = state.Type === 'Task';
    const work = isTask ? startTask(context) : (this.position.unfinished ??= innerWorkOf(context)).run();
    this.abandonWork = work.abandon;
    try {
      const value = await work.result;
      this.requireTurn(turn);
      if (!isTask) chain.addAside(`${state.Type}StateSucceeded`, {});
      return { value, next: state.Next, assign: state.Assign };
    } finally {
      if (turn === this.turn) this.abandonWork = undefined;
    }
  }

  private caught(name: string, state: State, scope: Scope, error: TaskError, eventId: number): Step {
    const isInner = state.Type === 'Map' || state.Type === 'Parallel';
    if (isInner && !(error instanceof RuntimeError)) this.chain.add(`${state.Type}StateFailed`, { error: error.error, cause: error.cause });
    const catcher = (state.Catch as Catcher[] | undefined)?.find((candidate) => handles(candidate, error));
    if (!catcher) throw error;
    const value = { Error: error.error, Cause: error.cause };
    let data: unknown;
    try {
      const assigned = fill(catcher.Assign ?? {}, { ...scope, data: value }) as Record<string, unknown>;
      data = withinPayloadLimit(place(catcher.ResultPath, scope.data, value), name);
      this.variables.assign(withinPayloadLimit(assigned, name));
    } catch (thrown) {
      throw located(taskErrorOf(thrown, this.host.machine.onUnexpectedError), name, eventId);
    }
    return this.leave(name, state, { data, next: catcher.Next });
  }

  private leave(name: string, state: State, step: Step): Step {
    this.chain.add(`${state.Type}StateExited`, { name, output: step.data });
    this.abandonWork = this.enteredType = undefined;
    return step;
  }

  private wait(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.host.machine.clock.after(delay, resolve);
      this.abandonWork = () => timer.cancel();
    });
  }

  /** The context object: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  private scope(data: unknown, state: Record<string, unknown>): Scope {
    const context = { ...this.host.context(), State: state, ...(this.item ? { Map: { Item: this.item } } : {}) };
    return { data, context, variables: this.variables, random: this.host.machine.random };
  }
}

/** What `InputPath` or `OutputPath` takes from the data of a scope. */
function select(path: string | null | undefined, scope: Scope): unknown {
  if (path === null) return {};
  return path === undefined ? scope.data : evaluate(path, scope);
}

/** An error of Step Functions itself says in which state it occurred. */
function located(error: TaskError, name: string, eventId: number): TaskError {
  if (!(error instanceof RuntimeError) || error.isLocated) return error;
  return new RuntimeError(`An error occurred while executing the state '${name}' (entered at the event id #${eventId}). ${error.cause}`, true);
}
