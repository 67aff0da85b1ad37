import type { Run, RunList } from '../api/types';
import { isWaiting } from '../format/text';
import { startOfDay } from '../format/time';

const DAY = 24 * 3600 * 1000;
/** Days between the request for a run and its end, at most as a rule: a redrive is possible for 14. https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html */
const LONGEST = 14 * DAY;

/** A number of runs. There may be more where a page has ended. */
export interface Count {
  readonly runs: number;
  readonly isMore: boolean;
  /** How many there are of each status that has some. The list shows one status. */
  readonly statuses: readonly (readonly [status: string, runs: number])[];
}

/** A page of runs, of one status or of all. */
export interface CountedPage extends RunList {
  readonly status?: string;
}

export interface Counts {
  readonly attention: Count;
  readonly waiting: Count;
  readonly running: Count;
  readonly done: Count;
  /** Why runs wait, the most frequent reason first. */
  readonly reasons: readonly string[];
}

/** The statuses of each number, that which says most first. */
export const STATUSES = { attention: ['FAILED'], waiting: ['RUNNABLE', 'SUBMITTED', 'PENDING'], running: ['RUNNING', 'STARTING'], done: ['SUCCEEDED'] } as const;

/** Counts runs, given pages that have all runs of interest or say that there are more. */
export function countsOf(pages: readonly CountedPage[], now: number): Counts {
  const all = pages.flatMap(({ runs }) => runs);
  const count = (statuses: readonly string[], since = -Infinity): Count => {
    const endedAt = (run: Run) => Date.parse(run.endedAt ?? run.updatedAt);
    const found = all.filter((run) => statuses.includes(run.status) && (since === -Infinity || endedAt(run) >= since));
    // The newest requests come first. A run that was requested long ago may have ended just now.
    const mayHaveMore = ({ status, runs, next }: CountedPage) => {
      const last = Date.parse(runs.at(-1)?.createdAt ?? '');
      return next !== undefined && (status === undefined || statuses.includes(status)) && !(last < since - LONGEST);
    };
    const numbers = statuses.map((status) => [status, found.filter((run) => run.status === status).length] as const);
    return { runs: found.length, isMore: pages.some(mayHaveMore), statuses: numbers.filter(([, runs]) => runs > 0) };
  };
  return {
    attention: count(STATUSES.attention, now - DAY),
    waiting: count(STATUSES.waiting),
    running: count(STATUSES.running),
    done: count(STATUSES.done, startOfDay(now)),
    reasons: byFrequency(all.filter(({ status }) => isWaiting(status)).flatMap(({ reason }) => reason ?? [])),
  };
}

function byFrequency(texts: readonly string[]): string[] {
  const numbers = new Map<string, number>();
  for (const text of texts) numbers.set(text, (numbers.get(text) ?? 0) + 1);
  return [...numbers].sort(([, a], [, b]) => b - a).map(([text]) => text);
}
