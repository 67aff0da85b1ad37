import type { ExecutionStatus, HistoryEvent } from './execution';

/** What is known of an execution, as plain data. */
export interface ExecutionState {
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  /** Milliseconds since the epoch, as the other times. */
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly redriveCount: number;
  readonly redrivenAt?: number;
  readonly transitions: number;
  readonly history: readonly HistoryEvent[];
}

/** An execution of a former emulator. It can be read, and does not go on. */
export interface PastExecution extends ExecutionState {
  readonly isPast: true;
}

/** Of an execution that may still go on. */
export function stateOf(execution: ExecutionState): ExecutionState {
  const { arn, stateMachineArn, name, status, input, output, error, cause, startedAt, stoppedAt, redriveCount, redrivenAt, transitions, history } = execution;
  return { arn, stateMachineArn, name, status, input, output, error, cause, startedAt, stoppedAt, redriveCount, redrivenAt, transitions, history };
}

/** An execution that was in progress when its emulator ended is aborted: its states, its task tokens and its jobs are gone. */
export function pastOf(state: ExecutionState, now: number): PastExecution {
  if (state.status !== 'RUNNING') return { ...state, isPast: true };
  const { history } = state;
  const details = { error: 'Interrupted', cause: 'the emulator ended while the execution was in progress' };
  const end = { id: history.length + 1, previousId: 0, timestamp: now, type: 'ExecutionAborted', details };
  return { ...state, ...details, isPast: true, status: 'ABORTED', stoppedAt: now, history: [...history, end] };
}
