import type { Exchange } from './api-observations';
import type { Execution } from '../emulator/states/execution';
import { isOver } from '../src/contract/api-runs';

/** A start, a redrive or an end of an execution, in the terms of the API, written here a second time on purpose. */
export interface Change {
  readonly at: number;
  readonly redrives: number;
  /** Undefined: the run goes on. */
  readonly end?: { readonly status: string; readonly error?: string; readonly result?: unknown; readonly jobId?: unknown; readonly rounds?: unknown };
}

/** The changes of an execution, in order. */
export function changesOf({ history, output }: Execution): Change[] {
  let redrives = 0;
  return history.flatMap(({ type, timestamp: at, details }): Change[] => {
    const { error, cause } = (details ?? {}) as { error?: string; cause?: string };
    switch (type) {
      case 'ExecutionStarted': return [{ at, redrives }];
      case 'ExecutionRedriven': return [{ at, redrives: ++redrives }];
      case 'ExecutionSucceeded': return [{ at, redrives, end: { status: 'SUCCEEDED', ...membersOf(output) } }];
      case 'ExecutionFailed': return [{ at, redrives, end: { status: 'FAILED', error, ...membersOf(jsonIn(cause)) } }];
      case 'ExecutionTimedOut': return [{ at, redrives, end: { status: 'FAILED', error: error ?? 'States.Timeout' } }];
      case 'ExecutionAborted': return [{ at, redrives, end: { status: 'CANCELLED', error } }];
      default: return [];
    }
  });
}

function membersOf(output: unknown): { readonly result?: unknown; readonly jobId?: unknown; readonly rounds?: unknown } {
  const { result = null, jobId, rounds } = (output ?? {}) as Record<string, unknown>;
  return { result, jobId, rounds };
}

function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** A run as an answer shows it. */
export interface ShownRun {
  readonly id: string;
  readonly job: string;
  readonly status: string;
  readonly redrives: number;
  readonly round?: number;
  readonly attempt?: number;
  readonly endedAt?: string;
  readonly jobId?: string;
  readonly failure?: { readonly reason: string };
  readonly result?: unknown;
}

/** The runs in an answer. Those of a list have no results. */
export function shownIn({ body, purpose, answer: { status } }: Exchange): ShownRun[] {
  if (status >= 300) return [];
  if (purpose === 'list') return body?.runs ?? [];
  return typeof body?.id === 'string' ? [body] : [];
}

/** The API says that a run was never started. Its caller may start it by a further request, so this is the only end that is none. */
export function isNotStarted({ failure }: ShownRun): boolean {
  return failure?.reason === 'NotStarted';
}

const RANKS = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'];

/** How far a run has come, as it is shown: no later answer may show less. */
export function placeOf({ status, redrives, round = 0, attempt = 0 }: ShownRun): number[] {
  return isOver(status as 'FAILED') ? [redrives, 1] : [redrives, 0, round, attempt, RANKS.indexOf(status)];
}

export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, position) => value !== b[position]);
  return index >= 0 && a[index] < (b[index] ?? 0);
}
