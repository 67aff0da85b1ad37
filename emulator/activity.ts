/** With which a function's request says what piece of work it is. */
export const WORK_HEADER = 'x-heavy-batch-work';

/**
 * What is being worked on right now, apart from what waits for the clock. With a virtual clock time may go on only when nothing is:
 * then all that is left are timers.
 */
export class Activity {
  private readonly works = new Set<string>();
  private readonly busy = new Set<string>();
  private count = 0;

  /** A piece of work begins; answers what it is called. */
  begin(): string {
    const work = String(++this.count);
    this.works.add(work);
    this.busy.add(work);
    return work;
  }

  /** It waits for the clock now, and for nothing else. */
  rest(work: string): void {
    this.busy.delete(work);
  }

  resume(work: string): void {
    if (this.works.has(work)) this.busy.add(work);
  }

  end(work: string): void {
    this.works.delete(work);
    this.busy.delete(work);
  }

  /** Counts a piece of work from its beginning to its end. */
  async during<T>(promised: Promise<T>): Promise<T> {
    const work = this.begin();
    try {
      return await promised;
    } finally {
      this.end(work);
    }
  }

  /** Resolves when there is no work, and none that follows from work that has just ended. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise(setImmediate);
      if (this.busy.size > 0) quiet = -1;
    }
  }
}
