import type { Run, RunList } from '../api/types';
import { isWaiting } from '../format/text';
import { startOfDay } from '../format/time';

const DAY = 24 * 3600 * 1000;

/** A number of runs. There may be more where a page has ended. */
export interface Count {
  readonly runs: number;
  readonly isMore: boolean;
}

export interface Counts {
  readonly attention: Count;
  readonly waiting: Count;
  readonly running: Count;
  readonly done: Count;
  /** Why runs wait, the most frequent reason first. */
  readonly reasons: readonly string[];
}

/** The statuses that are counted, one page of runs for each. */
export const COUNTED = ['FAILED', 'SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED'] as const;

/** Counts runs, given pages that have all runs of interest or say that there are more. */
export function countsOf(pages: readonly RunList[], now: number): Counts {
  const count = (isOf: (run: Run) => boolean): Count => {
    const numbers = pages.map(({ runs, next }) => ({ found: runs.filter(isOf).length, all: runs.length, next }));
    // Where the last run of a page is not counted any more, those after it are older still.
    const isMore = numbers.some(({ found, all, next }) => next !== undefined && all > 0 && found === all);
    return { runs: numbers.reduce((sum, { found }) => sum + found, 0), isMore };
  };
  const endedSince = (time: number) => ({ endedAt, updatedAt }: Run) => Date.parse(endedAt ?? updatedAt) >= time;
  const isWaitingRun = ({ status }: Run) => isWaiting(status);
  return {
    attention: count((run) => run.status === 'FAILED' && endedSince(now - DAY)(run)),
    waiting: count(isWaitingRun),
    running: count(({ status }) => status === 'RUNNING' || status === 'STARTING'),
    done: count((run) => run.status === 'SUCCEEDED' && endedSince(startOfDay(now))(run)),
    reasons: byFrequency(pages.flatMap(({ runs }) => runs).filter(isWaitingRun).flatMap(({ reason }) => reason ?? [])),
  };
}

function byFrequency(texts: readonly string[]): string[] {
  const numbers = new Map<string, number>();
  for (const text of texts) numbers.set(text, (numbers.get(text) ?? 0) + 1);
  return [...numbers].sort(([, a], [, b]) => b - a).map(([text]) => text);
}
