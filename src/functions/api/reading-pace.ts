/** How the time between two readings changes with each period of a budget. A crowd of 1,000 is told in a minute and a half, and forgotten in as much. */
const FACTORS = { isShort: 1.1, isEnough: 0.9 };
/** Milliseconds. */
const LONGEST = 15 * 60_000;

/**
 * How long an instance of the function leaves a run alone whose log it has read, so that all runs have a turn. If each run were read as soon as
 * somebody asks, a budget for ten would go to the ten who are the first to ask in each period: with clients that ask at fixed intervals, always the same ones.
 */
export class ReadingPace {
  /** Milliseconds between two readings of a run. */
  private between: number;
  private current = -1;
  private wasShort = false;

  /**
   * @param least the milliseconds between two readings of a run while the budget is enough
   * @param period the seconds of a period of the budget
   */
  constructor(private readonly least: number, private readonly period: number) {
    this.between = least;
  }

  /** Whether it is the turn of a run that was read at some time. */
  isTurn(readAt: number): boolean {
    const current = Math.floor(Date.now() / (1000 * this.period));
    if (current !== this.current) {
      const factor = this.wasShort ? FACTORS.isShort : FACTORS.isEnough ** (current - this.current);
      this.between = Math.min(LONGEST, Math.max(this.least, this.between * factor));
      this.current = current;
      this.wasShort = false;
    }
    return Date.now() - readAt >= this.between;
  }

  /** The budget of this period was used up when it was the turn of a run. */
  foundNone(): void {
    this.wasShort = true;
  }
}
