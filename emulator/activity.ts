/** The header in which an HTTP request of a function says which work item it belongs to. */
export const WORK_HEADER = 'x-heavy-batch-work';

/**
 * Counts the work that is in progress and does not wait for the clock, for example requests and file reads. A virtual clock may
 * move on only when there is no such work: then only a timer can make something happen.
 */
export class Activity {
  private readonly open = new Set<string>();
  private readonly busy = new Set<string>();
  private count = 0;
  /** Is called when no work is in progress any more. */
  private onFree: (() => void)[] = [];

  /** Begins a work item and returns its id. */
  begin(): string {
    const workId = String(++this.count);
    this.open.add(workId);
    this.busy.add(workId);
    return workId;
  }

  /** From now on, the work item only waits for the clock. */
  pause(workId: string): void {
    this.free(workId);
  }

  resume(workId: string): void {
    if (this.open.has(workId)) this.busy.add(workId);
  }

  end(workId: string): void {
    this.open.delete(workId);
    this.free(workId);
  }

  private free(workId: string): void {
    this.busy.delete(workId);
    if (this.busy.size === 0) this.onFree.splice(0).forEach((listener) => listener());
  }

  /** Counts a promise as work until it settles. */
  async track<T>(promise: Promise<T>): Promise<T> {
    const workId = this.begin();
    try {
      return await promise;
    } finally {
      this.end(workId);
    }
  }

  /** Resolves when no work is in progress, and the work that just ended has started no other. */
  async untilIdle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 3; quietTurns++) {
      await new Promise(setImmediate);
      if (this.busy.size === 0) continue;
      quietTurns = -1;
      await new Promise<void>((resolve) => { this.onFree.push(resolve); }); // a program may be at work for minutes
    }
  }
}
