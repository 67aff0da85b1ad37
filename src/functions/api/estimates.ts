import { kept } from './kept';
import type { RunStore } from './run-store';
import type { StoredRun } from './stored-run';
import { isOver, RETRY_AFTER } from '../../contract/api-runs';

/** How long earlier runs of a job took, from the request to the end. */
export interface Estimate {
  /** How many runs it is made of: the newest ones, at most 20. */
  readonly runs: number;
  readonly medianSeconds: number;
  /** Nine of ten runs took no longer. */
  readonly p90Seconds: number;
}

/** Fewer runs say nothing. */
const FEWEST_RUNS = 3;
/** Seconds between two requests of a client, at most. */
const LONGEST_RETRY = 30;

/** Undefined where too few runs are known. */
export function estimateOf(durations: readonly number[]): Estimate | undefined {
  if (durations.length < FEWEST_RUNS) return undefined;
  const sorted = [...durations].sort((a, b) => a - b);
  const quantile = (part: number) => sorted[Math.ceil(part * sorted.length) - 1];
  return { runs: sorted.length, medianSeconds: quantile(0.5), p90Seconds: quantile(0.9) };
}

/** Seconds after which a client should ask again: a tenth of what is left of a usual run, so that long runs are asked for seldom. */
export function retryAfter(run: StoredRun, estimate: Estimate | undefined): number {
  const left = (estimate?.medianSeconds ?? 0) - (Date.now() - run.createdAt) / 1000;
  return Math.min(LONGEST_RETRY, Math.max(RETRY_AFTER, Math.round(left / 10)));
}

/** The estimates of jobs. They change slowly, so a request reads them seldom. */
export class Estimates {
  private readonly ofJob = kept(async (job) => estimateOf(await this.store.durations(job)));

  constructor(private readonly store: RunStore) {}

  /** Undefined for a run that is over, and where too few runs are known. */
  async of({ job, status }: StoredRun): Promise<Estimate | undefined> {
    return isOver(status) ? undefined : this.ofJob(job);
  }
}
