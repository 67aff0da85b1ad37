import type { SharedLimits } from './shared-limits';
import { log } from '../shared/log';

export interface WaitOptions<T> {
  readonly runId: string;
  /** Milliseconds between two answers. */
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly isEnough: (answer: T) => boolean;
  readonly again: (former: T) => Promise<T>;
}

/** Requests that wait. Each of them keeps an instance of the function busy, so there are places for some only. */
export class Waiting {
  constructor(
    private readonly limits: SharedLimits,
    private readonly sleep = (milliseconds: number) => new Promise<void>((resolve) => { setTimeout(resolve, milliseconds); }),
  ) {}

  /**
   * Asks again until an answer is enough, or until a time, if there is a place for a further request that waits.
   *
   * @returns the newest answer, and whether there was a place
   */
  async waitFor<T>(first: T, { runId, step, until, isEnough, again }: WaitOptions<T>): Promise<{ newest: T; waited: boolean }> {
    if (isEnough(first)) return { newest: first, waited: true };
    const giveBack = await this.limits.takePlace();
    if (!giveBack) return { newest: first, waited: false };
    try {
      let newest = first;
      while (!isEnough(newest) && Date.now() + step <= until) {
        await this.sleep(step);
        newest = await again(newest);
      }
      return { newest, waited: true };
    } finally {
      await giveBack().catch(({ name }: Error) => log('failed', { runId, error: name, message: 'DeleteItem: the place of a request that has waited is taken for some seconds' }));
    }
  }
}
