/**
 * What is being worked on right now, apart from what waits for the clock. With a virtual clock time may go on only when nothing is:
 * then all that is left are timers.
 */
export class Activity {
  private busy = 0;

  begin(): void {
    this.busy++;
  }

  end(): void {
    this.busy--;
  }

  /** Counts a piece of work from its beginning to its end. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /** Resolves when there is no work, and none that follows from work that has just ended. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise(setImmediate);
      if (this.busy > 0) quiet = -1;
    }
  }
}
