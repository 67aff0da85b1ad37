import type { Definition, State } from './definition';
import type { EventChain } from './event-chain';
import type { ChildExecution, MapRun } from './map-run';
import type { Scope } from './paths';
import type { TaskHost } from './task';

/** What the states of an execution need from their state machine. */
export interface StateMachineHost extends TaskHost {
  readonly arn: string;
  readonly random: () => number;
  readonly onMapRun: (mapRun: MapRun) => void;
}

/** What the states of an execution need from it. */
export interface ExecutionHost {
  readonly machine: StateMachineHost;
  readonly name: string;
  /** Adds an event to the history. Returns its id. */
  readonly record: (type: string, details: Record<string, unknown>, previousId: number) => number;
  /** Adds an event about the end of a state inside of another. Does nothing when the history is full: then the execution fails anyway. */
  readonly recordEnd: (type: string, details: Record<string, unknown>, previousId: number) => void;
  readonly countTransition: () => void;
  /** The context object, without what it says about the state. */
  readonly context: () => Record<string, unknown>;
  /** Starts the execution of an item of a distributed map. */
  readonly startChild: (definition: Definition, arn: string, name: string, input: unknown) => ChildExecution;
}

/** Work of a state that an execution waits for, or abandons. */
export interface StateWork {
  readonly result: Promise<unknown>;
  /** Gives up the work, because of an event that other events then follow. Without it, nothing is recorded. `result` does not settle any more. */
  readonly abandon: (causeId?: number) => void;
}

/** The result of what was abandoned: it does not settle. */
export function forever(): Promise<never> {
  return new Promise(() => undefined);
}

/** Work of a state that can fail and be continued by a redrive. What succeeded is not done again. */
export interface ResumableWork {
  run(): StateWork;
}

export interface MapItem {
  readonly Index: number;
  readonly Value: unknown;
}

/** States that run beside others: a branch of a Parallel state, or an iteration of an inline Map state. */
export interface InnerBranch {
  readonly hasSucceeded: boolean;
  readonly output: unknown;
  readonly chain: EventChain;
  /** Runs the states; after a failure, from the state that failed. Resolves with the output. */
  run(): Promise<unknown>;
  /** Ends the states at once, because of an event that other events then follow. Without it, nothing is recorded. `run` does not settle any more. */
  abort(causeId?: number): void;
}

/** A state that runs. */
export interface StateContext {
  readonly host: ExecutionHost;
  readonly chain: EventChain;
  readonly name: string;
  readonly state: State;
  /** Its data is the effective input: after `InputPath`. */
  readonly scope: Scope;
  readonly newBranch: (definition: Definition, input: unknown, item?: MapItem) => InnerBranch;
}
