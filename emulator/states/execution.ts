import { Branch } from './branch';
import { Definition } from './definition';
import { ChildExecution } from './map-run';
import type { StateMachineHost } from './state-context';
import { taskErrorOf } from './task';
import { RuntimeError } from './task-error';
import { Timer } from '../clock';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface HistoryEvent {
  readonly id: number;
  /** The event that this one follows in its branch. 0: none. */
  readonly previousId: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly type: string;
  readonly details: Record<string, unknown>;
}

/** A state machine, with what its executions need. */
export interface Machine extends StateMachineHost {
  readonly name: string;
  readonly definition: Definition;
  readonly onHistory?: (execution: Execution, event: HistoryEvent) => void;
  readonly onStatus: (execution: Execution) => void;
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
  private readonly states: Branch;
  private timeout?: Timer;
  private readonly doneListeners: (() => void)[] = [];

  constructor(private readonly machine: Machine, readonly arn: string, readonly name: string, readonly input: unknown) {
    this.startedAt = machine.clock.now();
    this.states = new Branch({
      machine,
      name,
      record: (type, details, previousId) => this.record(type, details, previousId),
      recordEnd: (type, details, previousId) => {
        if (!this.isHistoryFull()) this.addToHistory(type, details, previousId);
      },
      countTransition: () => { this.transitions++; },
      context: () => this.context(),
      // The service lists child executions only with their map run, and sends no events about them.
      startChild: (definition, childArn, childName, childInput) => (
        new Execution({ ...machine, definition, onStatus: () => undefined }, childArn, childName, childInput)
      ),
    }, machine.definition, input);
    // The first state does not follow this event.
    this.record('ExecutionStarted', { input, roleArn: machine.roleArn }, 0);
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

  /**
   * Continues with the state that did not succeed, with the same input; inside of a Parallel or a Map state, only with the branches and
   * items that did not succeed. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  redrive(): void {
    this.redriveCount++;
    this.redrivenAt = this.machine.clock.now();
    this.status = 'RUNNING';
    this.stoppedAt = this.output = this.error = this.cause = undefined;
    this.states.chain.lastId = this.record('ExecutionRedriven', { redriveCount: this.redriveCount }, this.history.length);
    this.machine.onStatus(this);
    this.run();
  }

  private run(): void {
    const seconds = this.machine.definition.TimeoutSeconds;
    if (seconds !== undefined) this.timeout = this.machine.clock.after(seconds * 1000, () => this.end('TIMED_OUT', 'ExecutionTimedOut', {}));
    const redriveCount = this.redriveCount;
    const isOver = () => this.status !== 'RUNNING' || this.redriveCount !== redriveCount;
    this.states.run().then((output) => {
      if (isOver()) return;
      this.output = output;
      this.end('SUCCEEDED', 'ExecutionSucceeded', { output });
    }, (thrown) => {
      if (isOver()) return;
      const { error, cause } = taskErrorOf(thrown, this.machine.onUnexpectedError);
      // A time-out has no cause. A failure that came without error or cause ends the execution without them.
      this.end('FAILED', 'ExecutionFailed', { error: error ?? undefined, cause: cause || undefined });
    });
  }

  private context(): Record<string, unknown> {
    const { arn, name, roleArn } = this.machine;
    return {
      Execution: {
        Id: this.arn,
        Input: this.input,
        Name: this.name,
        RoleArn: roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
        RedriveCount: this.redriveCount,
        ...(this.redrivenAt ? { RedriveTime: new Date(this.redrivenAt).toISOString() } : {}),
      },
      StateMachine: { Id: arn, Name: name },
    };
  }

  private end(status: ExecutionStatus, type: string, details: { error?: string; cause?: string; output?: unknown }): void {
    this.timeout?.cancel();
    this.states.abort();
    this.status = status;
    this.stoppedAt = this.machine.clock.now();
    this.error = details.error;
    this.cause = details.cause;
    // What ends an execution from outside follows none of its states.
    this.addToHistory(type, details, status === 'SUCCEEDED' || status === 'FAILED' ? this.states.chain.lastId : 0);
    this.machine.onStatus(this);
    this.doneListeners.splice(0).forEach((resolve) => resolve());
  }

  private record(type: string, details: Record<string, unknown>, previousId: number): number {
    if (this.isHistoryFull()) throw new RuntimeError(`The execution reached the maximum number of history events (${LONGEST_HISTORY}).`, true);
    return this.addToHistory(type, details, previousId);
  }

  /** One event is left for the end of the execution. */
  private isHistoryFull(): boolean {
    return this.history.length >= LONGEST_HISTORY - 1;
  }

  private addToHistory(type: string, details: Record<string, unknown>, previousId: number): number {
    const event = { id: this.history.length + 1, previousId, timestamp: this.machine.clock.now(), type, details };
    this.history.push(event);
    this.machine.onHistory?.(this, event);
    return event.id;
  }
}

/** The value of a cause that is JSON; undefined for one that is not. */
export function parsedCause(cause: string | undefined): unknown {
  try {
    return JSON.parse(String(cause));
  } catch {
    return undefined;
  }
}
